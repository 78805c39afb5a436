import { create } from '@bufbuild/protobuf';
import type {
  ConnectorDefinition,
  DoctorStep,
  OpenConnector,
  PageAnswer,
  PagedList,
  PageRequest,
  PlanDescription,
} from '@batonkit/connector';
import { defineConfig, intField, stringField } from '@batonkit/connector';
import { BatonError } from '@batonkit/kernel';
import {
  EntitlementSchema,
  entitlementId,
  GrantSchema,
  grantId,
  packAny,
  ResourceSchema,
  ResourceType_Trait,
  ResourceTypeSchema,
  RoleTraitSchema,
  SkipEntitlementsAndGrantsSchema,
  UserTraitSchema,
} from '@batonkit/protocol';

const fields = {
  'base-url': stringField({ displayName: 'Base URL', description: 'Where it is', required: true }),
  'api-key': stringField({ displayName: 'API key', description: 'The key', required: true, secret: true }),
  users: intField({
    displayName: 'Users',
    description: 'How many',
    defaultValue: 25,
    rules: { atLeast: 1, atMost: 5000 },
  }),
  behaviour: stringField({ displayName: 'Behaviour', description: 'What goes wrong', advanced: true }),
};

/**
 * A connector without a network, whose behaviour is a setting: `hold` never answers the users, `refuse`
 * fails with the key in its words (`invalid` does so at once), `crash` throws something unforeseen, `full` and `read-only` are what
 * the system says of a disk. `silent` has no doctor and no plan; `settings` fails with what it was given.
 */
export const fixtureConnector: ConnectorDefinition<typeof fields> = {
  name: 'baton-fixture',
  id: 'fixture',
  displayName: 'Fixture',
  description: 'For tests',
  version: '1.2.3',
  helpUrl: 'https://example.com/fixture',
  config: defineConfig(fields),
  resourceTypes: [
    create(ResourceTypeSchema, { id: 'role', displayName: 'Role', traits: [ResourceType_Trait.ROLE] }),
    create(ResourceTypeSchema, {
      id: 'user',
      displayName: 'User',
      traits: [ResourceType_Trait.USER],
      annotations: [packAny(SkipEntitlementsAndGrantsSchema, create(SkipEntitlementsAndGrantsSchema))],
    }),
  ],
  open: (values, { clock, observe, network, isKnownConfiguration }): OpenConnector => {
    const page =
      (path: string, rows: readonly string[]) =>
      async (request: PageRequest): Promise<PageAnswer> => {
        const { skip, limit = 100, signal } = request;
        if (path === '/users') await misbehave(values.behaviour, values['api-key'], signal);
        signal.throwIfAborted();
        const now = clock.now();
        const answer = rows.slice(skip, skip + limit);
        observe({
          type: 'request',
          at: now,
          method: 'GET',
          path,
          skip,
          limit,
          status: 200,
          ms: 1,
          rows: answer.length,
          attempt: 1,
        });
        return {
          kind: 'page',
          rows: answer,
          count: rows.length,
          limit,
          sentAt: now,
          receivedAt: clock.now(),
          retries: 0,
        };
      };
    const users = Array.from({ length: values.users }, (_, n) => `user-${n}`);
    const roles: PagedList = {
      kind: 'paged',
      name: 'roles',
      path: '/roles',
      page: page('/roles', ['admin', 'member']),
      id: String,
      take: (row, out) => {
        out?.resource('role', String(row), row);
        out?.entitlement('role', String(row), row);
        return {};
      },
    };
    const people: PagedList = {
      kind: 'paged',
      name: 'users',
      path: '/users',
      carries: ['assignments'],
      page: page('/users', users),
      id: String,
      take: (row, out) => {
        const user = String(row);
        const role = user.endsWith('0') ? 'admin' : 'member';
        out?.resource('user', user, user);
        out?.grant('role', role, [role, user]);
        return { carries: { assignments: [`${role} ${user}`] } };
      },
    };
    const describePlan = (): Promise<PlanDescription> =>
      Promise.resolve({
        plan: 'embedded',
        requests: 8,
        lists: [
          { name: 'roles', path: '/roles', count: 2, requests: 2 },
          { name: 'users', path: '/users', count: users.length, requests: 6 },
        ],
      });
    return {
      validate: async (signal) => {
        if (values.behaviour === 'invalid') await misbehave('refuse', values['api-key'], signal);
        if (values.behaviour === 'settings')
          throw new BatonError({
            code: 'FX-SETTINGS',
            status: 2,
            title: JSON.stringify({ network, isKnownConfiguration: isKnownConfiguration ?? null }),
            meaning: '',
            remedy: '',
          });
      },
      ...(values.behaviour === 'silent' ? {} : { describePlan }),
      ...(values.behaviour === 'silent' || values.behaviour === 'invalid' ? {} : { doctor: steps(values) }),
      report: () => ({ form: 'embedded', counts: { users: users.length }, key: values['api-key'] }),
      plans: () =>
        Promise.resolve([
          {
            name: 'embedded',
            lists: [roles, people],
            pageSize: 10,
            facts: () => ({
              roleId: isKnownConfiguration === true ? 'known' : 'id',
              owner: { id: 'user-0', roles: ['admin'] },
              origin: 'https://x.example',
              notes: {},
            }),
          },
        ]),
      present: {
        resource: (type, record) => {
          const id = String(record);
          const trait =
            type === 'user'
              ? packAny(UserTraitSchema, create(UserTraitSchema))
              : packAny(RoleTraitSchema, create(RoleTraitSchema));
          return create(ResourceSchema, {
            id: { resourceType: type, resource: id },
            displayName: id,
            annotations: [trait],
          });
        },
        entitlement: (record) => {
          const role = String(record);
          const resource = { id: { resourceType: 'role', resource: role } };
          return create(EntitlementSchema, {
            id: entitlementId('role', role, 'assigned'),
            slug: 'assigned',
            displayName: role,
            resource,
          });
        },
        grant: (record) => {
          const [role, user] = record as [string, string];
          const id = entitlementId('role', role, 'assigned');
          return create(GrantSchema, {
            id: grantId(id, 'user', user),
            entitlement: { id, resource: { id: { resourceType: 'role', resource: role } } },
            principal: { id: { resourceType: 'user', resource: user } },
          });
        },
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

const steps = (values: { behaviour?: string | undefined; 'api-key': string }) =>
  async function* doctor(signal: AbortSignal): AsyncGenerator<DoctorStep> {
    yield { check: 'Address', verdict: 'ok', ms: 12, detail: 'It answers.' };
    if (values.behaviour === 'hold') await misbehave('hold', '', signal);
    if (values.behaviour === 'crash') await misbehave('crash', values['api-key'], signal);
    yield { check: 'Users', verdict: 'warning', ms: 3, detail: `Their key is ${values['api-key']}.`, remedy: 'Look.' };
    const refused = { verdict: 'failed', code: 'FX-ROLES', status: 7, remedy: 'Get a right.' } as const;
    if (values.behaviour === 'refuse') yield { check: 'Roles', ms: 40, detail: 'They are refused.', ...refused };
    else yield { check: 'Roles', verdict: 'skipped', ms: 0, detail: 'Not needed.', profile: ['--users', '30'] };
  };

async function misbehave(behaviour: string | undefined, key: string, signal: AbortSignal): Promise<void> {
  switch (behaviour) {
    case 'hold':
      // A timer keeps the process alive, as an open connection would.
      await new Promise<void>((_resolve, reject) => {
        const timer = setInterval(() => {}, 60_000);
        signal.addEventListener('abort', () => {
          clearInterval(timer);
          reject(signal.reason as Error);
        });
      });
      break;
    case 'refuse':
      throw new BatonError({
        code: 'FX-AUTH',
        status: 16,
        title: `The key ${key} was refused.`,
        meaning: 'Nothing was read.',
        remedy: 'Use another.',
        field: 'api-key',
      });
    case 'crash':
      throw new TypeError(`undefined is not a function, by the way ${key}`);
    case 'full':
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    case undefined:
    default:
  }
}
