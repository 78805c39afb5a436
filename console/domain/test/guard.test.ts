import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guard, isAdministratorTier, nextRunAfterDeath, tierOf, TIERS } from '../src/index.ts';
import type { GuardFacts, RoleChange, TypeChange } from '../src/index.ts';

const users = (before: number, removed: number, added = 0): TypeChange => ({
  name: 'users',
  kind: 'resource',
  before,
  after: before - removed + added,
  removed,
  added,
});
const quiet: GuardFacts = {
  first: false,
  types: [users(1000, 0)],
  accounts: 1000,
  roles: 8,
  emptied: [],
  administrators: 5,
  owner: { present: true, excepted: false, rolesBefore: 2, rolesAfter: 2 },
  readOnce: false,
};
const emptied = (change: Partial<RoleChange>): GuardFacts => ({
  ...quiet,
  emptied: [{ name: 'Super Admin', tierBefore: 'critical', tierAfter: 'critical', before: 4, after: 0, ...change }],
});
const types = (...changes: TypeChange[]): GuardFacts => ({ ...quiet, types: changes });
const owner = (change: Partial<GuardFacts['owner']>): GuardFacts => ({
  ...quiet,
  owner: { ...quiet.owner, ...change },
});

const codes = (facts: GuardFacts): string[] => {
  const verdict = guard(facts);
  return verdict.kind === 'hold' ? verdict.reasons.map((reason) => reason.code) : [];
};

describe('a later sync', () => {
  const medium = { tierBefore: 'medium', tierAfter: 'medium' } as const;
  const table: [what: string, facts: GuardFacts, held: string[]][] = [
    ['nothing changed', quiet, []],
    ['3 of 5 removed are few', types(users(5, 3)), []],
    ['4 of 19 are more than a fifth', types(users(19, 4)), ['BK-DROP']],
    ['4 of 20 are a fifth and no more', types(users(20, 4)), []],
    ['200 of 1,000 are a fifth and no more', types(users(1000, 200)), []],
    ['201 of 1,000', types(users(1000, 201)), ['BK-DROP']],
    ['the only two of a type', types(users(2, 2)), ['BK-DROP-ALL']],
    ['a type that was empty stays empty', types(users(0, 0)), []],
    ['grants drop', types({ ...users(1000, 201), kind: 'grant', name: 'grants of roles' }), ['BK-DROP']],
    ['a fifth of the ids replaced', types(users(10, 2, 2)), []],
    ['three of ten ids replaced', types(users(10, 3, 3)), ['BK-REPLACED']],
    ['all ids replaced', types(users(100, 100, 100)), ['BK-DROP', 'BK-REPLACED']],
    ['grants have no ids to replace', types({ ...users(10, 3, 3), kind: 'grant', name: 'grants of roles' }), []],
    ['a critical role loses its last holder', emptied({}), ['BK-DROP-ROLE']],
    ['a high one', emptied({ tierBefore: 'high', tierAfter: 'high' }), ['BK-DROP-ROLE']],
    ['an unclassified one', emptied({ tierBefore: 'unclassified', tierAfter: 'unclassified' }), ['BK-DROP-ROLE']],
    ['a medium one', emptied(medium), []],
    ['a medium one of a tenant that was read once', { ...emptied(medium), readOnce: true }, ['BK-DROP-ROLE']],
    ['its tier lowered in the same sync', emptied({ tierAfter: 'none' }), ['BK-DROP-ROLE']],
    ['one of several holders is left', emptied({ after: 1 }), []],
    ['nobody held it before', emptied({ before: 0 }), []],
    ["the key's owner is gone", owner({ present: false }), ['BK-OWNER-GONE']],
    ['gone, and that was overruled', owner({ present: false, excepted: true, rolesAfter: 0 }), []],
    ['the owner has fewer roles', owner({ rolesAfter: 1 }), ['BK-OWNER-ROLES']],
    ['the owner has more roles', owner({ rolesAfter: 3 }), []],
    ["another person's key, new in this sync", owner({ rolesBefore: null, rolesAfter: 0 }), []],
  ];
  test.each(table)('%s', (_what, facts, held) => {
    expect(codes(facts)).toEqual(held);
    expect(guard(facts).kind).toBe(held.length === 0 ? 'apply' : 'hold');
  });

  test('reasons name what would happen', () => {
    const verdict = guard({ ...emptied({}), types: [users(1031, 629)] });
    expect(verdict).toEqual({
      kind: 'hold',
      reasons: [
        { code: 'BK-DROP-ROLE', text: 'Super Admin would fall from 4 holders to 0.' },
        { code: 'BK-DROP', text: '629 of 1,031 users would be removed (61 %).' },
      ],
    });
  });

  const change = fc
    .record({ before: fc.nat(2000), removed: fc.nat(2000), added: fc.nat(2000) })
    .map(({ before, removed, added }) => users(before, Math.min(before, removed), added));

  test('whatever drops more than a fifth and more than three rows is held', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1 }), (changes) => {
        const drops = changes.some(
          ({ before, after, removed }) => (removed > 3 && removed * 5 > before) || (before > 0 && after === 0),
        );
        if (drops) expect(guard(types(...changes)).kind).toBe('hold');
      }),
    );
  });

  test('removing more never turns a held sync into an applied one', () => {
    fc.assert(
      fc.property(change, fc.nat(50), (row, more) => {
        if (guard(types(row)).kind === 'apply') return;
        const removed = Math.min(row.before, row.removed + more);
        expect(guard(types({ ...row, removed, after: row.before - removed + row.added })).kind).toBe('hold');
      }),
    );
  });

  test('a sync that only adds is applied', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(2000), (before, added) => {
        expect(guard(types(users(before, 0, added))).kind).toBe('apply');
      }),
    );
  });
});

describe('the first sync', () => {
  const first: GuardFacts = {
    ...quiet,
    first: true,
    types: [users(0, 0, 1000)],
    owner: { present: true, excepted: false, rolesBefore: null, rolesAfter: 1 },
  };
  const table: [what: string, facts: GuardFacts, kind: string, code: string | undefined][] = [
    ['a tenant', first, 'apply', undefined],
    ['no users', { ...first, accounts: 0 }, 'refuse', 'BK-FIRST-EMPTY'],
    ['no roles', { ...first, roles: 0 }, 'refuse', 'BK-FIRST-EMPTY'],
    [
      'the owner is missing, and that was overruled',
      { ...first, owner: { ...first.owner, present: false, excepted: true } },
      'apply',
      undefined,
    ],
    ['the owner is missing', { ...first, owner: { ...first.owner, present: false } }, 'refuse', 'BK-FIRST-OWNER'],
    ['no administrator', { ...first, administrators: 0 }, 'apply', 'BK-NO-ADMIN'],
  ];
  test.each(table)('%s', (_what, facts, kind, code) => {
    const verdict = guard(facts);
    expect(verdict.kind).toBe(kind);
    if (verdict.kind === 'refuse') expect(verdict.error.code).toBe(code);
    if (verdict.kind === 'apply') expect(verdict.warnings[0]?.code).toBe(code);
  });
});

test('a tier is read from the profile; what is absent or not known is unclassified, and counts', () => {
  expect(TIERS.map((tier) => tierOf({ tier }))).toEqual([...TIERS]);
  for (const profile of [undefined, {}, { tier: 'root' }, { tier: 1 }, { tier: '' }]) {
    expect(tierOf(profile)).toBe('unclassified');
  }
  expect(TIERS.filter(isAdministratorTier)).toEqual(['critical', 'high', 'unclassified']);
});

test('a run is tried again at once; the third dead attempt ends it', () => {
  expect([1, 2].map(nextRunAfterDeath)).toEqual([{ retry: true }, { retry: true }]);
  expect(nextRunAfterDeath(3)).toMatchObject({ retry: false, error: { code: 'BK-RUN-DIED' } });
});
