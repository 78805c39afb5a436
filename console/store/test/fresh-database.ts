import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VirtualClock } from '@batonkit/kernel';
import { openStore } from '../src/index.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const CACHE = inRepository('node_modules/.cache');

/**
 * Puts a database with all migrations and no rows into a data directory: making one costs seconds, so it is made once
 * for each set of migrations and packages, kept, and copied.
 */
export async function copyFreshDatabase(dataDir: string): Promise<void> {
  const kept = join(CACHE, `database-${fingerprint()}`);
  if (!existsSync(kept)) await makeFreshDatabase(kept);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  cpSync(kept, join(dataDir, 'db'), { recursive: true });
}

function fingerprint(): string {
  const hash = createHash('sha256').update(readFileSync(inRepository('package-lock.json')));
  const migrations = inRepository('console/store/migrations');
  for (const name of readdirSync(migrations).toSorted()) hash.update(name).update(readFileSync(join(migrations, name)));
  return hash.digest('hex').slice(0, 16);
}

async function makeFreshDatabase(kept: string): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const made = mkdtempSync(join(CACHE, 'database-'));
  const store = await openStore({ dataDir: made, clock: new VirtualClock(0), newId: () => '0'.repeat(27) });
  await store.close();
  try {
    renameSync(join(made, 'db'), kept);
  } catch (error) {
    // Another test process was faster.
    if (!existsSync(kept)) throw error;
  } finally {
    rmSync(made, { recursive: true });
  }
}
