import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';

import { commandOf } from './admin-commands.ts';
import { adminUser, answerGet, type Lines } from './admin-gets.ts';
import { json, text, type Answer } from './answer.ts';
import type { Simulation } from './simulation.ts';
import { RefusedChange } from './tenant.ts';

export const adminPrefix = '/__admin';

const pageFiles: Record<string, readonly [file: string, type: string]> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
};

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
  if (request.method === 'GET') {
    const answer = await answerGet(simulation, path, url.searchParams, gone);
    return answer ?? refuse(404, `There is no ${path} in the admin API.`);
  }
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
