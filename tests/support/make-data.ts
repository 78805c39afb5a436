import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';

/** A directory with the data of a fresh console, at its root or in a folder of it. */
export function makeData(prefix: string, folder = '.'): string {
  const data = mkdtempSync(join(tmpdir(), prefix));
  cpSync(inject('freshData'), join(data, folder), { recursive: true });
  return data;
}
