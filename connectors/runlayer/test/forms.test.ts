import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findAny, GrantMetadataSchema, RoleTraitSchema, UserTraitSchema } from '@batonkit/protocol';
import { describe, expect, test } from 'vitest';
import { readTenant, type Outcome } from './read-tenant.ts';

type Reply = { status?: number; type?: string; body: unknown };
type Replies = Record<string, unknown>;

/** Reads a tenant that answers with just these bodies, by path. */
async function readFrom(replies: Replies, values = {}): Promise<Outcome> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://x');
    const path = pathname.replace('/api/v1', '');
    const skip = Number(new URL(request.url ?? '', 'http://x').searchParams.get('skip') ?? 0);
    const value = replies[path] ?? { status: 404, body: { detail: 'Not Found' } };
    const reply: Reply =
      typeof value === 'object' && value !== null && 'body' in value ? (value as Reply) : { body: value };
    const { body } = reply;
    const isList = typeof body === 'object' && body !== null && 'data' in body && Array.isArray(body.data);
    const rows = Array.isArray(body) ? (body as unknown[]).slice(skip) : body;
    const page = isList ? { ...body, data: (body.data as unknown[]).slice(skip) } : rows;
    response.writeHead(reply.status ?? 200, { 'content-type': reply.type ?? 'application/json' });
    response.end(typeof page === 'string' ? page : JSON.stringify(page));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await readTenant({ 'base-url': `http://127.0.0.1:${port}`, 'api-key': 'rl_key', ...values });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const list = (...data: unknown[]) => ({ data, count: data.length });
const admin = { id: 'r1', slug: 'super_admin', name: 'Super Admin', scope: 'platform' };
const plain = { id: 'r2', slug: 'user', name: 'User' };
const me = { id: 'u1', email: 'me@example.com', roles: ['super_admin'] };
const tenant = (changes: Replies = {}): Replies => ({
  '/users/me': { id: 'u1' },
  '/roles': list(admin, plain),
  '/users': list(me, { id: 'u2', roles: [] }),
  ...changes,
});

describe('forms that are read', () => {
  test('a user inside an assignment may have an id of its own beside that of the user', async () => {
    const user = { id: 'm9', user_id: 'u1' };
    const { synced } = await readFrom(
      tenant({
        '/users': list({ id: 'u1' }, { id: 'u2' }),
        '/role-assignments': list(
          { id: 'a1', user_id: 'u1', user, role_id: 'r1' },
          { id: 'a2', user_id: 'u2', user: { id: null, uuid: 'u2' }, role_id: 'r2' },
        ),
      }),
    );
    expect(synced?.pairs).toEqual(['u1 r1', 'u2 r2']);
  });

  test('somebody who administers by a flag alone is marked so, and gets no grant', async () => {
    const rows = [
      me,
      { id: 'u2', is_superuser: true, roles: ['user'] },
      { id: 'u3', is_admin: true, is_owner: true, roles: [] },
      { id: 'u4', is_superuser: true, roles: ['super_admin'] },
      { id: 'u5', is_superuser: false, roles: ['user'] },
    ];
    const perUser: Replies = { '/users': list(...rows.map((row) => ({ ...row, roles: undefined }))) };
    for (const user of rows) perUser[`/users/${user.id}/roles`] = list(...user.roles);
    for (const replies of [tenant({ '/users': list(...rows) }), tenant(perUser)]) {
      const { synced } = await readFrom(replies);
      const flags = synced?.users.map(({ id, annotations }) => [
        id?.resource,
        findAny(annotations, UserTraitSchema)?.profile?.['by_flag'],
      ]);
      expect(flags).toEqual([
        ['u1', undefined],
        ['u2', 'is_superuser'],
        ['u3', 'is_admin, is_owner'],
        ['u4', undefined],
        ['u5', undefined],
      ]);
      expect(synced?.evidence.notes).toMatchObject({ byFlag: 2 });
      expect(synced?.pairs).toEqual(['u1 r1', 'u2 r2', 'u4 r1', 'u5 r2']);
    }
  });

  test('roles and assignments of single servers are counted apart', async () => {
    const { synced } = await readFrom(
      tenant({
        '/roles': list(admin, plain, { id: 'r3', slug: 'server_admin', name: 'Server Admin', scope: 'server' }),
        '/users': list(me, { id: 'u2', roles: [{ id: 'r3', slug: 'server_admin', server_id: 's1' }, { id: 'r2' }] }),
      }),
    );
    expect(synced?.roles.map(({ id }) => id?.resource)).toEqual(['r1', 'r2']);
    expect(synced?.pairs).toEqual(['u1 r1', 'u2 r2']);
    expect(synced?.evidence.lists).toMatchObject([
      { name: 'roles', count: 3, distinct: 2, serverScoped: 1 },
      { name: 'users', distinct: 2 },
      { name: 'assignments', distinct: 2, serverScoped: 1 },
    ]);
  });

  test('sources and ends stand in the metadata of a grant', async () => {
    const held = [
      { role_id: 'r2', source: 'group:a' },
      { role_id: 'r2', source: 'direct', expires_at: '2999-01-01T00:00:00Z' },
      { role: admin },
    ];
    const { synced } = await readFrom(
      tenant({ '/users': list(me, { id: 'u2', role_assignments: held, roles: held }) }),
    );
    const metadata = synced?.grants.map(({ id, annotations }) => [
      id,
      findAny(annotations, GrantMetadataSchema)?.metadata,
    ]);
    expect(metadata).toContainEqual(['role:r2:assigned:user:u2', { sources: ['direct', 'group:a'] }]);
    expect(metadata).toContainEqual(['role:r1:assigned:user:u1', undefined]);
  });

  test('roles that have no ids of their own are found by what else an assignment says', async () => {
    const { synced } = await readFrom(
      tenant({
        '/roles': list({ slug: 'super_admin' }, { slug: 'user' }),
        '/users': list(me, { id: 'u2', roles: [{ role_id: '7f1c', role_name: 'user' }] }),
      }),
    );
    expect(synced?.pairs).toEqual(['u1 super_admin', 'u2 user']);
  });

  test('a role and a user carry what the genuine helper writes, in the trait and on the resource', async () => {
    const { synced } = await readFrom(
      tenant({
        '/roles': list({ ...admin, description: 'All', capabilities: ['x'], is_system: true }, plain),
        '/users': list(
          { ...me, name: 'Me', is_active: false, created_at: '2026-01-02T03:04:05.5', last_login_at: null },
          { id: 'u2', roles: [] },
        ),
      }),
    );
    const [role] = synced?.roles ?? [];
    const profile = { slug: 'super_admin', tier: 'critical', is_system: true, capabilities: ['x'] };
    expect(role).toMatchObject({ displayName: 'Super Admin', description: 'All', profile });
    expect(role && findAny(role.annotations, RoleTraitSchema)?.profile).toEqual(profile);
    const [user] = synced?.users ?? [];
    const trait = user && findAny(user.annotations, UserTraitSchema);
    expect(user?.profile).toEqual(trait?.profile);
    expect(user?.status).toMatchObject({ status: 2, details: 'is_active=false' });
    expect(trait).toMatchObject({
      login: 'me@example.com',
      emails: [{ address: 'me@example.com', isPrimary: true }],
      status: { status: 2 },
    });
    expect([user?.createdAt?.nanos, trait?.createdAt?.nanos, trait?.lastLogin]).toEqual([
      500_000_000,
      500_000_000,
      undefined,
    ]);
    expect(synced?.users[1]).toMatchObject({ displayName: 'u2' });
  });
});

describe('rows of which each says only what it must', () => {
  const bare = { '/users': list({ id: 'u1' }, { id: 'u2' }) };

  test.each<[form: string, row: (user: string, role: { slug: string; name: string }) => object]>([
    ['role_key', (user_id, { slug }) => ({ user_id, role_key: slug })],
    ['slug', (user_id, { slug }) => ({ user_id, slug })],
    ['name', (user_id, { name }) => ({ user_id, name })],
    ['a label', (user_id, { name }) => ({ user_id, display_name: name })],
  ])('all assignments in one list, by %s', async (_, row) => {
    const rows = [row('u1', admin), row('u1', plain), row('u2', plain)];
    const { synced } = await readFrom(tenant({ ...bare, '/role-assignments': list(...rows) }));
    expect(synced?.pairs).toEqual(['u1 r1', 'u1 r2', 'u2 r2']);
  });

  test('the users of a role, by uuid', async () => {
    const { synced } = await readFrom(
      tenant({
        '/users/me': { uuid: 'u1' },
        '/users': list({ uuid: 'u1' }, { uuid: 'u2' }),
        '/roles/r1/users': list({ uuid: 'u1' }, { uuid: 'u2' }),
        '/roles/r2/users': list(),
      }),
    );
    expect(synced?.pairs).toEqual(['u1 r1', 'u2 r1']);
  });
});

describe('forms that a named person accepts', () => {
  const accept = (...names: string[]) => ({ accept: names, reason: 'asked the vendor', 'accepted-by': 'Ada' });
  const odd = { id: 'u2', roles: [{ id: 'r2', scope: 'division' }] };

  test.each<[exception: string, pairs: string[], apart: number]>([
    ['unknown-scope=platform', ['u1 r1', 'u2 r2'], 0],
    ['unknown-scope=apart', ['u1 r1'], 1],
  ])('%s', async (exception, pairs, apart) => {
    const { synced } = await readFrom(tenant({ '/users': list(me, odd) }), accept(exception));
    expect(synced?.pairs).toEqual(pairs);
    expect(synced?.evidence).toMatchObject({
      verdict: 'complete with exceptions',
      exceptions: [{ name: exception, reason: 'asked the vendor', by: 'Ada' }],
    });
    expect(synced?.evidence.lists.find(({ name }) => name === 'assignments')?.serverScoped).toBe(apart);
  });

  test('an exception that is not needed leaves no mark', async () => {
    const { synced } = await readFrom(tenant(), accept('unknown-scope=apart', 'null-roles=none', 'static-roles'));
    expect(synced?.evidence).toMatchObject({ verdict: 'complete', exceptions: [] });
  });

  test('a role that no list has is served under its id, once, and its holders keep it', async () => {
    const held = [{ role_id: 'r9', role_name: 'Ghost' }];
    const rows = [me, { id: 'u2', roles: held }, { id: 'u3', roles: held }];
    const { synced } = await readFrom(tenant({ '/users': list(...rows) }), accept('unknown-role=placeholder'));
    expect(synced?.pairs).toEqual(['u1 r1', 'u2 r9', 'u3 r9']);
    expect(synced?.roles.map(({ id, profile }) => [id?.resource, profile?.['placeholder']])).toEqual([
      ['r1', undefined],
      ['r2', undefined],
      ['r9', true],
    ]);
    // Nobody has classified it: its holders are listed among the administrators.
    expect(synced?.roles[2]?.profile?.['tier']).toBeUndefined();
    expect(synced?.evidence.lists[0]).toMatchObject({ name: 'roles', count: 2, distinct: 3 });
  });
});

describe('forms that are refused', () => {
  type Refused = [what: string, changes: Replies, code: string, status: number];
  const refused: Refused[] = [
    ['no list', { '/roles': { rows: [admin] } }, 'RL-SHAPE', 15],
    ['a list and one that is null', { '/roles': { data: [admin], items: null } }, 'RL-SHAPE', 15],
    ['a count that is no number', { '/roles': { data: [admin], count: '1' } }, 'RL-SHAPE', 15],
    ['data that is null', { '/users': { data: null, count: 0 } }, 'RL-SHAPE', 15],
    ['two lists in one answer', { '/users': { ...list(me), items: [] } }, 'RL-SHAPE', 15],
    ['an answer to users/me without an id', { '/users/me': { email: 'me@example.com' } }, 'RL-SHAPE', 15],
    ['null', { '/roles': 'null' }, 'RL-JSON', 15],
    ['two counts that differ', { '/users': { ...list(me, { id: 'u2', roles: [] }), total: 3 } }, 'RL-SHAPE', 15],
    [
      'an end that has a next page',
      { '/users': { ...list(me, { id: 'u2', roles: [] }), next_cursor: 'x' } },
      'RL-PAGING',
      15,
    ],
    [
      "an end of one user's roles that has a next page",
      {
        '/users': list({ id: 'u1' }, { id: 'u2' }),
        '/users/u1/roles': list('super_admin'),
        '/users/u2/roles': { ...list('user'), has_more: true },
      },
      'RL-PAGING',
      15,
    ],
    [
      'roles in two places that differ',
      { '/users': list(me, { id: 'u2', roles: [], fga_roles: ['super_admin'] }) },
      'RL-SHAPE',
      15,
    ],
    [
      'the id of an unlisted role beside the name of another',
      { '/users': list(me, { id: 'u2', roles: [{ role_id: 'team-7', role_name: 'Super Admin' }] }) },
      'RL-ROLE-UNKNOWN',
      15,
    ],
    [
      'a user whose id leads to the owner of the key',
      { '/users': list({ id: 'u1' }, { id: 'me' }), '/users/u1/roles': list('user') },
      'RL-SHAPE',
      15,
    ],
    ['users that are named in two ways', { '/users': list(me, { user_id: 'u2', roles: [] }) }, 'RL-SHAPE', 15],
    ['nobody', { '/users': list() }, 'RL-EMPTY', 15],
    ['no roles', { '/roles': list() }, 'RL-EMPTY', 15],
    [
      'a list without the owner of the key',
      { '/users': list({ id: 'u2', roles: [] }, { id: 'u3', roles: [] }) },
      'RL-OWNER',
      15,
    ],
    ['roles that are named in two ways', { '/roles': list(admin, { slug: 'user' }) }, 'RL-ROLE-ID', 15],
    ...['', 0, false, [], {}].map((id): Refused => [
      `an assignment with the server ${JSON.stringify(id)}`,
      { '/users': list(me, { id: 'u2', roles: [{ id: 'r1', server_id: id }] }) },
      'RL-SCOPE',
      15,
    ]),
    ...[{ server: 'github' }, { server: { id: 's1' } }, { servers: ['s1'] }].map((more): Refused => [
      `an assignment with ${JSON.stringify(more)}`,
      { '/users': list(me, { id: 'u2', roles: [{ id: 'r1', ...more }] }) },
      'RL-SCOPE',
      15,
    ]),
    [
      'an assignment that ended in 1970',
      { '/users': list(me, { id: 'u2', roles: [{ id: 'r1', expires_at: '1970-01-01T00:00:00Z' }] }) },
      'RL-SHAPE',
      15,
    ],
    [
      'an assignment of two users',
      {
        '/users': list({ id: 'u1' }, { id: 'u2' }),
        '/role-assignments': list({ id: 'a1', user_id: 'u1', user: { id: 'u2' }, role_id: 'r1' }),
      },
      'RL-SHAPE',
      15,
    ],
    [
      'a holder with the id of another directory',
      {
        '/users': list({ id: 'u1' }, { id: 'u2' }),
        '/roles/r1/users': list({ id: 'u2', user_id: 'dir-u2' }),
        '/roles/r2/users': list({ id: 'u1' }),
        '/users/dir-u2': { status: 404, body: { detail: 'User not found' } },
      },
      'RL-SHAPE',
      15,
    ],
    [
      'a holder with the id of another directory, where ids are numbers',
      {
        '/users/me': { id: 1 },
        '/users': list({ id: 1 }, { id: 5 }),
        '/roles/r1/users': list({ id: 1 }, { id: 5, user_id: 'dir-5' }),
        '/roles/r2/users': list({ id: 1 }),
        '/users/dir-5': { status: 404, body: { detail: 'User not found' } },
      },
      'RL-SHAPE',
      15,
    ],
    ['a role of an unknown scope', { '/roles': list({ ...admin, scope: 'team' }) }, 'RL-SCOPE', 15],
    [
      'a count that is higher than what comes',
      { '/users': { data: [me, { id: 'u2', roles: [] }], count: 3 } },
      'RL-COUNT',
      15,
    ],
    ['a user twice', { '/users': list(me, me) }, 'RL-COUNT', 15],
    ['no list of roles', { '/roles': { status: 404, body: { detail: 'Not Found' } } }, 'RL-PATH-404', 15],
    ['no list of roles for a user', { '/users': list({ id: 'u1' }, { id: 'u2' }) }, 'RL-PATH-404', 15],
    ['nothing at all', { '/users/me': { status: 404, body: { detail: 'Not Found' } } }, 'RL-URL-404', 2],
    ['a firewall', { '/users': { status: 403, type: 'text/html', body: '<h1>Forbidden</h1>' } }, 'RL-BLOCKED-403', 7],
    [
      'a bad key as 403',
      { '/users/me': { status: 403, body: { detail: 'Could not validate credentials' } } },
      'RL-AUTH-401',
      16,
    ],
    [
      'an organisation key without its prefix',
      { '/users/me': { status: 403, body: { detail: 'Organization API keys cannot access this endpoint' } } },
      'RL-KEY-ORG',
      7,
    ],
    [
      'a deleted owner as 404',
      { '/users/me': { status: 404, body: { detail: 'User not found' } } },
      'RL-AUTH-OWNER',
      16,
    ],
    ['an inactive owner as 400', { '/roles': { status: 400, body: { detail: 'Inactive user' } } }, 'RL-AUTH-OWNER', 16],
    [
      'a refusal of every page size',
      { '/roles': { status: 422, body: { detail: [{ loc: ['query', 'limit'], msg: 'no', input: 'rl_key' }] } } },
      'RL-HTTP',
      15,
    ],
  ];
  test.each(refused)('%s', async (_, changes, code, status) => {
    const { error, left } = await readFrom(tenant(changes));
    expect(error).toMatchObject({ code, status });
    expect(JSON.stringify(error)).not.toContain('rl_key');
    expect(left).toEqual([]);
  });

  test('a key that a server repeats in its answer does not come out', async () => {
    const { error } = await readFrom(tenant({ '/users': { status: 418, body: { detail: 'no rl_key here, sorry' } } }));
    expect(error).toMatchObject({ code: 'RL-HTTP' });
    expect(error?.meaning).toContain('sorry');
    expect(JSON.stringify(error)).not.toContain('rl_key');
  });
});
