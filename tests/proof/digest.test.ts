import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@batonkit/kernel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInProcess } from '../../tools/prove/faults/run-in-process.ts';
import { startSimulator, type Simulator } from '../support/simulator.ts';

// 120 users: 99, 100 and 101 are three ways to cut them, 500 is one page, 1 and 2 are the smallest.
let simulator: Simulator;
let directory: string;
let expected: string;
let runs = 0;

beforeAll(async () => {
  simulator = await startSimulator('--users 120 --seed 3');
  directory = mkdtempSync(join(tmpdir(), 'digest-'));
  expected = await digestOf(simulator.baseUrl, []);
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await simulator[Symbol.asyncDispose]();
});

async function digestOf(baseUrl: string, flags: readonly string[]): Promise<string> {
  const file = join(directory, `${++runs}.c1z`);
  const seed = runs;
  const { exit, result } = await runInProcess({
    baseUrl,
    key: simulator.apiKey,
    file,
    flags,
    clock: systemClock,
    seed,
  });
  expect({ exit, ...result }).toMatchObject({ exit: 0, ok: true });
  return result.contentDigest ?? '';
}

test.each([1, 2, 99, 100, 101, 500])('the content digest is the same with pages of %i rows', async (size) => {
  expect(await digestOf(simulator.baseUrl, ['--page-size', String(size)])).toBe(expected);
});

test('the content digest is the same with the rows in another order, and by another server with smaller pages', async () => {
  await using turned = await startTurned(simulator.origin);
  expect(await digestOf(`${turned.origin}/api/v1`, [])).toBe(expected);
  expect(await digestOf(`${turned.origin}/api/v1`, ['--page-size', '7'])).toBe(expected);
});

test('the content digest is another one after a single change', async () => {
  const [person] = await simulator.people();
  await simulator.post('/promote', { userId: person?.id, role: 'it_admin' });
  expect(await digestOf(simulator.baseUrl, [])).not.toBe(expected);
});

/** The same tenant with every list the other way round, and never more than 30 rows a page. */
async function startTurned(origin: string): Promise<{ origin: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', origin);
      const skip = Number(url.searchParams.get('skip') ?? 0);
      const limit = Math.min(30, Number(url.searchParams.get('limit') ?? 100));
      if (/\/(?:users|roles)$/.test(url.pathname)) url.search = '?limit=1000';
      const key = String(request.headers['x-runlayer-api-key']);
      const answer = await fetch(url, { headers: { 'x-runlayer-api-key': key, accept: 'application/json' } });
      const body = (await answer.json()) as { data?: { roles?: unknown[] }[] };
      for (const row of body.data ?? []) row.roles?.reverse();
      if (body.data !== undefined) body.data = body.data.reverse().slice(skip, skip + limit);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
