import { fail } from '../errors.ts';
import type { Row } from './read-id.ts';

const platform = new Set(['', 'platform', 'organization', 'org', 'global', 'tenant']);
const server = new Set(['server', 'mcp_server']);

/**
 * Whether a role or an assignment counts for the whole platform or for one server.
 * @throws BatonError `RL-SCOPE` for anything else: it could mean either
 */
export function readScope(row: Row, where: string): 'platform' | 'server' {
  if (row['server_id'] !== undefined && row['server_id'] !== null) return 'server';
  const kinds = ['resource_type', 'scope'].map((key) => kindOf(row[key], where));
  if (kinds.includes('server')) return 'server';
  const { resource_id: id, resource_type: type } = row;
  if (id !== undefined && id !== null && (type === undefined || type === null)) {
    throw fail('RL-SCOPE', { where, scope: 'a resource of an unnamed type' });
  }
  return 'platform';
}

function kindOf(value: unknown, where: string): 'platform' | 'server' {
  if (value === undefined || value === null) return 'platform';
  const word = typeof value === 'string' ? value.trim().toLowerCase().replaceAll(/[ -]/g, '_') : undefined;
  if (word !== undefined && platform.has(word)) return 'platform';
  if (word !== undefined && server.has(word)) return 'server';
  throw fail('RL-SCOPE', {
    where,
    scope: word === undefined ? 'not a text' : word.replaceAll(/[^\w.:]/g, '?').slice(0, 60),
  });
}
