import { expect } from 'vitest';

import { bodyOf, keysOf, roles, users, type Looks, type Row } from './raw.ts';
import type { Simulator } from './simulator.ts';

/** A field of users under another name, with values of a kind, and gone under its own. */
const field =
  (name: string, is: unknown, instead: string) =>
  async (from: Simulator): Promise<void> => {
    const rows = await users(from);
    expect(rows.map((row) => row[name])).toContainEqual(is);
    expect(rows.some((row) => instead in row)).toBe(false);
  };

/** The values that a field of users has. */
const values = async (from: Simulator, name: string): Promise<Set<unknown>> =>
  new Set((await users(from)).map((row) => row[name]));

const gone =
  (...names: string[]) =>
  async (from: Simulator): Promise<void> => {
    const keys = await keysOf(from);
    for (const name of names) expect(keys).not.toContain(name);
  };

/** The single read names a user by the same id as the list. */
const identified =
  (key: string, is: unknown) =>
  async (from: Simulator): Promise<void> => {
    for (const row of (await users(from)).slice(0, 4)) {
      expect(row).toMatchObject({ [key]: is });
      expect(await bodyOf(from, `/users/${String(row[key])}`)).toEqual(row);
    }
    if (key !== 'id') await gone('id')(from);
  };

const inactive = async (from: Simulator): Promise<Row[]> => {
  const accounts = (await from.admin('/accounts')).json as { id: string; active: boolean }[];
  const ids = new Set(accounts.filter(({ active }) => !active).map(({ id }) => id));
  expect(ids.size).toBeGreaterThan(0);
  return (await users(from)).filter(({ id }) => ids.has(String(id)));
};

const flag =
  (name: string) =>
  async (from: Simulator): Promise<void> => {
    const marked = (await users(from)).filter((row) => row[name] === true);
    const plain = marked.filter((row) => !(row['roles'] as Row[]).some(({ slug }) => slug === 'super_admin'));
    expect([marked.length > plain.length, plain.length > 0]).toEqual([true, true]);
  };

const roleKeys =
  (has: readonly string[], lacks: readonly string[]) =>
  async (from: Simulator): Promise<void> => {
    for (const row of await roles(from)) {
      const keys = Object.keys(row);
      expect(keys).toEqual(expect.arrayContaining([...has]));
      for (const key of lacks) expect(keys).not.toContain(key);
    }
  };

const text = expect.any(String) as unknown;

export const fieldLooks: Looks = {
  'user-id-user-id': identified('user_id', text),
  'user-id-uuid': identified('uuid', text),
  'user-id-number': identified('id', expect.any(Number)),
  'user-id-text': identified('id', expect.stringMatching(/^usr_[0-9a-f]{32}$/)),
  async 'user-id-case'(from) {
    await identified('id', expect.stringMatching(/^[uU]sr/))(from);
    const ids = (await users(from)).map(({ id }) => String(id));
    expect([new Set(ids).size, new Set(ids.map((id) => id.toLowerCase())).size]).toEqual([60, 30]);
  },
  async 'user-without-id'(from) {
    expect((await users(from)).filter((row) => !('id' in row))).toHaveLength(1);
  },
  async 'user-id-null'(from) {
    expect((await users(from)).filter(({ id }) => id === null)).toHaveLength(1);
  },
  async 'user-id-twice'(from) {
    expect((await values(from, 'id')).size).toBe(59);
  },
  'user-email-primary': field('primary_email', expect.stringContaining('@'), 'email'),
  'user-email-missing': gone('email', 'primary_email'),
  async 'user-email-null'(from) {
    expect(await values(from, 'email')).toContain(null);
  },
  'user-name-full-name': field('full_name', text, 'name'),
  'user-name-display-name': field('display_name', text, 'name'),
  'user-name-first-last': field('last_name', text, 'name'),
  'user-name-missing': gone('name', 'full_name', 'display_name'),
  async 'user-names-hostile'(from) {
    const names = [...(await values(from, 'name'))].map(String);
    expect(names.some((name) => name.startsWith('=HYPERLINK'))).toBe(true);
    expect(names.some((name) => name.includes('\u0000'))).toBe(true);
    expect(names.some((name) => !name.isWellFormed())).toBe(true);
    expect(names.some((name) => Buffer.byteLength(name) > 1024)).toBe(true);
  },
  'status-active': field('active', false, 'is_active'),
  'status-enabled': field('enabled', false, 'is_active'),
  async 'status-disabled'(from) {
    for (const row of await inactive(from)) expect(row['disabled']).toBe(true);
  },
  async 'status-is-disabled'(from) {
    for (const row of await inactive(from)) expect(row['is_disabled']).toBe(true);
  },
  async 'status-string'(from) {
    for (const row of await inactive(from)) expect(['suspended', 'deactivated']).toContain(row['status']);
    expect(await values(from, 'status')).toContain('active');
  },
  async 'status-string-unknown'(from) {
    expect(await values(from, 'status')).toContain('hibernating');
  },
  async 'status-deleted-at'(from) {
    for (const row of await inactive(from)) expect(row['deleted_at']).toEqual(text);
    expect(await values(from, 'deleted_at')).toContain(null);
  },
  async 'status-deactivated-at'(from) {
    for (const row of await inactive(from)) expect(row['deactivated_at']).toEqual(text);
    expect(await values(from, 'deactivated_at')).toContain(null);
  },
  'status-missing': gone('is_active', 'active', 'status'),
  'times-last-active-at': field('last_active_at', text, 'last_login_at'),
  'times-last-seen-at': field('last_seen_at', text, 'last_login_at'),
  'times-missing': gone('created_at', 'updated_at', 'last_login_at'),
  async 'times-null'(from) {
    expect(await values(from, 'created_at')).toEqual(new Set([null]));
  },
  async 'times-offset'(from) {
    for (const time of await values(from, 'created_at')) {
      expect(time).toMatch(/\.\d{6}\+02:00$/);
      expect(Date.parse(String(time))).not.toBeNaN();
    }
  },
  async 'times-nonsense'(from) {
    expect(await values(from, 'last_login_at')).toEqual(new Set(['never']));
  },
  'type-is-agent': field('is_agent', true, 'type'),
  'type-is-service-account': field('is_service_account', true, 'type'),
  'type-missing': gone('type'),
  'flag-is-superuser': flag('is_superuser'),
  'flag-is-admin': flag('is_admin'),
  'flag-is-owner': flag('is_owner'),
  async 'owner-not-listed'(from) {
    const me = await bodyOf(from, '/users/me');
    const rows = await users(from);
    expect([rows.length, rows.some(({ id }) => id === me['id'])]).toEqual([59, false]);
    expect(await bodyOf(from, '/users')).toMatchObject({ count: 59 });
    expect((await from.admin('/accounts')).json).toHaveLength(59);
  },
  'role-id-role-id': roleKeys(['role_id', 'slug', 'name'], ['id']),
  'role-id-slug': roleKeys(['slug', 'name'], ['id', 'role_id']),
  'role-id-key': roleKeys(['key', 'name'], ['id', 'role_id', 'slug']),
  'role-id-name': roleKeys(['name'], ['id', 'role_id', 'slug', 'key']),
  async 'role-id-number'(from) {
    for (const { id } of await roles(from)) expect(id).toEqual(expect.any(Number));
    expect(new Set((await roles(from)).map(({ id }) => id)).size).toBe(10);
  },
  'role-label-display-name': roleKeys(['display_name'], ['name', 'label', 'title']),
  'role-label-label': roleKeys(['label'], ['name', 'display_name', 'title']),
  'role-label-name': roleKeys(['name'], ['display_name', 'label', 'title']),
  'role-label-title': roleKeys(['title'], ['name', 'display_name', 'label']),
  'role-description-missing': roleKeys(['id'], ['description']),
  'role-capabilities-missing': roleKeys(['id'], ['capabilities', 'permissions']),
  async 'role-capabilities-objects'(from) {
    for (const { capabilities } of await roles(from)) expect(capabilities).toContainEqual(shape);
  },
  async 'role-permissions'(from) {
    for (const { permissions } of await roles(from)) expect(permissions).toContainEqual(text);
    await roleKeys([], ['capabilities'])(from);
  },
  async 'role-permissions-objects'(from) {
    for (const { permissions } of await roles(from)) expect(permissions).toContainEqual(shape);
  },
  'role-scope-missing': roleKeys(['id'], ['scope', 'is_system']),
  async 'role-without-id'(from) {
    const without = (await roles(from)).filter(
      (row) => !['id', 'role_id', 'slug', 'key', 'name'].some((key) => key in row),
    );
    expect(without).toHaveLength(1);
  },
  async 'role-id-twice'(from) {
    expect(new Set((await roles(from)).map(({ id }) => id)).size).toBe(9);
  },
};

const shape = { name: text, description: text };
