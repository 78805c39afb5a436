import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@batonkit/kernel';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { forms } from './plan-of-a-test.ts';
import { isCounted, isTrue, read } from './read-of-a-test.ts';
import { contentOf, Tenant, type TenantSettings, type Users } from './tenant-of-a-test.ts';

const directory = mkdtempSync(join(tmpdir(), 'reading-model-'));
afterAll(() => rmSync(directory, { recursive: true }));
const options = { spoolDir: directory };

const changes = fc.array(
  fc.record({
    before: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 250 })),
    kind: fc.constantFrom(
      'add',
      'delete',
      'promote',
      'demote',
      'add',
      'delete',
      'promote',
      'demote',
      'found',
      'dissolve',
      'move',
      'move',
    ),
  }),
  { maxLength: 8 },
) as fc.Arbitrary<TenantSettings['changes']>;
const tenants: fc.Arbitrary<TenantSettings> = fc.record({
  users: fc.integer({ min: 1, max: 40 }),
  roles: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
  maxLimit: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constant(1000)),
  cutsSilently: fc.boolean(),
  shortPages: fc.boolean(),
  uncounted: fc.constantFrom(false, false, false, true),
  countLie: fc.constantFrom(0, 0, 0, 0, 1, -1),
  ties: fc.constantFrom(false, false, false, true),
  lingering: fc.constantFrom(0, 0, 1),
  hidden: fc.constantFrom(false, false, false, true),
  changes: fc.oneof(fc.constant([]), changes),
});
const anyForm = fc.constantFrom(...forms);

describe('the claim of a complete reading', () => {
  test('whatever is served is true at an instant of the moment, or throughout the window', async () => {
    const ends = { moment: 0, window: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(tenants, anyForm, async (drawn, form) => {
        // Without counts nothing tells of people whom every page size loses.
        const settings = { ...drawn, ties: drawn.ties && !drawn.uncounted };
        const result = await read(settings, form, options);
        if ('error' in result) ends.refused++;
        else {
          ends[result.reading.evidence.moment === undefined ? 'window' : 'moment']++;
          expect(isCounted(result)).toBe(true);
        }
        expect(isTrue(result)).toBe(true);
        expect(readdirSync(directory)).toEqual([]);
      }),
      { numRuns: 800 },
    );
    // A reader that refuses everything would pass, too; so would one that never gets to the harder ways.
    expect((ends.moment + ends.window) / 800).toBeGreaterThan(0.4);
    expect(ends.window).toBeGreaterThan(8);
  });

  test('a source at rest is always read at a moment, whatever its pages are like', async () => {
    await fc.assert(
      fc.asyncProperty(tenants, anyForm, fc.boolean(), async (settings, form, uncounted) => {
        const rest = { countLie: 0, ties: false, hidden: false, changes: [] };
        const result = await read({ ...settings, ...rest, uncounted }, form, options);
        expect(result).not.toHaveProperty('error');
        expect(isTrue(result)).toBe(true);
        expect('reading' in result && result.reading.evidence.moment).toBeDefined();
      }),
      { numRuns: 200 },
    );
  });

  /** Readers with a mistake of old: the same claim must find them out, or it proves nothing. */
  test.each([
    { mistake: 'ends on a short page', settings: { shortPages: true }, changing: false },
    { mistake: 'accepts one pass', settings: {}, changing: true },
    { mistake: 'takes 404 for no roles', settings: {}, changing: true },
    { mistake: 'joins two passes', settings: {}, changing: true },
  ])('finds out a reader that $mistake', ({ mistake, settings, changing }) => {
    const wrong = fc.check(
      fc.property(tenants, changes, (random, moves) => {
        const clock = new VirtualClock();
        const still = { countLie: 0, ties: false, shortPages: false, cutsSilently: true };
        const tenant = new Tenant({ ...random, ...still, changes: changing ? moves : [], ...settings }, clock);
        const from = clock.now();
        const before = mistake === 'joins two passes' ? readNaively(tenant, mistake) : [];
        const served = contentOf(new Map([...before, ...readNaively(tenant, mistake)]));
        return tenant.during(from, clock.now()).some(({ users }) => contentOf(users) === served);
      }),
      { numRuns: 500 },
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
