import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { seededRandom, VirtualClock } from '@batonkit/kernel';
import { EntitlementSchema, GrantSchema, ksuid, ResourceSchema, ResourceTypeSchema } from '@batonkit/protocol';
import * as fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createC1z, openC1z } from '../src/index.ts';
import type { Batch } from '../src/index.ts';
import { fromColumnTime, toColumnTime } from '../src/column-time.ts';

const fixtures = new URL('../../../tests/fixtures/c1z/', import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), 'c1z-test-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'run-'));
});

const user = (id: string) =>
  create(ResourceSchema, { id: { resourceType: 'user', resource: id }, displayName: `User ${id}` });
const role = create(ResourceSchema, { id: { resourceType: 'role', resource: 'r' }, displayName: 'R' });
const entitlement = create(EntitlementSchema, { id: 'role:r:assigned', slug: 'assigned', resource: role });
const grant = (id: string) =>
  create(GrantSchema, {
    id: `role:r:assigned:user:${id}`,
    entitlement: { id: 'role:r:assigned', resource: role },
    principal: { id: { resourceType: 'user', resource: id } },
  });
const types = ['user', 'role'].map((id) => create(ResourceTypeSchema, { id, displayName: id }));

async function write(batches: Batch[], name = 'sync.c1z') {
  const clock = new VirtualClock();
  const workDir = mkdtempSync(join(folder, 'work-'));
  await using writer = await createC1z({
    path: join(folder, name),
    workDir,
    sync: { id: ksuid(clock, seededRandom(1)), type: 'full', startedAt: clock.now() },
    clock,
  });
  for (const batch of batches) await writer.commit(batch);
  clock.advance(1500);
  const summary = await writer.finish({ endedAt: clock.now() });
  await writer.save();
  return { path: join(folder, name), summary, workDir };
}

const whole: Batch[] = [
  { resourceTypes: types, checkpoint: 'a' },
  { resources: [user('1'), user('2'), role], checkpoint: 'b' },
  { entitlements: [entitlement], grants: [grant('1')], checkpoint: '{}' },
];

describe('a file that we wrote', () => {
  it('says what went in, under the genuine schema', async () => {
    const { path, summary, workDir } = await write(whole);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(workDir)).toEqual([]);
    await using reader = await openC1z(path);
    expect(reader.schemaDifferences()).toEqual([]);
    expect(reader.integrityProblems()).toEqual([]);
    expect(reader.danglingReferences()).toEqual([]);
    expect([reader.sha256, reader.contentDigest(), reader.sync?.id]).toEqual([
      summary.sha256,
      summary.contentDigest,
      summary.syncId,
    ]);
    expect(reader.sync).toMatchObject({ type: 'full', token: '{}', endedAt: summary.endedAt });
    expect(reader.counts()).toEqual(summary.counts);
    expect(Array.from(reader.resources({ resourceType: 'user' }), ({ displayName }) => displayName)).toEqual([
      'User 1',
      'User 2',
    ]);
    expect(Array.from(reader.grants({ resourceType: 'role', resource: 'r' }), ({ id }) => id)).toEqual([
      'role:r:assigned:user:1',
    ]);
    expect(Array.from(reader.grants({ entitlement: 'other' }))).toEqual([]);
  });

  it('has a digest of its content alone, whatever the order of rows', async () => {
    const first = (await write(whole)).summary.contentDigest;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([user('1'), user('2'), role], { minLength: 3 }),
        fc.integer(),
        async (resources, name) => {
          const [a, , c] = whole as [Batch, Batch, Batch];
          const { summary, path } = await write([a, { resources, checkpoint: 'x' }, c], `shuffled-${name}.c1z`);
          rmSync(path);
          expect(summary.contentDigest).toBe(first);
        },
      ),
      { numRuns: 10 },
    );
    const other = await write([...whole, { grants: [grant('2')], checkpoint: 'x' }], 'other.c1z');
    expect(other.summary.contentDigest).not.toBe(first);
  });

  it.each<[string, string, Batch]>([
    ['a grant of somebody who was not listed', 'BK-C1Z-DANGLING', { grants: [grant('3')], checkpoint: '' }],
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
      'a type that was not listed',
      'BK-C1Z-DANGLING',
      { resources: [create(ResourceSchema, { id: { resourceType: 'group', resource: 'g' } })], checkpoint: '' },
    ],
    ['one user twice', 'BK-C1Z-DUPLICATE', { resources: [user('1')], checkpoint: '' }],
    ['a user without id', 'BK-C1Z-ID', { resources: [user('')], checkpoint: '' }],
    [
      'a grant without principal',
      'BK-C1Z-ID',
      {
        grants: [create(GrantSchema, { id: 'g', entitlement: { id: 'role:r:assigned', resource: role } })],
        checkpoint: '',
      },
    ],
  ])('never appears with %s', async (_name, code, batch) => {
    await expect(write([...whole, batch])).rejects.toMatchObject({ code });
    expect(existsSync(join(folder, 'sync.c1z'))).toBe(false);
    for (const left of readdirSync(folder)) expect(readdirSync(join(folder, left))).toEqual([]);
  });

  it('never takes the place of another file', async () => {
    writeFileSync(join(folder, 'sync.c1z'), 'mine');
    await expect(write(whole)).rejects.toMatchObject({ code: 'BK-C1Z-EXISTS', status: 2 });
    await expect(write(whole, 'no/such/folder.c1z')).rejects.toMatchObject({ code: 'BK-C1Z-WRITE' });
    expect(readFileSync(join(folder, 'sync.c1z'), 'utf8')).toBe('mine');
  });
});

describe('a file of the genuine SDK', () => {
  it.each(['minimal', 'empty-connector'])('%s is read as it is, under the schema that we write', async (name) => {
    await using reader = await openC1z(join(fixtures, `${name}.c1z`));
    const { tables } = JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as {
      tables: Record<string, { data_hex: string; external_id: string }[]>;
    };
    const hex = (table: string): string[] => (tables[table] ?? []).map((row) => row.data_hex);
    const bytes = (all: Uint8Array[]): string[] => all.map((one) => Buffer.from(one).toString('hex'));
    expect(reader.schemaDifferences()).toEqual([]);
    expect(bytes(Array.from(reader.resourceTypes(), (one) => toBinary(ResourceTypeSchema, one)))).toEqual(
      hex('v1_resource_types'),
    );
    expect(bytes(Array.from(reader.resources(), (one) => toBinary(ResourceSchema, one)))).toEqual(hex('v1_resources'));
    expect(bytes(Array.from(reader.entitlements(), (one) => toBinary(EntitlementSchema, one)))).toEqual(
      hex('v1_entitlements'),
    );
    expect(bytes(Array.from(reader.grants(), (one) => toBinary(GrantSchema, one)))).toEqual(hex('v1_grants'));
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
  ])('%s is refused as %s', async (name, code) => {
    await expect(openC1z(join(fixtures, `${name}.c1z`), { workDir: folder })).rejects.toMatchObject({ code });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not unpacked beyond the limit', async () => {
    await expect(openC1z(join(fixtures, 'minimal.c1z'), { decodedLimit: 50_000 })).rejects.toMatchObject({
      code: 'BK-C1Z-TOO-LARGE',
    });
  });
});

describe('column times', () => {
  it('have the genuine form, and read back', () => {
    expect(toColumnTime(Date.UTC(2026, 10, 24, 3, 45, 20))).toBe('2026-11-24 03:45:20');
    expect(toColumnTime(Date.UTC(2026, 10, 24, 3, 45, 20, 120))).toBe('2026-11-24 03:45:20.12');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (time) => {
        expect(fromColumnTime(toColumnTime(time))).toBe(time);
      }),
    );
    expect(fromColumnTime('yesterday')).toBeUndefined();
  });
});
