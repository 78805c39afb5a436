import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';

import { commandOf } from './admin-commands.ts';
import { json, text, type Answer } from './answer.ts';
import { kinds } from './behaviours/index.ts';
import type { Person } from './people.ts';
import type { Simulation } from './simulation.ts';
import { RefusedChange } from './tenant.ts';

export const adminPrefix = '/__admin';

const pageFiles: Record<string, readonly [file: string, type: string]> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
};

/** A streamed answer: lines of JSON, too many to build at once. */
export type Lines = { readonly lines: Iterable<unknown>; readonly isArray: boolean };

const refuse = (status: number, error: string): Answer => json(status, { error });

/**
 * Answers a request to the admin API or its page. Only pages of this very origin may call it, so that no web page that
 * somebody has open can reach into the simulator (nor by a name that it points at the loopback address).
 */
export async function answerAdmin(
  simulation: Simulation,
  request: IncomingMessage,
  url: URL,
  body: string,
  gone: AbortSignal,
): Promise<Answer | Lines> {
  const { port } = request.socket.address() as { port: number };
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const host = request.headers.host?.toLowerCase() ?? '';
  if (!hosts.includes(host)) return refuse(403, `The admin API answers only at ${hosts.join(' and ')}.`);
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`) {
    return refuse(403, `The admin API does not answer pages of ${JSON.stringify(origin)}.`);
  }
  const path = url.pathname.slice(adminPrefix.length) || '/';
  const page = pageFiles[path];
  if (page) {
    if (request.method !== 'GET') return { ...refuse(405, 'Only GET.'), headers: { allow: 'GET' } };
    return pageFile(...page);
  }
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined || !isSame(given, simulation.adminToken)) {
    return { ...refuse(401, 'The admin token is missing or wrong.'), headers: { 'www-authenticate': 'Bearer' } };
  }
  if (request.method === 'GET') return answerGet(simulation, path, url.searchParams, gone);
  if (request.method !== 'POST') return refuse(405, 'Only GET and POST.');
  return answerPost(simulation, path, body);
}

function pageFile(file: string, type: string): Answer {
  const answer = text(200, readFileSync(new URL(`../page/${file}`, import.meta.url), 'utf8'), type);
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  };
}

function isSame(given: string, token: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

async function answerGet(
  simulation: Simulation,
  path: string,
  query: URLSearchParams,
  gone: AbortSignal,
): Promise<Answer | Lines> {
  const { tenant, holds, log } = simulation;
  const number = (name: string, otherwise: number, most: number): number => {
    const value = Number(query.get(name) ?? otherwise);
    return Number.isFinite(value) ? Math.min(Math.max(0, Math.floor(value)), most) : otherwise;
  };
  const isArray = query.get('format') !== 'ndjson';
  switch (path) {
    case '/state':
      return json(200, stateOf(simulation));
    case '/users':
      return json(
        200,
        usersOf(simulation, number('skip', 0, 1e9), number('limit', 50, 1000), query.get('query') ?? ''),
      );
    case '/roles': {
      const holders = new Map<string, number>();
      for (const person of tenant.everybody())
        for (const slug of person.roles) holders.set(slug, (holders.get(slug) ?? 0) + 1);
      return json(
        200,
        tenant.roles.map(({ id, slug, name, isSystem }) => ({
          id,
          slug,
          name,
          isSystem,
          holders: holders.get(slug) ?? 0,
        })),
      );
    }
    case '/pairs':
      return { lines: pairsOf(simulation), isArray };
    case '/accounts':
      return { lines: accountsOf(simulation), isArray };
    case '/changes':
      return json(200, tenant.changes);
    case '/requests':
      return json(200, log.after(number('after', 0, Number.MAX_SAFE_INTEGER)));
    case '/held':
      await holds.untilHeld(number('timeout', 0, 60_000), gone);
      return json(200, { held: holds.held(), pending: holds.pending() });
    default:
      return refuse(404, `There is no ${path} in the admin API.`);
  }
}

function answerPost(simulation: Simulation, path: string, body: string): Answer {
  const { tenant } = simulation;
  let input: unknown;
  try {
    input = body === '' ? {} : JSON.parse(body);
  } catch {
    return refuse(400, 'The body is not JSON.');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return refuse(400, 'The body is not a JSON object.');
  const command = commandOf(path);
  if (!command) return refuse(404, `There is no ${path} in the admin API.`);
  try {
    const done = command(simulation, input as Record<string, unknown>);
    if (!('userId' in done)) return json(200, done.report);
    const user = tenant.byId(done.userId);
    return json(200, {
      changed: done.change !== undefined,
      change: done.change ?? null,
      user: user ? adminUser(simulation, user) : null,
    });
  } catch (error) {
    if (error instanceof RefusedChange) return refuse(error.status, error.message);
    if (error instanceof RangeError) return refuse(422, error.message);
    throw error;
  }
}

function stateOf(simulation: Simulation): unknown {
  const { tenant, holds, log, behaviours, settings } = simulation;
  return {
    users: tenant.count,
    roles: tenant.roles.length,
    seed: tenant.settings.seed,
    assignments: settings.assignments,
    maxLimit: settings.maxLimit,
    changes: tenant.changes.length,
    behaviours: behaviours.map((behaviour) => behaviour.spec),
    knownBehaviours: kinds.map(({ name, form, says }) => ({ name, form, says })),
    requests: { total: log.total, byMethod: log.byMethod },
    held: holds.size,
    pendingHolds: holds.pending(),
    now: simulation.now().toISOString(),
  };
}

function adminUser({ tenant }: Simulation, person: Person): unknown {
  return {
    id: person.id,
    email: person.email,
    name: person.name,
    active: person.isActive,
    type: person.type,
    roles: tenant.rolesOf(person).map(({ id, slug, name }) => ({ id, slug, name })),
  };
}

function usersOf(simulation: Simulation, skip: number, limit: number, query: string): unknown {
  const { tenant } = simulation;
  const wanted = query.trim().toLowerCase();
  const data: unknown[] = [];
  if (wanted === '') {
    for (let at = skip; at < Math.min(tenant.count, skip + limit); at++)
      data.push(adminUser(simulation, tenant.at(at)));
    return { data, count: tenant.count };
  }
  let count = 0;
  for (const person of tenant.everybody()) {
    const isMeant =
      person.email.toLowerCase().includes(wanted) ||
      person.id === wanted ||
      (person.name?.toLowerCase().includes(wanted) ?? false) ||
      tenant.rolesOf(person).some((role) => role.slug === wanted || role.name.toLowerCase() === wanted);
    if (!isMeant) continue;
    if (count >= skip && data.length < limit) data.push(adminUser(simulation, person));
    count++;
  }
  return { data, count };
}

/** The truth: every (user, role) pair of the tenant. */
function* pairsOf({ tenant }: Simulation): Generator<{ userId: string; roleId: string }> {
  for (const person of tenant.everybody()) {
    for (const role of tenant.rolesOf(person)) yield { userId: person.id, roleId: role.id };
  }
}

/** The truth: every account of the tenant. */
function* accountsOf({ tenant }: Simulation): Generator {
  for (const { id, email, name, isActive, type } of tenant.everybody())
    yield { id, email, name, active: isActive, type };
}
