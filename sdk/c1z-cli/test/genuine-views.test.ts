import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openC1z } from '@batonkit/c1z';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { c1z, c1zProcess, fixtures, tamper, writeTenant } from './samples.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c1z-genuine-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Case {
  name: string;
  args: string[];
  exit: number;
  stdout?: string;
  json?: unknown;
  logged?: number;
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const { cases } = read(join(fixtures.cli, 'views.json')) as { cases: Case[] };
/** Widths of columns are the same, too; only the order of compared holders is random there. */
const lines = (text: string): string[] => text.split('\n').toSorted();

describe('a view', () => {
  const shown = cases.filter(({ exit }) => exit === 0);

  it('is recorded for every command', () => {
    expect(shown.length).toBeGreaterThan(75);
    const commands = new Set(shown.map(({ args }) => args[0]));
    for (const command of [
      'resource-types',
      'resources',
      'entitlements',
      'grants',
      'principals',
      'stats',
      'syncs',
      'access',
    ])
      expect(commands).toContain(command);
  });

  it.each(shown)('is that of the genuine program: $name', async ({ args, stdout, json, logged = 0 }) => {
    const run = await c1z(args, fixtures.c1z);
    expect(run.code).toBe(0);
    if (json !== undefined) expect(JSON.parse(run.stdout)).toEqual(json);
    else if (args[1] !== 'compare') expect(run.stdout).toBe(stdout);
    else if (stdout?.includes('appear to match')) expect(run.stdout).toBe('The holders of both are the same.\n');
    else expect(lines(run.stdout)).toEqual(lines(stdout ?? ''));
    expect(run.stderr !== '').toBe(logged > 0 || args.includes('3MXLPevo2BhGmG190eMJiLYHOrN'));
  });

  it.each(cases.filter(({ exit }) => exit !== 0))(
    'is refused with the same exit code: $name',
    async ({ args, exit }) => {
      const run = await c1z(args, fixtures.c1z);
      // A file that is not there has a code of its own here.
      expect(run).toMatchObject({ code: args.includes('no-such-file.c1z') ? 5 : exit, stdout: '' });
      expect(run.stderr).toContain('BK-');
    },
  );

  it('is the same from a process', async () => {
    for (const { args, stdout } of shown.filter(({ name }) => ['minimal grants', 'rich stats'].includes(name)))
      expect(await c1zProcess(args, fixtures.c1z)).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('is the same under the name table, and takes global flags before the command', async () => {
    const table = await c1z(['-o', 'table', '--file', 'minimal.c1z', 'grants'], fixtures.c1z);
    expect(table.stdout).toBe((await c1z(['grants', '-f', 'minimal.c1z'], fixtures.c1z)).stdout);
    expect(table.stdout).toContain('Ada Lovelace');
  });
});

const VIEWS = ['resource-types', 'resources', 'entitlements', 'grants', 'principals', 'stats', 'syncs'];

interface Verdict {
  exit: number;
  rows: number | null;
  equals_minimal?: boolean | null;
  output?: unknown;
}

describe('a healthy but unusual file', () => {
  const { files } = read(join(fixtures.c1z, 'variants', 'verdicts.json')) as {
    files: Record<string, Record<string, Verdict>>;
  };

  it.each(Object.keys(files))('%s shows what the genuine program shows of it', async (file) => {
    for (const view of VIEWS) {
      const { exit, equals_minimal: same, output } = files[file]![view]!;
      const { code, stdout, stderr } = await c1z([view, '-o', 'json', '-f', `variants/${file}`], fixtures.c1z);
      if (exit !== 0) {
        expect([view, code !== 0, stdout]).toEqual([view, true, '']);
        expect(stderr).toContain('BK-C1Z-');
        continue;
      }
      const minimal = same === true ? (await c1z([view, '-o', 'json', '-f', 'minimal.c1z'], fixtures.c1z)).stdout : '';
      expect([view, code, JSON.parse(stdout)]).toEqual([view, 0, same === true ? JSON.parse(minimal) : output]);
    }
  });
});

describe('a damaged file', () => {
  const { files } = read(join(fixtures.c1z, 'damaged', 'expected.json')) as {
    files: Record<string, Record<string, Verdict>>;
  };

  it.each(Object.keys(files))('%s has the verdict of the genuine program in each view', async (file) => {
    for (const [view, { exit, rows }] of Object.entries(files[file]!)) {
      const run = await c1z([view, '-o', 'json', '-f', `damaged/${file}`], fixtures.c1z);
      expect([view, run.code === 0]).toEqual([view, exit === 0]);
      if (exit !== 0) expect(run.stderr).toMatch(/BK-C1Z-/);
      else if (rows !== null) {
        const [list = []] = Object.values(JSON.parse(run.stdout) as Record<string, unknown[]>);
        expect([view, list.length]).toEqual([view, rows]);
        // What is shown as empty, or of an unfinished sync, is never left without a word.
        if (/missing-table-(?!assets|connector)|no-|future-schema|only|empty/.test(file))
          expect(run.stderr).toContain('Warning: ');
      }
    }
  });
});

describe('diff', () => {
  it('says what the newer of two runs has otherwise', async () => {
    await writeTenant(folder, {
      users: [{ id: 'u-1' }, { id: 'u-2' }],
      roles: [{ id: 'r', holders: ['u-1', 'u-2'] }],
    });
    await writeTenant(
      folder,
      { users: [{ id: 'u-1', name: 'New name' }, { id: 'u-3' }], roles: [{ id: 'r', holders: ['u-1', 'u-3'] }] },
      2,
    );
    const { code, stdout } = await c1z(['diff'], folder);
    expect(code).toBe(0);
    const diff = JSON.parse(stdout) as Record<string, Record<string, { id: unknown; displayName?: string }[]>>;
    expect(Object.keys(diff)).toEqual(['resources', 'entitlements', 'grants']);
    const id = (user: string): object => ({ id: { resourceType: 'user', resource: user } });
    expect(diff['resources']).toMatchObject({
      created: [id('u-3')],
      modified: [{ ...id('u-1'), displayName: 'New name' }],
      deleted: [id('u-2')],
    });
    expect(diff['entitlements']).toEqual({});
    expect(diff['grants']).toMatchObject({
      created: [{ id: 'role:r:assigned:user:u-3' }],
      deleted: [{ id: 'role:r:assigned:user:u-2' }],
    });
    expect(diff['grants']).not.toHaveProperty('modified');
    expect((await c1z(['stats', '-o', 'json', '-f', 'sync.c1z'], folder)).stdout).toContain('"resources":"3"');
    const syncs = JSON.parse((await c1z(['syncs', '-o', 'json'], folder)).stdout) as { syncs: { id: string }[] };
    const older = await c1z(['resources', '--sync-id', syncs.syncs[0]!.id], folder);
    expect(older.stdout).toContain('u-2');
  });

  it('is empty of two equal runs', async () => {
    const tenant = { users: [{ id: 'u' }], roles: [{ id: 'r', holders: ['u'] }] };
    await writeTenant(folder, tenant);
    await writeTenant(folder, tenant, 2);
    expect(JSON.parse((await c1z(['diff'], folder)).stdout)).toEqual({ resources: {}, entitlements: {}, grants: {} });
  });
});

describe('export', () => {
  it('csv equals that of the genuine program, without formulas, in a file for this user only', async () => {
    const out = join(folder, 'out.csv');
    const run = await c1zProcess(['export', 'csv', '-f', 'minimal.c1z', '--out', out], fixtures.c1z);
    expect(run).toEqual({ code: 0, stdout: '', stderr: '' });
    const rows = (text: string): string[] => text.trimEnd().split(/\r?\n/).toSorted();
    expect(rows(readFileSync(out, 'utf8'))).toEqual(rows(readFileSync(join(fixtures.cli, 'minimal.csv'), 'utf8')));
    expect(statSync(out).mode & 0o777).toBe(0o600);
    await writeTenant(folder, { users: [{ id: 'u', email: '=1+1' }], roles: [{ id: 'r', holders: ['u'] }] });
    // The file that is there already is replaced.
    expect((await c1z(['export', 'csv', '--out', 'out.csv'], folder)).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain(",'=1+1,");
    expect(readdirSync(folder).filter((name) => name.includes('out'))).toEqual(['out.csv']);
  });

  it('c1z makes a file of one run, under its own id', async () => {
    const syncId = '3MXLPclM9T1Oe3FTu9qWDn5kcZh';
    const out = join(folder, 'one.c1z');
    const run = await c1zProcess(['export', 'c1z', '-f', 'rich.c1z', '--sync-id', syncId, '--out', out], fixtures.c1z);
    expect(run).toEqual({ code: 0, stdout: '', stderr: '' });
    await using one = await openC1z(out);
    await using rich = await openC1z(join(fixtures.c1z, 'rich.c1z'), { syncId });
    expect(one.syncs().map(({ id }) => id)).toEqual([syncId]);
    expect(await one.contentDigest()).toBe(await rich.contentDigest());
    expect([one.schemaDifferences(), one.integrityProblems()]).toEqual([[], []]);
    expect(readdirSync(folder)).toEqual(['one.c1z']);
  });
});

describe('access and principals', () => {
  it('draw more than one branch, and name what is missing', async () => {
    const path = await writeTenant(folder, {
      users: [{ id: 'u-1', name: 'Ada' }, { id: 'u-2' }],
      roles: [
        { id: 'r-1', name: 'One', holders: ['u-1', 'u-2'] },
        { id: 'r-2', name: 'Two', holders: ['u-1'] },
      ],
    });
    const tree = [
      '└─┬Effective Access for Ada (user)',
      '  ├─┬One (Role)',
      '  │ └──assigned',
      '  └─┬Two (Role)',
      '    └──assigned',
    ];
    expect((await c1z(['access', '-t', 'user', '-r', 'u-1'], folder)).stdout).toBe(`${tree.join('\n')}\n\n`);
    expect((await c1z(['access', '-t', 'user', '-r', 'u-1', '-o', 'csv'], folder)).stdout.split('\r\n')).toHaveLength(
      4,
    );
    tamper(path, "DELETE FROM v1_entitlements WHERE external_id = 'role:r-2:assigned'");
    const { stdout, stderr } = await c1z(['access', '-t', 'user', '-r', 'u-1'], folder);
    expect(stdout).toContain('MISSING ENTITLEMENT (role:r-2:assigned)');
    expect(stderr).toContain('Warning: ');
    const compared = ['principals', 'compare', '-e', 'role:r-1:assigned', '--compare-entitlement', 'role:r-2:assigned'];
    expect(JSON.parse((await c1z([...compared, '-o', 'json'], folder)).stdout)).toMatchObject({
      missing: [{ resource: { id: { resource: 'u-2' } } }],
      base: [{}, {}],
      compared: [{}],
    });
    expect((await c1z([...compared, '-o', 'csv'], folder)).stdout).toContain('Missing,u-2,u-2,User,\r\n');
  });
});
