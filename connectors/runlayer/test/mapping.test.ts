import { BatonError } from '@batonkit/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBaseUrl } from '../src/address.ts';
import { strict } from '../src/exceptions.ts';
import { readAssignments } from '../src/mapping/assignment.ts';
import { cutText, Notes, parseInstant } from '../src/mapping/notes.ts';
import { RoleIndex } from '../src/mapping/role-index.ts';
import { readRole } from '../src/mapping/role.ts';
import { readUser } from '../src/mapping/user.ts';

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof BatonError ? error.code : String(error);
  }
  return 'fine';
}

describe('the base URL', () => {
  test.each([
    ['https://acme.runlayer.com', 'https://acme.runlayer.com/api/v1'],
    [' https://ACME.runlayer.com/api/v1/// ', 'https://acme.runlayer.com/api/v1'],
    ['https://ai.acme.internal:8443/api/v1?a=b#c', 'https://ai.acme.internal:8443/api/v1'],
    ['HTTP://localhost:8080/', 'http://localhost:8080/api/v1'],
    ['http://[::1]:8080/api/v1', 'http://[::1]:8080/api/v1'],
  ])('%s', (entered, url) => expect(parseBaseUrl(entered).href).toBe(url));

  test.each([
    ['', 'RL-URL', undefined],
    ['acme.runlayer.com', 'RL-URL', 'https://acme.runlayer.com/api/v1'],
    ['acme.runlayer.com/api/v1', 'RL-URL', 'https://acme.runlayer.com/api/v1'],
    ['https://acme.runlayer.com/api/v2', 'RL-URL', 'https://acme.runlayer.com/api/v1'],
    ['https://user@acme.runlayer.com', 'RL-URL', 'https://acme.runlayer.com/api/v1'],
    ['ftp://acme.runlayer.com', 'RL-URL', undefined],
    ['javascript:alert(1)', 'RL-URL', undefined],
    ['http://acme.runlayer.com', 'RL-URL-HTTP', 'https://acme.runlayer.com/api/v1'],
    ['http://169.254.169.254/api/v1', 'RL-URL-HTTP', 'https://169.254.169.254/api/v1'],
  ])('%j is refused, with a proposal where there is one', (entered, code, proposal) => {
    expect(codeOf(() => parseBaseUrl(entered))).toBe(code);
    try {
      parseBaseUrl(entered);
    } catch (error) {
      const { remedy } = (error as BatonError).report;
      expect(remedy).toContain(proposal ?? 'https://your-tenant.runlayer.com/api/v1');
    }
  });
});

describe('a user', () => {
  const read = (row: object) => {
    const notes = new Notes();
    return { ...readUser({ id: 'u', ...row }, notes), notes: notes.counts };
  };

  test.each([
    [{}, 'unspecified', undefined],
    [{ is_active: true }, 'enabled', 'is_active=true'],
    [{ is_active: false }, 'disabled', 'is_active=false'],
    [{ enabled: false }, 'disabled', 'enabled=false'],
    [{ is_disabled: true }, 'disabled', 'is_disabled=true'],
    [{ disabled: false }, 'enabled', 'disabled=false'],
    [{ status: 'Active' }, 'enabled', 'Active'],
    [{ status: 'suspended', is_active: true }, 'disabled', 'suspended'],
    [{ status: 'on a break', is_active: true }, 'unspecified', 'on a break'],
    [{ deleted_at: '2026-01-01T00:00:00Z', is_active: true }, 'deleted', 'deleted_at'],
    [{ deactivated_at: null, is_active: true }, 'enabled', 'is_active=true'],
    [{ is_active: 'yes' }, 'unspecified', undefined],
    [{ status: 'constructor' }, 'unspecified', 'constructor'],
    [{ status: '__proto__' }, 'unspecified', '__proto__'],
  ])('%j is %s', (row, status, sourceStatus) => {
    const user = read(row);
    expect([user.status, user.sourceStatus]).toEqual([status, sourceStatus]);
  });

  test.each([
    [{ name: 'Ada', full_name: 'Ada L.' }, 'Ada'],
    [{ name: '  ', full_name: 'Ada L.' }, 'Ada L.'],
    [{ first_name: 'Ada', last_name: 'Lovelace' }, 'Ada Lovelace'],
    [{ last_name: 'Lovelace' }, 'Lovelace'],
    [{ name: null, email: 'a@example.com' }, undefined],
    [{ name: 7 }, undefined],
  ])('%j is called %s', (row, name) => expect(read(row).name).toBe(name));

  test.each([
    [{}, 'human'],
    [{ type: 'user' }, 'human'],
    [{ type: 'agent' }, 'service'],
    [{ type: 'Service Account' }, 'service'],
    [{ is_agent: true }, 'service'],
    [{ is_service_account: true, type: 'user' }, 'service'],
    [{ type: 'robot overlord' }, 'unspecified'],
  ])('%j is a %s account', (row, type) => expect(read(row).type).toBe(type));

  test('texts never fail it: odd ones are left out or cut, and counted', () => {
    const user = read({ email: { a: 1 }, name: 'ü'.repeat(600), status: 'odd', type: 'odd', created_at: 'yesterday' });
    expect(user.email).toBeUndefined();
    expect(user.name).toBe('ü'.repeat(512));
    expect(user.notes).toEqual({ textsIgnored: 1, textsCut: 1, unknownStatus: 1, unknownType: 1, timesIgnored: 1 });
  });

  test.each([
    {},
    { id: null },
    { id: '' },
    { id: 7.5 },
    { id: true },
    { id: '..' },
    { id: 'a\nb' },
    { id: 'x'.repeat(401) },
    { id: {} },
    [],
    'u',
    null,
  ])('without an id that can be used (%j) it is refused', (row) =>
    expect(codeOf(() => readUser(row, new Notes()))).toBe('RL-SHAPE'),
  );

  test('the id may have other names', () => {
    expect(readUser({ user_id: 'a' }, new Notes()).id).toBe('a');
    expect(readUser({ uuid: 'b', id: null }, new Notes()).id).toBe('b');
    expect(readUser({ id: 7 }, new Notes()).id).toBe('7');
  });
});

test('texts are cut at 1,024 bytes, on a whole character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 200, maxLength: 1500 }), (text) => {
      const cut = cutText(text);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1024);
      expect(text.startsWith(cut)).toBe(true);
      expect(Buffer.byteLength(cut)).toBeGreaterThan(Math.min(Buffer.byteLength(text), 1024) - 4);
    }),
  );
});

test.each([
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05.000Z', '2026-01-02T03:04:05Z'],
  ['2026-01-02T03:04:05.100Z', '2026-01-02T03:04:05.1Z'],
  ['2026-01-02T03:04:05.0012340Z', '2026-01-02T03:04:05.001234Z'],
  ['2026-02-28T23:59:59.123456789Z', '2026-02-28T23:59:59.123456789Z'],
  ['2026-01-02T24:00:01Z', undefined],
  ['2026-01-02 03:04:05.120000', '2026-01-02T03:04:05.12Z'],
  ['2026-01-02T03:04:05.123456789+01:30', '2026-01-02T01:34:05.123456789Z'],
  ['2026-01-02T03:04:05+0200', '2026-01-02T01:04:05Z'],
  ['2026-13-02T03:04:05Z', undefined],
  ['2026-01-02', undefined],
  ['1767322000', undefined],
])('the instant %s', (text, instant) => expect(parseInstant(text)).toBe(instant));

describe('an assignment', () => {
  const roles = new RoleIndex();
  for (const row of [
    { id: '1-sa', slug: 'super_admin', name: 'Super Admin' },
    { id: '2-ops', slug: 'ops', name: 'Operations' },
    { id: '3-twin', name: 'Twin Role' },
    { id: '4-twin', name: 'twin-role' },
    { id: '5-case', name: 'Five' },
    { id: '5-CASE', name: 'Also five' },
  ]) {
    roles.add(readRole(row, row.id, new Notes()));
  }
  roles.add({ id: '6-custom', slug: 'custom-1', label: 'Ops' });
  roles.addServerRole({ id: '9-server', slug: 'server_owner', label: 'Owner of a server' });
  // One role for each of two servers, and one that has the name of a role of the platform.
  roles.addServerRole({ id: '9-a', slug: 'owner_a', label: 'Owner of several' });
  roles.addServerRole({ id: '9-b', slug: 'owner_b', label: 'Owner of several' });
  roles.addServerRole({ id: '9-twin', slug: 'Super-Admin', label: 'Operations' });
  const now = Date.UTC(2026, 0, 1);
  const read = (...rows: unknown[]) => {
    const notes = new Notes();
    const placeholder = (id: string): never => {
      throw new Error(id);
    };
    const { held, serverScoped } = readAssignments(rows, { roles, notes, judge: strict, now, placeholder });
    return { roles: held.map(({ role }) => role.id), held, serverScoped, notes: notes.counts };
  };

  test.each<[unknown, string]>([
    ['1-sa', '1-sa'],
    ['super_admin', '1-sa'],
    ['Super Admin', '1-sa'],
    [{ id: '2-ops', slug: 'ops', name: 'Operations', source: 'direct' }, '2-ops'],
    [{ id: 'assignment-7', role_id: '2-ops', role_name: 'Operations' }, '2-ops'],
    [{ id: 'assignment-7', role: { id: '2-ops' } }, '2-ops'],
    [{ role: 'ops' }, '2-ops'],
    [{ slug: 'ops', scope: 'platform' }, '2-ops'],
    [{ id: 'unknown id', name: 'Twin Role' }, '3-twin'],
    [{ id: '5-CASE' }, '5-CASE'],
    [{ id: '5-case' }, '5-case'],
    [{ id: '3-twin', name: 'Twin Role' }, '3-twin'],
    // The name as it is written goes before a slug that only folds alike.
    ['Ops', '6-custom'],
    ['ops', '2-ops'],
    ['OPS', '2-ops'],
    ['Twin Role', '3-twin'],
  ])('%j means %s', (row, id) => {
    expect(read(row).roles).toEqual([id]);
  });

  test.each<[unknown, string]>([
    ['ghost', 'RL-ROLE-UNKNOWN'],
    [{ id: 'ghost', name: 'Ghost' }, 'RL-ROLE-UNKNOWN'],
    ['twin role', 'RL-ROLE-AMBIGUOUS'],
    // Also the name of a role that is given per server.
    ['super admin', 'RL-ROLE-AMBIGUOUS'],
    [{ name: 'Operations' }, 'RL-ROLE-AMBIGUOUS'],
    [{ role_id: '1-sa', role_name: 'Operations' }, 'RL-ROLE-AMBIGUOUS'],
    [{}, 'RL-SHAPE'],
    [{ id: 7.5 }, 'RL-SHAPE'],
    [{ id: true }, 'RL-SHAPE'],
    [null, 'RL-SHAPE'],
    [7, 'RL-ROLE-UNKNOWN'],
    [true, 'RL-SHAPE'],
    ['', 'RL-SHAPE'],
    [{ role: true }, 'RL-SHAPE'],
    [{ id: '1-sa', expires_at: 'soon' }, 'RL-SHAPE'],
    [{ id: '1-sa', scope: 'galaxy' }, 'RL-SCOPE'],
    [{ id: '1-sa', scope: { type: 'server' } }, 'RL-SCOPE'],
    [{ id: '1-sa', resource_type: 'team', resource_id: 't' }, 'RL-SCOPE'],
    [{ id: '1-sa', resource_id: 't' }, 'RL-SCOPE'],
    [{ role: { id: '1-sa', scope: 'galaxy' } }, 'RL-SCOPE'],
    [{ id: '1-sa', server_id: '', scope: 'galaxy' }, 'RL-SCOPE'],
    [{ id: '1-sa', server_id: '', mcp_server_id: null, scope_type: 'tool' }, 'RL-SCOPE'],
  ])('%j is refused with %s', (row, code) => expect(codeOf(() => read(row))).toBe(code));

  test.each([null, 'platform', 'Organization', 'org', 'global', 'tenant'])('the scope %s is the platform', (scope) => {
    expect(read({ id: '1-sa', scope }).roles).toEqual(['1-sa']);
  });

  test.each([
    { id: '1-sa', server_id: 's1' },
    { id: '1-sa', scope: 'server' },
    // With a server named, no other word can make it the platform's.
    { id: '1-sa', server_id: 's1', scope: 'tool' },
    { id: '1-sa', server_id: 7, scope_type: { kind: 'tool' } },
    { id: '1-sa', server_id: '', mcp_server_id: 's1' },
    { id: '1-sa', resource_type: 'server', scope: 'tool' },
    { id: '1-sa', resource_type: 'mcp-server', resource_id: 's1' },
    { id: 'x', slug: 'server_admin' },
    { role: { slug: 'server_admin' } },
    'Server Admin',
    { role_id: '9-server' },
    'server_owner',
    { name: 'owner of a server' },
    'Owner of several',
  ])('%j is for one server: counted, and no grant', (row) => {
    expect(read(row)).toMatchObject({ roles: [], serverScoped: 1 });
  });

  test.each(['soon', 7, '0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z'])('no role ends at %j', (end) => {
    const why = 'its expires_at is no time after 1970, and an earlier one may stand for none';
    expect(() => read({ id: '1-sa', expires_at: end })).toThrow(why);
  });

  test('the same role twice is one grant with all its sources', () => {
    const { held } = read({ id: '1-sa', source: 'sso' }, { id: '1-sa', source: 'direct' }, 'super_admin', {
      id: '2-ops',
    });
    expect(held.map(({ role, sources }) => [role.id, sources])).toEqual([
      ['1-sa', ['direct', 'sso']],
      ['2-ops', []],
    ]);
  });

  test('what has ended is dropped and counted; an end to come is kept, unless another way has none', () => {
    const ended = { id: '1-sa', expires_at: '2025-12-31T23:59:59Z' };
    const ending = { id: '1-sa', expires_at: '2026-06-01T00:00:00Z', source: 'group' };
    expect(read(ended)).toMatchObject({ roles: [], notes: { expiredDropped: 1 } });
    expect(read(ended, ending).held).toMatchObject([{ expiresAt: '2026-06-01T00:00:00Z' }]);
    expect(read(ending, { id: '1-sa' }).held[0]?.expiresAt).toBeUndefined();
  });
});

test('what an assignment means does not depend on those that were read before', () => {
  const name = fc.constantFrom('1', '2', 'a', 'A', 'a b', 'a-b', 'a_b', 'x', 'server_admin', 'ghost');
  const role = fc.record({ id: name, slug: name, name }, { requiredKeys: ['id'] });
  const plain = ['id', 'slug', 'name', 'role_id', 'source'];
  const keys = fc.subarray([...plain, 'role_name', 'role', 'scope'], { minLength: 1, maxLength: 3 });
  const row = fc.oneof(
    name,
    fc.tuple(keys, fc.array(name, { minLength: 3, maxLength: 3 })).map(([keys, values]) => {
      return Object.fromEntries(keys.map((key, n) => [key, key === 'scope' ? 'server' : values[n]]));
    }),
  );
  // What a plain row was found to mean is remembered; one that differs in one key may mean something else.
  const others = fc.uniqueArray(fc.tuple(fc.constantFrom(...plain), name), { selector: ([key]) => key });
  const alike = fc.tuple(fc.constantFrom(...plain), name, others, fc.constantFrom(...plain), fc.option(name));
  const pair = alike.map(([key, value, others, changed, to]) => {
    const one = { ...Object.fromEntries(others), [key]: value };
    return [one, to === null ? value : { ...one, [changed]: to }];
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(role, { selector: ({ id }) => id, maxLength: 5 }),
      fc.array(fc.oneof(pair, fc.tuple(row)), { maxLength: 30 }).map((pairs) => pairs.flat()),
      (list, rows) => {
        const index = (): RoleIndex => {
          const roles = new RoleIndex();
          roles.areNamedById = true;
          for (const [n, one] of list.entries()) {
            const record = readRole(one, one.id, new Notes());
            if (n % 3 === 2) roles.addServerRole(record);
            else roles.add(record);
          }
          return roles;
        };
        const meaning = (row: unknown, roles: RoleIndex): string => {
          let held: string[] = [];
          const placeholder = (): never => {
            throw new Error('not accepted');
          };
          const code = codeOf(() => {
            const read = readAssignments([row], { roles, notes: new Notes(), judge: strict, now: 0, placeholder });
            held = [...read.held.map(({ role }) => role.id), String(read.serverScoped)];
          });
          return `${code} ${held.join(' ')}`;
        };
        const shared = index();
        for (const one of rows) expect(meaning(one, shared)).toBe(meaning(one, index()));
      },
    ),
    { numRuns: 1000 },
  );
});

describe('a role', () => {
  test.each([
    [{ slug: 'super_admin' }, 'critical'],
    [{ name: 'IT Admin', is_system: true }, 'high'],
    [{ slug: 'super_admin', is_system: false }, undefined],
    [{ name: 'Owner of Everything' }, undefined],
    [{ slug: 'constructor' }, undefined],
    [{ slug: 'x_user', name: 'User' }, undefined],
  ])('%j has the tier %s', (row, tier) => expect(readRole(row, 'r', new Notes()).tier).toBe(tier));

  test('its capabilities may be texts or objects', () => {
    expect(
      readRole({ capabilities: ['a', { name: 'b' }, { key: 'c' }, 7, {}] }, 'r', new Notes()).capabilities,
    ).toEqual(['a', 'b', 'c']);
  });
});
