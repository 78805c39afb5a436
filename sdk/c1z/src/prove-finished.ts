import { DatabaseSync } from 'node:sqlite';
import { checkReferences } from './check-references.ts';
import { contentDigest } from './content-digest.ts';
import type { ContentDigest } from './content-digest.ts';
import { holdsOneRun } from './holds-one-run.ts';
import type { NewSync } from './work-database.ts';

/**
 * What only reads a database that is final, and is done while it is compressed: references are checked, and then the
 * content digest is made.
 *
 * @param digest what was taken of it already
 * @throws BatonError `BK-C1Z-DANGLING`
 */
export async function proveFinished(path: string, sync: NewSync, digest?: ContentDigest): Promise<string> {
  using database = new DatabaseSync(path, { readOnly: true });
  // A partial run refers to what only the whole one lists.
  if (sync.type !== 'partial') checkReferences(database, sync.id, holdsOneRun(database));
  return await contentDigest(database, sync.id, digest);
}
