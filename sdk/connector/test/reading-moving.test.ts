import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatonError, Status, VirtualClock } from '@batonkit/kernel';
import { afterAll, describe, expect, test } from 'vitest';
import type { Plan } from '../src/index.ts';
import { forms, type Form } from './plan-of-a-test.ts';
import {
  codeOf,
  evidenceOf,
  pagedList,
  read as readTenant,
  readChanged,
  sizesOf,
  type Result,
} from './read-of-a-test.ts';
import { fail, type ChangeKind, type TenantSettings } from './tenant-of-a-test.ts';

const directory = mkdtempSync(join(tmpdir(), 'reading-moving-'));
afterAll(() => rmSync(directory, { recursive: true }));
const options = { spoolDir: directory };

const read = (settings: Partial<TenantSettings>, form: Form = 'embedded', passes: 1 | 2 = 2): Promise<Result> =>
  readTenant(settings, form, { ...options, passes });
const added = (before: number) => ({ before, kind: 'add' as const });

describe('a source that changes', () => {
  // Of the first pass: 2 requests for the roles, 6 for the users; then as many again, and so on.
  const between: [Form, ChangeKind, number][] = [
    ['embedded', 'add', 9],
    ['embedded', 'delete', 9],
    ['embedded', 'promote', 9],
    ['embedded', 'demote', 9],
    ['flat', 'promote', 20],
    ['per-role', 'demote', 25],
  ];
  test.each(between)(
    'once is read a third time, in pages of another size, and agrees with the second (%s, %s)',
    async (form, kind, before) => {
      const result = await read({ changes: [{ before, kind }] }, form);
      expect(evidenceOf(result)).toMatchObject({ passes: 3, verdict: 'complete' });
      expect('reading' in result && result.reading.evidence.moment).toBeDefined();
      const [first, second, third] = sizesOf(result.tenant, 'users');
      expect(second).toBe(first);
      expect(third).not.toBe(first);
    },
  );

  test('in its roles while one response has everything else is not taken for one moment', async () => {
    // The user who holds the new role came without it; the role is in the second look at the roles only.
    const result = await read({ maxLimit: 1000, changes: [{ before: 5, kind: 'found' }] });
    expect(evidenceOf(result)).toMatchObject({ passes: 2 });
    expect('served' in result && result.roles).toContain('new-role0');
  });

  test('in the third pass, too, is read a fourth time, in pages of a third size', async () => {
    const result = await read({ changes: [9, 17].map(added) });
    expect(evidenceOf(result)).toMatchObject({ passes: 4 });
    expect(new Set(sizesOf(result.tenant, 'users')).size).toBe(3);
  });

  test('in every pass is read whole, each list in one page, which is a photograph', async () => {
    const changes = [5, 12, 25, 40].map(added);
    const result = await readChanged(options, { maxLimit: 1000, changes }, 'embedded', (plan) => {
      (plan as { pageSize?: number }).pageSize = 10;
    });
    const { passes, moment, lists } = evidenceOf(result);
    expect([passes, moment !== undefined]).toEqual([5, true]);
    // The users' newest count, and a hundred more.
    expect(lists[1]?.pageSize).toBeGreaterThanOrEqual(145);
  });

  test('where whole lists are refused: the few members that differ are read one by one, and it is true of a window', async () => {
    const changes = [9, 17, 27].map(added);
    const result = await read({ changes });
    const { window, moment, passes } = evidenceOf(result);
    expect([passes, moment]).toEqual([4, undefined]);
    const { from, to } = window ?? { from: '', to: '' };
    const start = new VirtualClock().now();
    expect([Date.parse(from), Date.parse(to)]).toEqual([start, start + result.tenant.requests]);
    // Each was read by itself, and afterwards the counts again.
    expect(result.tenant.log.filter(({ list }) => list === 'user')).toHaveLength(1);
    expect(result.tenant.log.slice(-2).map(({ list }) => list)).toEqual(['roles', 'users']);
  });

  test('where the server fails at whole lists: it does not grant them', async () => {
    const fault = (status: Status) => (plan: Plan) => {
      (plan as { pageSize?: number }).pageSize = 10;
      const users = pagedList(plan, 'users');
      const { page } = users;
      users.page = async (request) => {
        if ((request.limit ?? 0) > 100) throw new BatonError({ ...fail('T-REFUSED', {}).report, status });
        return page(request);
      };
    };
    const changes = [9, 17, 27].map(added);
    const settings = { changes, maxLimit: 1000 };
    const result = await readChanged(options, settings, 'embedded', fault(Status.Unavailable));
    expect(evidenceOf(result)).toMatchObject({ passes: 4, window: {} });
    // Any other fault is one of the source.
    expect(codeOf(await readChanged(options, settings, 'embedded', fault(Status.Unauthenticated)))).toBe('T-REFUSED');
  });

  test('where one is gone who was there in the last pass but one: the own read says so', async () => {
    const changes = [added(9), added(17), { before: 27, kind: 'delete' as const }];
    const result = await read({ changes });
    const { window, lists } = evidenceOf(result);
    expect(window).toBeDefined();
    expect(lists[1]).toMatchObject({ distinct: 46, vanished: 1 });
  });

  test('is not settled by single reads when the counts are then others', async () => {
    const changes = [9, 17, 27].map(added);
    const end = (await read({ changes })).tenant.requests;
    const result = await read({ changes: [...changes, { before: end, kind: 'add' }] });
    expect(codeOf(result)).toBe('BK-READ-DRIFT');
  });

  test('in more than twenty members between the last two passes is refused', async () => {
    const settled = (many: number) =>
      read({ users: 100, changes: [14, 27, ...Array.from({ length: many }, () => 45)].map(added) });
    expect(evidenceOf(await settled(20)).window).toBeDefined();
    expect(codeOf(await settled(21))).toBe('BK-READ-DRIFT');
  });

  test('so that others come for those who go, with one count in all passes, is not said to count wrong', async () => {
    const changes = Array.from({ length: 95 }, (_, n) => [added(n + 1), { before: n + 1, kind: 'delete' as const }]);
    const result = await read({ users: 100, changes: changes.flat() });
    expect([codeOf(result), result.tenant.requests < 95]).toEqual(['BK-READ-DRIFT', true]);
  });

  test('and cannot be read again by its plan is refused after the second pass', async () => {
    const result = await readChanged(options, { changes: [{ before: 9, kind: 'add' }] }, 'embedded', (plan) => {
      delete plan.restart;
    });
    expect(codeOf(result)).toBe('BK-READ-DRIFT');
  });
});

describe('ties in the order of a list, which lose the same people at the same page size for ever', () => {
  test('are healed by one page for all', async () => {
    for (const form of forms) {
      const result = await readChanged(options, { maxLimit: 1000, ties: true }, form, (plan) => {
        (plan as { pageSize?: number }).pageSize = 10;
      });
      expect(evidenceOf(result).lists[1]).toMatchObject({ distinct: 45, count: 45 });
      expect(result.tenant.log.some(({ limit }) => limit === 145)).toBe(true);
    }
  });

  test('are told by the counts where no page holds all', async () => {
    for (const form of forms) expect(codeOf(await read({ ties: true }, form))).toBe('BK-READ-COUNT');
  });
});

describe('one pass', () => {
  test('is allowed, and the evidence says so: of a window, compared with nothing', async () => {
    const result = await read({}, 'flat', 1);
    const { passes, window, moment, lists } = evidenceOf(result);
    expect([passes, moment, window !== undefined]).toEqual([1, undefined, true]);
    expect(lists.every((list) => list.passes === 1)).toBe(true);
  });

  test('that takes two tries is still one: nothing was compared', async () => {
    const result = await read({ changes: [added(5)] }, 'flat', 1);
    const { passes, window, lists } = evidenceOf(result);
    expect([passes, window !== undefined, lists[1]?.passes]).toEqual([1, true, 2]);
  });

  test('is not enough when its counts are wrong', async () => {
    expect(codeOf(await read({ countLie: 1 }, 'flat', 1))).toBe('BK-READ-COUNT');
  });
});

describe('without any count', () => {
  test('two passes in different pages must agree, and the evidence says how little that is', async () => {
    const result = await read({ uncounted: true }, 'flat');
    expect(evidenceOf(result).notes).toEqual({ listsWithoutCount: 2 });
    const [first, second] = sizesOf(result.tenant, 'users');
    expect(second).not.toBe(first);
  });

  test('nothing is settled by single reads: nobody could say whom all passes lost', async () => {
    const changes = [9, 20, 30].map(added);
    expect(codeOf(await read({ uncounted: true, changes }))).toBe('BK-READ-DRIFT');
  });
});

describe('an assignment to a user who is not in the list', () => {
  test.each(['flat', 'per-role'] as const)('is dropped and counted when that user is gone (%s)', async (form) => {
    const { lists, passes } = evidenceOf(await read({ lingering: 1 }, form));
    expect(passes).toBe(2);
    expect(lists.find(({ name }) => name === 'assignment-rows')).toMatchObject({ vanished: 1 });
  });

  test.each(['flat', 'per-role'] as const)('is part of the next pass when that user is found (%s)', async (form) => {
    // After the users of the first pass.
    const result = await read({ changes: [{ before: 9, kind: 'add' }] }, form);
    expect(evidenceOf(result)).toMatchObject({ passes: 3 });
    expect('served' in result && result.served.has('new0')).toBe(true);
    expect(result.tenant.log.filter(({ list }) => list === 'user').length).toBeGreaterThan(0);
  });

  test('is no accident when there are many of them', async () => {
    expect(codeOf(await read({ users: 200, maxLimit: 100, lingering: 2 }, 'flat'))).toBe('complete');
    expect(codeOf(await read({ users: 200, maxLimit: 100, lingering: 3 }, 'flat'))).toBe('BK-READ-DRIFT');
  });

  test('whom every pass finds, but never in the list, shows that the list is not whole', async () => {
    const result = await readChanged(options, {}, 'flat', (plan) => {
      const users = pagedList(plan, 'users');
      const { page } = users;
      users.page = async (request) => {
        const answer = await page({ ...request, skip: request.skip + 1 });
        return answer.kind === 'page' && answer.count !== null ? { ...answer, count: answer.count - 1 } : answer;
      };
    });
    expect(codeOf(result)).toBe('BK-READ-ORPHANS');
  });
});

describe('a row that does not fit what was read before it', () => {
  const doubtful = (until: number) => (plan: Plan) => {
    const users = pagedList(plan, 'users');
    const take = users.take.bind(users);
    let doubts = 0;
    users.take = (row, out) => {
      if ((row as { id: string }).id !== 'u20' || ++doubts > until) return take(row, out);
      return { doubt: fail('T-REFUSED', {}) };
    };
  };

  test('voids its pass, and the next two must agree', async () => {
    expect(evidenceOf(await readChanged(options, {}, 'embedded', doubtful(1)))).toMatchObject({ passes: 3 });
  });

  test('is the error when the next pass ends the same way', async () => {
    const result = await readChanged(options, {}, 'embedded', doubtful(Infinity));
    expect(codeOf(result)).toBe('T-REFUSED');
    expect(sizesOf(result.tenant, 'users')).toHaveLength(2);
  });
});

describe('assignments read user by user', () => {
  // Pass 1: 2 requests for the roles, 6 for the users, 45 for their roles. In pass 2 users begin with request 62.
  test.each(['promote', 'demote'] as const)(
    'only the user whose roles differ is read again, until two readings agree: a window (%s)',
    async (kind) => {
      const result = await read({ changes: [{ before: 58, kind }] }, 'per-user');
      const { window, passes } = evidenceOf(result);
      expect([passes, window !== undefined]).toEqual([2, true]);
      expect(result.tenant.requests).toBe(2 * 53 + 1);
    },
  );

  test('a user whose roles are others at every reading is never settled', async () => {
    const result = await readChanged(options, {}, 'per-user', (plan) => {
      const list = plan.lists[2];
      if (list?.kind !== 'per-member') throw new Error('no such list');
      const take = list.take.bind(list);
      let readings = 0;
      list.take = (user, rows, out) => take(user, user === 'u7' ? [{ id: `r${readings++ % 3}` }] : rows, out);
    });
    expect(codeOf(result)).toBe('BK-READ-DRIFT');
  });

  test('a count of roles that is wrong is only said of roles that do not change', async () => {
    const readOf = (roles: (reading: number) => string[]) =>
      readChanged(options, {}, 'per-user', (plan) => {
        const list = plan.lists[2];
        if (list?.kind !== 'per-member') throw new Error('no such list');
        const { page } = list;
        let readings = 0;
        list.page = async (user, request) => {
          const answer = await page(user, request);
          if (user !== 'u7' || answer.kind !== 'page') return answer;
          const rows = request.skip > 0 ? [] : roles(readings++).map((id) => ({ id }));
          return { ...answer, rows, count: 2 };
        };
      });
    expect(codeOf(await readOf(() => ['r1']))).toBe('BK-READ-COUNT');
    expect(codeOf(await readOf((reading) => [`r${reading % 3}`]))).toBe('BK-READ-DRIFT');
  });

  test('a user who comes or goes between the passes costs only the lists and that user', async () => {
    for (const kind of ['add', 'delete'] as const) {
      const result = await read({ changes: [{ before: 54, kind }] }, 'per-user');
      expect(evidenceOf(result)).toMatchObject({ passes: 3 });
      const passes = result.tenant.log.filter(({ list }) => list === 'roles of').length;
      expect(passes).toBeLessThanOrEqual(2 * 45 + 2);
    }
  });

  test('a user who goes while the second pass reads them is proven gone by a third', async () => {
    const result = await read({ changes: [{ before: 63, kind: 'delete' }] }, 'per-user');
    const { passes, window, lists } = evidenceOf(result);
    expect([passes, window !== undefined]).toEqual([3, true]);
    expect(lists.find(({ name }) => name === 'users')).toMatchObject({ distinct: 44, vanished: 1 });
  });
});

describe('the verdict', () => {
  const exception = {
    name: 'null-roles=none',
    reason: 'Seen in the tenant',
    by: 'Ada',
    at: '2026-01-01T00:00:00.000Z',
  };
  const withFacts = (facts: Partial<ReturnType<Plan['facts']>>) => (plan: Plan) => {
    const before = plan.facts.bind(plan);
    plan.facts = () => ({ ...before(), ...facts });
  };

  test('says that judgements were overruled, by whom and why', async () => {
    const { verdict, exceptions, scope } = evidenceOf(
      await readChanged(options, {}, 'embedded', withFacts({ exceptions: [exception] })),
    );
    expect([verdict, scope, exceptions]).toEqual(['complete with exceptions', 'full', [exception]]);
  });

  test('says that less was asked for', async () => {
    const facts = { onlyTypes: ['user'], exceptions: [exception] };
    const { verdict, exceptions, scope } = evidenceOf(await readChanged(options, {}, 'embedded', withFacts(facts)));
    expect([verdict, scope, exceptions]).toEqual(['narrowed', { types: ['user'], skip: [] }, [exception]]);
  });
});
