import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { openC1z } from '@batonkit/c1z';
import { verifyCertificate } from '@batonkit/certificate';
import { seededRandom, VirtualClock } from '@batonkit/kernel';
import { GrantExpandableSchema, GrantSchema, packAny, ResourceSchema } from '@batonkit/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SyncEvent } from '../src/sync-event.ts';
import { syncToFile } from '../src/sync-to-file.ts';
import type { SyncOptions } from '../src/sync-to-file.ts';
import { fakeConnector, grant, viewers } from './fake-connector.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syncer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Whoever is a viewer is an admin, too. */
const reaching = create(GrantSchema, {
  ...grant('admin', ''),
  id: 'role:admin:assigned:role:viewer',
  principal: create(ResourceSchema, { id: { resourceType: 'role', resource: 'viewer' } }),
  annotations: [
    packAny(
      GrantExpandableSchema,
      create(GrantExpandableSchema, { entitlementIds: ['role:viewer:assigned'], resourceTypeIds: ['user'] }),
    ),
  ],
});

async function run(more: Partial<SyncOptions> = {}) {
  const { client } = fakeConnector(viewers, {
    pageSize: 10,
    readingAnswers: 0,
    typeScopedGrants: false,
    tamper: (call, _nth, { list }) => {
      const [first] = list as { id?: string }[];
      if (call === 'ListGrants' && first?.id?.startsWith('role:admin:') === true) list[0] = reaching;
    },
  });
  const path = join(folder, 'sync.c1z');
  const workDir = join(folder, 'work');
  mkdirSync(workDir, { recursive: true });
  return await syncToFile({
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
}

async function holders(): Promise<string[]> {
  await using reader = await openC1z(join(folder, 'sync.c1z'));
  return [...reader.grants({ entitlement: 'role:admin:assigned' })]
    .map(({ principal }) => principal?.id?.resource ?? '')
    .toSorted();
}

test('members hold what their group holds; the certificate tells what was read from what was made', async () => {
  const events: SyncEvent[] = [];
  const { certificate, summary } = await run({ observe: (event) => events.push(event) });
  expect(await holders()).toEqual(['ada', 'bob', 'cy', 'viewer']);
  expect(events).toContainEqual({ type: 'expanded', made: 3, merged: 0 });
  expect(summary.counts.grants).toBe(7);
  expect(certificate.lists.find(({ name }) => name === 'assignments')).toMatchObject({ distinct: 4 });
  expect(certificate.notes).toEqual({ 'grants made by expansion': 3 });
  expect(verifyCertificate(certificate, summary)).toEqual({ ok: true });
});

test('not when it is not wanted: what the grant says stays in the file', async () => {
  const { certificate, summary } = await run({ expandGrants: false });
  expect(await holders()).toEqual(['viewer']);
  expect(summary.counts.grants).toBe(4);
  expect(certificate.notes).toEqual({});
});

test('a stop in the midst of it is a stop, and the next run goes on to the same content', async () => {
  const resume = { maxAgeMs: 60_000, ready: () => Promise.resolve(undefined) };
  const stop = new AbortController();
  const observe = (event: SyncEvent): void => {
    if (event.type === 'expanded') stop.abort();
  };
  await expect(run({ resume, signal: stop.signal, observe })).rejects.toMatchObject({ code: 'BK-CANCELED' });
  expect(readdirSync(folder)).toEqual(['work']);
  const decisions: unknown[] = [];
  const { summary } = await run({ resume: { ...resume, decided: (decision) => decisions.push(decision) } });
  expect(decisions).toMatchObject([{ isResumed: true }]);
  expect(await holders()).toEqual(['ada', 'bob', 'cy', 'viewer']);
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  expect((await run()).summary.contentDigest).toBe(summary.contentDigest);
});
