import { generateKeyPairSync } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  canonicalJson,
  certificatePath,
  parseCertificate,
  readSigningKey,
  signCertificate,
} from '@batonkit/certificate';
import type { SigningKey } from '@batonkit/certificate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { c1z, fixtures, tamper, writeTenant } from './samples.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'c1z-verify-'));
  path = await writeTenant(folder, {
    users: [{ id: 'u-1' }, { id: 'u-2' }],
    roles: [{ id: 'r-1', tier: 'critical', holders: ['u-1', 'u-2'] }],
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const names = [
  'container and database',
  'schema',
  'rows',
  'sync',
  'references',
  'certificate form',
  'signature',
  'file hash',
  'content digest',
  'sync id',
];

interface Result {
  verdict: string;
  signature: string | null;
  checks: { name: string; result: string; detail: string }[];
}

async function verify(): Promise<{ code: number; stderr: string; result: Result; failed: string[] }> {
  const { code, stdout, stderr } = await c1z(['verify', '-o', 'json'], folder);
  const result = JSON.parse(stdout) as Result;
  const failed = result.checks.filter((check) => check.result === 'FAIL').map(({ name }) => name);
  return { code, stderr, result, failed };
}

/** Changes one member and keeps the form. */
function editCertificate(member: string, value: unknown): void {
  const certificate = JSON.parse(readFileSync(certificatePath(path), 'utf8')) as Record<string, unknown>;
  writeFileSync(certificatePath(path), canonicalJson({ ...certificate, [member]: value }));
}

describe.skipIf(process.platform === 'win32')('what is no plain file is never waited for', () => {
  const places: Record<string, (at: string) => void> = {
    'a pipe': (at) => void execFileSync('mkfifo', [at]),
    'a link to a device without end': (at) => symlinkSync('/dev/zero', at),
    'a link to itself': (at) => symlinkSync(at, at),
  };

  it.each(Object.keys(places))('%s as the certificate', async (kind) => {
    rmSync(certificatePath(path));
    places[kind]?.(certificatePath(path));
    const { code, stderr } = await c1z(['verify'], folder);
    expect(stderr).toContain('BK-VERIFY-READ');
    expect(code).toBe(2);
  });

  it.each(Object.keys(places))('%s as the file', async (kind) => {
    rmSync(path);
    places[kind]?.(path);
    for (const view of ['verify', 'grants', 'admins', 'stats']) {
      const { code, stderr } = await c1z([view], folder);
      expect(stderr).toContain('BK-C1Z-READ');
      expect(code).toBe(2);
    }
  });
});

describe('a file with its certificate', () => {
  it('is complete, and the certificate is called unsigned', async () => {
    const { code, stdout, stderr } = await c1z(['verify'], folder);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines.slice(0, names.length)).toEqual(names.map((name) => `ok    ${name}`));
    for (const fact of [
      /^verdict +complete$/m,
      /^moment +2026-11-24T10:00:00\.000Z to 2026-11-24T10:00:01\.000Z$/m,
      /^origin +https:\/\/tenant\.example$/m,
      /^counts +2 resource types, 3 resources, 1 entitlement, 2 grants$/m,
      /^note +textsCut 1$/m,
      /^signature +unsigned/m,
    ])
      expect(stdout).toMatch(fact);
    const { result } = await verify();
    expect(result).toMatchObject({ verdict: 'complete', signature: 'unsigned' });
    const { stdout: csv } = await c1z(['verify', '-o', 'csv'], folder);
    expect(csv).toBe(['Check,Result,Detail', ...names.map((name) => `${name},ok,`), ''].join('\r\n'));
  });

  it.each([
    ['sha256', 'f'.repeat(64), 'file hash'],
    ['content_digest', 'f'.repeat(64), 'content digest'],
    ['sync_id', '3MXLMtk760LHKNDsFJZBAbI7Dss', 'sync id'],
    ['verdict', 'fine', 'certificate form'],
  ])('fails where its %s was changed', async (member, value, name) => {
    editCertificate(member, value);
    const { code, stderr, result, failed } = await verify();
    expect([code, failed, result.verdict]).toEqual([15, [name], 'failed']);
    expect(stderr).toContain('BK-VERIFY-FAILED');
  });

  it('fails where the certificate was reformatted, and says what was not checked', async () => {
    const text = readFileSync(certificatePath(path), 'utf8');
    writeFileSync(certificatePath(path), JSON.stringify(JSON.parse(text), undefined, 2));
    const { code, result, failed } = await verify();
    expect([code, failed]).toEqual([15, ['certificate form']]);
    expect(result.checks.filter((check) => check.result === 'not checked').map(({ name }) => name)).toEqual(
      names.slice(6),
    );
  });

  it.each([
    ['SELECT 1', ['file hash']],
    ["DELETE FROM v1_grants WHERE external_id LIKE '%u-2'", ['file hash', 'content digest']],
    ["DELETE FROM v1_resources WHERE external_id = 'user:u-2'", ['references', 'file hash', 'content digest']],
    ["UPDATE v1_grants SET principal_resource_id = 'u-1'", ['rows', 'file hash', 'content digest']],
    ['UPDATE v1_grants SET needs_expansion = 9223372036854775807', ['rows', 'file hash', 'content digest']],
    ["UPDATE v1_grants SET data = x'ff'", ['rows', 'file hash', 'content digest']],
    ['CREATE TABLE more (id)', ['schema', 'file hash']],
    ["UPDATE v1_sync_runs SET sync_type = 'partial'", ['sync', 'file hash']],
    [
      'UPDATE v1_sync_runs SET ended_at = NULL',
      ['rows', 'sync', 'references', 'file hash', 'content digest', 'sync id'],
    ],
  ])('fails where the database was changed: %s', async (sql, expected) => {
    tamper(path, sql);
    const { code, failed } = await verify();
    expect([code, failed]).toEqual([15, expected]);
  });

  it('fails where a byte was changed, and checks nothing more', async () => {
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(path, bytes);
    const { code, failed, result } = await verify();
    expect([code, failed, result.checks.length]).toEqual([15, ['container and database'], names.length]);
    const { stdout } = await c1z(['verify'], folder);
    expect(stdout).toContain('FAIL  container and database: ');
    expect(stdout).toContain('-     sync id: not checked');
  });
});

describe('a file of two runs', () => {
  it('is judged by the newest, which the certificate is of', async () => {
    await writeTenant(folder, { users: [{ id: 'u-1' }], roles: [{ id: 'r-1', holders: ['u-1'] }] }, 2);
    const { stdout } = await c1z(['syncs', '-o', 'csv'], folder);
    expect(stdout.trimEnd().split('\r\n')).toHaveLength(3);
    const { code, result } = await verify();
    expect([code, result.verdict]).toEqual([0, 'complete']);
  });
});

describe('a signed certificate', () => {
  const pair = (): { mine: SigningKey; pem: string } => {
    const mine = readSigningKey(generateKeyPairSync('ed25519').privateKey);
    return { mine, pem: mine.publicPem };
  };

  it('is checked against the keys that are named', async () => {
    const { mine, pem } = pair();
    writeFileSync(join(folder, 'mine.pem'), pem);
    writeFileSync(join(folder, 'other.pem'), pair().pem);
    const withKey = async (...names: string[]): Promise<[number, string[], string | null]> => {
      const keys = names.flatMap((name) => ['--certificate-key', name]);
      const { code, stdout } = await c1z(['verify', '-o', 'json', ...keys], folder);
      const { checks, signature } = JSON.parse(stdout) as Result;
      return [code, checks.filter(({ result }) => result === 'FAIL').map(({ name }) => name), signature];
    };
    expect(await withKey('mine.pem')).toEqual([15, ['signature'], null]);
    const unsigned = parseCertificate(readFileSync(certificatePath(path), 'utf8'));
    writeFileSync(certificatePath(path), canonicalJson(signCertificate(unsigned, mine)));
    expect(await withKey()).toEqual([0, [], 'unknown-key']);
    expect(await withKey('mine.pem')).toEqual([0, [], 'valid']);
    expect(await withKey('other.pem')).toEqual([15, ['signature'], null]);
    expect(await withKey('other.pem', 'mine.pem')).toEqual([0, [], 'valid']);
    editCertificate('origin', 'https://elsewhere.example');
    expect(await withKey('mine.pem')).toEqual([15, ['signature'], null]);
    const { code, stderr } = await c1z(['verify', '--certificate-key', 'no-such.pem'], folder);
    expect([code, stderr.includes('BK-VERIFY-READ')]).toEqual([2, true]);
  });
});

describe('a file without certificate', () => {
  it('is uncertified, however whole it is', async () => {
    rmSync(certificatePath(path));
    const { code, stdout, stderr } = await c1z(['verify'], folder);
    expect(code).toBe(5);
    expect(stdout).toMatch(/^verdict +uncertified$/m);
    expect(stderr).toContain('BK-VERIFY-UNCERTIFIED');
  });

  it.each([
    ['minimal.c1z', 5],
    ['empty-connector.c1z', 5],
    ['damaged/bad-checksum.c1z', 15],
    ['damaged/bad-magic.c1z', 15],
    ['damaged/missing-table-grants.c1z', 15],
    ['damaged/not-zstd.c1z', 15],
    ['damaged/trailing-garbage.c1z', 15],
    ['damaged/truncated-zstd.c1z', 15],
    ['damaged/zero-bytes.c1z', 15],
    ['damaged/zstd-not-sqlite.c1z', 15],
    // Nothing was seen of it, so nothing failed.
    ['damaged/v3-magic-only.c1z', 2],
    ['no-such.c1z', 5],
  ])('%s: %i', async (file, code) => {
    const run = await c1z(['verify', '-f', file], fixtures.c1z);
    expect(run.code).toBe(code);
    expect(run.stdout.includes('FAIL')).toBe(code === 15);
  });

  it('is not called so when the certificate is there and cannot be read', async () => {
    writeFileSync(certificatePath(path), Buffer.of(0xff, 0xfe));
    const { code, stderr } = await c1z(['verify'], folder);
    expect(code).toBe(2);
    expect(stderr).toContain('BK-VERIFY-READ');
  });
});
