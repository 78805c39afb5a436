import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { readTenant, type Outcome } from './read-tenant.ts';

type Answers = Readonly<Record<string, unknown>>;

interface Served extends Outcome {
  /** Paths in order, without what is below `/api/v1` before. */
  asked: string[];
  headers: Record<string, string | string[] | undefined>[];
}

/** A tenant that answers its lists page by page, from whole lists by path; a number is a status. */
async function readFrom(answers: Answers, values: object = {}, isCounted = true): Promise<Served> {
  const asked: string[] = [];
  const headers: Served['headers'] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const path = pathname.replace('/api/v1', '');
    asked.push(path);
    headers.push(request.headers);
    const given = answers[path] ?? 404;
    const answer: unknown = typeof given === 'function' ? (given as () => unknown)() : given;
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (typeof answer === 'number') return send(answer, { detail: answer === 404 ? 'Not Found' : 'No access' });
    if (!Array.isArray(answer)) return send(200, answer);
    const [skip, limit] = [searchParams.get('skip') ?? 0, searchParams.get('limit') ?? 100].map(Number);
    const data = answer.slice(skip, (skip ?? 0) + (limit ?? 100));
    send(200, isCounted ? { data, count: answer.length } : { data });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const outcome = await readTenant({ 'base-url': `http://127.0.0.1:${port}`, 'api-key': 'rl_key', ...values });
    return { ...outcome, asked, headers };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const roles = [
  { id: 'r1', slug: 'super_admin', name: 'Super Admin' },
  { id: 'r2', slug: 'user', name: 'User' },
];
const people = Array.from({ length: 30 }, (_, n) => ({ id: `u${n}` }));
const slugsOf = (n: number): string[] => (n % 10 === 0 ? ['super_admin', 'user'] : ['user']);
const truth = people.flatMap(({ id }, n) => slugsOf(n).map((slug) => `${id} ${slug === 'user' ? 'r2' : 'r1'}`)).sort();

const bare: Answers = { '/users/me': { id: 'u0' }, '/roles': roles, '/users': people };
const embedded: Answers = { ...bare, '/users': people.map((user, n) => ({ ...user, roles: slugsOf(n) })) };
const perUser: Answers = Object.fromEntries(people.map(({ id }, n) => [`/users/${id}/roles`, slugsOf(n)]));
const perRole: Answers = Object.fromEntries(
  roles.map(({ id, slug }) => [`/roles/${id}/users`, people.filter((_, n) => slugsOf(n).includes(slug))]),
);
const flat: Answers = {
  '/role-assignments': people.flatMap(({ id }, n) => slugsOf(n).map((slug) => ({ user_id: id, role_name: slug }))),
};

describe('of several ways the one with the fewest requests is taken', () => {
  test.each<[what: string, answers: Answers, plan: string]>([
    ['all of them', { ...embedded, ...perUser, ...perRole, ...flat }, 'embedded'],
    ['all but those on the users', { ...bare, ...perUser, ...perRole, ...flat }, 'per-role'],
    ['per role and per user', { ...bare, ...perUser, ...perRole }, 'per-role'],
    ['a flat list and per user', { ...bare, ...perUser, ...flat }, 'flat'],
    ['per user', { ...bare, ...perUser }, 'per-user'],
  ])('%s', async (_, answers, plan) => {
    const { synced, error } = await readFrom(answers);
    expect(error).toBeUndefined();
    expect(synced?.evidence.plan).toBe(plan);
    expect(synced?.pairs).toEqual(truth);
  });

  test('nothing is asked before the key is known to be good', async () => {
    const { asked } = await readFrom({ ...embedded, ...perUser });
    expect(asked.indexOf('/users/me')).toBe(0);
    expect((await readFrom({ ...embedded, ...perUser, '/users/me': 403 })).asked).toEqual(['/users/me']);
  });

  test.each([403, { data: null }])(
    'a place that was looked at ahead and is not needed says nothing (%j)',
    async (answer) => {
      const values = { accept: ['null-roles=none'], reason: 'a test', 'accepted-by': 'Ada' };
      const answers = { ...embedded, ...perUser, '/users/u0/role-assignments': answer };
      const { synced, error } = await readFrom(answers, values);
      expect(error).toBeUndefined();
      expect(synced?.evidence).toMatchObject({ verdict: 'complete' });
      expect(synced?.pairs).toEqual(truth);
    },
  );

  test('with many roles a flat list is cheaper than asking each role', async () => {
    const more = Array.from({ length: 40 }, (_, n) => ({ id: `x${n}`, slug: `extra_${n}` }));
    const empty = Object.fromEntries(more.map(({ id }) => [`/roles/${id}/users`, []]));
    const { synced } = await readFrom({ ...bare, ...perRole, ...flat, ...empty, '/roles': [...roles, ...more] });
    expect(synced?.evidence.plan).toBe('flat');
    expect(synced?.pairs).toEqual(truth);
  });

  test.each(['embedded', 'per-role', 'flat', 'per-user'])('--plan %s is obeyed', async (plan) => {
    const { synced, error } = await readFrom({ ...embedded, ...perUser, ...perRole, ...flat }, { plan });
    expect(error).toBeUndefined();
    expect(synced?.evidence.plan).toBe(plan);
    expect(synced?.pairs).toEqual(truth);
  });

  test.each<[plan: string, answers: Answers]>([
    ['embedded', { ...bare, ...perUser }],
    ['flat', embedded],
    ['per-role', { ...bare, ...flat }],
  ])('--plan %s without such a list is an error, not another plan', async (plan, answers) => {
    expect((await readFrom(answers, { plan })).error).toMatchObject({ code: 'RL-PLAN', field: 'plan' });
  });

  test('--assignments-path names the way and the place', async () => {
    const elsewhere = Object.fromEntries(Object.entries(perRole).map(([path, rows]) => [`/fga${path}`, rows]));
    const { synced } = await readFrom({ ...bare, ...elsewhere }, { 'assignments-path': '/fga/roles/{id}/users' });
    expect(synced?.evidence).toMatchObject({ plan: 'per-role' });
    expect(synced?.pairs).toEqual(truth);
  });
});

describe('a key for roles that is not on every user', () => {
  const some = people.map((user, n) => (n === 25 ? user : { ...user, roles: slugsOf(n) }));

  test('drops that plan, and the next begins afresh', async () => {
    const { synced, asked } = await readFrom({ ...bare, '/users': some, ...perUser }, { 'page-size': 10 });
    expect(synced?.evidence.plan).toBe('per-user');
    expect(synced?.pairs).toEqual(truth);
    expect(asked).toContain('/users/u25/roles');
  });

  test('is an error where there is no other way', async () => {
    const { error } = await readFrom({ ...bare, '/users': some }, { 'page-size': 10 });
    expect(error?.status).toBe(15);
  });
});

describe('a second way to the same roles', () => {
  const others = people.slice(1, 21);
  const lying = { ...perUser, '/users/u3/roles': [] };

  test('is asked for the owner and twenty people', async () => {
    const { asked } = await readFrom({ ...embedded, ...perUser });
    for (const { id } of [{ id: 'u0' }, ...others]) expect(asked).toContain(`/users/${id}/roles`);
    expect(asked).not.toContain('/users/u21/roles');
  });

  test('that says less ends in RL-DISAGREE, until somebody says which is right', async () => {
    const answers = { ...embedded, ...lying };
    const { error } = await readFrom(answers);
    expect(error).toMatchObject({ code: 'RL-DISAGREE', status: 15, field: 'plan' });
    expect(error?.title).toMatch(/1 of 21/);
    expect((await readFrom(answers, { plan: 'embedded' })).synced?.pairs).toEqual(truth);
    const accepted = await readFrom(answers, { accept: ['disagreement=per-user'], reason: 'u3 left' });
    expect(accepted.synced?.evidence).toMatchObject({
      plan: 'per-user',
      verdict: 'complete with exceptions',
      exceptions: [{ name: 'disagreement=per-user', reason: 'u3 left' }],
    });
  });

  test.each(['per-role', 'flat'])('shows also whom a list %s leaves out', async (plan) => {
    const lists = plan === 'flat' ? flat : perRole;
    const lacking = Object.fromEntries(
      Object.entries(lists).map(([path, rows]) => [
        path,
        (rows as { id?: string; user_id?: string }[]).filter(({ id, user_id: user }) => (user ?? id) !== 'u7'),
      ]),
    );
    const answers = { ...bare, ...perUser, ...lacking };
    const { error } = await readFrom(answers);
    expect(error).toMatchObject({ code: 'RL-DISAGREE' });
    expect(error?.title).toMatch(/1 of 21/);
    const accepted = await readFrom(answers, { accept: [`disagreement=${plan}`], reason: 'u7 left' });
    expect(accepted.synced?.evidence).toMatchObject({ plan, verdict: 'complete with exceptions' });
    const other = await readFrom(answers, { accept: ['disagreement=per-user'], reason: 'the list forgets people' });
    expect(other.synced?.evidence).toMatchObject({ plan: 'per-user', verdict: 'complete with exceptions' });
    expect(other.synced?.pairs).toEqual(truth);
  });

  test('that differs once is a change, and no disagreement', async () => {
    let reads = 0;
    const answers = {
      ...embedded,
      ...perUser,
      get '/users/u3/roles'() {
        return ++reads === 1 ? [] : slugsOf(3);
      },
    };
    const { synced } = await readFrom(answers);
    expect(synced?.pairs).toEqual(truth);
    expect(reads).toBe(2);
  });

  test('does not stand against the first where it may not be read', async () => {
    const forbidden = Object.fromEntries(Object.keys(perUser).map((path) => [path, 403]));
    const { synced } = await readFrom({ ...embedded, ...forbidden });
    expect(synced?.pairs).toEqual(truth);
  });

  test('what users/me says of the owner is compared at each sync', async () => {
    const me = { id: 'u0', roles: ['user'] };
    expect((await readFrom({ ...embedded, '/users/me': me })).error).toMatchObject({ code: 'RL-DISAGREE' });
    const same = await readFrom({ ...embedded, '/users/me': { ...me, roles: slugsOf(0) } });
    expect(same.synced?.pairs).toEqual(truth);
  });
});

test('pages of one row, without counts, are no sign of a weak key', async () => {
  const { synced, error } = await readFrom(embedded, { 'page-size': 1 }, false);
  expect(error).toBeUndefined();
  expect(synced?.pairs).toEqual(truth);
});

describe('a right that is missing', () => {
  test.each<[what: string, answers: Answers, says: RegExp]>([
    ['users', { ...embedded, '/users': 403 }, /may not read users/],
    ['roles', { ...embedded, '/roles': 403 }, /may not read roles/],
    ['roles of users', { ...bare, '/users/u0/roles': 403 }, /may not read the roles of users/],
  ])('%s is named, with the roles that have it', async (_, answers, says) => {
    const { error } = await readFrom(answers);
    expect(error).toMatchObject({ code: 'RL-PERM-403', status: 7 });
    expect(error?.title).toMatch(says);
    expect(error?.remedy).toMatch(/Helpdesk, Security Admin or Super Admin/);
  });
});

describe('settings', () => {
  test.each<[values: object, code: string, field: string]>([
    [{ accept: ['null-roles'], reason: 'x' }, 'RL-ACCEPT', 'accept'],
    [{ accept: ['everything'], reason: 'x' }, 'RL-ACCEPT', 'accept'],
    [{ accept: ['unknown-scope=platform', 'unknown-scope=apart'], reason: 'x' }, 'RL-ACCEPT', 'accept'],
    [{ accept: ['static-roles'] }, 'RL-ACCEPT-REASON', 'reason'],
    [{ 'users-path': 'https://elsewhere.example/users' }, 'RL-PATH-OPTION', 'users-path'],
    [{ 'users-path': '/users/../secrets' }, 'RL-PATH-OPTION', 'users-path'],
    [{ 'assignments-path': '/users/{id}/roles/{id}' }, 'RL-PATH-OPTION', 'assignments-path'],
    [{ plan: 'telepathy' }, 'RL-CHOICE', 'plan'],
    [{ 'extra-headers': { 'X-Runlayer-API-Key': 'rl_other' } }, 'RL-HEADER', 'extra-headers'],
  ])('%j is refused before any request', async (values, code, field) => {
    const { error, asked } = await readFrom(embedded, values);
    expect(error).toMatchObject({ code, status: 2, field });
    expect(asked).toEqual([]);
    expect(JSON.stringify(error)).not.toContain('rl_other');
  });

  test('further headers go with each request, and the key in one header only', async () => {
    const { headers } = await readFrom(embedded, { 'extra-headers': { 'CF-Access-Client-Id': 'abc' } });
    expect(headers.length).toBeGreaterThan(5);
    for (const sent of headers) {
      expect(sent).toMatchObject({ 'cf-access-client-id': 'abc', 'x-runlayer-api-key': 'rl_key' });
      expect(sent['authorization']).toBeUndefined();
    }
  });

  test('--role-id names roles by another key, and a role without it is an error', async () => {
    const { synced } = await readFrom(embedded, { 'role-id': 'slug' });
    expect(synced?.roles.map(({ id }) => id?.resource)).toEqual(['super_admin', 'user']);
    expect(synced?.evidence.roleId).toBe('slug');
    const answers = { ...embedded, '/roles': [...roles, { id: 'r3', name: 'Third' }] };
    expect((await readFrom(answers, { 'role-id': 'slug' })).error).toMatchObject({ code: 'RL-ROLE-ID' });
  });
});

test('a newcomer who holds a role that is as new is found with it by the next pass', async () => {
  let isAsked = false;
  const answers: Answers = {
    ...bare,
    ...perUser,
    '/users/u99/roles': ['user', 'brand_new'],
    get '/users/u99'() {
      isAsked = true;
      return { id: 'u99' };
    },
    get '/users'() {
      return isAsked ? [...people, { id: 'u99' }] : people;
    },
    get '/roles'() {
      return isAsked ? [...roles, { id: 'r3', slug: 'brand_new' }] : roles;
    },
    get '/role-assignments'() {
      const held = (role: string) => ({ user_id: 'u99', role_name: role });
      return [...(flat['/role-assignments'] as object[]), held('user'), ...(isAsked ? [held('brand_new')] : [])];
    },
  };
  const { synced, error } = await readFrom(answers);
  expect(error).toBeUndefined();
  expect(synced?.evidence).toMatchObject({ plan: 'flat', passes: 3 });
  expect(synced?.pairs).toEqual([...truth, 'u99 r2', 'u99 r3'].sort());
});

describe('the roles of the owner as they would be served', () => {
  const me = { '/users/me': { id: 'u0', roles: slugsOf(0) }, '/users/u0': { id: 'u0', roles: slugsOf(0) } };
  const hidden = people.map((user) => ({ ...user, roles: [] }));

  test('are those of users/me, else a list that shows none would be believed', async () => {
    const { error, left } = await readFrom({ ...bare, ...me, '/users': hidden });
    expect(error).toMatchObject({ code: 'RL-DISAGREE', status: 15, title: expect.stringContaining('/users/me') });
    expect(left).toEqual([]);
    const { synced } = await readFrom({ ...embedded, ...me });
    expect(synced?.pairs).toEqual(truth);
  });

  test('are compared in lists per role and of all assignments, too', async () => {
    for (const lists of [perRole, flat]) {
      const without = Object.fromEntries(
        Object.entries(lists).map(([path, rows]) => [
          path,
          (rows as { id?: string; user_id?: string }[]).filter((row) => (row.id ?? row.user_id) !== 'u0'),
        ]),
      );
      expect((await readFrom({ ...bare, ...me, ...without })).error).toMatchObject({ code: 'RL-DISAGREE' });
      expect((await readFrom({ ...bare, ...me, ...lists })).synced?.pairs).toEqual(truth);
    }
  });

  test('are those that were read last, and so is who administers by a flag', async () => {
    let asked = 0;
    // The first two answers go to connecting and the first pass.
    const moving = (): string[] => (++asked > 2 ? ['user'] : slugsOf(0));
    const users = [{ id: 'u0', is_admin: true }, ...people.slice(1)];
    const { synced } = await readFrom({ ...bare, '/users': users, ...perUser, '/users/u0/roles': moving });
    expect(synced?.pairs).toEqual(truth.filter((pair) => pair !== 'u0 r1'));
    expect(synced?.evidence).toMatchObject({ owner: { id: 'u0', roles: ['r2'] }, notes: { byFlag: 1 } });
    expect(synced?.users[0]?.profile).toMatchObject({ by_flag: 'is_admin' });
  });

  test('are not, where somebody named the plan', async () => {
    const { synced } = await readFrom({ ...bare, ...me, '/users': hidden }, { plan: 'embedded' });
    expect(synced?.pairs).toEqual([]);
  });
});

test('a page size of zero is one that was left empty', async () => {
  const { synced, events } = await readFrom(embedded, { 'page-size': 0 });
  expect(synced?.pairs).toEqual(truth);
  const limits = events.map((event) => (event.type === 'request' ? event.limit : undefined));
  expect(limits).toContain(1000);
  expect(limits).not.toContain(0);
});
