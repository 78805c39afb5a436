// Joins the sources of each program into few files (ADR 32), unless that was done and they have not changed since.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
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
  const making = `${place}making-${process.pid}`;
  try {
    await write(making);
  } catch (error) {
    say(`The sources were not joined, so that programs start slower: ${String(error)}\n`);
    rmSync(making, { recursive: true, force: true });
  }
}

async function write(making: string): Promise<void> {
  const { rolldown } = await import('rolldown');
  mkdirSync(place, { recursive: true });
  const begun = Date.now();
  await using bundle = await rolldown({ cwd: root, input: entries, platform: 'node', logLevel: 'warn' });
  const { output } = await bundle.write({
    dir: making,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'src/[name]-[hash].js',
    sourcemap: true,
  });
  for (const { fileName } of output) if (fileName.endsWith('.map')) shortenMap(join(making, fileName));
  const sources = sourcesOf(output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []))).map(
    (path): JoinedManifest['sources'][number] => {
      const { size, mtimeMs } = statSync(join(root, path));
      // What was joined may be what stood there before.
      if (mtimeMs >= begun) throw new Error(`${path} was written meanwhile`);
      return [path, size, mtimeMs];
    },
  );
  const folder = createHash('sha256').update(JSON.stringify(sources)).digest('hex').slice(0, 16);
  settle(making, join(place, folder));
  markUsed();
  const draft = `${place}manifest-${process.pid}.json`;
  const manifest: JoinedManifest = { folder, sources };
  writeFileSync(draft, JSON.stringify(manifest));
  renameSync(draft, `${place}manifest.json`);
  removeOld(folder);
}

/** What decides how the joined files look, below the root: our modules, what says where modules are, and the joining. */
function sourcesOf(modules: readonly string[]): string[] {
  const ours = modules
    .filter((path) => isAbsolute(path))
    .map((path) => relative(root, path).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('../') && !/(?:^|\/)node_modules\//.test(path));
  for (const path of Object.values(entries)) if (!ours.includes(path)) throw new Error(`${path} was not found`);
  const packages = ours.map((path) => `${path.split('/').slice(0, 2).join('/')}/package.json`);
  const joining = ['tools/join-sources.ts', 'tools/join/shorten-map.ts'];
  // npm writes the latter whenever it has changed a package.
  return [...new Set([...ours, ...packages, ...joining, 'node_modules/.package-lock.json'])].toSorted();
}

/** Of two that make the same at once, the first has made it. */
function settle(making: string, made: string): void {
  try {
    renameSync(making, made);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    rmSync(making, { recursive: true });
  }
}

/** The folder that programs were started from until now. */
function markUsed(): void {
  try {
    const { folder } = JSON.parse(readFileSync(`${place}manifest.json`, 'utf8')) as JoinedManifest;
    const now = new Date();
    utimesSync(join(place, folder), now, now);
  } catch {
    // There was none.
  }
}

/** A program that runs from a folder loads parts of it late: its week begins when another one takes its place. */
function removeOld(folder: string): void {
  for (const name of readdirSync(place)) {
    if (name === folder || name === 'manifest.json') continue;
    const path = join(place, name);
    const used = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - used > OLD_MS) rmSync(path, { recursive: true, force: true });
  }
}
