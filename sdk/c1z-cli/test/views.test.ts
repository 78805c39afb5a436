import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificatePath } from '@batonkit/certificate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runC1z } from '../src/index.ts';
import { c1z, c1zProcess, collect, fixtures, programArguments, tamper, writeTenant } from './samples.ts';
import type { Tenant } from './samples.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c1z-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tenant: Tenant = {
  users: [
    { id: 'u-1', name: 'Ada', email: 'ada@example.com' },
    { id: 'u-2', name: 'Bob', email: 'bob@example.com', status: 'DISABLED' },
    { id: 'u-3', name: 'Cleo' },
    { id: 'u-4', name: 'Dan', byFlag: 'is_admin, is_owner' },
    { id: 'u-5', name: 'Eve', byFlag: 'is_admin' },
    { id: 'u-6', name: 'Flo' },
  ],
  roles: [
    { id: 'r-own', name: 'Curator', holders: ['u-3'] },
    { id: 'r-dev', name: 'Developer', tier: 'medium', holders: ['u-6', 'u-1'] },
    { id: 'r-high', name: 'IT Admin', tier: 'high', holders: ['u-1', 'u-2', 'u-5'] },
    { id: 'r-odd', name: 'Odd', tier: 'gigantic', holders: [] },
    { id: 'r-user', name: 'User', tier: 'none', holders: ['u-6'] },
    { id: 'r-top', name: 'Super Admin', tier: 'critical', holders: ['u-1'] },
  ],
};

describe('admins', () => {
  it('lists the strongest tier first, then those who administer by flag, and nobody else', async () => {
    await writeTenant(folder, tenant);
    expect(await c1z(['admins'], folder)).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'Account | Email           | Role                 | Tier         | Status  ',
        'Ada     | ada@example.com | Super Admin          | critical     | Enabled ',
        'Ada     | ada@example.com | IT Admin             | high         | Enabled ',
        'Bob     | bob@example.com | IT Admin             | high         | Disabled',
        'Eve     | -               | IT Admin             | high         | Enabled ',
        'Cleo    | -               | Curator              | unclassified | Enabled ',
        'Dan     | -               | by flag, not by role | -            | Enabled ',
        '',
        '5 accounts can administer',
        '',
      ].join('\n'),
    });
  });

  it('says the same as JSON, without the sentence', async () => {
    await writeTenant(folder, tenant);
    const rows = JSON.parse((await c1z(['admins', '-o', 'json'], folder)).stdout) as Record<string, unknown>[];
    expect(rows).toHaveLength(6);
    expect(rows[0]).toEqual({
      account: { resourceType: 'user', id: 'u-1', displayName: 'Ada' },
      email: 'ada@example.com',
      role: { resourceType: 'role', id: 'r-top', displayName: 'Super Admin' },
      tier: 'critical',
      byFlag: null,
      status: 'Enabled',
    });
    expect(rows[5]).toMatchObject({ role: null, tier: null, byFlag: 'is_admin, is_owner' });
  });

  it('lists holders of a tier that is not known, as it may be a strong one', async () => {
    await writeTenant(folder, { users: [{ id: 'u' }], roles: [{ id: 'r', tier: 'gigantic', holders: ['u'] }] });
    expect((await c1z(['admins', '-o', 'csv'], folder)).stdout).toContain('u,,r,unclassified,Enabled');
  });

  it('does not take a file without roles, or a partial sync, for a tenant without administrators', async () => {
    const none = await c1z(['admins', '-f', 'empty-connector.c1z'], fixtures.c1z);
    expect(none).toMatchObject({ code: 9, stdout: '' });
    expect(none.stderr).toContain('BK-ADMINS-NO-ROLES');
    const path = await writeTenant(folder, tenant);
    tamper(path, "UPDATE v1_sync_runs SET sync_type = 'partial'");
    const partial = await c1z(['admins'], folder);
    expect(partial).toMatchObject({ code: 9, stdout: '' });
    expect(partial.stderr).toContain('BK-ADMINS-PARTIAL');
  });

  it('warns when nothing says that the list is complete', async () => {
    const path = await writeTenant(folder, tenant);
    tamper(path, 'DELETE FROM v1_grants');
    const exchanged = await c1z(['admins'], folder);
    expect(exchanged.stdout).toContain('2 accounts can administer\n');
    expect(exchanged.stderr).toContain('is of another file');
    rmSync(certificatePath(path));
    expect((await c1z(['admins'], folder)).stderr).toContain('has no certificate');
  });
});

describe('texts of the file', () => {
  const wild: Tenant = {
    users: [
      { id: 'u-1', name: '=1+1', email: '@SUM(A1)' },
      { id: 'u-2', name: 'a,"b"', email: ' -2' },
      { id: 'u-3', name: '\u001b[2Jgone\r\nrow\u202e', email: 'x@example.com' },
    ],
    roles: [{ id: 'r', name: '＝R', tier: 'high', holders: ['u-1', 'u-2', 'u-3'] }],
  };

  it('are no formula in CSV, and quoted as RFC 4180 says', async () => {
    await writeTenant(folder, wild);
    expect((await c1z(['admins', '-o', 'csv'], folder)).stdout).toBe(
      [
        'Account,Email,Role,Tier,Status',
        "'=1+1,'@SUM(A1),'＝R,high,Enabled",
        `"a,""b""",' -2,'＝R,high,Enabled`,
        String.raw`\u001b[2Jgone\u000d\u000arow\u202e,x@example.com,'＝R,high,Enabled`,
        '',
      ].join('\r\n'),
    );
  });

  it('cannot act in a terminal, in any form, and JSON keeps their value', async () => {
    await writeTenant(folder, wild);
    const [table, json] = await Promise.all([c1z(['resources'], folder), c1z(['resources', '-o', 'json'], folder)]);
    for (const { stdout } of [table, json]) expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(table.stdout).toContain(String.raw`\u001b[2Jgone\u000d\u000arow\u202e`);
    const { resources } = JSON.parse(json.stdout) as { resources: { resource: { displayName: string } }[] };
    expect(resources[2]?.resource.displayName).toBe('\u001b[2Jgone\r\nrow\u202e');
  });

  it('cannot act in an error either', async () => {
    const { stderr } = await c1z(['grants', '-f', '\u001b[2J.c1z'], folder);
    expect(stderr).toContain('\\u001b[2J.c1z');
    expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

describe('JSON', () => {
  it('holds every row of more than one piece, once', async () => {
    const users = Array.from({ length: 1234 }, (_, index) => ({ id: `u-${index}` }));
    await writeTenant(folder, { users, roles: [] });
    const { resources } = JSON.parse((await c1z(['resources', '-o', 'json'], folder)).stdout) as {
      resources: { resource: { id: { resource: string } } }[];
    };
    expect(resources.map(({ resource }) => resource.id.resource)).toEqual(users.map(({ id }) => id));
  });
});

describe('errors', () => {
  it.each([
    [['grants', '-r', 'admin'], '--resource needs --resource-type', 2],
    [['grants', '-t', 'role', '-r', 'admin', '-e', 'x'], 'exclude each other', 2],
    [['resources', '--bogus'], 'unknown option', 2],
    [['resources', 'more'], 'too many arguments', 2],
    [['resources', '-o', 'xml'], 'Allowed choices are console, table, json, csv', 2],
    [['reources'], 'resources', 2],
    [['sanitize'], '"c1z sanitize" is not part of this release', 2],
    [['export', 'xlsx'], '"c1z export xlsx" is not part of this release', 2],
    [['grants', '--sync-id=x', '-f', 'minimal.c1z'], 'BK-C1Z-NO-SYNC', 5],
    [['access', '-t', 'user'], 'both --resource-type and --resource', 2],
    [['principals', 'compare', '-e', 'x'], '--compare-file or --compare-entitlement', 2],
    [['diff', '-f', 'minimal.c1z'], 'BK-CLI-DIFF', 2],
    [['stats', 'more'], 'too many arguments', 2],
    [['export', 'csv', '-f', 'minimal.c1z', '--out', 'no/such/folder.csv'], 'BK-CLI-OUT', 2],
    [['export', 'c1z', '-f', 'minimal.c1z', '--out', 'rich.c1z'], 'BK-C1Z-EXISTS', 2],
    [['grants', '-f', 'no-such.c1z'], 'BK-C1Z-MISSING', 5],
    [['grants', '-f', 'damaged/v3-magic-only.c1z'], 'BK-C1Z-V3', 2],
    [['grants', '-f', 'damaged/truncated-zstd.c1z'], 'BK-C1Z-DAMAGED', 2],
    [['admins', '-f', 'damaged/missing-table-grants.c1z'], 'BK-C1Z-CONTENT', 15],
    [['admins', '-f', 'damaged/no-finished-sync.c1z'], 'BK-C1Z-CONTENT', 15],
  ])('%j', async (args, text, code) => {
    const run = await c1z(args, fixtures.c1z);
    expect(run.stderr).toContain(text);
    expect(run.stderr).toMatch(/^Error: .+\n {2}.+\n {2}.+\n {2}BK-[\w-]+\n$/);
    expect(run).toMatchObject({ code, stdout: '' });
  });

  it('a row that cannot be read is an error and never a shorter list', async () => {
    const path = await writeTenant(folder, tenant);
    tamper(path, "UPDATE v1_grants SET data = x'ff' WHERE external_id LIKE '%r-top%'");
    const run = await c1z(['admins', '-o', 'csv'], folder);
    expect(run.code).toBe(15);
    expect(run.stderr).toContain('BK-C1Z-CONTENT');
  });
});

describe('the program', () => {
  it('prints help and version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await c1zProcess(['--version'], folder)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    for (const args of [[], ['--help']]) {
      const { code, stdout } = await c1zProcess(args, folder);
      expect(code).toBe(0);
      for (const word of ['resource-types', 'verify', '--output-format']) expect(stdout).toContain(word);
    }
    expect((await c1z(['grants', '--help'], folder)).stdout).toContain('--entitlement');
  });

  it('ends quietly when its reader has seen enough', async () => {
    await writeTenant(folder, tenant);
    const child = spawn(process.execPath, [...programArguments, 'resources'], { cwd: folder });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (data) => (stderr += String(data)));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(stderr).toBe('');
  });

  it('sets off with colour only on a terminal, and not when NO_COLOR is set', async () => {
    const path = join(fixtures.c1z, 'minimal.c1z');
    const run = async (isTTY: boolean, env: Record<string, string>): Promise<string> => {
      const out = collect(isTTY);
      const { signal } = new AbortController();
      const argv = ['grants', '-f', path];
      await runC1z({ argv, env, version: '1', stdout: out.stream, stderr: out.stream, signal });
      return out.text();
    };
    expect(await run(true, {})).toContain('\u001B[1m');
    expect(await run(true, { NO_COLOR: '1' })).not.toContain('\u001B');
    expect(await run(false, {})).not.toContain('\u001B');
  });

  it('stops at a signal and leaves no unpacked database behind', async () => {
    // Far more than a pipe holds, so that the program is still printing.
    const users = Array.from({ length: 10_000 }, (_, index) => ({ id: `u-${index}`, name: 'x'.repeat(100) }));
    await writeTenant(folder, { users, roles: [] });
    const temporary = mkdtempSync(join(folder, 'tmp-'));
    const child = spawn(process.execPath, [...programArguments, 'resources', '-o', 'csv'], {
      cwd: folder,
      env: { ...process.env, TMPDIR: temporary },
    });
    let stderr = '';
    child.stderr.on('data', (data) => (stderr += String(data)));
    await once(child.stdout, 'readable');
    expect(readdirSync(temporary)).toHaveLength(1);
    child.kill('SIGTERM');
    child.stdout.resume();
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(stderr).toContain('BK-CANCELED');
    expect(readdirSync(temporary)).toEqual([]);
  });
});
