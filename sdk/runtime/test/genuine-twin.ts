import { create } from '@bufbuild/protobuf';
import type { ConnectorDefinition, HttpFailure, PageAnswer, PagedList, PageRequest } from '@batonkit/connector';
import {
  assignmentEntitlement,
  assignmentGrant,
  boolField,
  createHttpClient,
  defaultPolicy,
  defineConfig,
  intField,
  mapField,
  resourceType,
  roleResource,
  sliceField,
  statusOfFailure,
  stringField,
  userResource,
} from '@batonkit/connector';
import { BatonError, Status } from '@batonkit/kernel';
import { packAny, SkipEntitlementsAndGrantsSchema } from '@batonkit/protocol';

const field = (displayName: string, description: string) => ({ displayName, description });
const fields = {
  'base-url': stringField({
    ...field('Base URL', 'URL of the Oracle API'),
    placeholder: 'https://oracle.example.com',
    required: true,
  }),
  'api-key': stringField({ ...field('API key', 'API key with read access'), required: true, secret: true }),
  'page-size': intField({
    ...field('Page size', 'Rows asked for per request'),
    defaultValue: 100,
    rules: { atLeast: 1, atMost: 1000 },
  }),
  tags: sliceField(field('Tags', 'Only objects with these tags')),
  labels: mapField(field('Labels', 'Labels to add')),
  region: stringField({
    ...field('Region', 'Region of the tenant'),
    defaultValue: 'eu',
    rules: { oneOf: ['eu', 'us'] },
  }),
  plan: stringField({ ...field('Plan', 'Plan of the tenant'), suggestedValue: 'basic' }),
  contact: stringField({ ...field('Contact', 'Address of the owner'), rules: { email: true } }),
  'proxy-user': stringField(field('Proxy user', 'User at the proxy')),
  'proxy-password': stringField({ ...field('Proxy password', 'Password at the proxy'), secret: true }),
  'only-active': boolField(field('Only active users', 'Leave out inactive users')),
  'only-admins': boolField(field('Only admins', 'Leave out everybody but admins')),
  'ca-mode': stringField(field('CA mode', 'How to trust the server')),
  'ca-path': stringField(field('CA path', 'File with CA certificates')),
  'internal-note': stringField({ ...field('Internal note', 'For us'), hidden: true }),
  'ops-note': stringField({ ...field('Ops note', 'For operators'), advanced: true }),
};
const constraints = [
  { kind: 'together', fields: ['proxy-user', 'proxy-password'] },
  { kind: 'exclusive', fields: ['only-active', 'only-admins'] },
  { kind: 'needs', fields: ['ca-path'], needs: ['ca-mode'] },
] as const;
const skips = packAny(SkipEntitlementsAndGrantsSchema, create(SkipEntitlementsAndGrantsSchema));
const userType = { ...resourceType('user', { displayName: 'User', trait: 'user' }), annotations: [skips] };
const roleType = resourceType('role', { displayName: 'Role', trait: 'role' });

interface Row {
  id: string;
  name: string;
}

/** What the target says that is no list is not understood, so it is an error. */
function refuse(what: string, failure?: HttpFailure, atStart = false): BatonError {
  const status = failure === undefined ? Status.DataLoss : statusOfFailure(failure);
  return new BatonError({
    code: 'TW-API',
    // At the start it is the configuration that names the wrong address.
    status: atStart && status === Status.DataLoss ? Status.Unknown : status,
    title: `${what} cannot be read.`,
    meaning: 'Nothing was saved.',
    remedy: 'Look at the target.',
  });
}

function isReachable({ protocol, hostname, port }: URL): boolean {
  return defaultPolicy({ protocol, hostname, port: Number(port) });
}

function opened(json: unknown, path: string): { rows: Row[]; next: string } {
  const { items, next } = json as { items?: unknown; next?: unknown };
  if (!Array.isArray(items) || typeof next !== 'string') throw refuse(path);
  return { rows: items as Row[], next };
}

/**
 * The recording connector of `tests/fixtures/runtime/cli.json` on this SDK: the same fields, the same API. `/me` carries
 * the settings that are in force as its query.
 */
export function genuineTwin(name: 'baton-oracle' | 'baton-oracle-rules'): ConnectorDefinition<typeof fields> {
  const scope = (letter: string) =>
    stringField(field(`Scope ${letter}`, letter === 'A' ? 'First scope' : 'Second scope'));
  const isPlain = name === 'baton-oracle';
  return {
    name,
    id: 'oracle',
    displayName: 'Oracle',
    description: 'For tests',
    version: '1.2.3',
    helpUrl: '/docs/baton/oracle',
    iconUrl: '/static/app-icons/oracle.svg',
    config: isPlain
      ? defineConfig(fields, constraints)
      : defineConfig({ ...fields, 'scope-a': scope('A'), 'scope-b': scope('B') }, [
          ...constraints,
          { kind: 'at-least-one', fields: ['scope-a', 'scope-b'] },
        ]),
    resourceTypes: [userType, roleType],
    open: (values, deps) => {
      const { clock, random, observe, network, userAgent, httpTimeoutSeconds } = deps;
      let baseUrl: URL;
      try {
        baseUrl = new URL(values['base-url']);
        if (!/^https?:$/.test(baseUrl.protocol)) throw new Error(baseUrl.protocol);
        decodeURI(baseUrl.pathname);
      } catch (error) {
        throw new BatonError(
          {
            code: 'TW-URL',
            status: Status.Unknown,
            title: 'The Base URL is no URL.',
            meaning: 'Nothing was asked.',
            remedy: 'Correct it.',
          },
          error,
        );
      }
      const total = httpTimeoutSeconds * 1000;
      // Plain http leads a key to no other machine.
      if (!isReachable(baseUrl)) throw refuse('The Base URL', undefined, true);
      const http = createHttpClient({
        baseUrl,
        headers: { authorization: `Bearer ${values['api-key']}` },
        userAgent,
        clock,
        random,
        observe,
        network,
        timeouts: { total, firstByte: total },
      });
      const size = values['page-size'];
      const page =
        (path: string, params: Record<string, string> = {}) =>
        async ({ cursor, limit, signal }: PageRequest): Promise<PageAnswer> => {
          const query = { cursor, limit };
          const answer = await http.get({ path, values: params, query: () => query, signal });
          if (!answer.ok) throw refuse(path, answer.failure);
          const { sentAt, receivedAt, retries, json } = answer;
          const { rows, next } = opened(json, path);
          return {
            kind: 'page',
            rows,
            count: null,
            next: next === '' ? null : next,
            limit,
            sentAt,
            receivedAt,
            retries,
          };
        };
      const idOf = (row: unknown): string => {
        const { id } = row as Partial<Row>;
        if (typeof id !== 'string' || id === '') throw refuse('A row without an id');
        return id;
      };
      const list = (type: string, listName: string): PagedList => ({
        kind: 'paged',
        name: listName,
        path: `/${listName}`,
        page: page(`/${listName}`),
        id: idOf,
        take: (row, out) => {
          out?.resource(type, idOf(row), row);
          if (type === 'role') out?.entitlement(type, idOf(row), row);
          return {};
        },
      });
      return {
        validate: async (signal) => {
          const { labels = {}, tags = [], plan, region } = values;
          const query = {
            label: Object.entries(labels).map((pair) => pair.join('=')),
            only_active: String(values['only-active']),
            page_size: String(size),
            plan,
            region: region ?? '',
            tag: tags,
          };
          const answer = await http.get({ path: '/me', query: () => query, signal });
          if (!answer.ok) throw refuse('/me', answer.failure, true);
        },
        plans: () =>
          Promise.resolve([
            {
              name: 'per-role',
              pageSize: size ?? 100,
              lists: [
                list('role', 'roles'),
                list('user', 'users'),
                {
                  kind: 'paged-per-member',
                  name: 'members',
                  path: '/roles/{id}/members',
                  of: 'roles',
                  resourceType: 'role',
                  carries: ['assignments'],
                  page: (role, request) => page('/roles/{id}/members', { id: role })(request),
                  isGone: () => Promise.resolve(false),
                  id: (role, row) => `${role}\n${idOf(row)}`,
                  take: (role, row, out) => {
                    out?.grant('role', role, [role, idOf(row)]);
                    return { carries: { assignments: [`${role}\n${idOf(row)}`] } };
                  },
                },
              ],
              facts: () => ({ roleId: 'id', owner: { id: 'svc', roles: [] }, origin: baseUrl.origin, notes: {} }),
            },
          ]),
        present: {
          resource: (type, record) => {
            const { id, name: displayName } = record as Row;
            return type === 'role'
              ? roleResource(['role', id], { displayName })
              : userResource(['user', id], { displayName, login: id });
          },
          entitlement: (record) => {
            const { id, name: displayName } = record as Row;
            return assignmentEntitlement(roleResource(['role', id], { displayName }), 'assigned', {
              displayName,
              to: [userType],
            });
          },
          grant: (record) => {
            const [role, user] = record as [string, string];
            return assignmentGrant(['role', role], 'assigned', ['user', user]);
          },
        },
        [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
      };
    },
  };
}
