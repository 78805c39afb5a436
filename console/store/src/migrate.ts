import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from './db.ts';
import { fail } from './errors.ts';

/**
 * Brings the database to the newest form: each numbered file of the folder runs once, in a transaction of its own.
 *
 * @throws BatonError `BK-MIGRATION` when one that has run was edited, `BK-MIGRATION-NEWER` when the database has one
 *   that the folder lacks
 */
export async function migrate(db: Db, folder: string): Promise<void> {
  await db.query(
    'create table if not exists migration (name text primary key, sha256 text not null, applied_at timestamptz not null)',
  );
  const applied = new Map(
    (await db.query<{ name: string; sha256: string }>('select name, sha256 from migration')).map((row) => [
      row.name,
      row.sha256,
    ]),
  );
  const files = readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort();
  const unknown = [...applied.keys()].find((name) => !files.includes(name));
  if (unknown !== undefined) throw fail('BK-MIGRATION-NEWER', { name: unknown });

  for (const name of files) {
    const sql = readFileSync(join(folder, name), 'utf8');
    const sha256 = createHash('sha256').update(sql).digest('hex');
    const before = applied.get(name);
    if (before === sha256) continue;
    if (before !== undefined) throw fail('BK-MIGRATION', { name });
    await db.transaction(async (tx) => {
      await tx.query(sql);
      await tx.query('insert into migration values ($1, $2, $3)', [name, sha256, tx.now()]);
    });
  }
}
