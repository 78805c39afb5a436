import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seededRandom } from '@batonkit/kernel';
import { prepareDataDirectory } from '../src/data/data-directory.ts';
import { loadMasterKey } from '../src/data/master-key.ts';
import { createSecretBox } from '../src/data/secret-box.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'console-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const place = { connectorId: 'c'.repeat(27), field: 'api-key' };
const coded = (code: string) => expect.objectContaining({ report: expect.objectContaining({ code }) });

test('a secret opens only where it belongs, with the key it was sealed with', () => {
  const box = createSecretBox(seededRandom(1).bytes(32), seededRandom(2));
  const sealed = box.seal('rl_usr_geheim', place);
  expect(box.open(sealed, place)).toBe('rl_usr_geheim');
  expect(Buffer.from(sealed).includes('geheim')).toBe(false);
  expect(() => box.open(sealed, { ...place, field: 'other' })).toThrow(coded('BK-SECRET-STORE'));
  expect(() => box.open(sealed, { ...place, connectorId: 'd'.repeat(27) })).toThrow(coded('BK-SECRET-STORE'));
  const other = createSecretBox(seededRandom(3).bytes(32), seededRandom(2));
  expect(() => other.open(sealed, place)).toThrow(coded('BK-SECRET-STORE'));
});

test('a sealed secret of which any one byte is changed does not open', () => {
  const box = createSecretBox(seededRandom(1).bytes(32), seededRandom(2));
  const sealed = box.seal('rl_usr_geheim', place);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => box.open(changed, place), `byte ${at}`).toThrow(coded('BK-SECRET-STORE'));
  }
  expect(() => box.open(sealed.subarray(0, 20), place)).toThrow(coded('BK-SECRET-STORE'));
});

test('the same secret sealed twice gives different bytes', () => {
  const box = createSecretBox(seededRandom(1).bytes(32), seededRandom(2));
  expect(Buffer.from(box.seal('same', place))).not.toEqual(Buffer.from(box.seal('same', place)));
});

test('directory and key are for their owner only, and the key stays', () => {
  const data = prepareDataDirectory(join(folder, 'data'));
  const key = loadMasterKey(data, seededRandom(1));
  expect(statSync(data.root).mode & 0o777).toBe(0o700);
  expect(statSync(data.keyFile).mode & 0o777).toBe(0o600);
  expect(Buffer.from(loadMasterKey(data, seededRandom(2)))).toEqual(Buffer.from(key));
});

test('what others keep in a directory is neither locked away from them nor mixed with ours', () => {
  const foreign = join(folder, 'home');
  mkdirSync(foreign);
  chmodSync(foreign, 0o755);
  writeFileSync(join(foreign, 'letter'), '');
  expect(() => prepareDataDirectory(foreign)).toThrow(coded('BK-DATA-FOREIGN'));
  expect(() => prepareDataDirectory(join(foreign, 'letter'))).toThrow(coded('BK-DATA-FOREIGN'));
  expect([statSync(foreign).mode & 0o777, readdirSync(foreign)]).toEqual([0o755, ['letter']]);
  // An empty one is taken, and that of an earlier start, also of one that was killed before it had a key.
  rmSync(join(foreign, 'letter'));
  prepareDataDirectory(foreign);
  chmodSync(foreign, 0o750);
  loadMasterKey(prepareDataDirectory(foreign), seededRandom(1));
  writeFileSync(join(foreign, 'note'), '');
  expect(statSync(prepareDataDirectory(foreign).root).mode & 0o777).toBe(0o700);
});

test.each([
  ['BK-KEY-MODE', 'others can read it', (keyFile: string) => chmodSync(keyFile, 0o640)],
  ['BK-KEY-FORM', 'it holds something else', (keyFile: string) => writeFileSync(keyFile, 'key')],
  ['BK-KEY-LOST', 'it is gone beside a database', (keyFile: string) => rmSync(keyFile)],
])('%s: the console does not start with a key file when %s', (code, _what, harm) => {
  const data = prepareDataDirectory(join(folder, 'data'));
  loadMasterKey(data, seededRandom(1));
  mkdirSync(data.database);
  harm(data.keyFile);
  const before = existsSync(data.keyFile) ? readFileSync(data.keyFile) : undefined;
  expect(() => loadMasterKey(data, seededRandom(2))).toThrow(coded(code));
  expect(existsSync(data.keyFile) ? readFileSync(data.keyFile) : undefined).toEqual(before);
});
