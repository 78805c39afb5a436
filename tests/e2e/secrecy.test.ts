import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectorProgram } from '../support/console.ts';
import { inRepository } from '../support/program.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { startSimulator, type Simulator } from '../support/simulator.ts';

// Each of its characters looks different in one of the forms.
const canary = 'rl_CANARY+7/q=\\w%2F&#end';
const header = 'of-the-proxy+7/\\%';
/** As it is, in addresses, in JSON, in base64, and half-way through each. */
const formsOf = (secret: string): string[] => {
  const buffer = Buffer.from(secret);
  const encoded = [encodeURIComponent(secret), encodeURI(secret), JSON.stringify(secret).slice(1, -1)];
  const base64 = [buffer.toString('base64').replace(/=+$/, ''), buffer.toString('base64url'), buffer.toString('hex')];
  return [secret, ...encoded, ...base64, JSON.stringify(JSON.stringify(secret)).slice(3, -3), 'CANARY'];
};
const forms = [...new Set([...formsOf(canary), ...formsOf(header)])];

let simulator: Simulator;
let relay: Relay;
let folder = '';
beforeAll(async () => {
  simulator = await startSimulator('--users 60 --seed 4');
});
afterAll(async () => {
  await simulator[Symbol.asyncDispose]();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'secrecy-'));
  relay = await startRelay(simulator.baseUrl, { given: canary, known: simulator.apiKey });
});
afterEach(async () => {
  await relay[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

interface Given {
  args?: string[];
  env?: Record<string, string>;
  stdin?: string;
}

/** Starts the program at its loudest, in a folder of its own, with an environment made of nothing. */
function start({ args = [], env = {}, stdin }: Given) {
  const loud = ['--log-level', 'debug', '--page-size', '20', ...args];
  const child = spawn(process.execPath, [connectorProgram, ...loud], {
    cwd: folder,
    env: {
      BATON_BASE_URL: relay.baseUrl,
      NODE_OPTIONS: `--import=${inRepository('tests/support/record-connections.mjs')}`,
      RECORD_CONNECTIONS: join(folder, 'connections'),
      ...env,
    },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin?.end(stdin);
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return { child, ended };
}

const run = (given: Given) => start(given).ended;

/** Everything that lies in the folder, but what the test itself put there. */
function leftBehind(own: readonly string[]): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !own.includes(path));
  return new Map(paths.map((path) => [path, readFileSync(path, 'latin1')]));
}

function expectNoSecret(output: string, own: readonly string[] = []): void {
  const texts = new Map([['output', output], ...leftBehind(own)]);
  // A path may be as telling as what lies there.
  texts.set('names', [...texts.keys()].join('\n'));
  const found = [...texts].flatMap(([where, text]) =>
    forms.filter((form) => text.includes(form)).map((form) => `${form} in ${where}`),
  );
  expect(found).toEqual([]);
}

/** Only GETs without a body, to the tenant alone, the key in its header alone. */
function expectOnlyReading(): void {
  expect(relay.seen.length).toBeGreaterThan(0);
  for (const { method, url, headers, body } of relay.seen) {
    expect({ method, body, length: headers['content-length'] ?? '0' }).toEqual({ method: 'GET', body: 0, length: '0' });
    const withKey = Object.entries(headers).filter(([, value]) => String(value).includes('CANARY'));
    expect(withKey.map(([name]) => name)).toEqual(['x-runlayer-api-key']);
    for (const form of forms) expect(url).not.toContain(form);
  }
  const connections = readFileSync(join(folder, 'connections'), 'utf8').trim().split('\n');
  expect([...new Set(connections)]).toEqual([relay.host]);
}

describe('the key', () => {
  const yaml = (): string => `base-url: ${relay.baseUrl}\napi-key: '${canary}'\n`;
  const ways: [string, () => Given & { file?: [string, string] }][] = [
    ['the environment', () => ({ env: { BATON_API_KEY: canary } })],
    ['a file', () => ({ env: { BATON_API_KEY_FILE: 'key' }, file: ['key', `${canary}\n`] })],
    ['a YAML file', () => ({ env: { BATON_CONFIG_PATH: 'named.yaml' }, file: ['named.yaml', yaml()] })],
    ['a YAML file that lies there', () => ({ env: { BATON_BASE_URL: '' }, file: ['.baton.yaml', yaml()] })],
    ['standard input', () => ({ env: { BATON_API_KEY_FILE: '/dev/stdin' }, stdin: `${canary}\n` })],
  ];
  test.each(ways)('from %s is in nothing that a good run says or leaves', async (_name, given) => {
    const { file, ...more } = given();
    const own = file === undefined ? [] : [join(folder, file[0])];
    if (file !== undefined) writeFileSync(join(folder, file[0]), file[1]);
    const { code, output } = await run({ ...more, args: ['--log-path', 'run.log', '--progress', 'jsonl'] });
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    for (const name of ['sync.c1z', 'sync.c1z.cert.json', 'run.log']) expect(existsSync(join(folder, name))).toBe(true);
    expectNoSecret(output, own);
    expectOnlyReading();
  });

  test('and the headers for an access proxy are in no error, whatever the tenant repeats', async () => {
    const echo = forms.join(' ');
    let n = 0;
    const env = { BATON_API_KEY: canary, BATON_EXTRA_HEADERS: JSON.stringify({ 'x-access': header }) };
    // Texts that the program passes on, at its first request and in the middle.
    for (const [status, after] of [
      [422, 0],
      [409, 4],
    ] as const) {
      n = 0;
      relay.answer = (_seen, response) => {
        if (n++ < after) return false;
        response.writeHead(status, { 'content-type': 'application/json', 'x-echo': encodeURIComponent(echo) });
        response.end(JSON.stringify({ detail: `What is this: ${echo}` }));
        return true;
      };
      const { code, output } = await run({ env, args: ['--progress', 'plain'] });
      expect(code).toBeGreaterThan(0);
      expect(output).toContain('[redacted]');
      expectNoSecret(output);
    }
    expect(relay.seen.every(({ headers }) => headers['x-access'] === header)).toBe(true);
    expectOnlyReading();
  });

  test('is in no name, id or text that the tenant makes of it', async () => {
    relay.answer = ({ url }, response) => {
      if (!url.includes('/users/me')) return false;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: canary, email: canary, roles: canary }));
      return true;
    };
    const { code, output } = await run({ env: { BATON_API_KEY: canary } });
    expect(code).toBeGreaterThan(0);
    expectNoSecret(output);
  });

  test('is in nothing of a run that is killed half-way: working files, journal, spool', async () => {
    const held = Promise.withResolvers<void>();
    let rows = 0;
    relay.answer = ({ url }) => {
      if (!/\/users\/?\?/.test(url) || ++rows < 6) return false;
      held.resolve();
      return true;
    };
    const { child, ended } = start({ env: { BATON_API_KEY: canary } });
    await Promise.race([held.promise, ended]);
    child.kill('SIGKILL');
    const { output } = await ended;
    expect([...leftBehind([]).keys()].some((path) => path.includes('sync.c1z.partial'))).toBe(true);
    expectNoSecret(output);
    expectOnlyReading();
  });

  test('is in nothing that doctor and --dry-run print or report', async () => {
    const env = { BATON_API_KEY: canary };
    const doctor = await run({ env, args: ['doctor', '--output', 'jsonl', '--report', 'report.json'] });
    const dry = await run({ env, args: ['--dry-run'] });
    expect([doctor.code, dry.code]).toEqual([0, 0]);
    expectNoSecret(doctor.output + dry.output);
    expectOnlyReading();
    // Whom the tenant holds is not in the report either.
    const report = readFileSync(join(folder, 'report.json'), 'utf8');
    const people = await simulator.people();
    expect(people.filter(({ id, email }) => report.includes(id) || report.includes(email))).toEqual([]);
  });
});
