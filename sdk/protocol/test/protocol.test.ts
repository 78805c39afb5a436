import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import type { JsonValue } from '@bufbuild/protobuf';
import { AnySchema, StructSchema } from '@bufbuild/protobuf/wkt';
import { BatonError, seededRandom, VirtualClock } from '@batonkit/kernel';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  entitlementId,
  errorToDetail,
  evidenceFromStruct,
  evidenceToStruct,
  spanOf,
  findAny,
  grantId,
  isAny,
  isKsuid,
  ksuid,
  ksuidTime,
  packAny,
  parseResourceBatonId,
  RawIdSchema,
  reportFromDetail,
  resourceBatonId,
  resourceKey,
  ResourceSchema,
  UserTraitSchema,
} from '../src/index.ts';
import type { Evidence } from '../src/index.ts';

const root = new URL('../../..', import.meta.url).pathname;
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(join(root, 'tests/fixtures/protocol', name), 'utf8'));

describe('generated code', () => {
  it('is what proto/ generates now', () => {
    const out = mkdtempSync(join(tmpdir(), 'gen-'));
    const made = spawnSync(join(root, 'node_modules/.bin/buf'), ['generate', '--output', join(out, 'proto')], {
      cwd: join(root, 'proto'),
      encoding: 'utf8',
    });
    expect(made.stderr).toBe('');
    const diff = spawnSync('diff', ['-r', join(out, 'sdk/protocol/src/gen'), join(root, 'sdk/protocol/src/gen')], {
      encoding: 'utf8',
    });
    rmSync(out, { recursive: true, force: true });
    expect(diff.stdout + diff.stderr).toBe('');
  }, 60_000);
});

describe('ids', () => {
  const ids = fixture('ids.json') as {
    entitlementIds: {
      entitlementId: string;
      slug: string;
      resource: { id?: { resource?: string; resourceType?: string } };
    }[];
    grantIds: {
      entitlementId: string;
      grantId: string;
      principal: { id?: { resource?: string; resourceType?: string } };
    }[];
    parse: { input: string; type?: string; json?: unknown }[];
    resourceBids: { bid?: string; resource: JsonValue }[];
    ksuid: { string: string; max: string; min: string; timestampUnix: number };
  };

  it('joins as the genuine SDK does, awkward inputs included', () => {
    for (const { resource, slug, entitlementId: id } of ids.entitlementIds) {
      expect(entitlementId(resource.id?.resourceType ?? '', resource.id?.resource ?? '', slug)).toBe(id);
    }
    for (const { entitlementId: id, principal, grantId: expected } of ids.grantIds) {
      expect(grantId(id, principal.id?.resourceType ?? '', principal.id?.resource ?? '')).toBe(expected);
    }
    expect(resourceKey('role', 'a:b')).toBe('role:a:b');
  });

  it('reads and writes Baton ids of resources as the genuine SDK does', () => {
    for (const { input, type, json } of ids.parse) {
      const found = parseResourceBatonId(input);
      if (type !== 'c1.connector.v2.Resource') expect(found).toBeUndefined();
      else {
        expect(found && toJson(ResourceSchema, found)).toEqual(json);
        expect(found && resourceBatonId(found)).toBe(input);
      }
    }
    for (const { bid, resource } of ids.resourceBids) {
      const made = (): string => resourceBatonId(fromJson(ResourceSchema, resource));
      if (bid === undefined) expect(made).toThrow(RangeError);
      else expect(made()).toBe(bid);
    }
  });

  it('reads the time of a genuine KSUID', () => {
    expect(ksuidTime(ids.ksuid.string)).toBe(ids.ksuid.timestampUnix * 1000);
    expect([isKsuid(ids.ksuid.min), isKsuid(ids.ksuid.max)]).toEqual([true, true]);
  });

  it('makes KSUIDs that sort by time and decode to their second', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_420_000_000, max: 5_600_000_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer(),
        (second, later, seed) => {
          const random = seededRandom(seed);
          const a = ksuid(new VirtualClock(second * 1000 + 999), random);
          const b = ksuid(new VirtualClock((second + later) * 1000), random);
          expect(isKsuid(a)).toBe(true);
          expect(ksuidTime(a)).toBe(second * 1000);
          expect(a < b).toBe(true);
        },
      ),
    );
    for (const bad of ['', 'a'.repeat(26), 'a'.repeat(28), 'z'.repeat(27), `${'a'.repeat(26)}-`])
      expect(isKsuid(bad)).toBe(false);
  });
});

it.each([
  ['type.googleapis.com/c1.connector.v2.RawId', true],
  ['a/b/c1.connector.v2.RawId', true],
  ['/c1.connector.v2.RawId', true],
  ['c1.connector.v2.RawId', true],
  ['type.googleapis.com/xc1.connector.v2.RawId', false],
  ['c1.connector.v2.RawId/', false],
  ['type.googleapis.com/c1.connector.v2.RawId/x', false],
  ['RawId', false],
  ['', false],
])('whether an annotation is a RawId: %s, %s', (typeUrl, is) => {
  expect(isAny(create(AnySchema, { typeUrl }), RawIdSchema)).toBe(is);
});

describe('packAny', () => {
  it('packs equal profiles to equal bytes, whatever the order of their keys', () => {
    const one = packAny(
      UserTraitSchema,
      create(UserTraitSchema, { profile: { b: 1, a: { d: [{ z: 1, y: 2 }], c: null } } }),
    );
    const two = packAny(
      UserTraitSchema,
      create(UserTraitSchema, { profile: { a: { c: null, d: [{ y: 2, z: 1 }] }, b: 1 } }),
    );
    expect(Buffer.from(one.value).equals(Buffer.from(two.value))).toBe(true);
    expect(findAny([one], UserTraitSchema)?.profile).toEqual({ a: { c: null, d: [{ y: 2, z: 1 }] }, b: 1 });
    expect(findAny([one], StructSchema)).toBeUndefined();
  });
});

describe('what crosses a process', () => {
  const evidence: Evidence = {
    moment: { from: '2026-11-24T10:00:00.000Z', to: '2026-11-24T10:00:01.000Z' },
    verdict: 'complete',
    scope: 'full',
    origin: 'https://a.example',
    plan: 'embedded',
    roleId: 'id',
    owner: { id: 'u', roles: ['helpdesk'] },
    lists: [
      {
        name: 'users',
        path: '/users',
        count: 3,
        distinct: 3,
        pages: 2,
        passes: 2,
        retries: 0,
        vanished: 0,
        serverScoped: 0,
        pageSize: 2,
        digest: 'ab',
      },
    ],
    notes: { textsCut: 1 },
  };

  it('evidence survives a Struct', () => {
    const struct = fromBinary(StructSchema, toBinary(StructSchema, fromJson(StructSchema, evidenceToStruct(evidence))));
    expect(evidenceFromStruct(toJson(StructSchema, struct) as Record<string, JsonValue>)).toEqual(evidence);
    expect(evidenceFromStruct({ other: 1 })).toBeUndefined();
    const { moment: _, ...timeless } = evidence;
    const narrowed: Evidence = {
      ...timeless,
      window: spanOf(evidence),
      verdict: 'narrowed',
      scope: { types: ['user'], skip: ['grants'] },
      passes: 4,
      exceptions: [{ name: 'a', reason: 'b', by: 'c', at: '2026-11-24T10:00:00.000Z' }],
    };
    expect(evidenceFromStruct(evidenceToStruct(narrowed))).toEqual(narrowed);
  });

  it.each([
    ['another version', { batonkit_evidence: 2 }],
    ['no lists', { lists: [] }],
    ['a verdict that we do not know', { verdict: 'nearly' }],
    ['a verdict without its exceptions', { verdict: 'complete with exceptions' }],
    ['a verdict without its scope', { verdict: 'narrowed' }],
    ['two times', { window: { from: '2026-11-24T10:00:00.000Z', to: '2026-11-24T10:00:00.000Z' } }],
    [
      'a moment that ends before it begins',
      { moment: { from: '2026-11-24T10:00:01.000Z', to: '2026-11-24T10:00:00.000Z' } },
    ],
    ['a count that is no number', { lists: [{ ...evidence.lists[0], distinct: '3' }] }],
    ['a negative note', { notes: { a: -1 } }],
  ])('evidence with %s is an error, never absent', (_name, change) => {
    expect(() =>
      evidenceFromStruct({ ...evidenceToStruct(evidence), ...(change as Record<string, JsonValue>) }),
    ).toThrow(BatonError);
  });

  it('a report survives as a detail, and nothing else is taken for one', () => {
    const report = { code: 'RL-X', status: 7, title: 'A', meaning: 'B', remedy: 'C', field: 'api-key' } as const;
    expect(reportFromDetail(errorToDetail(report))).toEqual(report);
    expect(reportFromDetail({ ...errorToDetail(report), status: 'x' })).toBeUndefined();
    expect(reportFromDetail({})).toBeUndefined();
  });
});
