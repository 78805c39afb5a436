import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkSignature,
  parseCertificate,
  readSigningKey,
  readVerifyingKey,
  verifyCertificate,
} from '@batonkit/certificate';
import { seededRandom, VirtualClock } from '@batonkit/kernel';
import { evidenceToStruct, packAny, type Evidence } from '@batonkit/protocol';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { afterAll, describe, expect, test } from 'vitest';
import { EvidenceCollector } from '../src/evidence-check.ts';
import { syncToFile, type SyncOptions } from '../src/sync-to-file.ts';
import { evidenceOf, fakeConnector, structOf, type Tenant } from './fake-connector.ts';

const directory = mkdtempSync(join(tmpdir(), 'certificate-'));
afterAll(() => rmSync(directory, { recursive: true }));

const tenant: Tenant = {
  users: ['u1', 'u2', 'u3'],
  roles: ['r1', 'r2'],
  holds: [
    [0, 0],
    [1, 2],
  ],
};
const span = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T00:01:00.000Z' };
const exception = { name: 'null-roles=none', reason: 'Seen by hand', by: 'Ada', at: span.from };

async function certified(change: (evidence: Evidence) => Evidence, more: Partial<SyncOptions> = {}) {
  const folder = mkdtempSync(join(directory, 'sync-'));
  const path = join(folder, 'sync.c1z');
  const workDir = `${path}.partial`;
  mkdirSync(workDir);
  const evidence = (sent: Evidence) => evidenceToStruct(change(sent));
  const fake = fakeConnector(tenant, { pageSize: 2, readingAnswers: 0, typeScopedGrants: false, evidence });
  const { summary, certificatePath } = await syncToFile({
    client: fake.client,
    path,
    workDir,
    connector: { type: 'fake', version: '1.0.0' },
    configDigest: 'd'.repeat(64),
    clock: new VirtualClock(),
    random: seededRandom(1),
    signal: new AbortController().signal,
    ...more,
  });
  return { summary, certificate: parseCertificate(readFileSync(certificatePath, 'utf8')) };
}

describe('the certificate beside a file', () => {
  test('says that the source was true of a window, not at a moment, and in how many passes', async () => {
    const { certificate } = await certified((evidence) => {
      const { moment: _, ...timeless } = evidence;
      return { ...timeless, window: span, passes: 4 };
    });
    expect(certificate).toMatchObject({ window: span, passes: 4, verdict: 'complete', exceptions: [] });
    expect(certificate).not.toHaveProperty('moment');
  });

  test('names every judgement that was overruled, by whom and why', async () => {
    const { certificate } = await certified((evidence) => ({
      ...evidence,
      verdict: 'complete with exceptions',
      exceptions: [exception],
    }));
    expect(certificate).toMatchObject({ verdict: 'complete with exceptions', exceptions: [exception] });
  });

  test('is signed with the key that is given, and is of its file', async () => {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const signingKey = readSigningKey(pem);
    const { certificate, summary } = await certified((evidence) => evidence, { signingKey });
    const keys = [readVerifyingKey(signingKey.publicPem)];
    expect(checkSignature(certificate, keys)).toBe('valid');
    expect(verifyCertificate(certificate, summary, keys)).toEqual({ ok: true });
    expect((await certified((evidence) => evidence)).certificate.signature).toBe('unsigned');
  });
});

describe('evidence of a smaller scope', () => {
  const counts = {
    resourceTypes: 2,
    resources: 5,
    entitlements: 2,
    grants: 2,
    resourcesByType: { user: 3, role: 2 },
    entitlementsByType: { role: 2 },
    grantsByType: { role: 2 },
  };
  const collected = (evidence: Evidence): EvidenceCollector => {
    const collector = new EvidenceCollector();
    for (const type of ['user', 'role'])
      collector.lastPage(type, [packAny(StructSchema, structOf(evidenceToStruct(evidence)))]);
    return collector;
  };

  test('is narrowed, whatever the connector read', () => {
    const scope = { types: ['user', 'role'], skip: ['grants' as const] };
    const settled = collected(evidenceOf(tenant)).settle({ ...counts, grants: 0 }, scope);
    expect(settled).toMatchObject({ verdict: 'narrowed', scope });
  });

  test('has no rows of other types, and all of its own', () => {
    const refused = expect.objectContaining({ code: 'BK-EVIDENCE' });
    const settle = (types: string[], resourcesByType: Record<string, number>) => () =>
      collected(evidenceOf(tenant)).settle({ ...counts, resourcesByType }, { types, skip: [] });
    expect(settle(['user'], { user: 3, role: 2 })).toThrow(refused);
    expect(settle(['user', 'role'], { user: 2, role: 2 })).toThrow(refused);
    const more = () =>
      collected(evidenceOf(tenant)).settle({ ...counts, grants: 3 }, { types: ['user', 'role'], skip: [] });
    expect(more).toThrow(refused);
  });

  test('of a list whose rows all got lost is not settled', () => {
    const lost = { ...counts, resourcesByType: { role: 2 } };
    expect(() => collected(evidenceOf(tenant)).settle(lost)).toThrow(expect.objectContaining({ code: 'BK-EVIDENCE' }));
  });
});
