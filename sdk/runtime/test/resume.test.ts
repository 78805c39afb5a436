import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCertificate } from '@batonkit/certificate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Here } from './run-here.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'resume-'));
  path = join(folder, 'sync.c1z');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = { BATON_BASE_URL: 'https://x.example', BATON_API_KEY: 'hunter2-hunter2', BATON_USERS: '4000' };
const begin = (args: string[] = [], file = path): Here =>
  new Here(['--progress', 'jsonl', '--file', file, ...args], env);
const events = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const digestOf = (file: string) => parseCertificate(readFileSync(`${file}.cert.json`, 'utf8')).content_digest;

/** Ends a run by a signal when the first rows are stored. */
async function stopHalfWay(args: string[] = []) {
  const here = begin(args);
  await here.says('"phase":"store"');
  here.signals.emit('SIGTERM');
  const ended = await here.end();
  expect(ended.code).toBe(1);
  expect(existsSync(path)).toBe(false);
  return events(ended.stdout);
}

describe('a run that was stopped half-way', () => {
  test('is gone on with: nothing is read again, and the content is that of an uncut run', async () => {
    const stopped = await stopHalfWay();
    expect(stopped.find(({ type }) => type === 'left')).toMatchObject({ directory: `${path}.partial`, minutes: 60 });
    expect(readdirSync(folder)).toEqual(['sync.c1z.partial']);
    const { code, stdout } = await begin().end();
    const seen = events(stdout);
    expect({ code, result: seen.at(-1) }).toMatchObject({ code: 0, result: { ok: true } });
    expect(seen.find(({ type }) => type === 'resume')).toMatchObject({ isResumed: true });
    expect(seen.find(({ type }) => type === 'start')?.['syncId']).toBe(
      stopped.find(({ type }) => type === 'start')?.['syncId'],
    );
    expect(seen.filter(({ type }) => type === 'list')).toEqual([]);
    expect(readdirSync(folder).toSorted()).toEqual(['sync.c1z', 'sync.c1z.cert.json']);
    const uncut = join(folder, 'uncut.c1z');
    expect((await begin([], uncut).end()).code).toBe(0);
    expect(digestOf(path)).toBe(digestOf(uncut));
  });

  test('with other settings it begins anew, and says so', async () => {
    await stopHalfWay();
    const { code, stdout } = await begin(['--users', '30']).end();
    expect(code).toBe(0);
    expect(events(stdout).find(({ type }) => type === 'resume')).toMatchObject({ isResumed: false });
    expect(events(stdout).at(-1)).toMatchObject({ counts: { resourcesByType: { user: 30 } } });
    expect(readdirSync(folder).toSorted()).toEqual(['sync.c1z', 'sync.c1z.cert.json']);
  });

  test('a person is told that it waits, and that it is gone on with', async () => {
    const here = new Here(['--progress', 'plain', '--file', path], env);
    await here.saysWrong('Storing');
    here.signals.emit('SIGINT');
    const stopped = await here.end();
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain(`waits in ${path}.partial; a run within 60 minutes goes on from there.`);
    const { code, stderr } = await new Here(['--progress', 'plain', '--file', path], env).end();
    expect(code).toBe(0);
    expect(stderr).toContain('Going on where an earlier run ended.');
  });

  test('leaves nothing where that is not wanted', async () => {
    const stopped = await stopHalfWay(['--resume-max-age', '0']);
    expect(stopped.filter(({ type }) => type === 'left')).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('--passes 1 reads once, and certificate and end say so', async () => {
  const { code, stdout } = await begin(['--passes', '1']).end();
  expect(code).toBe(0);
  expect(events(stdout).filter((event) => event['type'] === 'list' && event['pass'] !== 1)).toEqual([]);
  expect(parseCertificate(readFileSync(`${path}.cert.json`, 'utf8')).passes).toBe(1);
  const other = join(folder, 'other.c1z');
  const plain = await new Here(['--progress', 'plain', '--passes', '1', '--file', other], env).end();
  expect(plain.stderr).toContain('It was read only once');
});
