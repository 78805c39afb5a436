import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Here, runHere } from './run-here.ts';

const key = 'hunter2-hunter2';
const env = { BATON_BASE_URL: 'https://x.example', BATON_API_KEY: key };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const doctor = (args: string[] = [], behaviour = '') =>
  runHere(['doctor', ...args], { ...env, BATON_FILE: join(folder, 'sync.c1z'), BATON_BEHAVIOUR: behaviour });
const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('doctor', () => {
  test('shows each step, what to do, and the settings to use; makes no file', async () => {
    const { code, stdout, stderr } = await doctor();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^baton-fixture 1\.2\.3\n {2}✓ Address +0\.0 s {2}It answers\.\n/);
    expect(stdout).toContain('Their key is [redacted].');
    expect(stdout).toContain('Sync with: baton-fixture --users 30\n');
    expect(stdout).not.toContain('\u001B');
    expect(stdout).not.toContain(key);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a step that fails gives the exit code, its code and its remedy', async () => {
    const { code, stdout } = await doctor([], 'refuse');
    expect(code).toBe(7);
    for (const text of ['✗ Roles', 'Get a right.', 'FX-ROLES', '1 failed']) expect(stdout).toContain(text);
    expect(stdout).not.toContain('Sync with');
  });

  test('--output jsonl: start, steps, one result, last', async () => {
    const { code, stdout } = await doctor(['--output', 'jsonl', '--base-url', 'https://y.example'], 'refuse');
    expect(code).toBe(7);
    const events = lines(stdout);
    expect(events.every(({ v, at }) => v === 1 && typeof at === 'string')).toBe(true);
    expect(events.map(({ type }) => type)).toEqual(['start', 'step', 'step', 'step', 'result']);
    expect(events[3]).toMatchObject({ check: 'Roles', verdict: 'failed', ms: 40, code: 'FX-ROLES', status: 7 });
    expect(events.at(-1)).toMatchObject({
      ok: false,
      exitCode: 7,
      counts: { ok: 1, warning: 1, failed: 1, skipped: 0 },
    });
    expect(lines((await doctor(['--output=jsonl'])).stdout).at(-1)).toMatchObject({
      ok: true,
      exitCode: 0,
      profile: ['--users', '30'],
    });
  });

  test('--report holds forms and codes, no sentence and no key', async () => {
    const path = join(folder, 'report.json');
    await doctor(['--report', path], 'refuse');
    const text = readFileSync(path, 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      v: 1,
      connector: 'baton-fixture',
      steps: [{ check: 'Address', verdict: 'ok', ms: 12 }, {}, { verdict: 'failed', code: 'FX-ROLES' }],
      source: { form: 'embedded', counts: { users: 25 }, key: '[redacted]' },
    });
    expect(text).not.toContain('refused.');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['a report that cannot be written', ['--report', 'no/such.json'], '', 2, 'BK-REPORT'],
    ['a mistake of the connector', [], 'crash', 13, 'BK-INTERNAL'],
    ['a connector without steps, refused', [], 'invalid', 16, 'FX-AUTH'],
  ])('%s ends with a code and no stack', async (_name, args, behaviour, status, code) => {
    const ended = await doctor(args, behaviour);
    expect(ended.code).toBe(status);
    const text = ended.stdout + ended.stderr;
    expect(text).toContain(code);
    expect(text).not.toContain(key);
    expect(text).not.toMatch(/\n +at /);
  });

  test('a connector without steps is asked whether address and key work', async () => {
    const { code, stdout } = await doctor([], 'silent');
    expect(code).toBe(0);
    expect(stdout).toContain('✓ Address and key');
    expect(stdout).toContain('A sync needs no further settings.');
  });

  test('missing settings are named as for a sync, in both forms', async () => {
    const table = await runHere(['doctor']);
    expect(table.code).toBe(2);
    for (const field of ['--base-url', '--api-key']) expect(table.stderr).toContain(field);
    const jsonl = await runHere(['doctor', '--output', 'jsonl']);
    expect(lines(jsonl.stdout)).toMatchObject([{ type: 'result', ok: false, error: { code: 'BK-CONFIG-SEVERAL' } }]);
  });

  test('a signal stops it with exit code 1', async () => {
    const child = new Here(['doctor', '--output', 'jsonl'], { ...env, BATON_BEHAVIOUR: 'hold' });
    await child.says('Address');
    child.signals.emit('SIGTERM');
    const { code, stdout } = await child.end();
    expect(code).toBe(1);
    expect(lines(stdout).at(-1)).toMatchObject({ type: 'result', ok: false, error: { code: 'BK-CANCELED' } });
  });

  test('its flags belong to it alone', async () => {
    for (const args of [
      ['--report', 'x'],
      ['config', '--output', 'jsonl'],
    ]) {
      const { code, stderr } = await runHere(args, env);
      expect(code).toBe(2);
      expect(stderr).toContain('BK-CLI-FLAG');
    }
    const help = await runHere(['doctor', '--help']);
    for (const flag of ['--output', '--report', '--api-key', '--max-in-flight']) expect(help.stdout).toContain(flag);
  });
});

describe('--dry-run', () => {
  const dry = (args: string[] = [], behaviour = '') =>
    runHere(['--dry-run', ...args], { ...env, BATON_FILE: join(folder, 'sync.c1z'), BATON_BEHAVIOUR: behaviour });

  test('prints the plan with its requests on standard output, and makes no file', async () => {
    const { code, stdout, stderr } = await dry();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Plan: embedded, 8 requests or more\n {2}roles +\/roles +2 rows +2 requests\n {2}users +\/users +25 rows +6 requests\n$/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('as JSON Lines it is the one result', async () => {
    const { code, stdout } = await dry(['--progress', 'jsonl']);
    expect(code).toBe(0);
    expect(lines(stdout)).toMatchObject([{ type: 'result', ok: true, dryRun: true, plan: { plan: 'embedded' } }]);
  });

  test('fails as a sync would before its first page', async () => {
    const refused = await dry([], 'invalid');
    expect(refused.code).toBe(16);
    expect(refused.stderr).toContain('FX-AUTH');
    const silent = await dry([], 'silent');
    expect(silent.code).toBe(2);
    expect(silent.stderr).toContain('cannot say beforehand');
  });
});
