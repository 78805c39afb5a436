import type { Opened } from '../api/envelope.ts';
import { embeddedKeys } from '../tenant/tenant-form.ts';
import type { Page } from '../api/read-whole.ts';

/**
 * What the answers of a tenant look like: keys and types, counts and sizes. No value of the tenant is
 * kept, and no key but those that an API has (a map by mail address would have keys that are values).
 */
export class FormsSeen {
  private readonly found = new Map<string, Record<string, unknown>>();

  envelope(name: string, form: Opened['form']): void {
    this.of(name)['envelope'] = { ...form };
  }

  list(name: string, path: string, { rows, count, limit, next }: Page): void {
    const seen = this.of(name);
    seen['path'] = withoutIds(path);
    seen['rows'] = rows.length;
    seen['count'] = count;
    seen['limit'] = limit ?? null;
    seen['cursor'] = typeof next === 'string';
    const keys: Record<string, string> = {};
    for (const row of rows) addTypes(keys, row, '');
    seen['keys'] = Object.fromEntries(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  row(name: string, row: unknown): void {
    const keys: Record<string, string> = {};
    addTypes(keys, row, '');
    this.of(name)['keys'] = keys;
  }

  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this.found);
  }

  private of(name: string): Record<string, unknown> {
    let seen = this.found.get(name);
    if (seen === undefined) this.found.set(name, (seen = {}));
    return seen;
  }
}

const mostKeys = 200;
/** Below these keys the keys are those of the API. */
const known = new Set<string>([...embeddedKeys, 'user', 'capabilities', 'permissions']);

/** A path without what may be an id of the tenant. */
export function withoutIds(path: string): string {
  return path.replaceAll(/(?<=\/organizations\/)[^/{]+|[^/{}]*\d[^/{}]*/g, '{id}');
}

/** Adds `key: type` for a row, and one level below as `key.key` and `key[]`. */
function addTypes(keys: Record<string, string>, value: unknown, path: string): void {
  if (Array.isArray(value)) {
    for (const item of value.slice(0, 5)) addTypes(keys, item, `${path}[]`);
    if (value.length === 0 && path !== '') add(keys, `${path}[]`, 'nothing');
    return;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (!/^[a-z][a-z0-9_]{0,40}$/i.test(key)) continue;
      const below = path === '' ? key : `${path}.${key}`;
      const isNested = typeof inner === 'object' && inner !== null;
      // The keys of anything else, such as a customer's own attributes, may be values of the tenant.
      if (isNested && known.has(key)) addTypes(keys, inner, below);
      add(keys, below, typeOf(inner));
    }
    return;
  }
  if (path !== '') add(keys, path, typeOf(value));
}

function add(keys: Record<string, string>, key: string, type: string): void {
  const known = keys[key]?.split('|') ?? [];
  if (known.includes(type) || (known.length === 0 && Object.keys(keys).length >= mostKeys)) return;
  keys[key] = [...known, type].sort().join('|');
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') {
    if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return 'uuid';
    return /^\d{4}-\d\d-\d\d[T ]/.test(value) ? 'time' : 'text';
  }
  return value === null ? 'null' : typeof value;
}
