import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openC1z } from '@batonkit/c1z';
import { parseCertificate, verifyCertificate } from '@batonkit/certificate';
import { BatonError, seededRandom, VirtualClock } from '@batonkit/kernel';
import { create } from '@bufbuild/protobuf';
import type { EvidenceScope, Grant, Resource } from '@batonkit/protocol';
import { errorToDetail, evidenceToStruct, GrantExpandableSchema, packAny, ResourceSchema } from '@batonkit/protocol';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProgressClock } from '../src/progress-clock.ts';
import type { SyncResult } from '../src/sync-to-file.ts';
import { syncToFile } from '../src/sync-to-file.ts';
import type { FakeOptions, Page, Tenant } from './fake-connector.ts';
import { entitlement, evidenceOf, fakeConnector, small, grant, structOf } from './fake-connector.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syncer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const plain: FakeOptions = { pageSize: 2, readingAnswers: 0, typeScopedGrants: false };

async function sync(
  tenant: Tenant,
  options: Partial<FakeOptions> = {},
  more: { signal?: AbortSignal; clock?: VirtualClock; progress?: ProgressClock; scope?: EvidenceScope } = {},
): Promise<SyncResult & { calls: string[] }> {
  const path = join(folder, 'sync.c1z');
  const workDir = `${path}.partial`;
  rmSync(folder, { recursive: true });
  mkdirSync(workDir, { recursive: true });
  const fake = fakeConnector(tenant, { ...plain, ...options });
  try {
    const result = await syncToFile({
      client: fake.client,
      path,
      workDir,
      connector: { type: 'fake', version: '1.0.0' },
      configDigest: 'd'.repeat(64),
      clock: more.clock ?? new VirtualClock(),
      random: seededRandom(1),
      signal: more.signal ?? new AbortController().signal,
      ...(more.progress === undefined ? {} : { progress: more.progress }),
      ...(more.scope === undefined ? {} : { scope: more.scope }),
    });
    return { ...result, calls: fake.calls() };
  } finally {
    rmSync(workDir, { recursive: true });
  }
}

async function fault(promise: Promise<unknown>): Promise<BatonError> {
  const thrown = await promise.then(
    () => new Error('the sync succeeded'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof BatonError)) throw thrown;
  expect(readdirSync(folder)).toEqual([]);
  return thrown;
}

async function contents(path: string) {
  await using reader = await openC1z(path);
  return {
    resources: [...reader.resources()].map((one) => `${one.id?.resourceType}:${one.id?.resource}`).toSorted(),
    entitlements: [...reader.entitlements()].map((one) => one.id).toSorted(),
    grants: [...reader.grants()].map((one) => one.id).toSorted(),
    sync: reader.sync,
  };
}

describe('a good sync', () => {
  test('file and certificate say the same', async () => {
    const { summary, certificatePath } = await sync(small);
    const path = join(folder, 'sync.c1z');
    expect(readdirSync(folder).toSorted()).toEqual(['sync.c1z', 'sync.c1z.cert.json']);
    for (const file of [path, certificatePath]) expect(statSync(file).mode & 0o777).toBe(0o600);
    const certificate = parseCertificate(readFileSync(certificatePath, 'utf8'));
    verifyCertificate(certificate, summary);
    expect(certificate).toMatchObject({ verdict: 'complete', sync_id: summary.syncId, connector: { type: 'fake' } });
    const { sync: run, ...rows } = await contents(path);
    expect(rows.resources).toHaveLength(8);
    expect(rows.grants).toEqual(small.holds.map(([r, u]) => grant(small.roles[r]!, small.users[u]!).id).toSorted());
    expect(run?.id).toBe(summary.syncId);
    expect(JSON.parse(run?.token ?? '')).toMatchObject({ version: 1 });
    expect(JSON.parse(run?.token ?? '')).not.toHaveProperty('actions_map');
  });

  test('the calls come in the genuine order, skipped types are not asked', async () => {
    const { calls } = await sync(small, { pageSize: 100 });
    expect(calls).toEqual([
      'Validate',
      'ListResourceTypes',
      ...Array<string>(2).fill('ListResources'),
      ...Array<string>(2).fill('ListStaticEntitlements'),
      ...Array<string>(3).fill('ListEntitlements'),
      ...Array<string>(3).fill('ListGrants'),
      'Cleanup',
    ]);
  });

  test('a type that lists its grants as a whole is asked once', async () => {
    const { calls, summary } = await sync(small, { pageSize: 100, typeScopedGrants: true });
    expect(calls.filter((call) => call === 'ListGrants')).toHaveLength(1);
    expect(summary.counts.grants).toBe(small.holds.length);
  });

  test.each<[EvidenceScope, string, object]>([
    [{ types: ['user'], skip: [] }, 'full', { resources: 5, entitlements: 0, grants: 0 }],
    [{ types: ['role'], skip: [] }, 'full', { resources: 3, entitlements: 3, grants: 0 }],
    [{ types: ['user', 'role'], skip: ['entitlements', 'grants'] }, 'resources_only', { resources: 8, grants: 0 }],
    [{ types: ['user', 'role'], skip: ['grants'] }, 'resources_only', { entitlements: 3, grants: 0 }],
  ])('less than everything, because it was asked for: %j', async (scope, type, counts) => {
    const { summary, certificate } = await sync(small, {}, { scope });
    expect(certificate).toMatchObject({ verdict: 'narrowed', scope });
    expect(summary.counts).toMatchObject(counts);
    await using reader = await openC1z(join(folder, 'sync.c1z'));
    expect(reader.sync).toMatchObject({ type });
  });

  test('a wall clock that is set back is no fault', async () => {
    const clock = new VirtualClock();
    const tamper = (_call: string, nth: number) => {
      if (nth === 3) clock.advance(-60_000);
    };
    const { summary } = await sync(small, { tamper }, { clock });
    expect(summary.endedAt).toBe(summary.startedAt);
  });

  test('any tenant, however its pages are cut', async () => {
    const names = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 12,
    });
    const tenants = fc.record({
      users: names,
      roles: names,
      pairs: fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(
        tenants,
        fc.integer({ min: 1, max: 5 }),
        fc.nat(3),
        fc.boolean(),
        async (drawn, pageSize, readingAnswers, typeScopedGrants) => {
          const { users, roles } = drawn;
          const pairs = new Map(
            drawn.pairs.map(([r, u]): [string, [number, number]] => [
              `${r % roles.length} ${u % users.length}`,
              [r % roles.length, u % users.length],
            ]),
          );
          const tenant: Tenant = { users, roles, holds: [...pairs.values()] };
          const { summary } = await sync(tenant, { pageSize, readingAnswers, typeScopedGrants });
          const rows = await contents(join(folder, 'sync.c1z'));
          expect(rows.resources).toEqual(
            [...users.map((name) => `user:${name}`), ...roles.map((name) => `role:${name}`)].toSorted(),
          );
          expect(rows.entitlements).toEqual(roles.map((name) => entitlement(name).id).toSorted());
          expect(rows.grants).toEqual(tenant.holds.map(([r, u]) => grant(roles[r]!, users[u]!).id).toSorted());
          expect(summary.counts).toMatchObject({ grants: tenant.holds.length, entitlements: roles.length });
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);
});

describe('one fault fails the whole', () => {
  test('at every call, in every status', { timeout: 60_000 }, async () => {
    const { calls } = await sync(small, { readingAnswers: 1 });
    expect(calls.length).toBeGreaterThan(25);
    const codes = [Code.NotFound, Code.Unavailable, Code.Internal, Code.Unauthenticated];
    for (const [at, name] of calls.entries()) {
      const code = codes[at % codes.length] ?? Code.Internal;
      const error = await fault(
        sync(small, {
          readingAnswers: 1,
          tamper: (_call, nth) => {
            if (nth === at) throw new ConnectError('a sentence with secret words', code);
          },
        }),
      );
      expect(error).toMatchObject({ code: 'BK-CONNECTOR', status: code });
      expect(error.report.title).toContain(name);
      expect(JSON.stringify(error.report)).not.toContain('secret words');
    }
  });

  test('a connector of this SDK is quoted in its own words', async () => {
    const report = {
      code: 'RL-AUTH-401',
      status: 16 as const,
      title: 'T.',
      meaning: 'M.',
      remedy: 'R.',
      field: 'api-key',
    };
    const error = await fault(
      sync(small, {
        tamper: (call) => {
          if (call !== 'ListResources') return;
          throw new ConnectError('x', Code.Unauthenticated, undefined, [
            { desc: StructSchema, value: structOf({ other: 1 }) },
            { desc: StructSchema, value: structOf(errorToDetail(report)) },
          ]);
        },
      }),
    );
    expect(error.report).toEqual(report);
  });

  const onLast =
    (call: string, change: (page: Page<unknown>) => void) => (name: string, _nth: number, page: Page<unknown>) => {
      if (name === call && page.nextPageToken === '') change(page);
    };
  const cases: [string, FakeOptions['tamper'], string][] = [
    ['no types', (call, _nth, page) => void (call === 'ListResourceTypes' && (page.list = [])), 'BK-SYNC-NO-TYPES'],
    [
      'a row of another type',
      onLast(
        'ListResources',
        ({ list }) => void list.push(create(ResourceSchema, { id: { resourceType: 'other', resource: 'x' } })),
      ),
      'BK-SYNC-ROW',
    ],
    [
      'an entitlement of another resource',
      onLast('ListEntitlements', ({ list }) => void list.push(entitlement('other'))),
      'BK-SYNC-ROW',
    ],
    [
      'a grant of another resource',
      onLast('ListGrants', ({ list }) => void list.push(grant('other', 'u1'))),
      'BK-SYNC-ROW',
    ],
    [
      'entitlements for all resources of a type that says to have none',
      onLast('ListStaticEntitlements', ({ list }) => void list.push(entitlement(''))),
      'BK-SYNC-ROW',
    ],
    [
      'a grant that reaches the holders of what is not there',
      onLast('ListGrants', ({ list }) => {
        const [further] = list as Grant[];
        further?.annotations.push(
          packAny(GrantExpandableSchema, create(GrantExpandableSchema, { entitlementIds: ['role:gone:assigned'] })),
        );
      }),
      'BK-C1Z-EXPANSION',
    ],
    [
      'the same user twice',
      (call, _nth, { list }) => void (call === 'ListResources' && (list as unknown[]).push(...list)),
      'BK-C1Z-DUPLICATE',
    ],
    [
      'a grant to nobody',
      onLast('ListGrants', ({ list }) => {
        const first = list[0] as Grant | undefined;
        if (first !== undefined) list[0] = grant(first.entitlement?.resource?.id?.resource ?? '', 'nobody');
      }),
      'BK-C1Z-DANGLING',
    ],
  ];
  test.each(cases)('%s', async (_name, tamper, code) => {
    expect(await fault(sync(small, { tamper: tamper! }))).toMatchObject({ code });
  });

  test('a user without the message that its type promises', async () => {
    const tamper = (call: string, _nth: number, { list }: Page<unknown>) => {
      if (call === 'ListResources') for (const row of list as Resource[]) row.annotations = [];
    };
    expect(await fault(sync(small, { tamper }))).toMatchObject({ code: 'BK-SYNC-ROW' });
  });

  test('a user without id', async () => {
    const tamper = (call: string, _nth: number, { list }: Page<unknown>) => {
      const [first] = list as Resource[];
      if (call === 'ListResources' && first?.id !== undefined) first.id.resource = '';
    };
    expect((await fault(sync(small, { tamper }))).code).toMatch(/^BK-C1Z-/);
  });
});

describe('a list without end', () => {
  test('the token that was sent', async () => {
    const tamper = (call: string, _nth: number, page: Page<unknown>) => {
      if (call === 'ListGrants') Object.assign(page, { list: [], nextPageToken: 'same' });
    };
    expect(await fault(sync(small, { tamper }))).toMatchObject({ code: 'BK-SYNC-STUCK', status: 13 });
  });

  test('a token of some pages ago', async () => {
    const tamper = (call: string, nth: number, page: Page<unknown>) => {
      if (call === 'ListGrants') Object.assign(page, { list: [], nextPageToken: `${'long'.repeat(50)}${nth % 4}` });
    };
    expect(await fault(sync(small, { tamper }))).toMatchObject({ code: 'BK-SYNC-STUCK' });
  });

  test('fresh tokens for ever, without a row: 15 minutes', async () => {
    const clock = new VirtualClock();
    let asked = 0;
    const tamper = (call: string, nth: number, page: Page<unknown>) => {
      if (call !== 'ListResources') return;
      asked += 1;
      clock.advance(2000);
      Object.assign(page, { list: [], nextPageToken: `read:${nth}`, annotations: [] });
    };
    expect(await fault(sync(small, { tamper }, { clock }))).toMatchObject({ code: 'BK-NO-PROGRESS', status: 14 });
    expect(asked).toBe(451);
  });

  test('unless the caller sees progress inside the connector', async () => {
    const clock = new VirtualClock();
    const progress = new ProgressClock(clock);
    const tamper = () => {
      clock.advance(14 * 60_000);
      progress.touch();
    };
    const { summary } = await sync(small, { readingAnswers: 5, tamper }, { clock, progress });
    expect(summary.counts.resources).toBe(8);
  });
});

describe('evidence', () => {
  const cases: [string, NonNullable<FakeOptions['evidence']>][] = [
    ['none', () => ({})],
    ['of an unknown version', (evidence) => ({ ...evidenceToStruct(evidence), batonkit_evidence: 2 })],
    ['of another verdict', (evidence) => ({ ...evidenceToStruct(evidence), verdict: 'partial' })],
    ['of more users than were served', () => evidenceToStruct(evidenceOf({ ...small, users: [...small.users, 'u6'] }))],
    ['of fewer roles than were served', () => evidenceToStruct(evidenceOf({ ...small, roles: ['r1'] }))],
    [
      'of more assignments than were served',
      () => evidenceToStruct(evidenceOf({ ...small, holds: [...small.holds, [2, 2]] })),
    ],
    ['that leaves a list out', (evidence) => evidenceToStruct({ ...evidence, lists: evidence.lists.slice(0, 1) })],
  ];
  test.each(cases)('%s', async (_name, evidence) => {
    expect(await fault(sync(small, { evidence }))).toMatchObject({ code: 'BK-EVIDENCE', status: 15 });
  });

  test('what was put aside as not of the platform is counted beside the rows', async () => {
    const { certificate } = await sync(small, {
      evidence: (evidence) =>
        evidenceToStruct({ ...evidence, lists: evidence.lists.map((list) => ({ ...list, serverScoped: 1 })) }),
    });
    expect(certificate.lists.map(({ server_scoped }) => server_scoped)).toEqual([1, 1, 1]);
  });

  test('each list tells of another reading', async () => {
    let nth = 0;
    const tamper = (call: string, _nth: number, page: Page<unknown>) => {
      if (call !== 'ListResources' || page.nextPageToken !== '') return;
      nth += 1;
      const struct = evidenceToStruct({ ...evidenceOf(small), origin: `https://${nth}.example` });
      page.annotations = [packAny(StructSchema, structOf(struct))];
    };
    expect(await fault(sync(small, { tamper }))).toMatchObject({ code: 'BK-EVIDENCE' });
  });
});

test('a certificate that cannot be stored: no file either', async () => {
  const place = join(folder, 'sync.c1z.cert.json');
  const tamper = (_call: string, nth: number) => {
    if (nth === 3) mkdirSync(place);
  };
  await expect(sync(small, { tamper })).rejects.toMatchObject({ code: 'EISDIR' });
  expect(readdirSync(folder)).toEqual(['sync.c1z.cert.json']);
  const late = join(folder, 'x'.repeat(246));
  for (const [path, code] of [
    [join(folder, 'sync.c1z'), 'BK-CERT-WRITE'],
    [late, 'BK-CERT-WRITE'],
  ] as const) {
    const { client, calls } = fakeConnector(small, plain);
    const never = syncToFile({
      client,
      path,
      workDir: folder,
      connector: { type: 'fake', version: '1.0.0' },
      configDigest: 'd'.repeat(64),
      clock: new VirtualClock(),
      random: seededRandom(1),
      signal: new AbortController().signal,
    });
    await expect(never).rejects.toMatchObject({ code });
    expect(calls()).toEqual([]);
  }
  expect(readdirSync(folder)).toEqual(['sync.c1z.cert.json']);
});

test('an abort at any call ends the sync with its reason and leaves nothing', async () => {
  const { calls } = await sync(small);
  const reason = new BatonError({ code: 'BK-CANCELED', status: 1, title: 'Stopped.', meaning: 'm', remedy: 'r' });
  for (let at = 0; at < calls.length; at += 3) {
    const controller = new AbortController();
    const tamper = (_call: string, nth: number) => {
      if (nth === at) controller.abort(reason);
    };
    expect(await fault(sync(small, { tamper }, { signal: controller.signal }))).toBe(reason);
  }
});
