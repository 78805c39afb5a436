import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWorkDirectory } from '../src/one-shot/work-directory.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'work-directory-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('is private, empty, and gone afterwards', () => {
  const file = join(folder, 'sync.c1z');
  mkdirSync(`${file}.partial/spool`, { recursive: true });
  writeFileSync(`${file}.partial/spool/left-by-a-killed-run`, 'x');
  writeFileSync(`${file}.partial/db`, 'x');
  {
    using work = openWorkDirectory(file);
    expect(readdirSync(work.path).filter((name) => !name.startsWith('lock'))).toEqual([]);
    writeFileSync(join(work.path, 'db'), 'x');
  }
  expect(readdirSync(folder)).toEqual([]);
});

test('a link or a file with its name is refused, and what a link leads to stays', () => {
  const file = join(folder, 'sync.c1z');
  mkdirSync(join(folder, 'mine'));
  writeFileSync(join(folder, 'mine/precious'), 'x');
  symlinkSync('mine', `${file}.partial`);
  const refused = expect.objectContaining({ code: 'BK-WORK', status: 2 });
  expect(() => openWorkDirectory(file)).toThrow(refused);
  expect(readdirSync(join(folder, 'mine'))).toEqual(['precious']);
  rmSync(`${file}.partial`);
  writeFileSync(`${file}.partial`, 'x');
  expect(() => openWorkDirectory(file)).toThrow(refused);
  expect(readdirSync(folder)).toEqual(['mine', 'sync.c1z.partial']);
});

test.skipIf(process.getuid?.() !== 0)('the folder of another user is refused', () => {
  const file = join(folder, 'sync.c1z');
  mkdirSync(`${file}.partial`);
  chownSync(`${file}.partial`, 65534, 65534);
  expect(() => openWorkDirectory(file)).toThrow(expect.objectContaining({ code: 'BK-WORK' }));
});

test('made with mode 0700', () => {
  using work = openWorkDirectory(join(folder, 'sync.c1z'));
  expect(statSync(work.path).mode & 0o777).toBe(0o700);
});

test('a second run is refused and touches nothing', () => {
  const file = join(folder, 'sync.c1z');
  using work = openWorkDirectory(file);
  writeFileSync(join(work.path, 'db'), 'x');
  expect(() => openWorkDirectory(file)).toThrow(expect.objectContaining({ code: 'BK-LOCK', status: 9 }));
  expect(existsSync(join(work.path, 'db'))).toBe(true);
  // Another file in the same folder is another run.
  using other = openWorkDirectory(join(folder, 'other.c1z'));
  expect(existsSync(other.path)).toBe(true);
});

test('after the end the next run gets in', () => {
  const file = join(folder, 'sync.c1z');
  for (let round = 0; round < 3; round += 1) {
    using work = openWorkDirectory(file);
    expect(existsSync(work.path)).toBe(true);
  }
});
