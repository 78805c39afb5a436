import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

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
  /** What Node made of the programs it ran; it starts them a third faster. */
  cache: string;
  /** What a run said: its requests and its log. */
  log(runId: string, kind: 'requests' | 'program'): string;
}

/** Makes the directory, readable for its owner only, and removes what runs of an earlier process left behind. */
export function prepareDataDirectory(path: string): DataDirectory {
  const root = resolve(path);
  const folder = (name: string): string => {
    const made = join(root, name);
    mkdirSync(made, { recursive: true, mode: 0o700 });
    return made;
  };
  mkdirSync(root, { recursive: true, mode: 0o700 });
  chmodSync(root, 0o700);
  const [artefacts, runs, logs, cache] = [folder('artefacts'), folder('runs'), folder('logs'), folder('cache')];
  return {
    root,
    keyFile: join(root, 'key'),
    database: join(root, 'db'),
    cache,
    artefact: (syncId) => join(artefacts, `${syncId}.c1z`),
    run: (runId) => join(runs, runId),
    log: (runId, kind) => join(logs, `${runId}.${kind === 'requests' ? 'requests.jsonl' : 'log'}`),
  };
}

/** Only after the store's lock is held: until then the directories may belong to a living console. */
export function removeRunDirectories(data: DataDirectory): void {
  const runs = join(data.root, 'runs');
  if (!existsSync(runs)) return;
  for (const name of readdirSync(runs)) rmSync(join(runs, name), { recursive: true, force: true });
}
