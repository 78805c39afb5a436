// A tenant that costs next to nothing, so that what is measured is the reader: rows are made by a template when they
// are asked for. It answers in the form that the Management API is thought to have, and remembers what it was asked.
//
//   node bench/server.ts --users 10000 --form embedded --latency 0
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '1000' },
    form: { type: 'string', default: 'embedded' },
    latency: { type: 'string', default: '0' },
    'max-limit': { type: 'string', default: '1000' },
  },
});
const users = Number(values.users);
const latency = Number(values.latency);
const maxLimit = Number(values['max-limit']);
const slugs = ['super_admin', 'security_admin', 'it_admin', 'analytics_admin', 'developer', 'helpdesk', 'user'];
const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
const roleId = (n: number): string => `5a6b0000-0000-4000-8000-${hex(n, 12)}`;
const userId = (n: number): string =>
  `${hex(Math.imul(n, 0x9e3779b1) >>> 0, 8)}-0000-4000-8000-${hex((n * 2654435761) % 2 ** 47, 12)}`;
const roles = slugs.map((slug, n) => ({ id: roleId(n), slug, name: slug.replaceAll('_', ' ') }));
const held = roles.map((role) => JSON.stringify({ ...role, source: 'direct' }));

/** One or two roles a user, 1.666 on average, as in the measurements of the Go connector. The key's owner leads. */
function rolesOf(n: number): number[] {
  if (n === 0) return [0, 6];
  return n % 3 === 0 ? [6] : [6, n % 1000 === 1 ? 1 : 4 + (n % 2)];
}

const heldBy = (n: number): string =>
  rolesOf(n)
    .map((role) => held[role])
    .join(',');

function userRow(n: number): string {
  const id = userId(n);
  const second = hex(n % 60, 2);
  const row =
    `{"id":"${id}","email":"person.number.${n}@tenant.example","name":"Person Number ${n}","is_active":${n % 20 !== 7},` +
    `"type":"user","created_at":"2025-03-11T09:${String(n % 60).padStart(2, '0')}:00.${second}0Z",` +
    `"updated_at":"2026-02-01T10:00:00.000Z","last_login_at":"2026-11-20T08:15:00.000Z"`;
  return values.form === 'embedded' ? `${row},"roles":[${heldBy(n)}]}` : `${row}}`;
}

/** Holders of a role, and all pairs, for the forms that need them. */
const holders: number[][] = roles.map(() => []);
const pairs: [user: number, role: number][] = [];
if (values.form === 'per-role' || values.form === 'flat') {
  for (let n = 0; n < users; n++) {
    for (const role of rolesOf(n)) {
      holders[role]?.push(n);
      pairs.push([n, role]);
    }
  }
}

const asked: string[] = [];
const list = (url: URL, total: number, row: (n: number) => string): [number, string] => {
  const skip = Number(url.searchParams.get('skip') ?? 0);
  const limit = Number(url.searchParams.get('limit') ?? 100);
  if (limit > maxLimit)
    return [422, '{"detail":[{"type":"less_than_equal","loc":["query","limit"],"msg":"too large"}]}'];
  const rows: string[] = [];
  for (let n = skip; n < Math.min(total, skip + limit); n++) rows.push(row(n));
  return [200, `{"data":[${rows.join(',')}],"count":${total}}`];
};
const numbers = new Map<string, number>();

function answer(url: URL): [number, string] {
  const path = url.pathname.replace(/^\/api\/v1/, '');
  if (path === '/users/me') return [200, userRow(0)];
  if (path === '/users') return list(url, users, userRow);
  if (path === '/roles') return list(url, roles.length, (n) => JSON.stringify(roles[n]));
  const [, kind, id = '', of] = /^\/(users|roles)\/([^/]+)\/(users|roles)$/.exec(path) ?? [];
  if (values.form === 'per-user' && kind === 'users' && of === 'roles') {
    if (numbers.size === 0) for (let n = 0; n < users; n++) numbers.set(userId(n), n);
    const n = numbers.get(id);
    if (n !== undefined) return list(url, rolesOf(n).length, (at) => held[rolesOf(n)[at] ?? 0] ?? '');
    return [404, '{"detail":"User not found"}'];
  }
  if (values.form === 'per-role' && kind === 'roles' && of === 'users') {
    const found = holders[roles.findIndex((role) => role.id === id)];
    if (found !== undefined) return list(url, found.length, (at) => userRow(found[at] ?? 0));
  }
  if (values.form === 'flat' && path === '/role-assignments') {
    return list(url, pairs.length, (at) => {
      const [user, role] = pairs[at] ?? [0, 0];
      return `{"user_id":"${userId(user)}","role_id":"${roleId(role)}","source":"direct"}`;
    });
  }
  return [404, '{"detail":"Not Found"}'];
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://bench.invalid');
  if (url.pathname === '/__log') {
    response.end(JSON.stringify(asked));
    if (request.method === 'DELETE') asked.length = 0;
    return;
  }
  asked.push(`${url.pathname}${url.search}`);
  const send = (): void => {
    const [status, body] = answer(url);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  };
  if (latency === 0) send();
  else setTimeout(send, latency);
});
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.stdout.write(`${JSON.stringify({ origin, baseUrl: `${origin}/api/v1` })}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
