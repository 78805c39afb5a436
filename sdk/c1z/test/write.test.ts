import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { create } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { seededRandom, VirtualClock } from '@batonkit/kernel';
import {
  BatonIDSchema,
  EntitlementSchema,
  GrantExpandableSchema,
  GrantSchema,
  ksuid,
  packAny,
  ResourceSchema,
  ResourceTypeSchema,
} from '@batonkit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainWrite } from '../src/errors.ts';
import { createC1z, openC1z } from '../src/index.ts';
import type { Batch } from '../src/index.ts';
import { foldSql } from '../src/schema.ts';
import { entitlement, fixtures, grant, hasProgram, rawDatabase, role, types, user, whole, write } from './samples.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c1z-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a file that we wrote', () => {
  it('has the schema of the genuine SDK, statement by statement', async () => {
    const { path } = await write(folder, whole);
    const schema = (file: string): string[] => {
      using raw = rawDatabase(folder, file).database;
      return raw
        .prepare('SELECT type, name, tbl_name, sql FROM sqlite_master')
        .all()
        .map((row) => [row['type'], row['name'], row['tbl_name'], foldSql(String(row['sql']))].join(' | '))
        .toSorted();
    };
    const genuine = schema(join(fixtures, 'minimal.c1z'));
    expect(genuine).toHaveLength(23);
    expect(schema(path)).toEqual(genuine);
  });

  it('has the header of the genuine SDK and one run that says what it must', async () => {
    const { path, summary } = await write(folder, whole);
    const { database, image } = rawDatabase(folder, path);
    using raw = database;
    const pragma = (name: string): unknown => raw.prepare(`PRAGMA ${name}`).get()?.[name];
    const { pragmas } = JSON.parse(readFileSync(join(fixtures, 'minimal.json'), 'utf8')) as {
      pragmas: Record<string, unknown>;
    };
    for (const name of ['application_id', 'auto_vacuum', 'encoding', 'journal_mode', 'page_size', 'user_version'])
      expect([name, pragma(name)]).toEqual([name, pragmas[name]]);
    expect([image[18], image[19]]).toEqual([1, 1]);
    expect(pragma('freelist_count')).toBe(0);
    expect(raw.prepare('SELECT * FROM v1_sync_runs').all()).toEqual([
      {
        id: 1,
        sync_id: summary.syncId,
        started_at: '2026-11-24 03:45:20.121',
        ended_at: '2026-11-24 03:45:21.621',
        sync_token: '{"version":1}',
        sync_type: 'full',
        parent_sync_id: '',
        linked_sync_id: '',
        supports_diff: 1,
        grants_backfilled: 1,
        stats:
          '{"resource_types":2,"resources":26,"entitlements":1,"grants":12,"resources_by_resource_type":{"role":1,"user":25},"grants_by_resource_type":{"role":12},"entitlements_by_resource_type":{"role":1}}',
        ingest_invariant_generation: '',
        ingest_invariant_coverage: '',
        ingest_invariant_mode: '',
      },
    ]);
    expect(raw.prepare("SELECT * FROM v1_resources WHERE external_id = 'role:r'").get()).toMatchObject({
      id: 26,
      resource_type_id: 'role',
      parent_resource_type_id: null,
      parent_resource_id: null,
      sync_id: summary.syncId,
      discovered_at: '2026-11-24 03:45:20.121',
    });
    expect(raw.prepare("SELECT * FROM v1_grants WHERE principal_resource_id = '11'").get()).toMatchObject({
      id: 12,
      resource_type_id: 'role',
      resource_id: 'r',
      entitlement_id: 'role:r:assigned',
      principal_resource_type_id: 'user',
      external_id: 'role:r:assigned:user:11',
      expansion: null,
      needs_expansion: 0,
    });
  });

  it('is one frame with content size and checksum, mode 0600, and nothing is left beside it', async () => {
    const { path, summary, workDir } = await write(folder, whole);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(workDir)).toEqual([]);
    const bytes = readFileSync(path);
    expect(bytes.subarray(0, 9).toString('hex')).toBe('43315a460028b52ffd');
    // Frame header descriptor: a content size is there (bits 6 and 7, or 5), checksum (bit 2), no dictionary (0 and 1).
    const descriptor = bytes[9] ?? 0;
    expect([(descriptor & 0b1110_0000) !== 0, descriptor & 0b111]).toEqual([true, 0b100]);
    expect(summary.bytes).toBe(bytes.length);
  });

  it.skipIf(!hasProgram('zstd') || !hasProgram('sqlite3'))('satisfies the programs zstd and sqlite3', async () => {
    const { path } = await write(folder, whole);
    const frame = join(folder, 'frame.zst');
    writeFileSync(frame, readFileSync(path).subarray(5));
    const listed = spawnSync('zstd', ['-lv', frame], { encoding: 'utf8' });
    expect(listed.stdout).toMatch(/# Zstandard Frames: 1\n/);
    expect(listed.stdout).toMatch(/Check: XXH64/);
    const database = join(folder, 'db');
    expect(spawnSync('zstd', ['-d', frame, '-o', database]).status).toBe(0);
    const run = (sql: string): string => spawnSync('sqlite3', [database, sql], { encoding: 'utf8' }).stdout;
    expect(run('PRAGMA integrity_check')).toBe('ok\n');
    expect(run('SELECT count(*) FROM v1_grants')).toBe('12\n');
  });
});

describe('a sync that must not be saved', () => {
  const resource = (change: MessageInitShape<typeof ResourceSchema>): Batch => ({
    resources: [create(ResourceSchema, change)],
    checkpoint: '',
  });

  it.each<[string, string, Batch]>([
    ['a grant held by somebody who was not listed', 'BK-C1Z-DANGLING', { grants: [grant('99')], checkpoint: '' }],
    [
      'a grant of an entitlement that was not listed',
      'BK-C1Z-DANGLING',
      {
        grants: [
          create(GrantSchema, {
            ...grant('1'),
            id: 'g',
            entitlement: create(EntitlementSchema, { id: 'role:r:other', resource: role }),
          }),
        ],
        checkpoint: '',
      },
    ],
    [
      'an entitlement of a role that was not listed',
      'BK-C1Z-DANGLING',
      {
        entitlements: [
          create(EntitlementSchema, { id: 'x', resource: { id: { resourceType: 'role', resource: 'no' } } }),
        ],
        checkpoint: '',
      },
    ],
    [
      'a resource of a type that was not listed',
      'BK-C1Z-DANGLING',
      resource({ id: { resourceType: 'group', resource: 'g' } }),
    ],
    ['one user twice', 'BK-C1Z-DUPLICATE', { resources: [user('1')], checkpoint: '' }],
    ['one grant twice', 'BK-C1Z-DUPLICATE', { grants: [grant('1')], checkpoint: '' }],
    ['one type twice', 'BK-C1Z-DUPLICATE', { resourceTypes: types.slice(0, 1), checkpoint: '' }],
    ['a user without id', 'BK-C1Z-ID', { resources: [user('')], checkpoint: '' }],
    ['a type without id', 'BK-C1Z-ID', { resourceTypes: [create(ResourceTypeSchema)], checkpoint: '' }],
    ['an id of 1,025 bytes', 'BK-C1Z-ID', { resources: [user(`${'ö'.repeat(512)}x`)], checkpoint: '' }],
    [
      'an entitlement without resource',
      'BK-C1Z-ID',
      { entitlements: [create(EntitlementSchema, { id: 'x' })], checkpoint: '' },
    ],
    [
      'a grant without principal',
      'BK-C1Z-ID',
      { grants: [create(GrantSchema, { id: 'g', entitlement })], checkpoint: '' },
    ],
    ['a user without its trait', 'BK-C1Z-ROW', resource({ id: { resourceType: 'user', resource: 'x' } })],
    [
      'a role with the trait of a user',
      'BK-C1Z-ROW',
      resource({ id: { resourceType: 'role', resource: 'x' }, annotations: user('1').annotations }),
    ],
    [
      'an annotation that is reserved',
      'BK-C1Z-ROW',
      resource({
        ...user('x'),
        annotations: [...user('x').annotations, packAny(BatonIDSchema, create(BatonIDSchema))],
      }),
    ],
    [
      'a grant that says twice whom it reaches',
      'BK-C1Z-ROW',
      {
        grants: [
          create(GrantSchema, {
            ...grant('24'),
            annotations: [1, 2].map(() => packAny(GrantExpandableSchema, create(GrantExpandableSchema))),
          }),
        ],
        checkpoint: '',
      },
    ],
  ])('with %s never appears', async (_name, code, batch) => {
    await expect(write(folder, [...whole, batch])).rejects.toMatchObject({ code, status: 15 });
    expect(existsSync(join(folder, 'sync.c1z'))).toBe(false);
    for (const left of readdirSync(folder)) expect(readdirSync(join(folder, left))).toEqual([]);
  });

  it('takes an id of 1,024 bytes', async () => {
    const { summary } = await write(folder, [...whole, { resources: [user('ö'.repeat(512))], checkpoint: '' }]);
    expect(summary.counts.resources).toBe(27);
  });

  it('keeps nothing of a page with one bad row, checkpoint included', async () => {
    const clock = new VirtualClock();
    const workDir = mkdtempSync(join(folder, 'work-'));
    await using writer = await createC1z({
      path: join(folder, 'sync.c1z'),
      workDir,
      sync: { id: ksuid(clock, seededRandom(1)), type: 'full', startedAt: clock.now() },
      clock,
    });
    for (const batch of whole) await writer.commit(batch);
    const bad = writer.commit({ resources: [user('100'), user('101'), user('')], checkpoint: 'bad' });
    await expect(bad).rejects.toMatchObject({ code: 'BK-C1Z-ID' });
    const summary = await writer.finish({ endedAt: clock.now() });
    expect(summary.counts.resourcesByType).toEqual({ role: 1, user: 25 });
    await writer.save();
    await using reader = await openC1z(join(folder, 'sync.c1z'));
    expect(reader.sync?.token).toBe('{"version":1}');
  });
});

describe('the place of the file', () => {
  it('is refused before anything is written when it is taken or cannot be written', async () => {
    writeFileSync(join(folder, 'sync.c1z'), 'mine');
    await expect(write(folder, whole)).rejects.toMatchObject({ code: 'BK-C1Z-EXISTS', status: 2 });
    await expect(write(folder, whole, { name: 'no/such/folder.c1z' })).rejects.toMatchObject({ code: 'BK-C1Z-WRITE' });
    await expect(write(folder, whole, { name: 'sync.c1z/inside' })).rejects.toMatchObject({ code: 'BK-C1Z-WRITE' });
    await expect(write(folder, whole, { name: '.' })).rejects.toMatchObject({ code: 'BK-C1Z-WRITE' });
    expect(readFileSync(join(folder, 'sync.c1z'), 'utf8')).toBe('mine');
  });

  it('is looked at again before the file appears', async () => {
    const clock = new VirtualClock();
    const path = join(folder, 'sync.c1z');
    const workDir = mkdtempSync(join(folder, 'work-'));
    {
      await using writer = await createC1z({
        path,
        workDir,
        sync: { id: ksuid(clock, seededRandom(1)), type: 'full', startedAt: clock.now() },
        clock,
      });
      await writer.finish({ endedAt: clock.now() });
      writeFileSync(path, 'theirs');
      await expect(writer.save()).rejects.toMatchObject({ code: 'BK-C1Z-EXISTS' });
    }
    expect(readFileSync(path, 'utf8')).toBe('theirs');
    expect(readdirSync(workDir)).toEqual([]);
  });

  it('tells a full disk from other faults', () => {
    let full: unknown;
    try {
      writeFileSync('/dev/full', 'x');
    } catch (error) {
      full = error;
    }
    expect(explainWrite(full, 'sync.c1z')).toMatchObject({ code: 'BK-DISK', status: 8 });

    using database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE t (a); PRAGMA max_page_count = 3');
    expect(() => {
      for (let i = 0; i < 9; i += 1) database.exec('INSERT INTO t VALUES (zeroblob(4000))');
    }).toThrow(
      expect.toSatisfy((error: unknown) => (explainWrite(error, 'x') as { code?: string }).code === 'BK-DISK'),
    );

    const other = new Error('other');
    expect(explainWrite(other, 'sync.c1z')).toBe(other);
  });
});
