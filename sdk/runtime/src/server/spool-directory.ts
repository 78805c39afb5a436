import { mkdtempSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@batonkit/kernel';
import { isDiskFull } from '@batonkit/kernel';
import { fail } from '../errors.ts';

const NAME = 'batonkit-server-';
const dayMs = 86_400_000;

/**
 * A directory for the rows of a server, gone at its end. A parent ends its child with SIGKILL: the rows have no names
 * then (`unnamed`), but the empty directory stays; those of yesterday are taken away here.
 */
export function openSpoolDirectory(root: string, clock: Clock): Disposable & { path: string } {
  try {
    removeOld(root, clock.now() - dayMs);
    const path = mkdtempSync(join(root, NAME));
    return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
  } catch (error) {
    if (isDiskFull(error)) throw error;
    const isThere = !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    throw fail('BK-TEMP-DIR', { path: root, why: isThere ? 'cannot be written' : 'is no directory' }, { cause: error });
  }
}

function removeOld(root: string, before: number): void {
  for (const name of readdirSync(root)) {
    if (!name.startsWith(NAME)) continue;
    try {
      // Of an own user, and empty: another is refused by the system.
      if (statSync(join(root, name)).mtimeMs < before) rmdirSync(join(root, name));
    } catch {
      // It is somebody else's affair.
    }
  }
}
