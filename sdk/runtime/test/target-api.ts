import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const users = ['u1', 'u2', 'u3'].map((id) => ({ id, name: id.toUpperCase() }));
const roles = ['r1', 'r2'].map((id) => ({ id, name: id.toUpperCase() }));
const members: Record<string, { id: string; name: string }[]> = { r1: users.slice(0, 1), r2: users };

function sendPage(rows: readonly object[], request: IncomingMessage, response: ServerResponse): void {
  const query = new URL(request.url ?? '', 'http://x').searchParams;
  const from = Number(query.get('cursor') ?? 0);
  const to = from + Number(query.get('limit') ?? 100);
  send(response, 200, { items: rows.slice(from, to), next: to < rows.length ? String(to) : '' });
}

function send(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type }).end(typeof body === 'string' ? body : JSON.stringify(body));
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(code, { 'content-type': 'application/json', ...headers }).end('{"error":"no"}');
const text =
  (body: string, type: string): Answer =>
  (_request, response) =>
    send(response, 200, body, type);
const items =
  (rows: unknown, next = ''): Answer =>
  (_request, response) =>
    send(response, 200, { items: rows, next });
const many = (count: number): object[] =>
  Array.from({ length: count }, (_, n) => ({ id: `u${n + 1}`, name: 'x'.repeat(1000) }));

/** A target that is not healthy, by the sentence of the recording that says how. */
function faultOf(sentence: string): { path: string; answer: Answer; once?: boolean } {
  const known = /^(\d{3})(?: with Retry-After: (\d+))? on (?:the first call of )?(\/\S+|everything)( only)?$/.exec(
    sentence,
  );
  if (known !== null) {
    const [, code = '', after, path = '', only] = known;
    const answer = status(
      Number(code),
      after === undefined ? {} : { 'retry-after': String(Math.min(Number(after), 1)) },
    );
    return { path: path === 'everything' ? '' : path, answer, once: only !== undefined };
  }
  const late: Answer = (_request, response) => {
    const timer = setTimeout(() => send(response, 200, { items: [], next: '' }), 3000);
    response.on('close', () => clearTimeout(timer));
  };
  switch (sentence) {
    case '':
      return { path: '/nowhere', answer: status(404) };
    case '/me answers after 3 s':
      return { path: '/me', answer: late };
    case '/health answers after 3 s':
      return { path: '/health', answer: late };
    case 'members answer after 4 s':
      return { path: '/roles/', answer: late };
    case '302 on /me to a path that answers 404':
      return { path: '/me', answer: status(302, { location: '/nowhere' }) };
    case 'HTML with 200 on /me':
    case 'HTML with 200 on /users':
      return { path: sentence.slice(sentence.indexOf('/')), answer: text('<html></html>', 'text/html') };
    case 'JSON with an empty content type on /users':
      return { path: '/users', answer: text('{"items":[],"next":""}', '') };
    case 'broken JSON with 200 on /users':
      return { path: '/users', answer: text('{"items":[', 'application/json') };
    case 'empty body with 200 on /users':
      return { path: '/users', answer: text('', 'application/json') };
    case 'items is an object on /users':
      return { path: '/users', answer: items({}) };
    case '/users always answers next=same':
      return { path: '/users', answer: items(users, 'same') };
    case '/users answers u1 twice':
      return { path: '/users', answer: items([...users, users[0]]) };
    case '/users answers a user with an empty id':
      return { path: '/users', answer: items([...users, { id: '', name: 'x' }]) };
    case '/roles/r1/members names u9, who does not exist':
      return { path: '/roles/r1/members', answer: items([...users, { id: 'u9', name: 'U9' }]) };
    case '/users answers one page of 3500 users with names of 1000 characters':
      return { path: '/users', answer: items(many(3500)) };
    case '/users answers one page of 4500 users with names of 1000 characters':
      return { path: '/users', answer: items(many(4500)) };
    case 'empty lists':
      return { path: '/', answer: items([]) };
    case 'HTTPS with a self-signed certificate':
      return { path: '/nowhere', answer: status(404) };
    default:
      throw new RangeError(sentence);
  }
}

export interface TargetApi extends AsyncDisposable {
  port: number;
  /** Path and query of each request, in order. */
  requests: string[];
  /** Called at each request, before it is answered. */
  asked?: (path: string) => void;
}

/** The API of the recording connector's target: three users, two roles, four memberships. */
export async function startTargetApi(sentence = ''): Promise<TargetApi> {
  const fault = faultOf(sentence);
  const tls = (name: string) => readFileSync(new URL(`../../../tests/fixtures/tls/${name}.pem`, import.meta.url));
  let done = 0;
  const answer: Answer = (request, response) => {
    const url = request.url ?? '';
    const path = url.split('?')[0] ?? '';
    api.requests.push(url);
    api.asked?.(path);
    const isHit = fault.path === '' || (fault.path.endsWith('/') ? path.startsWith(fault.path) : path === fault.path);
    if (isHit && path !== '/me' && fault.path === '/') return fault.answer(request, response);
    if (isHit && fault.path !== '/' && !(fault.once === true && done++ > 0)) return fault.answer(request, response);
    const role = /^\/roles\/(\w+)\/members$/.exec(path)?.[1];
    if (path === '/me') send(response, 200, { id: 'svc' });
    else if (path === '/users') sendPage(users, request, response);
    else if (path === '/roles') sendPage(roles, request, response);
    else if (role !== undefined && members[role] !== undefined) sendPage(members[role], request, response);
    else if (/^\/(health|ready|live)$/.test(path)) send(response, 200, {});
    else response.writeHead(404).end();
  };
  const server = sentence.startsWith('HTTPS')
    ? createSecureServer({ cert: tls('server'), key: tls('server-key') }, answer)
    : createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: TargetApi = {
    port: (server.address() as AddressInfo).port,
    requests: [],
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return api;
}
