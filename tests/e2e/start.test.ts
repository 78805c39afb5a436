import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pairsOf, signIn } from '../support/client.ts';
import { inRepository, processes, startProgram, type RunningProgram } from '../support/program.ts';

interface Ready {
  console: string;
  signIn: string;
  baseUrl: string;
  apiKey: string;
  simulatorAdmin: string;
}

let data: string;
let launchers: RunningProgram[];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'start-'));
  launchers = [];
});
afterEach(async () => {
  await Promise.all(
    launchers.map(async (launcher) => {
      if (processes().some(({ pid }) => pid === launcher.pid)) await launcher.signal('SIGTERM');
    }),
  );
  rmSync(data, { recursive: true, force: true });
});

async function start(...options: string[]): Promise<{ launcher: RunningProgram; ready: Ready }> {
  const args = [inRepository('tools/start.ts'), '--data', data, '--ready-json', ...options];
  const launcher = await startProgram(args, { group: true });
  launchers.push(launcher);
  return { launcher, ready: launcher.ready as Ready };
}

const nobodyLeft = (): Promise<void> =>
  vi.waitFor(() => expect(processes().filter(({ command }) => command.includes(data))).toEqual([]), {
    timeout: 15_000,
  });

/** Takes a port, unless somebody has it already. */
async function take(port: number): Promise<Server> {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
  await Promise.race([once(server, 'listening'), once(server, 'error')]).catch(() => undefined);
  return server;
}

async function pairsAt({ simulatorAdmin }: Ready): Promise<string[]> {
  const admin = new URL(simulatorAdmin);
  const response = await fetch(`${admin.origin}/__admin/pairs`, {
    headers: { authorization: `Bearer ${admin.hash.replace('#token=', '')}` },
  });
  expect(response.status).toBe(200);
  const pairs = (await response.json()) as { userId: string; roleId: string }[];
  return pairs.map(({ userId, roleId }) => `${userId} ${roleId}`).sort();
}

test('the demo runs beside others, ends as a whole, and goes on where it was', async () => {
  const others = await Promise.all([3000, 8080].map(take));
  const { launcher, ready } = await start('--users', '60');
  for (const other of others) other.close();
  expect(Object.keys(ready)).toEqual(['console', 'signIn', 'baseUrl', 'apiKey', 'simulatorAdmin']);
  expect(Number(new URL(ready.console).port)).toBeGreaterThan(3000);
  expect(Number(new URL(ready.baseUrl).port)).toBeGreaterThan(8080);
  expect(launcher.errors()).toMatch(/Port 3000 is taken; the console is on \d+\./);
  expect(launcher.errors()).toMatch(/Port 8080 is taken; the simulated tenant is on \d+\./);
  const page = await fetch(ready.console, { headers: { accept: 'text/html' } });
  expect(page.headers.get('content-type')).toContain('text/html');
  // Whoever built it, a test as well: it is what people get, and not the twice as large one for developers.
  const [react = ''] = /\/assets\/react-[^"]+\.js/.exec(await page.text()) ?? [];
  const script = await (await fetch(ready.console + react)).text();
  const kinds = ['react.dev/errors/', 'react-devtools'].map((sign) => script.includes(sign));
  expect(kinds).toEqual([true, false]);

  const client = await signIn(ready.console, ready.signIn);
  const connector = await client.settled((await client.connect(ready)).id);
  expect(connector.state.name).toBe('connected');
  expect(await pairsOf(client, connector.app.id)).toEqual(await pairsAt(ready));

  expect(await launcher.signal('SIGINT')).toEqual({ code: 130, signal: null });
  await nobodyLeft();

  const second = await start();
  expect(second.ready).toMatchObject({
    baseUrl: ready.baseUrl,
    apiKey: ready.apiKey,
    simulatorAdmin: ready.simulatorAdmin,
  });
  const later = await signIn(second.ready.console, second.ready.signIn);
  const found = await later.call('getConnector', { params: { connectorId: connector.id } });
  expect(found).toMatchObject({ state: { name: 'connected' }, lastGood: connector.lastGood });
  expect((await later.sync(connector.id)).state.name).toBe('connected');

  await second.launcher.signal('SIGKILL');
  await nobodyLeft();
});

/** Without it `npm start` would first install, in the directory that this test runs from. */
function isInstalledByLauncher(): boolean {
  const stamp = inRepository('node_modules/.batonkit-stamp');
  const wanted = createHash('sha256')
    .update(readFileSync(inRepository('package-lock.json')))
    .digest('hex');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

test.skipIf(!isInstalledByLauncher())(
  'npm start says one line on standard output, and Ctrl-C ends all (needs packages installed by npm start or npm test)',
  async () => {
    const args = ['--prefix', inRepository('.'), 'start', '--silent', '--', '--ready-json', '--data', data];
    const launcher = await startProgram([...args, '--users', '30'], { command: 'npm', group: true });
    launchers.push(launcher);
    const ready = launcher.ready as Ready;
    expect((await signIn(ready.console, ready.signIn)).url).toBe(ready.console);
    // npm, its shell and the launcher each get it, and npm passes it on once more.
    await launcher.signal('SIGINT');
    await nobodyLeft();
    expect(launcher.output().trim().split('\n')).toEqual([JSON.stringify(ready)]);
  },
);
