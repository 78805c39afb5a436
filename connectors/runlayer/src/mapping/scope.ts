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
  const references = serverKeys.map((key) => referenceOf(row[key], where, judge));
  const kinds = kindKeys.map((key) => kindOf(row[key], where, judge));
  if (references.includes('server') || kinds.includes('server')) return 'server';
  if (likeServerKeys.some((key) => isSaid(row[key]))) return unknown('a server under another key', where, judge);
  const { resource_id: id, resource_type: type } = row;
  if (id !== undefined && id !== null && (type === undefined || type === null)) {
    return unknown('a resource of an unnamed type', where, judge);
  }
  return 'platform';
}

/** Only what can be an id is a reference: an empty one may mean the platform, or a server that is not told. */
function referenceOf(value: unknown, where: string, judge: Judge): Scope {
  if (value === undefined || value === null) return 'platform';
  const isId = typeof value === 'string' ? value.trim() !== '' : Number.isSafeInteger(value) && value !== 0;
  return isId ? 'server' : unknown('an empty reference to a server', where, judge);
}

function kindOf(value: unknown, where: string, judge: Judge): Scope {
  if (value === undefined || value === null) return 'platform';
  const word = typeof value === 'string' ? value.trim().toLowerCase().replaceAll(/[ -]/g, '_') : undefined;
  if (word !== undefined && platform.has(word)) return 'platform';
  if (word !== undefined && server.has(word)) return 'server';
  return unknown(word === undefined ? 'not a text' : word.replaceAll(/[^\w.:]/g, '?').slice(0, 60), where, judge);
}

function unknown(scope: string, where: string, judge: Judge): Scope {
  const meaning = judge.overruled('unknown-scope');
  if (meaning === undefined) throw fail('RL-SCOPE', { where, scope });
  return meaning === 'platform' ? 'platform' : 'server';
}
