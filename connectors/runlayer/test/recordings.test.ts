import type { DoctorStep } from '@batonkit/connector';
import { seededRandom } from '@batonkit/kernel';
import { describe, expect, test } from 'vitest';
import { runlayer } from '../src/index.ts';
import { createQuickClock, readTenant } from './read-tenant.ts';
import { MovingList, recording, startRecordedServer, type Exchange, type Step, type User } from './recorded-server.ts';

interface Summary {
  runs: { name: string; limit?: number; steps: Step[]; skipped_though_present_all_the_time?: string[] }[];
}
interface Page {
  data: User[];
  count: number;
}

const current = recording('exchanges.json') as Exchange[];
const release = recording('release-0.9.0/exchanges.json') as Exchange[];

const pagesOf = (name: string): Page[] => (recording(name) as Exchange[]).map(({ response }) => response.body as Page);
const bodyOf = (exchanges: Exchange[], name: string): Page =>
  exchanges.find((exchange) => exchange.name === name)?.response.body as Page;
const distinct = (rows: readonly User[]): User[] => [...new Map(rows.map((row) => [row.id, row])).values()];
const made = (id: string): User => ({ id, is_superuser: false });
const settings = (url: string, values = {}) => ({
  'base-url': url,
  'api-key': 'TOKEN',
  'auth-style': 'bearer',
  ...values,
});

describe('answers of a server of the same family', () => {
  test.each([
    ['TOKEN_OF_PLAIN_USER', 'RL-PERM-403', 7],
    ['TOKEN_OF_INACTIVE_USER', 'RL-AUTH-OWNER', 16],
    ['TOKEN_OF_DELETED_USER', 'RL-AUTH-OWNER', 16],
    ['EXPIRED_TOKEN', 'RL-AUTH-401', 16],
    ['TOKEN_WITH_WRONG_SIGNATURE', 'RL-AUTH-401', 16],
  ])('the key %s ends in %s', async (key, code, status) => {
    await using server = await startRecordedServer(current);
    for (const style of ['bearer', 'auto']) {
      const { error } = await readTenant(settings(server.url, { 'api-key': key, 'auth-style': style }));
      expect(error).toMatchObject({ code, status });
    }
  });

  test('a key in a header that the server does not know is none; as a bearer token it is one', async () => {
    const list = bodyOf(current, 'users-limit-1000');
    await using server = await startRecordedServer(current, (skip, limit) => ({
      data: list.data.slice(skip, skip + limit),
      count: list.count,
    }));
    for (const style of ['header', 'auto'] as const) {
      const { synced, error } = await readTenant(settings(server.url, { 'auth-style': style }));
      if (style === 'header') expect(error?.code).toBe('RL-AUTH-401');
      else expect(synced?.users).toHaveLength(251);
    }
  });

  test('a list behind a redirect to its slash is read, each page with its query, and the key goes nowhere else', async () => {
    const list = bodyOf(current, 'users-limit-1000');
    await using server = await startRecordedServer(current, (skip, limit) => ({
      data: list.data.slice(skip, skip + limit),
      count: list.count,
    }));
    const { synced } = await readTenant(settings(server.url, { 'page-size': 100 }));
    expect(synced?.users.map(({ id }) => id?.resource)).toEqual(list.data.map(({ id }) => id));
    expect(server.asked.filter((url) => url.startsWith('/api/v1/users?'))).toHaveLength(1);
    expect(server.asked).toContain('/api/v1/users/?skip=200&limit=100');
  });

  test.each<[string, Exchange[], string]>([
    ['the current version', current, 'openapi.json'],
    ['release 0.9.0', release, 'release-0.9.0/openapi.json'],
  ])('doctor finds the OpenAPI document of %s below the Base URL, and its paths', async (_, exchanges, document) => {
    const openApi: Exchange = {
      name: 'openapi',
      request: { method: 'GET', path: '/api/v1/openapi.json', query: '', headers: { Authorization: 'Bearer TOKEN' } },
      response: { status: 200, headers: {}, body: recording(document) },
    };
    // Recorded only in part beside its whole.
    const others = exchanges.filter(({ request: { path } }) => path !== openApi.request.path);
    await using server = await startRecordedServer([openApi, ...others]);
    await using connector = runlayer.open(runlayer.config.read(settings(server.url)), {
      clock: createQuickClock(),
      random: seededRandom(1),
      observe: () => {},
      httpTimeoutSeconds: 30,
      userAgent: 'test',
    });
    const steps: DoctorStep[] = [];
    for await (const step of connector.doctor?.(new AbortController().signal) ?? []) steps.push(step);
    expect(steps.slice(0, 4).map(({ check, verdict }) => `${check}: ${verdict}`)).toEqual([
      'Instance: ok',
      'OpenAPI document: ok',
      'API key: ok',
      'Users list: ok',
    ]);
    const report = connector.report?.() as { openApi: { at: string; paths: string[] } };
    expect(report.openApi.paths).toEqual(expect.arrayContaining(['/users/', '/users/me', '/users/{id}']));
    // Its rows carry no roles, and there is no other way to them.
    expect(steps.at(-1)?.verdict).toBe('skipped');
  });
});

/** New ones come first, as the list is sorted from the newest to the oldest. */
function changeSorted(rows: User[], { created = [], deleted = [] }: Step): User[] {
  return [...created.map(made).reverse(), ...rows].filter(({ id }) => !deleted.includes(id));
}

/** Without an order, the row that is written moves to the end. */
function changeUnsorted(rows: User[], { update }: Step): User[] {
  const row = rows.find(({ id }) => id === update?.id);
  return row === undefined ? rows : [...rows.filter((other) => other !== row), row];
}

const runsOf = (name: string): Summary['runs'] => (recording(name) as Summary).runs;

describe('recorded readings of a list that moves', () => {
  const sorted = runsOf('paging-summary.json');
  const base = bodyOf(current, 'users-limit-1000').data;
  const created = pagesOf('paging-three-created.json');
  const deleted = pagesOf('paging-three-deleted.json');
  const unsorted = runsOf('release-0.9.0/paging-summary.json');
  const physical = ['users-skip-0', 'users-skip-100'].flatMap((name) => bodyOf(release, name).data);
  const renamed = pagesOf('release-0.9.0/paging-run-pages.json');

  const lists: Record<string, () => { list: MovingList; limit: number }> = {};
  for (const { name, limit = 100, steps, skipped_though_present_all_the_time: skipped = [] } of sorted) {
    lists[name] = () => {
      const pages = { 'three-created': created, 'three-deleted': deleted }[name] ?? [];
      const seen = distinct(pages.flatMap(({ data }) => data));
      // The run that recorded its pages missed some who were there all the time.
      const rows =
        pages.length === 0 ? startOf(steps) : [...seen.slice(0, 100), ...skipped.map(made), ...seen.slice(100)];
      return { list: new MovingList(rows, steps, changeSorted, pages), limit };
    };
  }
  /** Who is deleted in a run was there, and who is created was not. */
  function startOf(steps: readonly Step[]): User[] {
    const born = new Set(steps.flatMap(({ created = [] }) => created));
    const gone = steps.flatMap(({ deleted = [] }) => deleted).filter((id) => !born.has(id));
    const missing = gone.filter((id) => !base.some((row) => row.id === id)).map(made);
    return [...missing, ...base.filter(({ id }) => !born.has(id))];
  }
  for (const [index, { name, steps }] of unsorted.entries()) {
    lists[name] = () => {
      // Each run begins in the order in which the one before ended.
      const before = unsorted
        .slice(0, index)
        .flatMap(({ steps }) => steps.filter(({ update }) => update !== undefined));
      const rows = before.reduce(changeUnsorted, physical);
      const isRecorded = name.startsWith('twenty');
      return { list: new MovingList(rows, steps, changeUnsorted, isRecorded ? renamed : []), limit: 50 };
    };
  }

  const ends: Record<string, 'exact' | 'RL-DRIFT'> = {
    'three-created': 'exact',
    'three-deleted': 'exact',
    'created-then-deleted': 'exact',
    'one-created-one-deleted': 'exact',
    'twenty-renamed': 'exact',
    'one-rename-of-a-user-already-read': 'exact',
    'one-rename-of-a-user-not-yet-read': 'exact',
    'twenty-renames-of-users-already-read': 'exact',
  };

  test('each has an outcome', () => expect(Object.keys(lists).sort()).toEqual(Object.keys(ends).sort()));

  test.each(Object.entries(ends))('%s ends %s', async (name, end) => {
    const made = lists[name]?.();
    if (made === undefined) throw new Error('no such run');
    const { list, limit } = made;
    await using server = await startRecordedServer(current, list.pages);
    const { synced, error } = await readTenant(
      settings(server.url, { 'page-size': limit, accept: ['owner-not-listed'], reason: 'r' }),
    );
    expect(error?.code ?? 'exact').toBe(end);
    if (end !== 'exact') return;
    expect(new Set(synced?.users.map(({ id }) => id?.resource))).toEqual(new Set(list.rows.map(({ id }) => id)));
  });
});

test('a list that moves at each reading and never fits in a page is refused', async () => {
  let rows = bodyOf(current, 'users-limit-1000').data;
  let n = 0;
  await using server = await startRecordedServer(current, (skip, limit) => {
    // As in the recording: one is created and one deleted after the first page, so that the count stays.
    if (skip > 0) {
      const id = `00000000-0000-4000-8000-${String(++n).padStart(12, '0')}`;
      rows = [made(id), ...rows.slice(0, 99), ...rows.slice(100)];
    }
    // One page that holds all would be one moment.
    return { data: rows.slice(skip, skip + Math.min(limit, 100)), count: rows.length };
  });
  const { error } = await readTenant(
    settings(server.url, { 'page-size': 100, accept: ['owner-not-listed'], reason: 'r' }),
  );
  expect(['RL-DRIFT', 'RL-COUNT']).toContain(error?.code);
});

describe('a list at rest whose sort keys are all equal', () => {
  const pages = pagesOf('upgraded-database/pages-limit-100-of-450.json');
  const summary = recording('upgraded-database/paging-summary-450.json') as {
    runs: { limit: number; skipped: string[]; distinct: number }[];
  };
  const lost = summary.runs.find(({ limit }) => limit === 100)?.skipped ?? [];
  const people = [...distinct(pages.flatMap(({ data }) => data)), ...lost.map(made)];

  /** The order depends on how far the server must sort; where pages were recorded, they are served as they were. */
  const page = (skip: number, limit: number): Page => {
    const recorded = limit === 100 ? pages[skip / 100] : undefined;
    if (recorded !== undefined) return recorded;
    const rows = people.slice(skip, skip + limit);
    // As recorded: somebody of the page before comes again, and somebody else is lost, except at the far end.
    const again = skip + limit < people.length ? people[skip - 1] : undefined;
    return { data: again === undefined ? rows : [again, ...rows.slice(1)], count: people.length };
  };

  test.each([100, 50, 20])('is whole although pages of %i lose people each time in the same way', async (limit) => {
    await using server = await startRecordedServer(current, page);
    const { synced, error } = await readTenant(
      settings(server.url, { 'page-size': limit, accept: ['owner-not-listed'], reason: 'r' }),
    );
    expect(error).toBeUndefined();
    expect(synced?.users).toHaveLength(451);
    expect(new Set(synced?.users.map(({ id }) => id?.resource))).toEqual(new Set(people.map(({ id }) => id)));
  });

  test('is refused where no page holds it whole', async () => {
    await using server = await startRecordedServer(current, (skip, limit) => page(skip, Math.min(limit, 100)));
    const { error } = await readTenant(
      settings(server.url, { 'page-size': 100, accept: ['owner-not-listed'], reason: 'r' }),
    );
    expect(['RL-COUNT', 'RL-DRIFT']).toContain(error?.code);
  });

  test('of 151 people, pages of 50 are enough', async () => {
    const recorded = pagesOf('upgraded-database/pages-limit-50.json');
    const rows = recorded.flatMap(({ data }) => data);
    await using server = await startRecordedServer(current, (skip, limit) =>
      limit === 50 && recorded[skip / 50] !== undefined
        ? recorded[skip / 50]
        : { data: rows.slice(skip, skip + limit), count: 151 },
    );
    const { synced } = await readTenant(
      settings(server.url, { 'page-size': 50, accept: ['owner-not-listed'], reason: 'r' }),
    );
    expect(synced?.users).toHaveLength(151);
  });
});
