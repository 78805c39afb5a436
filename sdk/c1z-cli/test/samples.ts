import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { create } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import { createC1z } from '@batonkit/c1z';
import type { Batch, C1zSummary } from '@batonkit/c1z';
import { buildCertificate, canonicalJson, certificatePath } from '@batonkit/certificate';
import { seededRandom, VirtualClock } from '@batonkit/kernel';
import {
  EntitlementSchema,
  entitlementId,
  grantId,
  GrantSchema,
  ksuid,
  packAny,
  ResourceSchema,
  ResourceType_Trait,
  ResourceTypeSchema,
  RoleTraitSchema,
  UserTrait_Status_Status,
  UserTraitSchema,
} from '@batonkit/protocol';
import { runC1z } from '../src/index.ts';

const program = fileURLToPath(new URL('../bin/c1z.js', import.meta.url));
const at = (path: string): string => fileURLToPath(new URL(`../../../tests/fixtures/${path}`, import.meta.url));
export const fixtures = { c1z: at('c1z'), cli: at('cli') };

export interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

/** Flags that name a file. */
const FILES = new Set(['-f', '--file', '--compare-file', '--out', '--certificate-key']);

/**
 * Runs the program in this process: no start of Node for each of many runs. Files are found in `folder`, as they would
 * be by a process in it.
 */
export async function c1z(args: string[], folder: string): Promise<Run> {
  const argv = args.map((arg, index) => (FILES.has(args[index - 1] ?? '') ? join(folder, arg) : arg));
  if (!args.includes('-f') && !args.includes('--file')) argv.unshift('-f', join(folder, 'sync.c1z'));
  const [out, err] = [collect(), collect()];
  const { signal } = new AbortController();
  const code = await runC1z({ argv, env: {}, version: '0.0.0', stdout: out.stream, stderr: err.stream, signal });
  return { code, stdout: out.text(), stderr: err.text() };
}

/** Runs the real program. */
export function c1zProcess(args: string[], cwd: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { cwd }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

export const programArguments = [program];

/** A stream that remembers. */
export function collect(isTTY = false): { stream: Writable; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY }), text: () => text };
}

interface Person {
  id: string;
  name?: string;
  email?: string;
  status?: keyof typeof UserTrait_Status_Status;
  byFlag?: string;
}

export interface Tenant {
  users: Person[];
  roles: { id: string; name?: string; tier?: string; holders: string[] }[];
}

/** @param run of several that are written into the same file, one after the other */
export async function writeTenant(folder: string, { users, roles }: Tenant, run = 1): Promise<string> {
  const batch: Batch = {
    resourceTypes: [
      create(ResourceTypeSchema, { id: 'user', displayName: 'User', traits: [ResourceType_Trait.USER] }),
      create(ResourceTypeSchema, { id: 'role', displayName: 'Role', traits: [ResourceType_Trait.ROLE] }),
    ],
    resources: [...users.map(userOf), ...roles.map(roleOf)],
    entitlements: roles.map(({ id, name = id }) =>
      create(EntitlementSchema, {
        id: entitlementId('role', id, 'assigned'),
        displayName: `${name} member`,
        slug: 'assigned',
        resource: { id: { resourceType: 'role', resource: id } },
      }),
    ),
    grants: roles.flatMap(({ id, holders }) => holders.map((holder) => grantOf(id, holder))),
    checkpoint: '{"version":1}',
  };
  const clock = new VirtualClock(Date.UTC(2026, 10, 24, 3, 45, 19, 120) + run * 1000);
  const path = join(folder, 'sync.c1z');
  const id = ksuid(clock, seededRandom(run));
  await using writer = await createC1z({
    path,
    workDir: mkdtempSync(join(folder, 'work-')),
    sync: { id, type: 'full', startedAt: clock.now() },
    clock,
  });
  await writer.commit(batch);
  const summary = await writer.finish({ endedAt: clock.now() });
  await writer.save();
  certify(path, summary);
  return path;
}

function certify(path: string, summary: C1zSummary): void {
  const list = { path: '/users', count: 3, distinct: 3, pages: 2, passes: 2, retries: 0, vanished: 0 };
  const certificate = buildCertificate({
    summary,
    evidence: {
      moment: { from: '2026-11-24T10:00:00.000Z', to: '2026-11-24T10:00:01.000Z' },
      verdict: 'complete',
      scope: 'full',
      origin: 'https://tenant.example',
      plan: 'embedded',
      roleId: 'id',
      owner: { id: 'u-1', roles: ['r-1'] },
      lists: [{ name: 'users', ...list, serverScoped: 0, pageSize: 2, digest: 'd'.repeat(64) }],
      notes: { textsCut: 1 },
    },
    connector: { type: 'runlayer', version: '0.1.0' },
    configDigest: 'c'.repeat(64),
  });
  writeFileSync(certificatePath(path), canonicalJson(certificate));
}

function userOf({ id, name = id, email, status = 'ENABLED', byFlag }: Person) {
  const profile: JsonObject = { id, ...(byFlag === undefined ? {} : { by_flag: byFlag }) };
  const trait = create(UserTraitSchema, {
    emails: email === undefined ? [] : [{ address: email, isPrimary: true }],
    status: { status: UserTrait_Status_Status[status] },
    profile,
  });
  return create(ResourceSchema, {
    id: { resourceType: 'user', resource: id },
    displayName: name,
    annotations: [packAny(UserTraitSchema, trait)],
    profile,
  });
}

function roleOf({ id, name = id, tier }: Tenant['roles'][number]) {
  const profile: JsonObject = tier === undefined ? {} : { tier };
  return create(ResourceSchema, {
    id: { resourceType: 'role', resource: id },
    displayName: name,
    annotations: [packAny(RoleTraitSchema, create(RoleTraitSchema, { profile }))],
    profile,
  });
}

function grantOf(role: string, user: string) {
  const entitlement = entitlementId('role', role, 'assigned');
  return create(GrantSchema, {
    id: grantId(entitlement, 'user', user),
    entitlement: { id: entitlement, resource: { id: { resourceType: 'role', resource: role } } },
    principal: { id: { resourceType: 'user', resource: user } },
  });
}

/** Changes the database inside a file, and packs it again. */
export function tamper(path: string, sql: string): void {
  const database = join(mkdtempSync(`${path}-`), 'db');
  writeFileSync(database, zstdDecompressSync(readFileSync(path).subarray(5)));
  {
    using open = new DatabaseSync(database);
    open.exec(sql);
  }
  writeFileSync(path, Buffer.concat([Buffer.from('C1ZF\0'), zstdCompressSync(readFileSync(database))]));
}
