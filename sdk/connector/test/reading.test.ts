import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatonError, VirtualClock } from '@batonkit/kernel';
import { spanOf } from '@batonkit/protocol';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { prove, type ListEvent, type Plan, type Reading } from '../src/index.ts';
import { groupOf } from '../src/reading/spool.ts';
import { contentOf, planOf, Tenant, type TenantSettings, type Users } from './tenant-of-a-test.ts';

const directory = mkdtempSync(join(tmpdir(), 'reading-'));
afterAll(() => rmSync(directory, { recursive: true }));

const calm: TenantSettings = {
  users: 45,
  roles: 4,
  seed: 1,
  maxLimit: 10,
  shortPages: false,
  uncounted: false,
  countLie: 0,
  ties: false,
  changes: [],
};

type Result = { tenant: Tenant; events: ListEvent[] } & ({ reading: Reading; served: Users } | { error: BatonError });

async function read(settings: Partial<TenantSettings>, form: 'embedded' | 'per-user' = 'embedded'): Promise<Result> {
  const clock = new VirtualClock();
  const tenant = new Tenant({ ...calm, ...settings }, clock);
  return { tenant, ...(await readPlan(planOf(tenant, { form, pageSize: settings.maxLimit ?? calm.maxLimit }), clock)) };
}

async function readPlan(
  plan: Plan,
  clock: VirtualClock,
): Promise<{ events: ListEvent[] } & ({ reading: Reading; served: Users } | { error: BatonError })> {
  const events: ListEvent[] = [];
  const observe = (event: { type: string }): void => void (event.type === 'list' && events.push(event as ListEvent));
  const { signal } = new AbortController();
  try {
    using reading = await prove([plan], { spoolDir: directory, clock, observe, signal });
    return { events, reading, served: servedBy(reading) };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { events, error };
  }
}

function servedBy({ spool, resources }: Reading): Users {
  const users = new Map<string, string[]>();
  for (const row of spool.records(groupOf.resources('user'))) {
    const [id] = row as [string];
    if (resources.get('user')?.has(id) === true) users.set(id, []);
  }
  for (const row of spool.records(groupOf.resources('role'))) {
    for (const grant of spool.records(groupOf.grants('role', (row as [string])[0]))) {
      const { user, role } = grant as { user: string; role: string };
      users.get(user)?.push(role);
    }
  }
  return users;
}

/** The one claim: what is served is what the source held at one instant of the moment. */
function isTrue({ tenant, ...result }: Result): boolean {
  if ('error' in result) return true;
  const { from, to } = spanOf(result.reading.evidence);
  const served = contentOf(result.served);
  for (let time = Date.parse(from); time <= Date.parse(to); time++)
    if (contentOf(tenant.at(time)) === served) return true;
  return false;
}

const changes = fc.array(
  fc.record({ before: fc.integer({ min: 1, max: 60 }), kind: fc.constantFrom('add', 'delete', 'promote', 'demote') }),
  { maxLength: 3 },
);
const tenants: fc.Arbitrary<TenantSettings> = fc.record({
  users: fc.integer({ min: 1, max: 40 }),
  roles: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
  maxLimit: fc.integer({ min: 1, max: 50 }),
  shortPages: fc.boolean(),
  uncounted: fc.constant(false),
  countLie: fc.constantFrom(0, 0, 0, 0, 1, -1),
  ties: fc.constantFrom(false, false, false, true),
  changes: fc.oneof(fc.constant([]), changes),
}) as fc.Arbitrary<TenantSettings>;

describe('the claim of a complete reading', () => {
  test('whatever is served was true at one instant of the moment', async () => {
    let complete = 0;
    let all = 0;
    await fc.assert(
      fc.asyncProperty(tenants, fc.constantFrom('embedded', 'per-user'), async (settings, form) => {
        const result = await read(settings, form);
        all++;
        if (!('error' in result)) complete++;
        expect(isTrue(result)).toBe(true);
        expect(readdirSync(directory)).toEqual([]);
      }),
      { numRuns: 400 },
    );
    // A reader that refuses everything would pass, too.
    expect(complete / all).toBeGreaterThan(0.3);
  });

  test('a source at rest is always read, whatever its pages are like', async () => {
    await fc.assert(
      fc.asyncProperty(
        tenants,
        fc.constantFrom('embedded', 'per-user'),
        fc.boolean(),
        async (settings, form, uncounted) => {
          const result = await read({ ...settings, countLie: 0, ties: false, changes: [], uncounted }, form);
          expect(result).not.toHaveProperty('error');
          expect(isTrue(result)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  /** Readers with a mistake of old: the same claim must find them out, or it proves nothing. */
  test.each([
    { mistake: 'ends on a short page', settings: { shortPages: true }, changing: false },
    { mistake: 'accepts one pass', settings: {}, changing: true },
    { mistake: 'takes 404 for no roles', settings: {}, changing: true },
  ])('finds out a reader that $mistake', ({ mistake, settings, changing }) => {
    const wrong = fc.check(
      fc.property(tenants, changes, (random, moves) => {
        const clock = new VirtualClock();
        const tenant = new Tenant(
          {
            ...random,
            countLie: 0,
            ties: false,
            shortPages: false,
            changes: changing ? (moves as TenantSettings['changes']) : [],
            ...settings,
          },
          clock,
        );
        const from = clock.now();
        const served = contentOf(readNaively(tenant, mistake));
        for (let time = from; time <= clock.now(); time++) if (contentOf(tenant.at(time)) === served) return true;
        return false;
      }),
      // The same histories each time: among 500 drawn anew there is now and then none that tells.
      { numRuns: 500, seed: 5 },
    );
    expect(wrong.failed).toBe(true);
  });
});

function readNaively(tenant: Tenant, mistake: string): Users {
  const { signal } = new AbortController();
  const request = (skip: number): Parameters<Tenant['pageOfUsers']>[0] => ({
    skip,
    limit: undefined,
    retryLimit: () => undefined,
    signal,
  });
  const users = new Map<string, string[]>();
  for (let received = 0, first = 0; ;) {
    const page = tenant.pageOfUsers(request(received));
    if (page.kind !== 'page') break;
    for (const row of page.rows as { id: string; roles: string[] }[]) users.set(row.id, row.roles);
    received += page.rows.length;
    first ||= page.rows.length;
    const isShort =
      page.rows.length < first || (mistake === 'ends on a short page' && received >= 1 && page.rows.length < 3);
    if (page.rows.length === 0 || (mistake === 'ends on a short page' && isShort) || received >= (page.count ?? 0))
      break;
  }
  if (mistake === 'takes 404 for no roles') {
    for (const id of users.keys()) {
      const page = tenant.pageOfRolesOf(id, request(0));
      users.set(id, page.kind === 'page' ? (page.rows as { id: string }[]).map((role) => role.id) : []);
    }
  }
  return users;
}

describe('a list', () => {
  test('is read to its count in the largest size granted, twice, with what stands on its rows', async () => {
    const result = await read({});
    expect('reading' in result && result.reading.evidence).toMatchObject({
      plan: 'embedded',
      verdict: 'complete',
      lists: [
        { name: 'roles', path: '/roles', count: 4, distinct: 4, pages: 4, passes: 2, pageSize: 10 },
        { name: 'users', path: '/users', count: 45, distinct: 45, pages: 12, passes: 2, pageSize: 10 },
        { name: 'assignments', path: '/users', count: null, passes: 2 },
      ],
    });
  });

  test('that fits in one page is a photograph at its response, proven by reading the roles again', async () => {
    const result = await read({ maxLimit: 1000 });
    expect('reading' in result && result.reading.evidence.lists.map(({ pages, passes }) => [pages, passes])).toEqual([
      [4, 2],
      [2, 1],
      [2, 1],
    ]);
    // Each list takes a page with rows and one without: the users came with the third request.
    const start = new VirtualClock().now();
    expect('reading' in result && result.reading.evidence.moment).toEqual({
      from: new Date(start + 2).toISOString(),
      to: new Date(start + 3).toISOString(),
    });
  });

  test('without counts is read in pages of another size the second time, and ends with an empty page', async () => {
    const result = await read({ uncounted: true });
    expect('reading' in result && result.reading.evidence.lists[1]).toMatchObject({
      count: null,
      distinct: 45,
      pages: 6 + 8,
    });
  });

  test('without counts, of a server that caps pages without a word, is read in smaller ones too', async () => {
    const clock = new VirtualClock();
    const plan = planOf(new Tenant({ ...calm, uncounted: true }, clock), { form: 'embedded' });
    const sizes = new Set<number>();
    for (const list of plan.lists) {
      if (list.kind !== 'paged') continue;
      const page = list.page.bind(list);
      list.page = async (request) => {
        const answer = await page({ ...request, limit: Math.min(10, request.limit ?? 10) });
        if (list.name === 'users' && answer.kind === 'page') sizes.add(answer.rows.length);
        return answer.kind === 'page' ? { ...answer, limit: request.limit } : answer;
      };
    }
    const result = await readPlan(plan, clock);
    expect('reading' in result && result.reading.evidence.verdict).toBe('complete');
    // 45 rows in pages of 10, then of 7.
    expect([...sizes].sort((a, b) => b - a)).toEqual([10, 7, 5, 3, 0]);
  });

  test('whose count means the page, or is capped, is not taken for the whole', async () => {
    for (const cap of [(rows: number) => rows, () => 30]) {
      const clock = new VirtualClock();
      const plan = planOf(new Tenant(calm, clock), { form: 'embedded', pageSize: 10 });
      const users = plan.lists[1];
      if (users?.kind !== 'paged') throw new Error('no such list');
      const { page } = users;
      users.page = async (request) => {
        const answer = await page(request);
        return answer.kind === 'page' ? { ...answer, count: cap(answer.rows.length) } : answer;
      };
      const result = await readPlan(plan, clock);
      expect('error' in result && result.error.status).toBeOneOf([10, 15]);
    }
  });

  test('whose count stays wrong is refused as such; one that moves as moving', async () => {
    for (const lie of [1, -1]) {
      const result = await read({ countLie: lie });
      expect('error' in result && result.error.code).toBe('BK-READ-COUNT');
    }
    const ties = await read({ ties: true });
    expect('error' in ties && ties.error.code).toBe('BK-READ-COUNT');
    for (const kind of ['add', 'delete', 'promote', 'demote'] as const) {
      for (const form of ['embedded', 'per-user'] as const) {
        const end = form === 'embedded' ? 9 : 54;
        const result = await read({ changes: [{ before: end, kind }] }, form);
        expect('error' in result && [result.error.code, result.error.status]).toEqual(['BK-READ-DRIFT', 10]);
      }
    }
  });

  test.each([
    ['ignores skip', (rows: unknown[]) => rows.slice(0, 10)],
    ['answers old rows in a new order', (rows: unknown[]) => rows.slice(0, 10).reverse()],
  ])('that %s ends with an error, not for ever', async (_, slice) => {
    const clock = new VirtualClock();
    const tenant = new Tenant(calm, clock);
    const plan = planOf(tenant, { form: 'embedded' });
    const users = plan.lists[1];
    if (users?.kind !== 'paged') throw new Error('no such list');
    const { page } = users;
    const all = await page({
      skip: 0,
      limit: undefined,
      retryLimit: () => undefined,
      signal: new AbortController().signal,
    });
    users.page = async (request) => {
      const answer = await page(request);
      return answer.kind === 'page' && all.kind === 'page' && request.skip > 0
        ? { ...answer, rows: slice([...all.rows]) }
        : answer;
    };
    const result = await readPlan(plan, clock);
    expect('error' in result && result.error.code).toBe('BK-READ-REPEAT');
  });
});

describe('assignments read user by user', () => {
  test('a user who disappears while they are read is counted and left out', async () => {
    // Two requests for the roles, six for the users, then one for each user.
    const result = await read({ changes: [{ before: 9, kind: 'delete' }] }, 'per-user');
    if ('error' in result) throw result.error;
    expect(result.reading.evidence.lists.find(({ name }) => name === 'users')).toMatchObject({
      distinct: 44,
      vanished: 1,
    });
    expect(isTrue(result)).toBe(true);
    expect(result.served.size).toBe(44);
  });

  test('404 for a user who lives is an error', async () => {
    const clock = new VirtualClock();
    const plan = planOf(new Tenant(calm, clock), { form: 'per-user' });
    const assignments = plan.lists[2];
    if (assignments?.kind !== 'per-member') throw new Error('no such list');
    assignments.isGone = async () => false;
    const { page } = assignments;
    const gone = new Tenant({ ...calm, users: 0 }, clock);
    assignments.page = async (user, request) =>
      user === 'u17' ? gone.pageOfRolesOf(user, request) : page(user, request);
    const result = await readPlan(plan, clock);
    expect('error' in result && result.error.code).toBe('T-ABSENT');
  });

  test('a source that knows none of its users is not a tenant without roles', async () => {
    const clock = new VirtualClock();
    const plan = planOf(new Tenant(calm, clock), { form: 'per-user' });
    const assignments = plan.lists[2];
    if (assignments?.kind !== 'per-member') throw new Error('no such list');
    const gone = new Tenant({ ...calm, users: 0 }, clock);
    assignments.page = async (user, request) => gone.pageOfRolesOf(user, request);
    assignments.isGone = async () => true;
    const result = await readPlan(plan, clock);
    expect('error' in result && result.error.code).toBe('BK-READ-DRIFT');
  });
});

describe('plans', () => {
  test('the next plan is taken only when one says that it is wrong, and starts afresh', async () => {
    const clock = new VirtualClock();
    const wrong = planOf(new Tenant(calm, clock), { form: 'embedded' });
    const users = wrong.lists[1];
    if (users?.kind !== 'paged') throw new Error('no such list');
    users.take = (row, out) => {
      out?.resource('user', 'left over', row);
      return 'wrong-plan';
    };
    const right = planOf(new Tenant(calm, clock), { form: 'per-user' });
    const { signal } = new AbortController();
    {
      using reading = await prove([wrong, right], { spoolDir: directory, clock, observe: () => {}, signal });
      expect(reading.evidence.plan).toBe('per-user');
      expect(servedBy(reading).has('left over')).toBe(false);
    }
    await expect(prove([wrong], { spoolDir: directory, clock, observe: () => {}, signal })).rejects.toMatchObject({
      code: 'BK-READ-PLAN',
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a form that changes between the passes is a source that moves, never the end of the proof', async () => {
    const clock = new VirtualClock();
    const plan = planOf(new Tenant(calm, clock), { form: 'embedded' });
    const users = plan.lists[1];
    if (users?.kind !== 'paged') throw new Error('no such list');
    const take = users.take.bind(users);
    users.take = (row, out) => (out === undefined ? 'wrong-plan' : take(row, out));
    const result = await readPlan(plan, clock);
    expect('error' in result && result.error.code).toBe('BK-READ-DRIFT');
  });

  test('progress tells pass, rows and end of each list, and nothing of the source', async () => {
    const { events } = await read({}, 'per-user');
    const ends = events.filter(({ done }) => done).map(({ list, pass, received }) => [list, pass, received]);
    expect(ends).toEqual([
      ['roles', 1, 4],
      ['users', 1, 45],
      ['assignments', 1, 45],
      ['roles', 2, 4],
      ['users', 2, 45],
      ['assignments', 2, 45],
    ]);
  });

  test('the digest is that of the members, whatever order they came in', async () => {
    const digests = async (settings: Partial<TenantSettings>): Promise<string[]> => {
      const result = await read(settings);
      return 'reading' in result ? result.reading.evidence.lists.map(({ digest }) => digest) : [];
    };
    expect(await digests({ maxLimit: 3 })).toEqual(await digests({ maxLimit: 1000 }));
    expect((await digests({}))[2]).not.toBe((await digests({ seed: 2 }))[2]);
  });
});
