import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fail } from '../errors.ts';

/** Where everything of a console lies. ADR 0013. */
export interface DataDirectory {
  root: string;
  /** The master key of the stored secrets; never in the database. */
  keyFile: string;
  /** The embedded database. */
  database: string;
  artefact(syncId: string): string;
  /** A hosted run's own directory; removed when the run is done, and at each start. */
  run(runId: string): string;
  /** What a run's program logged at its end. */
  log(runId: string): string;
  /** Where these lie. */
  logs: string;
}

/**
 * Makes the directory, readable for its owner only. One that is there must be a console's, or empty: what others keep
 * there is not locked away from them, and not mixed with ours.
 *
 * @throws BatonError `BK-DATA-FOREIGN`, `BK-DATA-OWNER`
 */
export function prepareDataDirectory(path: string): DataDirectory {
  const root = resolve(path);
  const folder = (name: string): string => {
    const made = join(root, name);
    mkdirSync(made, { recursive: true, mode: 0o700 });
    return made;
  };
  if (existsSync(root)) keepToOwner(root);
  else mkdirSync(root, { recursive: true, mode: 0o700 });
  const [artefacts, runs, logs] = [folder('artefacts'), folder('runs'), folder('logs')];
  return {
    root,
    keyFile: join(root, 'key'),
    database: join(root, 'db'),
    artefact: (syncId) => join(artefacts, `${syncId}.c1z`),
    run: (runId) => join(runs, runId),
    log: (runId) => join(logs, `${runId}.log`),
    logs,
  };
}

/** What makes a directory a console's. */
const OURS = ['key', 'database.lock', 'db'];
/** One that was killed at its first start has no more than these. */
const FOLDERS = new Set(['artefacts', 'runs', 'logs']);

function keepToOwner(root: string): void {
  const info = statSync(root);
  if (!info.isDirectory()) throw fail('BK-DATA-FOREIGN', { path: root });
  const isOurs = OURS.some((name) => existsSync(join(root, name)));
  if (!isOurs && readdirSync(root).some((name) => !FOLDERS.has(name))) throw fail('BK-DATA-FOREIGN', { path: root });
  if ((info.mode & 0o077) === 0) return;
  if (info.uid !== process.getuid?.()) throw fail('BK-DATA-OWNER', { path: root });
  chmodSync(root, 0o700);
}

/** Only after the store's lock is held: until then the directories may belong to a living console. */
export function removeRunDirectories(data: DataDirectory): void {
  const runs = join(data.root, 'runs');
  if (!existsSync(runs)) return;
  for (const name of readdirSync(runs)) rmSync(join(runs, name), { recursive: true, force: true });
}
