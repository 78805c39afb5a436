import { mkdtempSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@batonkit/kernel';

const NAME = 'batonkit-server-';
const dayMs = 86_400_000;

/**
 * A directory for the rows of a server, gone at its end. A parent ends its child with SIGKILL: the rows have no names
 * then (`unnamed`), but the empty directory stays; those of yesterday are taken away here.
 */
export function openSpoolDirectory(
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Disposable & { path: string } {
  const root = env['BATON_TMPDIR'] || tmpdir();
  for (const name of readdirSync(root)) {
    if (!name.startsWith(NAME)) continue;
    try {
      // Of an own user, and empty: another is refused by the system.
      if (clock.now() - statSync(join(root, name)).mtimeMs > dayMs) rmdirSync(join(root, name));
    } catch {
      // It is somebody else's affair.
    }
  }
  const path = mkdtempSync(join(root, NAME));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
