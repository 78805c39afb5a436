// Ours, without a source: writes a file with so many grants, as a sync does, in pages of 500 rows.
//
//   node bench/subject/write-grants.ts GRANTS TARGET.c1z WORK-DIRECTORY
import { createC1z } from '@batonkit/c1z';
import { systemClock, systemRandom } from '@batonkit/kernel';
import {
  EntitlementSchema,
  entitlementId,
  GrantMetadataSchema,
  GrantSchema,
  grantId,
  ksuid,
  packAny,
  ResourceSchema,
  ResourceType_Trait,
  ResourceTypeSchema,
  RoleTraitSchema,
  UserTraitSchema,
  type Grant,
} from '@batonkit/protocol';
import { create } from '@bufbuild/protobuf';
import { report } from '../floor/report.ts';

const [count = '1000000', path = '', workDir = ''] = process.argv.slice(2);
const grants = Number(count);
const roles = 10;
const users = Math.ceil(grants / roles);
const page = 500;
const userId = (n: number): string => `8f3c0000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

const start = performance.now();
await using writer = await createC1z({
  path,
  workDir,
  sync: { id: ksuid(systemClock, systemRandom), type: 'full', startedAt: systemClock.now() },
  clock: systemClock,
});
await writer.commit({
  resourceTypes: [
    create(ResourceTypeSchema, { id: 'user', displayName: 'User', traits: [ResourceType_Trait.USER] }),
    create(ResourceTypeSchema, { id: 'role', displayName: 'Role', traits: [ResourceType_Trait.ROLE] }),
  ],
  checkpoint: 'types',
});
const userTrait = packAny(UserTraitSchema, create(UserTraitSchema));
for (let from = 0; from < users; from += page) {
  const resources = Array.from({ length: Math.min(page, users - from) }, (_, n) =>
    create(ResourceSchema, {
      id: { resourceType: 'user', resource: userId(from + n) },
      displayName: `User ${from + n}`,
      annotations: [userTrait],
    }),
  );
  await writer.commit({ resources, checkpoint: `users ${from}` });
}
const roleResources = Array.from({ length: roles }, (_, n) =>
  create(ResourceSchema, {
    id: { resourceType: 'role', resource: `role-${n}` },
    displayName: `Role ${n}`,
    annotations: [packAny(RoleTraitSchema, create(RoleTraitSchema))],
  }),
);
await writer.commit({ resources: roleResources, checkpoint: 'roles' });
await writer.commit({
  entitlements: roleResources.map((resource) =>
    create(EntitlementSchema, {
      id: entitlementId('role', resource.id?.resource ?? '', 'assigned'),
      slug: 'assigned',
      resource,
    }),
  ),
  checkpoint: 'entitlements',
});
const metadata = packAny(GrantMetadataSchema, create(GrantMetadataSchema, { metadata: { sources: ['direct'] } }));
for (let from = 0; from < grants; from += page) {
  const batch: Grant[] = [];
  for (let n = from; n < Math.min(grants, from + page); n++) {
    const role = `role-${Math.floor(n / users)}`;
    const user = userId(n % users);
    const entitlement = entitlementId('role', role, 'assigned');
    batch.push(
      create(GrantSchema, {
        entitlement: { id: entitlement, resource: { id: { resourceType: 'role', resource: role } } },
        principal: { id: { resourceType: 'user', resource: user } },
        id: grantId(entitlement, 'user', user),
        annotations: [metadata],
      }),
    );
  }
  await writer.commit({ grants: batch, checkpoint: `grants ${from}` });
}
await writer.finish({ endedAt: systemClock.now() });
await writer.save();
report({ ms: performance.now() - start, grants });
