import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What `tools/join-sources.ts` has made (ADR 32). */
export interface JoinedManifest {
  /** Below the manifest's folder. */
  folder: string;
  /** Of all that it depends on: path below the root of the clone, bytes, milliseconds of the last change. */
  sources: [path: string, size: number, changed: number][];
}

const clone = fileURLToPath(new URL('../../../', import.meta.url));

/** Where it is. */
export const joinedPlace = (root: string): string => `${root}node_modules/.cache/joined/`;

/** What has been joined and is as the sources are; `undefined` when one of them has changed or nothing is there. */
export function freshJoined(root: string): JoinedManifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(`${joinedPlace(root)}manifest.json`, 'utf8')) as JoinedManifest;
    const isSame = manifest.sources.every(([path, size, changed]) => {
      const now = statSync(root + path);
      return now.size === size && now.mtimeMs === changed;
    });
    return isSame && existsSync(joinedPlace(root) + manifest.folder) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The sources of a program in one file, to be imported instead of them: the start is twice as fast. Places in stacks
 * are those of the sources.
 */
export function joinedSources(program: string): string | undefined {
  const manifest = freshJoined(clone);
  if (manifest === undefined) return undefined;
  const path = `${joinedPlace(clone)}${manifest.folder}/src/${program}.js`;
  if (!existsSync(path)) return undefined;
  process.setSourceMapsEnabled(true);
  return pathToFileURL(path).href;
}
