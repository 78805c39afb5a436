import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fail } from '../errors.ts';

/** What a YAML file says of a program, or of a file, that is checked. */
export interface Description {
  kind: 'batonkit' | 'foreign' | 'file';
  name: string;
  /** Command line; empty for a file. */
  command: string[];
  /** Path of the `.c1z`, for kind `file`. */
  file: string;
  env: Record<string, string>;
  /** Written into the folder in which the program runs. */
  files: Record<string, string>;
  /** Names of variables whose values are credentials. */
  secrets: string[];
  /** Command line of what the program reads from; its first line of output is JSON, `${target.…}` in `env`. */
  target: string[];
  /** The variable that gets the address of a proxy before `to`. */
  proxy?: { env: string; to: string };
  pageSizes: number[];
  /** At how many requests, spread over a sync, an error is put. */
  positions: number;
  /** Longest time of one run, in seconds. */
  seconds: number;
  expect?: Expectation;
  /** Reasons by names of checks. */
  skip: Record<string, string>;
}

export interface Expectation {
  resources?: Record<string, number>;
  entitlements?: number;
  grants?: number;
  ids?: Record<string, string[]>;
  /** `ENTITLEMENT PRINCIPAL-TYPE:PRINCIPAL` */
  pairs?: string[];
}

/** @throws BatonError `BK-CONFORMANCE-YAML` */
export async function readDescription(path: string, checks: readonly string[]): Promise<Description> {
  const refuse = (what: string): Error => fail('BK-CONFORMANCE-YAML', { path, what });
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw fail('BK-CONFORMANCE-YAML', { path, what: 'it cannot be read' }, { cause });
  });
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { logLevel: 'error' });
  if (document.errors.length > 0) throw refuse('it is not YAML');
  const said: unknown = document.toJS({ maxAliasCount: 50 });
  if (!isMap(said)) throw refuse('it is not a list of "name: value"');
  const known = ['kind', 'name', 'command', 'file', 'env', 'files', 'secrets', 'target', 'proxy', 'pageSizes'];
  const unknown = Object.keys(said).find((key) => ![...known, 'positions', 'seconds', 'expect', 'skip'].includes(key));
  if (unknown !== undefined) throw refuse(`nothing is called ${unknown}`);
  const folder = dirname(resolve(path));
  const place = (word: string): string => (/^\.\.?\//.test(word) ? resolve(folder, word) : word);
  const words = (key: string): string[] => {
    const value = said[key] ?? [];
    if (!Array.isArray(value)) throw refuse(`${key} is no list`);
    return value.map((word) => place(String(word)));
  };
  const texts = (key: string): Record<string, string> => {
    const value = said[key] ?? {};
    if (!isMap(value)) throw refuse(`${key} is no map`);
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, textOf(item)]));
  };
  const number = (key: string, otherwise: number): number => {
    const value = said[key] ?? otherwise;
    if (typeof value !== 'number' || !(value >= 1)) throw refuse(`${key} is no number from 1 on`);
    return value;
  };
  const { kind } = said;
  if (kind !== 'batonkit' && kind !== 'foreign' && kind !== 'file')
    throw refuse('kind is none of batonkit, foreign and file');
  const { proxy, expect } = said;
  if (proxy !== undefined && !(isMap(proxy) && typeof proxy['env'] === 'string' && typeof proxy['to'] === 'string'))
    throw refuse('proxy does not name env and to');
  if (expect !== undefined && !isMap(expect)) throw refuse('expect is no map');
  const files = isMap(said['files']) ? said['files'] : {};
  const skip = texts('skip');
  const stranger = Object.keys(skip).find((name) => !checks.includes(name));
  if (stranger !== undefined) throw refuse(`there is no check ${stranger} to skip`);
  const found: Description = {
    kind,
    name: typeof said['name'] === 'string' ? said['name'] : path,
    command: words('command'),
    file: typeof said['file'] === 'string' ? place(said['file']) : '',
    env: texts('env'),
    files: Object.fromEntries(Object.entries(files).map(([name, content]) => [name, String(content)])),
    secrets: words('secrets'),
    target: words('target'),
    ...(isMap(proxy) ? { proxy: { env: String(proxy['env']), to: String(proxy['to']) } } : {}),
    pageSizes: words('pageSizes').map(Number),
    positions: number('positions', 6),
    seconds: number('seconds', 120),
    ...(isMap(expect) ? { expect: expect as Expectation } : {}),
    skip,
  };
  if (kind === 'file' ? found.file === '' : found.command.length === 0)
    throw refuse(kind === 'file' ? 'it names no file' : 'it names no command');
  return found;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value).trim() : '';
