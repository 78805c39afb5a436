import { fail } from '../errors.ts';
import type { Judge } from '../exceptions.ts';
import { isSaid } from '../api/more-follows.ts';
import type { Row } from './read-id.ts';

/** For one server only, or by the word of a named person kept apart like those. */
export type Scope = 'platform' | 'server';

const platform = new Set(['', 'platform', 'organization', 'organisation', 'org', 'global', 'tenant']);
const server = new Set(['server', 'mcp_server']);
const serverKeys = ['server_id', 'mcp_server_id'];
/** Keys that sound of servers, and nobody knows what stands there. */
const likeServerKeys = ['server', 'servers', 'server_ids', 'mcp_server', 'mcp_servers', 'mcp_server_ids'];
const kindKeys = ['resource_type', 'scope', 'scope_type'];

/**
 * Whether a role or an assignment counts for the whole platform or for one server.
 * @throws BatonError `RL-SCOPE` for anything else: it could mean either
 */
export function readScope(row: Row, where: string, judge: Judge): Scope {
  // A named server, or the word for one, is enough: what else the row says can only narrow it.
  if (serverKeys.some((key) => isReference(row[key])) || kindKeys.some((key) => server.has(wordOf(row[key]) ?? '')))
    return 'server';
  // An empty reference may mean the platform, or a server that is not told.
  if (serverKeys.some((key) => isThere(row[key]))) return unknown('an empty reference to a server', where, judge);
  for (const key of kindKeys) {
    const word = wordOf(row[key]);
    if (isThere(row[key]) && !platform.has(word ?? 'not a text')) {
      return unknown(word?.replaceAll(/[^\w.:]/g, '?').slice(0, 60) ?? 'not a text', where, judge);
    }
  }
  if (likeServerKeys.some((key) => isSaid(row[key]))) return unknown('a server under another key', where, judge);
  if (isThere(row['resource_id']) && !isThere(row['resource_type'])) {
    return unknown('a resource of an unnamed type', where, judge);
  }
  return 'platform';
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null;

/** Only what can be an id is one. */
const isReference = (value: unknown): boolean =>
  typeof value === 'string' ? value.trim() !== '' : Number.isSafeInteger(value) && value !== 0;

/** Undefined when it is no text. */
const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.trim().toLowerCase().replaceAll(/[ -]/g, '_') : undefined;

function unknown(scope: string, where: string, judge: Judge): Scope {
  const meaning = judge.overruled('unknown-scope');
  if (meaning === undefined) throw fail('RL-SCOPE', { where, scope });
  return meaning === 'platform' ? 'platform' : 'server';
}
