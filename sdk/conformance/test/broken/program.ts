import { EventEmitter } from 'node:events';
import {
  assignmentEntitlement,
  assignmentGrant,
  defineConfig,
  groupResource,
  intField,
  resourceType,
  stringField,
  userResource,
  type ConnectorDefinition,
  type PagedList,
} from '@batonkit/connector';
import { BatonError } from '@batonkit/kernel';
import { runConnector } from '@batonkit/runtime';

// A connector that is right but for one thing, which its first argument names; `none`: nothing.
const [fault = 'none', ...args] = process.argv.slice(2);
const isBroken = (what: string): boolean => fault === what;
const { env, stdin, stdout, stderr } = process;
const tail = isBroken('ids') ? `-${process.pid}` : '';

const config = defineConfig({
  'base-url': stringField({ displayName: 'Base URL', description: 'Where it is', required: true }),
  'api-key': stringField({
    displayName: 'API key',
    description: 'The key',
    required: true,
    secret: !isBroken('open-secret'),
  }),
  'page-size': intField({ displayName: 'Page size', description: 'Rows at once', defaultValue: 50 }),
});
const userType = resourceType('user', { displayName: 'User', trait: 'user' });
const groupType = resourceType('group', { displayName: 'Group', trait: 'group' });

const definition: ConnectorDefinition<typeof config.fields> = {
  name: 'baton-broken',
  id: 'broken',
  displayName: 'Broken',
  description: 'For tests',
  version: '1.0.0',
  helpUrl: 'https://example.com/broken',
  config,
  resourceTypes: [userType, groupType],
  open: (values, { clock }) => {
    const size = values['page-size'];
    const ask = async (path: string): Promise<{ rows: string[]; count: number }> => {
      const response = await fetch(`${values['base-url']}/${path}`, {
        headers: { authorization: `Bearer ${values['api-key']}` },
      });
      // Not even the owner of the key would miss anything.
      if (isBroken('swallow') && response.status === 403 && path.startsWith('members'))
        return { rows: ['g0 u0'], count: 1 };
      if (response.ok) return (await response.json()) as { rows: string[]; count: number };
      throw new BatonError({
        code: 'BR-HTTP',
        status: 14,
        title: `It says ${response.status}.`,
        meaning: '',
        remedy: '',
      });
    };
    const list = (name: string, path: string, take: PagedList['take'], carries?: string[]): PagedList => ({
      kind: 'paged',
      name,
      path,
      ...(carries === undefined ? {} : { carries: carries as never }),
      page: async ({ skip, limit = size }) => {
        const sentAt = clock.now();
        const { rows, count } = await ask(`${path}?skip=${skip}&limit=${limit}`);
        const isShort = isBroken('short-pages') && size < 5 && path === 'users';
        const kept = isShort ? rows.slice(0, Math.max(0, 8 - skip)) : rows;
        const all = isShort ? 8 : count;
        return { kind: 'page', rows: kept, count: all, limit, sentAt, receivedAt: clock.now(), retries: 0 };
      },
      id: String,
      take,
    });
    const lists = [
      list('users', 'users', (row, out) => {
        out?.resource('user', String(row), row);
        return {};
      }),
      list('groups', 'groups', (row, out) => {
        out?.resource('group', String(row), row);
        out?.entitlement('group', String(row), row);
        return {};
      }),
      list(
        'members',
        'members',
        (row, out) => {
          const [group = '', user = ''] = String(row).split(' ');
          out?.grant('group', group, [group, user]);
          return { carries: { assignments: [String(row)] } };
        },
        ['assignments'],
      ),
    ];
    const facts = () => ({
      roleId: 'id',
      origin: 'https://broken.example',
      owner: { id: 'u0', roles: ['g0'] },
      notes: {},
    });
    return {
      validate: async () => void (await ask('groups')),
      plans: () => Promise.resolve([{ name: 'lists', pageSize: size, lists, facts }]),
      present: {
        resource: (type, row) =>
          type === 'user'
            ? userResource(['user', `${String(row)}${tail}`], { displayName: String(row), login: String(row) })
            : groupResource(['group', String(row)], { displayName: String(row) }),
        entitlement: (row) =>
          assignmentEntitlement(groupResource(['group', String(row)], { displayName: String(row) }), 'member', {
            displayName: String(row),
            to: [userType],
          }),
        grant: (row) => {
          const [group, user] = row as [string, string];
          return assignmentGrant(['group', group], 'member', ['user', `${user}${tail}`]);
        },
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

const key = env['BATON_API_KEY'] ?? '';
if (isBroken('leak') && env['BATON_LOG_LEVEL'] === 'debug')
  stderr.write(`authorization: ${Buffer.from(`key:${key}`).toString('base64')}\n`);
const signals = new EventEmitter();
if (!isBroken('deaf')) process.on('SIGTERM', () => (isBroken('sigterm') ? process.exit(3) : signals.emit('SIGTERM')));
process.exitCode = await runConnector(definition, { argv: args, env, stdin, stdout, stderr, signals });
