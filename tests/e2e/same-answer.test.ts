import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectorProgram, startConsole, type Console } from '../support/console.ts';
import { inRepository, runProgram } from '../support/program.ts';
import { startSimulator, type Simulator } from '../support/simulator.ts';

/** Programs that have nothing to do with ours, by which anybody can look into a file. */
const missing = ['zstd', 'sqlite3'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
const NEEDS_TOOLS = missing.length === 0 ? '' : ` (needs ${missing.join(' and ')})`;

interface ListedAdministrator {
  account: { id: string };
  role: { id: string } | null;
  tier: string;
  byFlag: string | null;
}

let tenant: Simulator;
let directory: string;

beforeAll(async () => {
  tenant = await startSimulator('--users 250 --seed 5 --max-limit 50');
  directory = mkdtempSync(join(tmpdir(), 'same-answer-'));
  const { code } = await inDirectory(connectorProgram, {
    BATON_BASE_URL: tenant.baseUrl,
    BATON_API_KEY: tenant.apiKey,
  });
  expect(code).toBe(0);
});
afterAll(async () => {
  await tenant[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const inDirectory = (program: string, env: Record<string, string> = {}, args: string[] = []) =>
  runProgram([program, ...args], { PATH: process.env['PATH'] ?? '', HOME: directory, ...env }, directory);
const c1z = async (...args: string[]): Promise<string> => {
  const { code, out, errors } = await inDirectory(inRepository('sdk/c1z-cli/bin/c1z.js'), {}, args);
  expect({ code, errors }).toMatchObject({ code: 0 });
  return out;
};

describe.skipIf(missing.length > 0)(`the file of baton-runlayer, unpacked with zstd and sqlite3${NEEDS_TOOLS}`, () => {
  let database: string;
  const rows = (statement: string, file = database): string[] => {
    const answer = execFileSync('sqlite3', ['-json', file, statement], { encoding: 'utf8' });
    return (JSON.parse(answer) as object[]).map((row) => Object.values(row).join(' '));
  };

  beforeAll(() => {
    database = unpack(join(directory, 'sync.c1z'), 'ours.db');
  });

  function unpack(file: string, name: string): string {
    const path = join(directory, name);
    execFileSync('zstd', ['-q', '-d', '-o', path], { input: readFileSync(file).subarray(5), stdio: 'pipe' });
    return path;
  }

  test('is sound, and holds exactly the pairs of the tenant', async () => {
    expect(rows('PRAGMA integrity_check')).toEqual(['ok']);
    const pairs = rows('SELECT principal_resource_id, resource_id FROM v1_grants');
    expect(pairs.sort()).toEqual(await tenant.pairs());
  });

  test('has the schema of a genuine file, comments and white space aside', () => {
    const schema = (file: string): string[] =>
      rows('SELECT type, name, tbl_name, sql FROM sqlite_master', file)
        .map((row) => row.replaceAll(/--[^\n]*/g, '').replaceAll(/\s+/g, ''))
        .sort();
    const genuine = schema(unpack(inRepository('tests/fixtures/c1z/minimal.c1z'), 'genuine.db'));
    expect(genuine.length).toBeGreaterThan(20);
    expect(schema(database)).toEqual(genuine);
  });
});

test('its certificate names its hash, and verifies', async () => {
  const sum = execFileSync('sha256sum', [join(directory, 'sync.c1z')], { encoding: 'utf8' }).split(' ')[0];
  const certificate = JSON.parse(readFileSync(join(directory, 'sync.c1z.cert.json'), 'utf8')) as { sha256: string };
  expect(certificate.sha256).toBe(sum);
  expect(await c1z('verify')).toContain('unsigned');
});

test('c1z admins and the page name the same administrators, who are those of the tenant', async () => {
  const listed = JSON.parse(await c1z('admins', '-o', 'json')) as ListedAdministrator[];
  const inFile = listed.map(({ account, role, tier }) => `${account.id} ${role?.id ?? 'by flag'} ${tier}`).sort();

  await using console: Console = await startConsole([tenant.origin]);
  const { app } = await console.settled((await console.connect(tenant)).id);
  const params = { params: { appId: app.id } };
  const [administrators, accounts, roles] = await Promise.all([
    console.all('listAdministrators', params),
    console.all('listAccounts', params),
    console.all('listRoles', params),
  ]);
  const external = new Map([...accounts, ...roles].map(({ id, externalId }) => [id, externalId]));
  const onPage = administrators
    .flatMap(({ account, roles: held, byFlag }) => [
      ...held.map(({ role }) => `${external.get(account.id)} ${external.get(role.id)} ${role.tier}`),
      ...(byFlag ? [`${external.get(account.id)} by flag unclassified`] : []),
    ])
    .sort();
  expect(inFile).toEqual(onPage);

  const quiet = ['analytics_admin', 'developer', 'helpdesk', 'user'];
  const holders = (await tenant.people()).flatMap(({ id, roles }) =>
    roles.filter(({ slug }) => !quiet.includes(slug)).map((role) => `${id} ${role.id}`),
  );
  expect(onPage.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(holders.sort());
});
