import { VirtualClock } from '@batonkit/kernel';
import { EntitlementSchema, GrantSchema, registry, ResourceSchema, ResourceTypeSchema } from '@batonkit/protocol';
import { toJson } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import {
  assignmentEntitlement,
  assignmentGrant,
  groupResource,
  localPages,
  resourceType,
  roleResource,
  userResource,
} from '../src/index.ts';

const user = resourceType('user', { displayName: 'User', trait: 'user' });
const role = resourceType('role', { displayName: 'Role', description: 'R', trait: 'role' });
const of = 'type.googleapis.com/c1.connector.v2.';

test('types have their trait; users give no access', () => {
  expect(toJson(ResourceTypeSchema, user, { registry })).toEqual({
    id: 'user',
    displayName: 'User',
    traits: ['TRAIT_USER'],
    annotations: [{ '@type': `${of}SkipEntitlementsAndGrants` }],
  });
  expect(toJson(ResourceTypeSchema, role)).toEqual({
    id: 'role',
    displayName: 'Role',
    description: 'R',
    traits: ['TRAIT_ROLE'],
  });
});

test('a user says in trait and resource what the source says, and no more', () => {
  const whole = userResource(['user', 'u1'], {
    displayName: 'Ada',
    login: 'ada',
    email: 'ada@example.com',
    isEnabled: false,
    accountType: 'service',
    profile: { team: 'x' },
  });
  expect(toJson(ResourceSchema, whole, { registry })).toEqual({
    id: { resourceType: 'user', resource: 'u1' },
    displayName: 'Ada',
    profile: { team: 'x' },
    status: { status: 'RESOURCE_STATUS_DISABLED' },
    annotations: [
      {
        '@type': `${of}UserTrait`,
        emails: [{ address: 'ada@example.com', isPrimary: true }],
        status: { status: 'STATUS_DISABLED' },
        profile: { team: 'x' },
        accountType: 'ACCOUNT_TYPE_SERVICE',
        login: 'ada',
      },
    ],
  });
  const bare = toJson(ResourceSchema, userResource(['user', 'u2'], { displayName: 'B', login: 'b' }), { registry });
  expect(bare).not.toHaveProperty('status');
  expect(bare).toMatchObject({ annotations: [{ login: 'b', status: {} }] });
});

test('roles and groups carry their profile in their trait', () => {
  for (const [build, trait] of [
    [roleResource, 'RoleTrait'],
    [groupResource, 'GroupTrait'],
  ] as const) {
    expect(toJson(ResourceSchema, build(['t', 'r1'], { displayName: 'R', profile: { a: 1 } }), { registry })).toEqual({
      id: { resourceType: 't', resource: 'r1' },
      displayName: 'R',
      profile: { a: 1 },
      annotations: [{ '@type': `${of}${trait}`, profile: { a: 1 } }],
    });
  }
});

test('what is held, and that it is, have ids of type, resource and slug', () => {
  const on = roleResource(['role', 'r1'], { displayName: 'R' });
  const entitlement = assignmentEntitlement(on, 'assigned', { displayName: 'R member', to: [user] });
  expect(toJson(EntitlementSchema, entitlement, { registry })).toMatchObject({
    id: 'role:r1:assigned',
    slug: 'assigned',
    displayName: 'R member',
    resource: { id: { resourceType: 'role', resource: 'r1' } },
    grantableTo: [{ id: 'user' }],
    purpose: 'PURPOSE_VALUE_ASSIGNMENT',
  });
  expect(toJson(GrantSchema, assignmentGrant(['role', 'r1'], 'assigned', ['user', 'u1']))).toEqual({
    id: 'role:r1:assigned:user:u1',
    entitlement: { id: 'role:r1:assigned', resource: { id: { resourceType: 'role', resource: 'r1' } } },
    principal: { id: { resourceType: 'user', resource: 'u1' } },
  });
});

test('pages of a local list are read anew, and count all rows', async () => {
  let rows = ['a', 'b', 'c'];
  const page = localPages(() => Promise.resolve(rows), new VirtualClock());
  const ask = async (skip: number, limit: number | undefined) =>
    await page({ skip, limit, retryLimit: () => undefined, signal: new AbortController().signal });
  expect(await ask(0, 2)).toMatchObject({ kind: 'page', rows: ['a', 'b'], count: 3 });
  expect(await ask(2, 2)).toMatchObject({ rows: ['c'], count: 3 });
  rows = ['a'];
  expect(await ask(0, undefined)).toMatchObject({ rows: ['a'], count: 1 });
});
