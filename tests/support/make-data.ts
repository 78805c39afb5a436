import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFreshData } from '../../console/server/test/fresh-data.ts';

/** A directory with the data of a console that has nothing in it, at its root or in a folder of it. */
export async function makeData(prefix: string, folder = '.'): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), prefix));
  await makeFreshData(join(data, folder));
  return data;
}
