// Joins the sources of each program into few files (ADR 32), unless that was done and they have not changed since.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JoinedManifest } from '@batonkit/kernel/joined-sources';
import { freshJoined, joinedPlace } from '@batonkit/kernel/joined-sources';
import { shortenMap } from './join/shorten-map.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const place = joinedPlace(root);
const OLD_MS = 7 * 24 * 3_600_000;

/** Where each program begins, and what it becomes. The thread stands to the programs as in the sources: `../bin/`. */
const entries = {
  'src/baton-runlayer': 'connectors/runlayer/bin/main.ts',
  'src/baton-unix-accounts': 'connectors/unix-accounts/bin/main.ts',
  'src/c1z': 'sdk/c1z-cli/src/main.ts',
  'bin/store-thread': 'sdk/c1z/bin/store-thread.js',
};

/** Makes them where they are missing or old. What fails is said and harms nothing: programs then run from their sources. */
export async function joinSources(say: (text: string) => unknown): Promise<void> {
  if (freshJoined(root) !== undefined) return;
  try {
    await write();
  } catch (error) {
    say(`The sources were not joined, so that programs start slower: ${String(error)}\n`);
  }
}

async function write(): Promise<void> {
  const { rolldown } = await import('rolldown');
  mkdirSync(place, { recursive: true });
  const making = `${place}making-${process.pid}`;
  await using bundle = await rolldown({ cwd: root, input: entries, platform: 'node', logLevel: 'warn' });
  const { output } = await bundle.write({
    dir: making,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'src/[name]-[hash].js',
    sourcemap: true,
  });
  for (const { fileName } of output) if (fileName.endsWith('.map')) shortenMap(join(making, fileName));
  const used = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  const sources = used
    .filter((path) => path.startsWith(root) && !path.includes('/node_modules/'))
    .toSorted()
    .map((path): JoinedManifest['sources'][number] => {
      const { size, mtimeMs } = statSync(path);
      return [relative(root, path), size, mtimeMs];
    });
  // Packages change with the lockfile alone.
  const { size, mtimeMs } = statSync(join(root, 'package-lock.json'));
  sources.push(['package-lock.json', size, mtimeMs]);
  const folder = createHash('sha256').update(JSON.stringify(sources)).digest('hex').slice(0, 16);
  settle(making, join(place, folder));
  const draft = `${place}manifest-${process.pid}.json`;
  const manifest: JoinedManifest = { folder, sources };
  writeFileSync(draft, JSON.stringify(manifest));
  renameSync(draft, `${place}manifest.json`);
  removeOld(folder);
}

/** Of two that make the same at once, the first has made it. */
function settle(making: string, made: string): void {
  try {
    renameSync(making, made);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    rmSync(making, { recursive: true });
  }
  const now = new Date();
  utimesSync(made, now, now);
}

function removeOld(folder: string): void {
  for (const name of readdirSync(place)) {
    if (name === folder || name === 'manifest.json') continue;
    const path = join(place, name);
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - made > OLD_MS) rmSync(path, { recursive: true, force: true });
  }
}
