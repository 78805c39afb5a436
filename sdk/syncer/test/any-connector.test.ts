import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openC1z } from '@batonkit/c1z';
import { BatonError, seededRandom, VirtualClock } from '@batonkit/kernel';
import type { EvidenceScope } from '@batonkit/protocol';
import { Code, ConnectError } from '@connectrpc/connect';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectorClient } from '../src/connector-client.ts';
import { syncUncertified } from '../src/sync-to-file.ts';
import { recordedConnector, scenarios } from './recorded-connector.ts';
import { expected, richConnector } from './rich-connector.ts';
import type { RichTenant } from './rich-connector.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syncer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function sync(client: ConnectorClient, more: { workers?: number; scope?: EvidenceScope } = {}) {
  const path = join(folder, 'sync.c1z');
  const workDir = `${path}.partial`;
  rmSync(folder, { recursive: true });
  mkdirSync(workDir, { recursive: true });
  try {
    await syncUncertified({
      client,
      path,
      workDir,
      connector: { type: 'other', version: '1.0.0' },
      configDigest: 'd'.repeat(64),
      clock: new VirtualClock(),
      random: seededRandom(1),
      signal: new AbortController().signal,
      ...more,
    });
  } finally {
    rmSync(workDir, { recursive: true });
  }
  expect(readdirSync(folder)).toEqual(['sync.c1z']);
  await using reader = await openC1z(path);
  return {
    types: [...reader.resourceTypes()].map(({ id }) => id).toSorted(),
    resources: [...reader.resources()].map(({ id }) => `${id?.resourceType}:${id?.resource}`).toSorted(),
    entitlements: [...reader.entitlements()]
      .map(({ id, displayName, resource }) => `${id} ${displayName} ${resource?.displayName}`)
      .toSorted(),
    grants: [...reader.grants()].map(({ id }) => id).toSorted(),
  };
}

async function failure(promise: Promise<unknown>): Promise<BatonError> {
  const thrown = await promise.then(
    () => new Error('the sync succeeded'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof BatonError)) throw thrown;
  expect(readdirSync(folder)).toEqual([]);
  return thrown;
}

describe('a connector on the genuine SDK, as it was recorded', () => {
  const scopes: Record<string, EvidenceScope> = {
    'skip-entitlements-and-grants': { types: ['user', 'role'], skip: ['entitlements', 'grants'] },
    'types-role': { types: ['role'], skip: [] },
  };

  test.each(['full', 'paging', 'skip-entitlements-and-grants', 'types-role'])(
    '%s: is asked just what its genuine parent asked, and its rows are in the file',
    async (scenario) => {
      const { client, unasked } = recordedConnector(scenario);
      const scope = scopes[scenario] ?? 'full';
      const rows = await sync(client, { scope });
      // The genuine parent asks for the templates of a type, too, that it was told to leave out.
      const extra = scenario === 'types-role' ? [expect.stringMatching(/ListStaticEntitlements 0a0475736572$/)] : [];
      expect(unasked()).toEqual(extra);
      const wantsUsers = scope === 'full' || scope.types.includes('user');
      const wantsGrants = scope === 'full';
      expect(rows.resources).toEqual(['role:r1', 'role:r2', ...(wantsUsers ? ['user:u1', 'user:u2', 'user:u3'] : [])]);
      expect(rows.entitlements).toHaveLength(scope !== 'full' && scope.skip.length > 0 ? 0 : 2);
      // Holders that were not asked for cannot be in the file.
      expect(rows.grants).toHaveLength(wantsGrants ? 4 : 0);
    },
  );

  test.each(scenarios.filter((name) => name.startsWith('error-')))(
    '%s: fails, and no file appears',
    async (scenario) => {
      const { client } = recordedConnector(scenario);
      const error = await failure(sync(client));
      expect(error.code).toBe('BK-CONNECTOR');
      // The genuine parent ends this one with a file without users, and tries those again for ever.
      const code = { 'error-404-users': 5, 'error-429-users-once': 14, 'error-503-users-once': 14 }[scenario];
      if (code !== undefined) expect(error.status).toBe(code);
    },
  );

  test('a type that it does not have cannot be asked for', async () => {
    const { client } = recordedConnector('full');
    expect(await failure(sync(client, { scope: { types: ['user', 'team'], skip: [] } }))).toMatchObject({
      code: 'BK-SYNC-SCOPE',
      status: 2,
    });
  });
});

describe('everything that a connector can do', () => {
  const tenant: RichTenant = {
    orgs: [3, 0, 2],
    nested: true,
    users: 7,
    templates: ['member', 'admin'],
    typeScoped: 'none',
    siblings: 0,
    pageSize: 2,
  };

  test('resources below resources, templates, resources that want no calls', async () => {
    const { client, calls } = richConnector(tenant);
    const rows = await sync(client);
    expect(rows).toEqual(expected(tenant));
    expect(rows.entitlements).toContain('org:o0:member Member of it Organisation 0');
    // A template without a name takes the resource's.
    expect(rows.entitlements).toContain('org:o0:admin Organisation 0 Organisation 0');
    // The last one says that it wants no calls.
    expect(calls().filter((call) => call.startsWith('ListGrants org:o2 '))).toEqual([]);
  });

  test('any of them, with pages of any size, further page tokens and any number of workers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          orgs: fc.array(fc.nat(4), { maxLength: 5 }),
          nested: fc.boolean(),
          users: fc.integer({ min: 1, max: 9 }),
          templates: fc.subarray(['member', 'admin', 'owner']),
          typeScoped: fc.constantFrom('none' as const, 'grants' as const, 'both' as const),
          siblings: fc.nat(3),
          pageSize: fc.integer({ min: 1, max: 5 }),
        }),
        fc.integer({ min: 1, max: 6 }),
        async (drawn, workers) => {
          const { client } = richConnector(drawn);
          expect(await sync(client, { workers })).toEqual(expected(drawn));
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  test('workers are calls at the same time, and no more than were asked for', async () => {
    for (const workers of [1, 4]) {
      let most = 0;
      let now = 0;
      const { client } = richConnector(tenant, {
        around: async (answer) => {
          now += 1;
          most = Math.max(most, now);
          await new Promise((done) => setImmediate(done));
          now -= 1;
          return answer();
        },
      });
      expect(await sync(client, { workers })).toEqual(expected(tenant));
      expect(most).toBe(workers);
    }
  });

  test('one worker that fails stops the others, and its failure is told', async () => {
    let after = 0;
    let failed = false;
    const { client } = richConnector(tenant, {
      around: (answer, call) => {
        if (failed) after += 1;
        if (call.startsWith('ListGrants org:o1 ')) {
          failed = true;
          throw new ConnectError('x', Code.Unavailable);
        }
        return answer();
      },
    });
    expect(await failure(sync(client, { workers: 3 }))).toMatchObject({ code: 'BK-CONNECTOR', status: 14 });
    expect(after).toBeLessThan(4);
  });

  test.each([
    ['two defaults', [{ isDefault: true }, { isDefault: true }], 'BK-SYNC-EXCLUSION'],
    ['51 members', Array.from({ length: 51 }, () => ({})), 'BK-SYNC-EXCLUSION'],
    ['two defaults of two resources', [{ isDefault: true, scopeToResource: true }], undefined],
    ['50 members', Array.from({ length: 25 }, () => ({})), undefined],
  ])('entitlements that exclude each other: %s', async (_name, groups, code) => {
    // Two organisations are asked.
    const orgs = [0, 0, 0];
    const { client } = richConnector({ ...tenant, orgs, templates: [] }, { groups });
    if (code === undefined) expect((await sync(client)).entitlements).toHaveLength(2 * groups.length + 2);
    else expect(await failure(sync(client))).toMatchObject({ code });
  });

  test.each([
    ['a page that came before, under fresh tokens', { repeat: true }, 'BK-SYNC-STUCK'],
    ['an empty further token', { badSibling: '' }, 'BK-SYNC-ROW'],
    ['a further token twice', { badSibling: 'same' }, 'BK-SYNC-STUCK'],
    ['children of a type that is not listed', { childType: 'team' }, 'BK-SYNC-ROW'],
    ['a template without a slug', { templates: [''] }, 'BK-SYNC-ROW'],
  ])('%s', async (_name, fault, code) => {
    const { templates, ...rest } = { templates: tenant.templates, ...fault } as { templates: string[] };
    const { client } = richConnector({ ...tenant, templates }, { fault: rest });
    expect(await failure(sync(client))).toMatchObject({ code });
  });
});
