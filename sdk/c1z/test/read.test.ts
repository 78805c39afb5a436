import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync } from 'node:zlib';
import { toJson } from '@bufbuild/protobuf';
import type { DescMessage, JsonValue, MessageShape } from '@bufbuild/protobuf';
import { EntitlementSchema, GrantSchema, registry, ResourceSchema, ResourceTypeSchema } from '@batonkit/protocol';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exactTime, fromColumnTime, toColumnTime } from '../src/column-time.ts';
import { openC1z } from '../src/index.ts';
import { TABLES } from '../src/schema.ts';
import { fixtures, rawDatabase, whole, write } from './samples.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c1z-read-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Row = Record<string, unknown>;
interface Dump {
  tables: Record<string, Row[]>;
}

describe('a file of the genuine SDK', () => {
  const dump = (name: string): Dump => JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as Dump;

  const healthy = readdirSync(fixtures)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replace('.json', ''));

  it.each(healthy)('%s is read as its dump says, run by run', async (name) => {
    const { tables } = dump(name);
    const path = join(fixtures, `${name}.c1z`);
    const runs = tables['v1_sync_runs'] ?? [];
    expect(runs.length).toBeGreaterThan(0);
    for (const run of runs) {
      await using reader = await openC1z(path, { mode: 'tolerant', syncId: String(run['sync_id']) });
      const rows = <D extends DescMessage>(schema: D, all: Iterable<MessageShape<D>>): JsonValue[] =>
        Array.from(all, (one) => sortedKeys(toJson(schema, one, { registry })));
      const expected = (table: string): unknown[] =>
        (tables[table] ?? [])
          .filter((row) => row['sync_id'] === run['sync_id'])
          .map(({ data_json }) => sortedKeys(data_json as JsonValue));
      expect(rows(ResourceTypeSchema, reader.resourceTypes())).toEqual(expected('v1_resource_types'));
      expect(rows(ResourceSchema, reader.resources())).toEqual(expected('v1_resources'));
      expect(rows(EntitlementSchema, reader.entitlements())).toEqual(expected('v1_entitlements'));
      expect(rows(GrantSchema, reader.grants())).toEqual(expected('v1_grants'));
      expect(reader.counts()).toMatchObject({
        resourceTypes: expected('v1_resource_types').length,
        resources: expected('v1_resources').length,
        entitlements: expected('v1_entitlements').length,
        grants: expected('v1_grants').length,
      });
      expect(reader.sync).toMatchObject({
        id: run['sync_id'],
        type: run['sync_type'] ?? 'full',
        startedAt: fromColumnTime(String(run['started_at'])),
        endedAt: typeof run['ended_at'] === 'string' ? fromColumnTime(run['ended_at']) : null,
        token: run['sync_token'],
        parentId: run['parent_sync_id'] ?? '',
        stats: run['stats'] ?? null,
      });
      expect(reader.integrityProblems()).toEqual([]);
      const dangling = reader.danglingReferences().reduce((sum, { count }) => sum + count, 0);
      // A partial run holds what it was asked for; the demo connector's file has grants without principal.
      expect([name, dangling > 0]).toEqual([name, run['sync_type'] === 'partial' || name === 'old-sdk-v0.2.51']);
    }
  });

  it.each(healthy)('%s is unpacked to exactly the rows of its dump', async (name) => {
    await using reader = await openC1z(join(fixtures, `${name}.c1z`), { mode: 'tolerant', workDir: folder });
    expect(reader.syncs().map(({ id }) => id)).toEqual(
      (dump(name).tables['v1_sync_runs'] ?? []).map((run) => run['sync_id']),
    );
    const copy = join(folder, readdirSync(folder)[0] ?? '', 'db');
    using raw = new DatabaseSync(copy, { readOnly: true });
    const { tables } = dump(name);
    for (const [table, expected] of Object.entries(tables)) {
      const found = raw
        .prepare(`SELECT * FROM ${table} ORDER BY id`)
        .all()
        .map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => !(value instanceof Uint8Array))));
      const isMade = (key: string): boolean => /_(json|len|type|hex)$/.test(key) && !/^(content|sync)_type$/.test(key);
      expect(found).toEqual(
        expected.map((row) =>
          Object.fromEntries(
            Object.entries(row).filter(
              ([key]) => !isMade(key) || /^(resource|principal_resource|parent).*_(type|id)$/.test(key),
            ),
          ),
        ),
      );
    }
  });

  it.each([
    ['truncated-zstd', 'BK-C1Z-DAMAGED'],
    ['bad-checksum', 'BK-C1Z-DAMAGED'],
    ['trailing-garbage', 'BK-C1Z-DAMAGED'],
    ['zero-bytes', 'BK-C1Z-DAMAGED'],
    ['zstd-not-sqlite', 'BK-C1Z-DAMAGED'],
    ['not-zstd', 'BK-C1Z-DAMAGED'],
    ['bad-magic', 'BK-C1Z-MAGIC'],
    ['v3-magic-only', 'BK-C1Z-V3'],
    ['missing-table-grants', 'BK-C1Z-CONTENT'],
    ['no-such-file', 'BK-C1Z-MISSING'],
  ])('%s is refused as %s, and nothing stays unpacked', async (name, code) => {
    await expect(openC1z(join(fixtures, 'damaged', `${name}.c1z`), { workDir: folder })).rejects.toMatchObject({
      code,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not unpacked beyond the limit', async () => {
    const path = join(fixtures, 'minimal.c1z');
    const open = openC1z(path, { decodedLimit: 50_000, workDir: folder });
    await expect(open).rejects.toMatchObject({ code: 'BK-C1Z-TOO-LARGE', status: 8 });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a reader', () => {
  it('streams, filters, finds one, and says the same again', async () => {
    const { path, summary } = await write(folder, whole);
    {
      await using reader = await openC1z(path, { workDir: folder });
      expect(reader.sync).toMatchObject({ id: summary.syncId, type: 'full', endedAt: summary.endedAt });
      expect(reader.sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
      expect([reader.sha256, reader.bytes]).toEqual([summary.sha256, summary.bytes]);
      expect(reader.counts()).toEqual(summary.counts);
      const ids = (all: Iterable<{ id: string }>): string[] => Array.from(all, ({ id }) => id);
      expect(Array.from(reader.resources({ resourceType: 'role' }), ({ displayName }) => displayName)).toEqual(['R']);
      expect(ids(reader.grants({ resourceType: 'role', resource: 'r' }))).toEqual(ids(reader.grants()));
      expect(ids(reader.grants({ entitlement: 'role:r:assigned' }))).toHaveLength(12);
      expect(ids(reader.grants({ entitlement: 'other' }))).toEqual([]);
      // Two at once, one of them left half-way.
      for (const one of reader.grants()) {
        expect(one.id).toBe(ids(reader.grants())[0]);
        break;
      }
      expect(reader.resource('user', '7')?.displayName).toBe('User 7');
      expect(reader.entitlement('role:r:assigned')?.slug).toBe('assigned');
      expect([reader.resource('role', '7'), reader.entitlement('x')]).toEqual([undefined, undefined]);
    }
    expect(readdirSync(folder).filter((name) => name.startsWith('c1z-'))).toEqual([]);
  });

  it.each<[string, string, (database: DatabaseSync) => void]>([
    ['no finished sync', 'BK-C1Z-CONTENT', (database) => database.exec('UPDATE v1_sync_runs SET ended_at = NULL')],
    [
      'a blob that cannot be parsed',
      'BK-C1Z-CONTENT',
      (database) => database.exec("UPDATE v1_grants SET data = x'ff'"),
    ],
    ['invalid UTF-8', 'BK-C1Z-CONTENT', (database) => database.exec("UPDATE v1_grants SET data = x'1a01ff'")],
    ['a column missing', 'BK-C1Z-CONTENT', (database) => database.exec('ALTER TABLE v1_grants RENAME data TO d')],
    ['a trigger', 'BK-C1Z-CONTENT', (d) => d.exec('CREATE TRIGGER t AFTER INSERT ON v1_grants BEGIN SELECT 1; END')],
    [
      'a virtual table behind a comment',
      'BK-C1Z-CONTENT',
      (database) => {
        database.enableDefensive(false);
        database.exec(`PRAGMA writable_schema = ON;
          INSERT INTO sqlite_master VALUES ('table', 'f', 'f', 0, 'CREATE /* */ VIRTUAL TABLE f USING fts5(x)')`);
      },
    ],
    [
      'a number beyond what JavaScript counts',
      'BK-C1Z-CONTENT',
      (d) => d.exec(`UPDATE v1_sync_runs SET supports_diff = ${2n ** 62n}`),
    ],
    [
      'ten thousand and one syncs',
      'BK-C1Z-CONTENT',
      (d) =>
        d.exec(`INSERT INTO v1_sync_runs (sync_id, started_at, sync_token)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000)
          SELECT i, '2026-11-24 03:45:20', '' FROM n`),
    ],
    ['a view', 'BK-C1Z-CONTENT', (database) => database.exec('CREATE VIEW v AS SELECT 1')],
    ['a time that is none', 'BK-C1Z-CONTENT', (database) => database.exec("UPDATE v1_sync_runs SET ended_at = 'soon'")],
  ])('refuses a file with %s', async (_name, code, damage) => {
    const path = await damaged(damage);
    const read = async (): Promise<void> => {
      await using reader = await openC1z(path);
      for (const grant of reader.grants()) expect(grant.id).not.toBe('');
    };
    await expect(read()).rejects.toMatchObject({ code });
  });

  it('refuses a database of another encoding, of which no digest can be made', async () => {
    const file = join(folder, 'utf16.db');
    {
      using database = new DatabaseSync(file);
      database.exec("PRAGMA encoding = 'UTF-16'");
      for (const table of TABLES) database.exec(table);
    }
    const path = join(folder, 'utf16.c1z');
    writeFileSync(path, Buffer.concat([Buffer.from('C1ZF\0'), zstdCompressSync(readFileSync(file))]));
    await expect(openC1z(path)).rejects.toThrow('encoding UTF-16');
  });

  it('sees what a changed file breaks', async () => {
    const dangling = await damaged((database) =>
      database.exec("DELETE FROM v1_resources WHERE external_id IN ('user:1', 'user:2')"),
    );
    const unindexed = await damaged((database) => database.exec('DROP INDEX idx_grants_principal_id_v1'));
    await using one = await openC1z(dangling);
    expect(one.danglingReferences()).toEqual([
      { count: 2, what: 'grants are held by a principal that was not listed' },
    ]);
    await using two = await openC1z(unindexed);
    expect(two.schemaDifferences()).toEqual(['idx_grants_principal_id_v1 is missing or differs']);
  });

  let made = 0;
  async function damaged(damage: (database: DatabaseSync) => void): Promise<string> {
    made += 1;
    const { path } = await write(folder, whole, { name: `${made}.c1z` });
    const { database, file } = rawDatabase(folder, path);
    database.close();
    using writable = new DatabaseSync(file);
    damage(writable);
    writable.close();
    const target = join(folder, `damaged-${made}.c1z`);
    writeFileSync(target, Buffer.concat([Buffer.from('C1ZF\0'), zstdCompressSync(readFileSync(file))]));
    return target;
  }
});

/** The same value with keys in one order: maps inside an Any come in any. */
function sortedKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortedKeys(inner)]),
  );
}

describe('times in columns', () => {
  it('have the genuine form, and read back', () => {
    expect(toColumnTime(Date.UTC(2026, 10, 24, 3, 45, 20))).toBe('2026-11-24 03:45:20');
    expect(toColumnTime(Date.UTC(2026, 10, 24, 3, 45, 20, 120))).toBe('2026-11-24 03:45:20.12');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (time) => {
        expect(fromColumnTime(toColumnTime(time))).toBe(time);
      }),
    );
    expect(fromColumnTime('2026-11-24T03:45:20+02:00')).toBe(Date.UTC(2026, 10, 24, 1, 45, 20));
    expect(fromColumnTime('yesterday')).toBeUndefined();
    const exact = (text: string): string => exactTime(text, fromColumnTime(text) ?? NaN);
    expect(exact('2026-11-24 03:45:20.203918067')).toBe('2026-11-24T03:45:20.203918067Z');
    expect(exact('2026-11-24 03:45:20.1')).toBe('2026-11-24T03:45:20.100Z');
    expect(exact('2026-11-24 03:45:20.12345')).toBe('2026-11-24T03:45:20.123450Z');
    expect(exact('2026-11-24T03:45:20+02:00')).toBe('2026-11-24T01:45:20Z');
  });
});
