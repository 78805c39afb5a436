import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { fail } from '../errors.ts';

/** The settings of a YAML file, not yet judged. */
export interface ConfigFile {
  path: string;
  /** Nobody named it: it lay in the current folder. */
  isByChance: boolean;
  /** By lower-case name: a text, a list or a map. */
  values: ReadonlyMap<string, unknown>;
}

const variable = 'BATON_CONFIG_PATH';
/** Those that a genuine program finds as well, in its order; all are read as YAML. */
const names = ['.baton.json', '.baton.yaml', '.baton.yml', '.baton'];
const mostBytes = 2 ** 20;

/**
 * The name that `BATON_CONFIG_PATH` has is judged even where the file is not read, as with `--version`.
 *
 * @throws BatonError `BK-CONFIG-YAML`
 */
export function checkConfigPath(env: Readonly<Record<string, string | undefined>>): void {
  const named = env[variable];
  if (named && !/\.ya?ml$/.test(named)) throw refuse(named, 'has a name that ends neither in .yaml nor in .yml');
}

/**
 * Reads the file that `BATON_CONFIG_PATH` names, else one of `.baton.json`, `.baton.yaml`, `.baton.yml` and `.baton`
 * in the current folder, if one is there. Genuine connectors pass over a file that is missing or damaged; settings that
 * somebody believes to be in force would then be absent, so here that is an error.
 *
 * @param lookAround whether a file that nobody named is looked for
 * @throws BatonError `BK-CONFIG-YAML`; nothing of the file's content is in it
 */
export async function readConfigFile(
  env: Readonly<Record<string, string | undefined>>,
  lookAround: boolean,
): Promise<ConfigFile | undefined> {
  const named = env[variable];
  if (named !== undefined && named !== '') {
    checkConfigPath(env);
    const text = readText(named, false);
    if (text === undefined) throw refuse(named, 'does not exist');
    return { path: named, isByChance: false, values: await parse(named, text) };
  }
  for (const name of lookAround ? names : []) {
    // A folder with the bare name is somebody else's.
    if (name === '.baton' && !statSync(name, { throwIfNoEntry: false })?.isFile()) continue;
    const text = readText(name, true);
    if (text !== undefined) return { path: name, isByChance: true, values: await parse(name, text) };
  }
  return undefined;
}

/** Undefined when there is no such file. Judges what was opened, not what has its name later. */
function readText(path: string, isByChance: boolean): string | undefined {
  let descriptor: number;
  try {
    // A pipe with that name must not hold the program up.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw refuse(path, 'cannot be read', error);
  }
  try {
    const stat = fstatSync(descriptor);
    const { uid, mode, size } = stat;
    if (!stat.isFile()) throw refuse(path, 'is no ordinary file');
    // Whoever can write it could send the key elsewhere.
    if (isByChance && process.getuid !== undefined) {
      const isOurs = [uid, lstatSync(path).uid].every((owner) => owner === 0 || owner === process.getuid?.());
      if (!isOurs) throw refuse(path, 'belongs to another user');
      if ((mode & 0o002) !== 0) throw refuse(path, 'may be written by everyone');
    }
    if (size > mostBytes) throw refuse(path, 'is larger than 1 MiB');
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

async function parse(path: string, text: string): Promise<ReadonlyMap<string, unknown>> {
  // Only where there is such a file.
  const { isMap, isScalar, parseDocument } = await import('yaml');
  // Without types, as the field says what it is: a key of digits keeps its zeros, and `no` is a text.
  // Merge keys (`<<`) as in the genuine programs.
  const document = parseDocument(text, { schema: 'failsafe', merge: true, prettyErrors: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    // The parser's own message quotes the text.
    const what = problems[error.code] ?? 'is not YAML';
    throw refuse(path, line === undefined ? what : `${what} (line ${line})`);
  }
  let value: unknown;
  try {
    value = document.toJS({ mapAsMap: true, maxAliasCount: 50 });
  } catch {
    throw refuse(path, 'refers to itself too often, or merges what is no map');
  }
  // A setting without a value is as one that is not there; one with an empty text is not.
  const isNothing = (node: unknown): boolean =>
    node === null ||
    (isScalar(node) && node.type === 'PLAIN' && ['', '~', 'null', 'Null', 'NULL'].includes(node.source ?? ''));
  const unset = new Set<unknown>(
    isMap(document.contents)
      ? document.contents.items.flatMap((pair) => (isNothing(pair.value) ? [String(pair.key)] : []))
      : [],
  );
  const values = new Map<string, unknown>();
  if (value === null || value === '') return values;
  if (!(value instanceof Map)) throw refuse(path, 'is not a list of "name: value"');
  for (const [key, item] of value) {
    const name = String(key).toLowerCase();
    if (values.has(name)) throw refuse(path, 'names a setting twice');
    if (!unset.has(key)) values.set(name, item);
  }
  return values;
}

const problems: Record<string, string> = {
  DUPLICATE_KEY: 'names a setting twice',
  MULTIPLE_DOCS: 'holds more than one document',
};

const refuse = (path: string, reason: string, cause?: unknown): Error =>
  fail('BK-CONFIG-YAML', { path, reason }, { cause });
