import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { staticFiles } from '../src/http/static-files.ts';

let folder: string;
let app: Hono;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'web-'));
  const root = join(folder, 'dist');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<title>page</title>');
  writeFileSync(join(root, 'assets', 'app-1a2b.js'), 'script');
  writeFileSync(join(folder, 'secret.txt'), 'outside');
  mkdirSync(join(folder, 'dist-other'));
  writeFileSync(join(folder, 'dist-other', 'secret.txt'), 'outside');
  app = new Hono().all('*', staticFiles(root));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['/', 200, 'text/html; charset=utf-8', 'no-cache', '<title>page</title>'],
  ['/apps/x/administrators', 200, 'text/html; charset=utf-8', 'no-cache', '<title>page</title>'],
  ['/assets/app-1a2b.js', 200, 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable', 'script'],
])('%s', async (path, status, type, cache, body) => {
  const answer = await app.request(path);
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
    status,
    type,
    cache,
  ]);
  expect(await answer.text()).toBe(body);
});

test.each([
  '/assets/app-old.js',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..%2fdist-other%2fsecret.txt',
  '/%00.js',
  '/%ff.js',
])('%s is not there, and never a page', async (path) => {
  const answer = await app.request(path);
  expect(answer.status).toBe(404);
  expect(await answer.text()).not.toContain('outside');
});

test('an unchanged file is not sent again', async () => {
  const tag = (await app.request('/')).headers.get('etag') ?? '';
  expect((await app.request('/', { headers: { 'if-none-match': tag } })).status).toBe(304);
});
