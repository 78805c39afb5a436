import { start, type Extra, type Started } from '../src/start.ts';
import type { Saved } from '../src/data-directory.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; undefined if it is not JSON. */
  readonly json: unknown;
}

export interface Simulator extends Started, AsyncDisposable {
  /** GETs a path of /api/v1 with a key, by default the Super Admin's. */
  get(path: string, key?: string | null, init?: RequestInit): Promise<Answered>;
  admin(path: string, body?: unknown, init?: RequestInit): Promise<Answered>;
}

export const token = 'token-of-a-test';

/** A real server on a free port, ended when it goes out of scope. */
export async function simulator(
  options: Partial<Saved> = {},
  behaviours: readonly string[] = [],
  extra: Extra = {},
  now: () => Date = () => new Date(),
): Promise<Simulator> {
  const started = await start(
    {
      seed: 1,
      users: 60,
      customRoles: 3,
      assignments: 'embedded',
      maxLimit: 1000,
      port: 0,
      adminToken: token,
      ...options,
    },
    behaviours,
    undefined,
    now,
    extra,
  );
  return {
    ...started,
    get(path, key = started.tenant.keys.super_admin, init = {}) {
      const headers = {
        ...(key === null ? {} : { 'x-runlayer-api-key': key }),
        ...(init.headers as Record<string, string>),
      };
      return fetchText(`${started.origin}/api/v1${path}`, { redirect: 'manual', ...init, headers });
    },
    admin(path, body, init = {}) {
      return fetchText(`${started.origin}/__admin${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        ...init,
        headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
      });
    },
    [Symbol.asyncDispose]: () => started.close(),
  };
}

export async function fetchText(url: string, init: RequestInit = {}): Promise<Answered> {
  const response = await fetch(url, init);
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, json };
}

export interface Row {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly is_active: boolean;
  readonly type: string;
  readonly created_at: string;
  readonly roles?: readonly { readonly id: string; readonly slug: string; readonly name: string }[];
}

/** Reads a list page by page, as a client does: until `count` rows came. */
export async function readAll<T = Row>(from: Simulator, path: string, limit: number): Promise<T[]> {
  const rows: T[] = [];
  for (;;) {
    const { json } = await from.get(`${path}?skip=${rows.length}&limit=${limit}`);
    const page = json as { data: T[]; count: number };
    rows.push(...page.data);
    if (rows.length >= page.count || page.data.length === 0) return rows;
  }
}

/** The (user, role) pairs that a reader of the API sees, sorted. */
export async function readPairs(from: Simulator, limit: number): Promise<string[]> {
  const pairs: string[] = [];
  for (const user of await readAll(from, '/users', limit)) {
    const roles = user.roles ?? (await readAll<{ id: string }>(from, `/users/${user.id}/roles`, limit));
    for (const role of roles) pairs.push(`${user.id} ${role.id}`);
  }
  return pairs.sort();
}

/** The pairs as the simulator knows them, sorted. */
export async function truePairs(from: Simulator): Promise<string[]> {
  const { json } = await from.admin('/pairs');
  return (json as { userId: string; roleId: string }[]).map(({ userId, roleId }) => `${userId} ${roleId}`).sort();
}
