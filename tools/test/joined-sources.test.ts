import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshJoined, joinedPlace } from '@batonkit/kernel/joined-sources';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { joinSources } from '../join-sources.ts';
import { shortenMap } from '../join/shorten-map.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const here = mkdtempSync(join(tmpdir(), 'joined-'));
afterAll(() => rmSync(here, { recursive: true }));

describe('joined sources', () => {
  beforeAll(async () => {
    const said: string[] = [];
    await joinSources((text) => said.push(text));
    expect(said).toEqual([]);
  });

  test('are as the sources are', () => {
    const { sources = [] } = freshJoined(root) ?? {};
    const paths = sources.map(([path]) => path);
    for (const path of ['sdk/c1z/src/store-thread.ts', 'sdk/kernel/package.json', 'node_modules/.package-lock.json'])
      expect(paths).toContain(path);
  });

  test('are what a program runs from, thread included, and its log lines have the places of the sources', () => {
    const run = (first: string): { callers: unknown[]; sources: string[] } => {
      const seen = join(here, 'seen.txt');
      writeFileSync(seen, '');
      // Threads have it, too.
      const hook =
        `import{registerHooks}from'node:module';import{appendFileSync}from'node:fs';registerHooks({load:(url,context,next)=>{` +
        `if(url.endsWith('.ts'))appendFileSync(${JSON.stringify(seen)},url+'\\n');return next(url,context)}})`;
      const argv = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, join(root, first)];
      const words = ['--log-format', 'json', '--file', 'x.c1z', '--passwd', 'passwd', '--group', 'group'];
      const { stderr, status } = spawnSync(process.execPath, [...argv, ...words], {
        cwd: here,
        // Without the second start, each has the same words.
        env: { MALLOC_ARENA_MAX: '1' },
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
      const lines = stderr.trim().split('\n');
      return {
        callers: lines.map((line) => (JSON.parse(line) as { caller: unknown }).caller),
        sources: readFileSync(seen, 'utf8').trim().split('\n'),
      };
    };
    // So many that the storing thread is begun.
    const accounts = Array.from({ length: 6000 }, (_, n) => `u${n}:x:${n}:${n}:U ${n}:/:/bin/sh\n`);
    writeFileSync(join(here, 'passwd'), accounts.join(''));
    writeFileSync(join(here, 'group'), 'staff:x:50:u1\n');
    const fromSources = run('connectors/unix-accounts/bin/main.ts');
    const joined = run('connectors/unix-accounts/bin/baton-unix-accounts.js');
    expect(fromSources.sources).toContainEqual(expect.stringMatching(/store-thread\.ts$/));
    expect(joined.sources).not.toContainEqual(expect.stringMatching(/(?:store-thread|main)\.ts$/));
    expect(joined.sources.length).toBeLessThan(5);
    expect(fromSources.callers).not.toContain('');
    expect(joined.callers).toEqual(fromSources.callers);
  });
});

describe('what was joined of a clone', () => {
  const clone = `${here}/clone/`;
  const source = `${clone}a.ts`;

  test.each<[string, () => void]>([
    ['a source of another size', () => writeFileSync(source, 'longer')],
    ['a source that was written again', () => utimesSync(source, 1, 1)],
    ['a source that is gone', () => rmSync(source)],
    ['a manifest that was cut off', () => writeFileSync(`${joinedPlace(clone)}manifest.json`, '{"folder":"f","so')],
    ['the joined files gone', () => rmSync(`${joinedPlace(clone)}f`, { recursive: true })],
    ['nothing joined', () => rmSync(joinedPlace(clone), { recursive: true })],
  ])('is not taken with %s', (_what, change) => {
    mkdirSync(`${joinedPlace(clone)}f`, { recursive: true });
    writeFileSync(source, 'text');
    const { size, mtimeMs } = statSync(source);
    const manifest = { folder: 'f', sources: [['a.ts', size, mtimeMs]] };
    writeFileSync(`${joinedPlace(clone)}manifest.json`, JSON.stringify(manifest));
    expect(freshJoined(clone)).toEqual(manifest);
    change();
    expect(freshJoined(clone)).toBeUndefined();
  });
});

test('a short map leaves each line the place of its beginning, and those of packages none', () => {
  const path = join(here, 'a.js.map');
  const sources = ['../a.ts', '../node_modules/b.js', '../c.ts'];
  // Lines 0 to 4: a:99, a:3 and further places on the line, b:0, c:70000, and one without a place.
  const mappings = 'AAmGA,IAAI;AAhGJ,CAAC,CAAG;ACHA;ACg7oEA;';
  writeFileSync(path, JSON.stringify({ version: 3, sources, names: [], mappings }));
  const whole = new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as ConstructorParameters<typeof SourceMap>[0]);
  shortenMap(path);
  const short = new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as ConstructorParameters<typeof SourceMap>[0]);
  const placeOf = (map: SourceMap, line: number): unknown[] => {
    const entry = map.findEntry(line, 0);
    return 'originalSource' in entry && entry.originalSource ? [entry.originalSource, entry.originalLine] : [];
  };
  expect([0, 1, 3].map((line) => placeOf(short, line))).toEqual([0, 1, 3].map((line) => placeOf(whole, line)));
  expect(placeOf(whole, 3)[0]).toBe('../c.ts');
  expect([2, 4].map((line) => placeOf(short, line))).toEqual([[], []]);
});
