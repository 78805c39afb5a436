import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@batonkit/kernel';
import { afterAll, describe, expect, test } from 'vitest';
import { forms, planOf } from './plan-of-a-test.ts';
import { codeOf, evidenceOf, isTrue, pagedList, read, readChanged, readPlan, sizesOf } from './read-of-a-test.ts';
import { calm, fail, Tenant } from './tenant-of-a-test.ts';

const directory = mkdtempSync(join(tmpdir(), 'list-ends-'));
afterAll(() => rmSync(directory, { recursive: true }));
const options = { spoolDir: directory };

describe('page sizes', () => {
  test.each([
    [1000, [1000]],
    [999, [1000, 500]],
    [250, [1000, 500, 200]],
    [100, [1000, 500, 200, 100]],
    [60, [1000, 500, 200, 100, 50]],
    // What is left is to ask for no size at all.
    [7, [1000, 500, 200, 100, 50, undefined]],
  ])('with a largest page of %s, %j is tried', async (maxLimit, tried) => {
    const clock = new VirtualClock();
    const tenant = new Tenant({ ...calm, maxLimit, users: 30 }, clock);
    evidenceOf({ tenant, ...(await readPlan(planOf(tenant, { form: 'embedded' }), clock, options)) });
    expect(sizesOf(tenant, 'roles').slice(0, tried.length)).toEqual(tried);
  });

  test('are tried on the first page only: a refusal later is an error', async () => {
    const result = await readChanged(options, {}, 'embedded', (plan) => {
      const users = pagedList(plan, 'users');
      const { page } = users;
      users.page = async (request) =>
        request.skip >= 20 ? { kind: 'too-large', error: fail('T-REFUSED', {}) } : page(request);
    });
    expect(codeOf(result)).toBe('T-REFUSED');
  });

  test('are smaller for the rest when the server could answer only a smaller page', async () => {
    const result = await readChanged(options, { users: 2500, maxLimit: 1000 }, 'embedded', (plan) => {
      const users = pagedList(plan, 'users');
      const { page } = users;
      let faults = 2;
      // What a client does after two faults: it asks for the size of the third try.
      users.page = (request) => {
        const limit = faults === 0 ? request.limit : request.retryLimit(1 + faults);
        faults = 0;
        return page({ ...request, limit });
      };
    });
    expect(evidenceOf(result).lists[1]).toMatchObject({ distinct: 2500 });
    const sizes = result.tenant.log.filter(({ list }) => list === 'users').map(({ limit }) => limit);
    expect(new Set(sizes)).toEqual(new Set([200]));
  });

  test('do not decide where the next page begins: that is after the rows received', async () => {
    const { tenant, ...result } = await read({ shortPages: true, users: 30 }, 'embedded', options);
    expect(codeOf(result)).toBe('complete');
    const skips = tenant.log.filter(({ list }) => list === 'users').map(({ skip }) => skip);
    expect(skips.some((skip) => skip % 10 !== 0)).toBe(true);
  });
});

describe('the end of a list', () => {
  test('is the end of its cursor, which each page hands to the next', async () => {
    const result = await readChanged(options, { uncounted: true }, 'embedded', (plan) => {
      const users = pagedList(plan, 'users');
      const { page } = users;
      users.page = async ({ cursor = 'c0', ...request }) => {
        const skip = Number(cursor.slice(1));
        const answer = await page({ ...request, skip });
        if (answer.kind !== 'page') return answer;
        const end = skip + answer.rows.length;
        return { ...answer, next: end === 45 ? null : `c${end}` };
      };
    });
    expect(evidenceOf(result).lists[1]).toMatchObject({ distinct: 45, pages: 5 + 7 });
  });

  test('is not reached by a cursor that stands still', async () => {
    const result = await readChanged(options, {}, 'embedded', (plan) => {
      const users = pagedList(plan, 'users');
      const { page } = users;
      users.page = async (request) => ({ ...(await page(request)), next: 'again' });
    });
    expect(codeOf(result)).toBe('BK-READ-REPEAT');
  });

  test.each(forms)('of a list that answers everything to any request is its only page (%s)', async (form) => {
    for (const uncounted of [false, true]) {
      const result = await readChanged(options, { uncounted, maxLimit: 1000 }, form, (plan) => {
        for (const list of plan.lists) {
          if (list.kind === 'paged') {
            const { page } = list;
            list.page = (request) => page({ ...request, skip: 0, limit: 1000 });
          } else {
            const { page } = list;
            list.page = (member, request) => page(member, { ...request, skip: 0, limit: 1000 });
          }
        }
      });
      const { moment, lists } = evidenceOf(result);
      expect(moment).toBeDefined();
      expect(lists[1]?.distinct).toBe(45);
    }
  });

  test.each(forms)(
    'is not the first page where that is answered to any request and says that rows follow (%s)',
    async (form) => {
      const result = await readChanged(options, { uncounted: true }, form, (plan) => {
        const users = pagedList(plan, 'users');
        const { page } = users;
        users.page = async (request) => ({ ...(await page({ ...request, skip: 0, limit: 10 })), isMore: true });
      });
      expect(codeOf(result)).toBe('BK-READ-REPEAT');
    },
  );

  test('is not a cursor that ends where the source says that rows follow', async () => {
    const result = await readChanged(options, { uncounted: true }, 'embedded', (plan) => {
      const users = pagedList(plan, 'users');
      const { page } = users;
      users.page = async (request) => ({ ...(await page(request)), next: null, isMore: true });
    });
    expect(codeOf(result)).toBe('BK-READ-REPEAT');
  });

  test.each([
    [10, 'complete'],
    [2, 'BK-READ-REPEAT'],
  ])('of lists of members that are paged by another word is asked for each (%i rows: %s)', async (size, code) => {
    const result = await readChanged(options, { uncounted: true }, 'per-user', (plan) => {
      for (const list of plan.lists) {
        if (list.kind !== 'per-member') continue;
        const { page } = list;
        list.page = async (member, request) => {
          const answer = await page(member, { ...request, skip: 0, limit: 10 });
          if (answer.kind !== 'page') return answer;
          // The first ones have no second page.
          const full = /^u\d$/.test(member) ? 10 : size;
          const start = ((request.words?.['page'] ?? 1) - 1) * full;
          return { ...answer, rows: answer.rows.slice(start, start + full) };
        };
      }
    });
    expect(codeOf(result)).toBe(code);
    expect(isTrue(result)).toBe(true);
    // The one member that was asked first was asked by all words.
    const asked = result.tenant.log.filter(({ list }) => list === 'roles of').length;
    expect(asked).toBeLessThanOrEqual(2 * (45 * 4 + 4 * 20));
  });

  test('is unknown where skip is ignored and limit is not', async () => {
    const result = await readChanged(options, { uncounted: true }, 'embedded', (plan) => {
      const users = pagedList(plan, 'users');
      const { page } = users;
      users.page = (request) => page({ ...request, skip: 0 });
    });
    expect(codeOf(result)).toBe('BK-READ-REPEAT');
  });
});
