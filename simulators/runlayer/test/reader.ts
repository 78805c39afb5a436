// A reader of its own, tolerant and plain: it shows that a form can be understood, and knows nothing of completeness.
import { fetchText, type Answered, type Simulator } from './simulator.ts';

type Row = Record<string, unknown>;

const candidates = {
  users: ['/users', '/users/', '/organization/members', '/organizations/ORG/members', '/members'],
  roles: ['/roles', '/roles/', '/fga/roles', '/rbac/roles', '/admin/roles', '/users/roles', '/authorization/roles'],
  perUser: ['/users/ID/roles', '/users/ID/role-assignments', '/fga/users/ID/roles'],
};
const embeddedKeys = ['roles', 'role_assignments', 'role', 'role_names', 'role_ids', 'platform_roles', 'fga_roles'];
const arrays = ['data', 'items', 'results', 'users', 'roles', 'members', 'assignments'];

/** The (user, role) pairs that a tolerant reader sees, `user role`, sorted, each once. */
export async function readTolerantly(from: Simulator, kind: 'super_admin' | 'weak' = 'super_admin'): Promise<string[]> {
  const api = await Api.connect(from, from.tenant.keys[kind]!);
  const users = await api.first(candidates.users, isUser);
  const roles = (await api.first(candidates.roles, (row) => roleId(row) !== undefined)).rows;
  const listed = roles.map((row) => ({
    id: roleId(row)!,
    names: ['slug', 'key', 'display_name', 'label', 'name', 'title']
      .map((key) => row[key])
      .filter((name) => typeof name === 'string')
      .map(fold),
  }));
  const byName = (name: string): string | undefined => listed.find((role) => role.names.includes(fold(name)))?.id;
  const roleOf = (item: unknown): string | undefined => {
    const row = typeof item === 'object' && item !== null ? (item as Row) : undefined;
    if (row && isApart(row)) return undefined;
    const named = row ? ((row['role'] as Row | undefined) ?? row) : undefined;
    const given = named ? (roleId(named) ?? named['role_name']) : item;
    const id = String(given);
    if (fold(id) === 'server_admin' || named?.['slug'] === 'server_admin') return undefined;
    return listed.some((role) => role.id === id) ? id : (byName(id) ?? fail(`an unresolved role ${id}`));
  };
  const pairs = new Set<string>();
  const add = (user: string, item: unknown): void => {
    const role = roleOf(item);
    if (role !== undefined) pairs.add(`${user} ${role}`);
  };
  const key = embeddedKeys.find((key) => users.rows.every((row) => key in row));
  if (key !== undefined) {
    for (const row of users.rows) {
      const held = row[key];
      for (const item of Array.isArray(held) ? held : [held]) add(userId(row)!, item);
    }
  } else {
    const known = new Set(users.rows.map((row) => userId(row)!));
    await api.elsewhere(
      [...known],
      roles.filter((row) => !isApart(row)).map((row) => roleId(row)!),
      (user, item) => {
        if (known.has(user)) add(user, item);
      },
    );
  }
  return [...pairs].sort();
}

const fail = (what: string): never => {
  throw new Error(`The reader met ${what}.`);
};

const fold = (name: string): string => name.toLowerCase().replaceAll(/[\s-]/g, '_');

const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const userId = (row: Row): string | undefined => text(row['id'] ?? row['user_id'] ?? row['uuid']);
const roleId = (row: Row): string | undefined =>
  text(row['id'] ?? row['role_id'] ?? row['slug'] ?? row['key'] ?? row['name']);

const isUser = (row: Row): boolean => userId(row) !== undefined;

/** Rows of a server, and rows that have expired. */
function isApart(row: Row): boolean {
  const isServer = row['server_id'] !== undefined || row['resource_type'] === 'server' || row['scope'] === 'server';
  const expires = row['expires_at'];
  return isServer || (typeof expires === 'string' && Date.parse(expires) < Date.now());
}

class Api {
  readonly #origin: string;
  readonly #base: string;
  readonly #headers: Record<string, string>;
  #organisation = '';

  constructor(origin: string, base: string, headers: Record<string, string>) {
    this.#origin = origin;
    this.#base = base;
    this.#headers = headers;
  }

  static async connect(from: Simulator, key: string): Promise<Api> {
    for (const base of ['/api/v1', '/gateway/api/v1']) {
      for (const headers of [{ 'x-runlayer-api-key': key }, { authorization: `Bearer ${key}` }]) {
        const api = new Api(from.origin, base, { ...headers, accept: 'application/json' } as Record<string, string>);
        const me = await api.get('/users/me');
        if (me.status !== 200 || me.json === undefined) continue;
        api.#organisation = String((me.json as Row)['organization_id']);
        return api;
      }
    }
    return fail('no users/me');
  }

  async get(path: string): Promise<Answered> {
    const url = path.startsWith('/') ? this.#origin + this.#base + path : path;
    const init = { redirect: 'manual', headers: this.#headers } as const;
    const answer = await fetchText(url, init);
    const location = answer.headers.get('location');
    if (location === null) return answer;
    const to = new URL(location, url);
    const from = new URL(url);
    if (to.origin !== from.origin || to.pathname !== `${from.pathname}/`) fail('a redirect that it must not follow');
    return fetchText(to.href, init);
  }

  /** The first path that has a list of such rows. */
  async first(paths: readonly string[], is: (row: Row) => boolean): Promise<{ rows: Row[]; path: string }> {
    for (const candidate of paths) {
      const path = candidate.replace('ORG', this.#organisation);
      const answer = await this.get(`${path}?limit=1`);
      if ([404, 405].includes(answer.status) || /uuid_parsing/.test(answer.text)) continue;
      const rows = (await this.list(path)) as Row[];
      return rows.every(is) ? { rows, path } : fail('a row without id');
    }
    return fail('no such list');
  }

  async elsewhere(
    users: readonly string[],
    roles: readonly string[],
    add: (user: string, item: unknown) => void,
  ): Promise<void> {
    const isThere = async (path: string): Promise<boolean> => (await this.get(path)).status === 200;
    for (const template of candidates.perUser) {
      if (!(await isThere(template.replace('ID', users[0]!)))) continue;
      for (const user of users) for (const item of await this.list(template.replace('ID', user))) add(user, item);
      return;
    }
    if (await isThere(`/roles/${encodeURIComponent(roles[0]!)}/users`)) {
      for (const role of roles)
        for (const row of await this.list(`/roles/${encodeURIComponent(role)}/users`)) {
          const user = text(row) ?? userId(((row as Row)['user'] ?? row) as Row)!;
          if (typeof row === 'object' && isApart(row as Row)) continue;
          add(user, role);
        }
      return;
    }
    for (const row of (await this.list('/role-assignments')) as Row[]) {
      add(text(row['user_id']) ?? userId(row['user'] as Row)!, row['role'] ? row : { ...row, id: row['role_id'] });
    }
  }

  async list(path: string): Promise<unknown[]> {
    const rows: unknown[] = [];
    const seen = new Set<string>();
    let [next, limit, page] = [`${path}?limit=40`, 40, 1];
    for (;;) {
      const answer = await this.get(next);
      if ([400, 413, 422, 500].includes(answer.status) && limit > 0) {
        limit = limit > 20 ? 20 : 0;
        next = `${path}?${limit > 0 ? `limit=${limit}` : ''}`;
        continue;
      }
      if (answer.status !== 200 || answer.json === undefined) fail(`status ${answer.status} on ${path}`);
      const body = answer.json as Row;
      const key = arrays.find((key) => Array.isArray(body[key]));
      const part = Array.isArray(body) ? (body as unknown[]) : key ? (body[key] as unknown[]) : fail('no array');
      const words = JSON.stringify(part);
      if (part.length === 0 || seen.has(words)) return rows;
      seen.add(words);
      rows.push(...part);
      const cursor = body['next_cursor'];
      if (cursor === null || body['next_page'] === null || body['next'] === null) return rows;
      if (typeof cursor === 'string') next = `${path}?cursor=${cursor}&limit=${limit}`;
      else if (typeof body['next_page'] === 'number') next = `${path}?page=${++page}&limit=${limit}`;
      else if (typeof body['next'] === 'string') next = new URL(body['next'], this.#origin).href;
      else next = `${path}?skip=${rows.length}${limit > 0 ? `&limit=${limit}` : ''}`;
    }
  }
}
