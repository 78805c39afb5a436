import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@batonkit/kernel';
import { afterAll, describe, expect, test } from 'vitest';
import { prove, type PagedList, type Plan } from '../src/index.ts';
import { forms, planOf, type Form } from './plan-of-a-test.ts';
import {
  isTrue,
  read as readTenant,
  readPlan as readThis,
  servedBy,
  type PlanResult,
  type Result,
} from './read-of-a-test.ts';
import { calm, Tenant, type TenantSettings } from './tenant-of-a-test.ts';

const directory = mkdtempSync(join(tmpdir(), 'reading-'));
afterAll(() => rmSync(directory, { recursive: true }));

const read = (settings: Partial<TenantSettings>, form: Form = 'embedded'): Promise<Result> =>
  readTenant(settings, form, { spoolDir: directory });
const readPlan = (plan: Plan, clock: VirtualClock): Promise<PlanResult> =>
  readThis(plan, clock, { spoolDir: directory });

/** The list of users of a plan, to be changed. */
function usersOf(plan: Plan): PagedList {
  const users = plan.lists[1];
  if (users?.kind !== 'paged') throw new Error('no such list');
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
      const users = usersOf(plan);
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
    const changes = Array.from({ length: 200 }, (_, n) => ({ before: 3 * n, kind: 'add' as const }));
    for (const form of forms) {
      const result = await read({ changes }, form);
      expect('error' in result && [result.error.code, result.error.status]).toEqual(['BK-READ-DRIFT', 10]);
    }
  });

  test.each([
    ['ignores skip', (rows: unknown[]) => rows.slice(0, 10)],
    ['answers old rows in a new order', (rows: unknown[]) => rows.slice(0, 10).reverse()],
  ])('that %s ends with an error, not for ever', async (_, slice) => {
    const clock = new VirtualClock();
    const tenant = new Tenant(calm, clock);
    const plan = planOf(tenant, { form: 'embedded' });
    const users = usersOf(plan);
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

  test.each([
    ['rows', 1, '100000 assignments of one of the users'],
    ['long rows', 100_000, '67108864 characters in the assignments of one of the users'],
  ])('a list of %s of one user that does not end is given up before it fills the memory', async (_, length, title) => {
    const clock = new VirtualClock();
    const plan = planOf(new Tenant(calm, clock), { form: 'per-user' });
    const assignments = plan.lists[2];
    if (assignments?.kind !== 'per-member') throw new Error('no such list');
    const source = 'x'.repeat(length);
    assignments.page = async (_user, { skip, limit }) => {
      const rows = Array.from({ length: 100 }, (_, n) => ({ row: skip + n, source }));
      return { kind: 'page', rows, count: null, limit, sentAt: 0, receivedAt: 0, retries: 0 };
    };
    const result = await readPlan(plan, clock);
    expect('error' in result && result.error).toMatchObject({
      code: 'BK-READ-TOO-MANY',
      report: { title: expect.stringContaining(title) as string },
    });
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
    const users = usersOf(wrong);
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
    const users = usersOf(plan);
    const take = users.take.bind(users);
    let firsts = 0;
    users.take = (row, out) => {
      if ((row as { id: string }).id === 'u0') firsts++;
      return firsts > 1 ? 'wrong-plan' : take(row, out);
    };
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
