import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookAtUnfinished, openC1z } from '@batonkit/c1z';
import { BatonError, seededRandom, Status, VirtualClock } from '@batonkit/kernel';
import { parseResourceBatonId } from '@batonkit/protocol';
import { ConnectError } from '@connectrpc/connect';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConnectorClient } from '../src/connector-client.ts';
import type { SyncEvent } from '../src/sync-event.ts';
import type { SyncTarget } from '../src/sync-scope.ts';
import { syncToFile, syncUncertified } from '../src/sync-to-file.ts';
import type { SyncOptions } from '../src/sync-to-file.ts';
import { fakeConnector, viewers } from './fake-connector.ts';
import { recordedConnector } from './recorded-connector.ts';
import { richConnector } from './rich-connector.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syncer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const plain = { pageSize: 2, readingAnswers: 0, typeScopedGrants: false };
const bid = (text: string): SyncTarget => {
  const target = parseResourceBatonId(text);
  if (target === undefined) throw new Error(`${text} is no Baton id`);
  return target;
};

function optionsFor(client: ConnectorClient, targets: SyncTarget[], more: Partial<SyncOptions> = {}): SyncOptions {
  const path = join(folder, 'sync.c1z');
  const workDir = `${path}.partial`;
  rmSync(workDir, { recursive: true, force: true });
  mkdirSync(workDir);
  return {
    client,
    path,
    workDir,
    targets,
    connector: { type: 'other', version: '1.0.0' },
    configDigest: 'd'.repeat(64),
    clock: new VirtualClock(),
    random: seededRandom(1),
    signal: new AbortController().signal,
    ...more,
  };
}

async function rows(path: string) {
  await using reader = await openC1z(path);
  const run = reader.syncs().at(-1);
  return {
    type: run?.type,
    parent: run?.parentId,
    resources: [...reader.resources()].map(({ id }) => `${id?.resourceType}:${id?.resource}`).toSorted(),
    entitlements: [...reader.entitlements()].map(({ id }) => id).toSorted(),
    grants: [...reader.grants()].map(({ id }) => id).toSorted(),
  };
}

describe('a targeted sync', () => {
  test.each([false, true])(
    'has one resource with its entitlements and grants (type-scoped: %s)',
    async (typeScoped) => {
      const { client, calls } = fakeConnector(viewers, { ...plain, typeScopedGrants: typeScoped });
      const options = optionsFor(client, [bid('bid:r:role/viewer'), bid('bid:r:role/viewer')]);
      const { certificate } = await syncToFile(options);
      expect(await rows(options.path)).toEqual({
        type: 'partial',
        parent: '',
        resources: ['role:viewer'],
        entitlements: ['role:viewer:assigned'],
        grants: ['ada', 'bob', 'cy'].map((name) => `role:viewer:assigned:user:${name}`),
      });
      expect(calls().filter((call) => call === 'ListResources')).toEqual([]);
      expect(calls().filter((call) => call === 'GetResource')).toHaveLength(1);
      expect(certificate).toMatchObject({
        verdict: 'narrowed',
        scope: { types: [], skip: [], resources: ['bid:r:role/viewer'] },
      });
    },
  );

  test('is a part of the last whole run in the file', async () => {
    const { client } = fakeConnector(viewers, plain);
    const whole = optionsFor(client, []);
    const { summary } = await syncToFile(whole);
    const options = optionsFor(client, [bid('bid:r:user/bob')], {
      random: seededRandom(2),
      clock: new VirtualClock(summary.endedAt + 1000),
    });
    await syncToFile(options);
    expect(await rows(options.path)).toMatchObject({
      type: 'partial',
      parent: summary.syncId,
      resources: ['user:bob'],
    });
  });

  test('leaves out what is not there, says so, and is certified all the same', async () => {
    const { client } = fakeConnector(viewers, plain);
    const events: SyncEvent[] = [];
    const options = optionsFor(client, [bid('bid:r:role/gone')], { observe: (event) => events.push(event) });
    const { certificate } = await syncToFile(options);
    expect(events).toContainEqual({ type: 'skipped', resourceType: 'role', isUnimplemented: false });
    expect(certificate.verdict).toBe('narrowed');
    expect(await rows(options.path)).toMatchObject({ type: 'partial', resources: [], grants: [] });
  });

  test.each([
    [['entitlements', 'grants'], [], []],
    [['grants'], ['role:admin:assigned'], []],
  ] as const)('without %j', async (skip, entitlements, grants) => {
    const { client } = fakeConnector(viewers, plain);
    const scope = { types: ['role', 'user'], skip: [...skip] };
    const options = optionsFor(client, [bid('bid:r:role/admin')], { scope });
    await syncToFile(options);
    expect(await rows(options.path)).toEqual({
      type: 'partial',
      parent: '',
      resources: ['role:admin'],
      entitlements,
      grants,
    });
  });

  test('of a connector that was recorded without a getter is an empty part, as its genuine parent made it', async () => {
    const { client, unasked } = recordedConnector('targeted');
    const events: SyncEvent[] = [];
    const options = optionsFor(client, [bid('bid:r:role/r1')], { observe: (event) => events.push(event) });
    await syncUncertified(options);
    expect(unasked()).toEqual([]);
    expect(events).toContainEqual({ type: 'skipped', resourceType: 'role', isUnimplemented: true });
    expect(await rows(options.path)).toMatchObject({ type: 'partial', resources: [] });
  });

  test('has what lies below the resource, to the last level', async () => {
    const { client } = richConnector({
      orgs: [2, 1],
      nested: true,
      users: 3,
      templates: ['owner'],
      typeScoped: 'none',
      siblings: 0,
      pageSize: 2,
    });
    const options = optionsFor(client, [bid('bid:r:org/o0')]);
    await syncUncertified(options);
    const { resources, entitlements } = await rows(options.path);
    expect(resources).toContain('org:o0');
    expect(resources).not.toContain('org:o1');
    expect(resources.filter((key) => key.startsWith('project:'))).toHaveLength(2);
    expect(resources.filter((key) => key.startsWith('folder:'))).toHaveLength(2);
    expect(entitlements).toContain('org:o0:owner');
  });
});

test('what is stored with each answer does not grow with the targets, and a run goes on from it', async () => {
  const users = Array.from({ length: 300 }, (_, at) => `user-${at}`);
  const { client } = fakeConnector({ users, roles: ['admin'], holds: [] }, plain);
  const stop = new AbortController();
  const asked: string[] = [];
  const { getResource } = client.resourceGetter;
  const watched: ConnectorClient = {
    ...client,
    resourceGetter: {
      getResource: (request) => {
        asked.push(request.resourceId?.resource ?? '');
        if (asked.length === 151) stop.abort();
        return getResource(request);
      },
    },
  };
  const resume = { maxAgeMs: 60_000, ready: () => Promise.resolve(undefined) };
  const targets = users.map((id) => bid(`bid:r:user/${id}`));
  const options = { ...optionsFor(watched, targets), resume };
  await expect(syncToFile({ ...options, signal: stop.signal })).rejects.toThrow(BatonError);
  expect(lookAtUnfinished(options.workDir)?.checkpoint.length).toBeLessThan(2000);
  // Whoever starts it again may name them in another order.
  await syncToFile({ ...options, targets: targets.toReversed() });
  expect((await rows(options.path)).resources).toHaveLength(300);
  // That of the stop may have been for nothing.
  expect(asked.length).toBeLessThan(302);
  expect(new Set(asked).size).toBe(300);
});

describe('is no sync at all', () => {
  const failure = async (client: ConnectorClient, target: SyncTarget): Promise<BatonError> => {
    const thrown = await syncToFile(optionsFor(client, [target])).catch((error: unknown) => error);
    if (!(thrown instanceof BatonError)) throw thrown;
    return thrown;
  };

  test('of a type that is not there, or of no id', async () => {
    const { client } = fakeConnector(viewers, plain);
    expect(await failure(client, bid('bid:r:team/x'))).toMatchObject({ code: 'BK-SYNC-SCOPE' });
    expect(await failure(client, {})).toMatchObject({ code: 'BK-SYNC-TARGET' });
  });

  test('when the source answers 404 to a list: that says nothing of the resource', async () => {
    const { client } = fakeConnector(viewers, plain);
    const absent = new BatonError(
      { code: 'RL-PATH', status: Status.NotFound, title: 'No list.', meaning: 'None.', remedy: 'None.' },
      new ConnectError('no list'),
    );
    const broken = { ...client, resourceGetter: { getResource: () => Promise.reject(absent) } };
    expect(await failure(broken, bid('bid:r:role/admin'))).toMatchObject({ code: 'RL-PATH' });
  });

  test('when another resource is answered', async () => {
    const { client } = fakeConnector(viewers, plain);
    const other = bid('bid:r:role/admin');
    const { getResource } = client.resourceGetter;
    const mixed = {
      ...client,
      resourceGetter: { getResource: () => getResource({ resourceId: other.id ?? {}, activeSyncId: 's' }) },
    };
    expect(await failure(mixed, bid('bid:r:role/viewer'))).toMatchObject({ code: 'BK-SYNC-ROW' });
  });
});
