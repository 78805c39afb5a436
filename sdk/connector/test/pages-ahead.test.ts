import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { VirtualClock } from '@batonkit/kernel';
import { afterAll, describe, expect, test } from 'vitest';
import type { FetchPage, PageRequest } from '../src/index.ts';
import { planOf } from './plan-of-a-test.ts';
import { codeOf, evidenceOf, pagedList, readChanged, readPlan, type Result } from './read-of-a-test.ts';
import { calm, Tenant, type TenantSettings } from './tenant-of-a-test.ts';

const spoolDir = mkdtempSync(join(tmpdir(), 'pages-ahead-'));
afterAll(() => rmSync(spoolDir, { recursive: true }));

interface Watched {
  result: Result;
  /** Of each pass, skips of the users' pages that were under way together, as groups in the order of their answers. */
  together: number[][];
  most: number;
}

/** Reads users whose pages are answered only when nothing more is asked for. */
async function watch(
  settings: Partial<TenantSettings>,
  lanes: number,
  change: (page: FetchPage) => FetchPage = (page) => page,
  seenWhole?: number,
): Promise<Watched> {
  const clock = new VirtualClock();
  const tenant = new Tenant({ ...calm, ...settings }, clock);
  const plan = planOf(tenant, { form: 'embedded', pageSize: settings.maxLimit ?? calm.maxLimit });
  const users = pagedList(plan, 'users');
  if (seenWhole !== undefined) users.seenWhole = seenWhole;
  const page = change(users.page);
  const together: number[][] = [];
  let [under, most] = [0, 0];
  let group: number[] = [];
  users.page = async (request) => {
    if (under === 0) together.push((group = []));
    group.push(request.skip);
    most = Math.max(most, ++under);
    await setImmediate();
    under--;
    request.signal.throwIfAborted();
    return await page(request);
  };
  return { result: { tenant, ...(await readPlan(plan, clock, { spoolDir, lanes })) }, together, most };
}

describe('pages of a list', () => {
  test('are asked for together as soon as its first one tells how many there are', async () => {
    const { result, together } = await watch({}, 16);
    expect(evidenceOf(result)).toMatchObject({ passes: 2, verdict: 'complete' });
    expect(together[0]).toEqual([0]);
    expect(together[1]).toEqual([10, 20, 30, 40, 45]);
  });

  test('are asked for together with the first one in the second pass', async () => {
    const { result, together } = await watch({}, 16);
    expect(evidenceOf(result)).toMatchObject({ passes: 2 });
    expect(together.slice(2)).toEqual([[0, 10, 20, 30, 40, 45]]);
  });

  test('a list that was looked at and came whole is asked for together with the page after it', async () => {
    const { result, together } = await watch({ users: 9 }, 4, undefined, 9);
    evidenceOf(result);
    expect(together[0]).toEqual([0, 9]);
  });

  test('a list that has grown since that look is read to its end', async () => {
    const { result } = await watch({ users: 34 }, 4, undefined, 9);
    expect(evidenceOf(result).lists.find(({ name }) => name === 'users')).toMatchObject({ distinct: 34, count: 34 });
  });

  test.each([1, 2, 3, 4, 16])('are never more at once than %i', async (lanes) => {
    const { result, most } = await watch({ users: 230 }, lanes);
    expect(evidenceOf(result)).toMatchObject({ passes: 2 });
    expect(most).toBe(lanes);
  });

  test('come in the same number of requests, however many at once', async () => {
    const counts = [];
    for (const lanes of [1, 4, 64]) {
      const { result } = await watch({ users: 230 }, lanes);
      counts.push(result.tenant.log.filter(({ list }) => list === 'users').length);
    }
    expect(new Set(counts)).toEqual(new Set([2 * (23 + 1)]));
  });

  // Every request of the second pass in turn, among them those that are ahead of the first page's answer.
  test.each(
    [0, 1, 2, 3, 4, 5, 6].flatMap((n) => (['add', 'delete', 'demote'] as const).map((kind) => [n, kind] as const)),
  )('a change at request %i of the second pass is found (%s)', async (n, kind) => {
    const { result } = await watch({ changes: [{ before: 10 + n, kind }] }, 16);
    const evidence = evidenceOf(result);
    expect(evidence.verdict).toBe('complete');
  });

  test('that the server makes smaller than in the pass before are read at their right places', async () => {
    let asked = 0;
    const { result } = await watch({}, 4, (page) => (request) => {
      const isLater = ++asked > 6;
      return page(isLater ? { ...request, limit: Math.min(request.limit ?? 7, 7) } : request);
    });
    expect(evidenceOf(result)).toMatchObject({ passes: 2, verdict: 'complete' });
  });

  test('of the second pass that are answered while the first is tried again begin the moment', async () => {
    const { result } = await watch({}, 16, (page) => {
      let firsts = 0;
      return async (request: PageRequest) => {
        const answer = await page(request);
        // The first page of the second pass comes after the others, from a later try.
        if (request.skip > 0 || ++firsts < 2 || answer.kind !== 'page') return answer;
        const later = 1_000_000;
        return { ...answer, sentAt: answer.sentAt + later, receivedAt: answer.receivedAt + later };
      };
    });
    const { moment } = evidenceOf(result);
    expect(Date.parse(moment?.to ?? '') - Date.parse(moment?.from ?? '')).toBeLessThan(1000);
    expect(codeOf(result)).toBe('complete');
  });

  test('that all find their member gone, while its first page still came, make the pass void and not the sync', async () => {
    const change = Promise.withResolvers<void>();
    let firsts = 0;
    const result = await readChanged({ spoolDir }, { users: 90 }, 'per-role', (plan, tenant) => {
      const list = plan.lists.at(-1);
      if (list?.kind !== 'paged-per-member') throw new Error('no such list');
      const { page } = list;
      list.page = async (role, request) => {
        if (role !== 'r3' || firsts > 2) return await page(role, request);
        if (request.skip === 0) firsts++;
        if (firsts < 2) return await page(role, request);
        if (request.skip > 0) await change.promise;
        const answer = await page(role, request);
        if (request.skip > 0) return answer;
        tenant.change('dissolve');
        change.resolve();
        await setImmediate();
        return answer;
      };
    });
    expect(codeOf(result)).toBe('complete');
    expect(evidenceOf(result)).toMatchObject({ passes: 4 });
  });

  test('are not taken where a cursor leads on', async () => {
    // A list that came whole when it was looked at has grown since, and now gives cursors.
    const { result } = await watch(
      { users: 34, uncounted: true },
      4,
      (page) => async (request) => {
        if (request.skip > 0 && request.cursor === undefined) {
          const answer = await page(request);
          return answer.kind === 'page' ? { ...answer, rows: [] } : answer;
        }
        const answer = await page({ ...request, skip: Number(request.cursor ?? 0) });
        if (answer.kind !== 'page') return answer;
        const end = Number(request.cursor ?? 0) + answer.rows.length;
        return { ...answer, next: end < 34 ? String(end) : null };
      },
      10,
    );
    expect(evidenceOf(result)).toMatchObject({ passes: 2 });
  });
});
