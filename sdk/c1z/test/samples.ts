import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { create } from '@bufbuild/protobuf';
import { seededRandom, VirtualClock } from '@batonkit/kernel';
import {
  EntitlementSchema,
  GrantSchema,
  ksuid,
  packAny,
  ResourceSchema,
  ResourceType_Trait,
  ResourceTypeSchema,
  RoleTraitSchema,
  UserTraitSchema,
} from '@batonkit/protocol';
import { createC1z } from '../src/index.ts';
import type { Batch, C1zSummary } from '../src/index.ts';

export const fixtures = new URL('../../../tests/fixtures/c1z/', import.meta.url).pathname;

export const types = [
  create(ResourceTypeSchema, { id: 'user', displayName: 'User', traits: [ResourceType_Trait.USER] }),
  create(ResourceTypeSchema, { id: 'role', displayName: 'Role', traits: [ResourceType_Trait.ROLE] }),
];
export const user = (id: string) =>
  create(ResourceSchema, {
    id: { resourceType: 'user', resource: id },
    displayName: `User ${id}`,
    annotations: [packAny(UserTraitSchema, create(UserTraitSchema, { profile: { id } }))],
  });
export const role = create(ResourceSchema, {
  id: { resourceType: 'role', resource: 'r' },
  displayName: 'R',
  annotations: [packAny(RoleTraitSchema, create(RoleTraitSchema))],
});
export const entitlement = create(EntitlementSchema, { id: 'role:r:assigned', slug: 'assigned', resource: role });
export const grant = (id: string) =>
  create(GrantSchema, {
    id: `role:r:assigned:user:${id}`,
    entitlement: { id: 'role:r:assigned', resource: role },
    principal: { id: { resourceType: 'user', resource: id } },
  });

/** Types, 25 users and a role, its entitlement, 12 grants: in pages, as they come. */
export const whole: Batch[] = [
  { resourceTypes: types, checkpoint: 'a' },
  { resources: Array.from({ length: 25 }, (_, index) => user(String(index))), checkpoint: 'b' },
  { resources: [role], checkpoint: 'c' },
  { entitlements: [entitlement], checkpoint: 'd' },
  { grants: Array.from({ length: 12 }, (_, index) => grant(String(index))), checkpoint: '{"version":1}' },
];

/** Writes a file as a syncer does. */
export async function write(
  folder: string,
  batches: Batch[],
  { name = 'sync.c1z', seed = 1, localRows = 20_000 } = {},
): Promise<{ path: string; summary: C1zSummary; workDir: string }> {
  const clock = new VirtualClock(Date.UTC(2026, 10, 24, 3, 45, 20, 120) + seed);
  const workDir = mkdtempSync(join(folder, 'work-'));
  const path = join(folder, name);
  await using writer = await createC1z({
    path,
    workDir,
    sync: { id: ksuid(clock, seededRandom(seed)), type: 'full', startedAt: clock.now() },
    clock,
    localRows,
  });
  for (const batch of batches) await writer.commit(batch);
  clock.advance(1500);
  const summary = await writer.finish({ endedAt: clock.now() });
  await writer.save();
  return { path, summary, workDir };
}

/** The database inside a file, unpacked without our reader. */
export function rawDatabase(folder: string, path: string): { database: DatabaseSync; image: Buffer; file: string } {
  const image = zstdDecompressSync(readFileSync(path).subarray(5));
  const file = join(mkdtempSync(join(folder, 'raw-')), 'db');
  writeFileSync(file, image);
  return { database: new DatabaseSync(file, { readOnly: true }), image, file };
}

/** Whether a program is installed; a test that needs it is skipped by its name otherwise. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version']).error === undefined;
}
