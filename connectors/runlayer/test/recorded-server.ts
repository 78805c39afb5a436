import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../../tests/fixtures/fastapi-users/', import.meta.url);

/** A recording as it is on the disk. */
export function recording(name: string): unknown {
  return JSON.parse(readFileSync(fileURLToPath(new URL(name, folder)), 'utf8'));
}

export interface Exchange {
  name: string;
  request: { method: string; path: string; query: string; headers: Record<string, string> };
  response: { status: number; headers: Record<string, string>; body: unknown };
}

export interface User {
  id: string;
  is_superuser: boolean;
}

/** Answers a page of the list of users; undefined leaves it to the recorded exchanges. */
export type Pages = (skip: number, limit: number) => { data: User[]; count: number } | undefined;

export interface RecordedServer extends AsyncDisposable {
  url: string;
  /** Paths that were asked for, with the query. */
  asked: string[];
}

/**
 * Serves recorded exchanges by method, path, query and token. The recorded family of servers knows no
 * roles: each user gets the one that the flag `is_superuser` would mean, and a list of both is added.
 */
export async function startRecordedServer(exchanges: readonly Exchange[], pages?: Pages): Promise<RecordedServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, search, searchParams } = new URL(request.url ?? '', 'http://x');
    const token = request.headers.authorization;
    const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      const isJson = typeof body !== 'string';
      const text = body === null ? '' : isJson ? JSON.stringify(body) : body;
      response.writeHead(status, { 'content-type': isJson ? 'application/json' : 'text/plain', ...headers });
      response.end(text);
    };
    const ofToken = exchanges.filter(({ request: { headers } }) => headers['Authorization'] === token);
    if (token === 'Bearer TOKEN' && pathname === '/api/v1/roles') return send(200, roles);
    const [skip, limit] = [searchParams.get('skip') ?? 0, searchParams.get('limit') ?? 100].map(Number);
    if (token === 'Bearer TOKEN' && pathname === '/api/v1/users/') {
      const page = pages?.(skip ?? 0, limit ?? 100);
      if (page !== undefined) return send(200, { ...page, data: page.data.map(withRole) });
    }
    const isPath = ({ request: { path } }: Exchange): boolean => path === pathname;
    const open = exchanges.filter(({ request: { headers } }) => headers['Authorization'] === undefined);
    const found =
      open.find((one) => isPath(one) && one.response.status === 200) ??
      ofToken.find((one) => isPath(one) && `?${one.request.query}` === (search === '' ? '?' : search)) ??
      // Slashes are mended, and tokens refused, whatever else is asked for.
      ofToken.find((one) => isPath(one) && one.response.status === 307) ??
      (token === 'Bearer TOKEN' ? undefined : ofToken.find(({ response: { status } }) => status >= 400));
    if (found === undefined) return send(404, { detail: 'Not Found' });
    const { status, headers, body } = found.response;
    const location = headers['location']?.replace(/^https?:\/\/[^/]+|\?.*$/g, (part) =>
      part.startsWith('?') ? '' : `http://${request.headers.host}`,
    );
    const isType = headers['content-type'] !== undefined ? { 'content-type': headers['content-type'] } : {};
    send(status, body, { ...isType, ...(location === undefined ? {} : { location: location + search }) });
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const roles = {
  data: [
    { id: 'r1', slug: 'super_admin' },
    { id: 'r2', slug: 'user' },
  ],
  count: 2,
};

const withRole = (user: User): User & { roles: string[] } => ({
  ...user,
  roles: [user.is_superuser ? 'super_admin' : 'user'],
});

/** A step of a recorded reading. */
export interface Step {
  read?: { skip: number; limit: number; items: number; count: number; first?: string[]; last?: string[] };
  created?: string[];
  deleted?: string[];
  renamed?: string[];
  update?: { id: string };
  update_many?: number | string[];
}

/** The list of users as a recorded reading left it: its steps happen while it is read for the second time, or each time. */
export class MovingList {
  /** The rows, in the order of the server. */
  rows: User[];
  private readonly steps: readonly Step[];
  private readonly recorded: readonly { data: User[]; count: number }[];
  private readonly change: (rows: User[], step: Step) => User[];
  /** How often its first page was asked for. */
  private starts = 0;
  private at = 0;

  constructor(
    rows: readonly User[],
    steps: readonly Step[],
    change: (rows: User[], step: Step) => User[],
    recorded: readonly { data: User[]; count: number }[] = [],
  ) {
    this.rows = [...rows];
    this.steps = steps;
    this.change = change;
    this.recorded = recorded;
  }

  /** The first look at the form of the tenant is no reading yet. */
  readonly pages: Pages = (skip, limit) => {
    if (skip === 0 && ++this.starts === 2) this.at = 0;
    const isRun = this.starts === 2;
    let page = { data: this.rows.slice(skip, skip + limit), count: this.rows.length };
    const step = isRun ? this.steps[this.at] : undefined;
    if (step?.read === undefined || step.read.skip !== skip) return page;
    const index = this.steps.slice(0, this.at).filter(({ read }) => read !== undefined).length;
    page = this.recorded[index] ?? page;
    const { items, count, first, last } = step.read;
    const isAsRecorded =
      page.data.length === items &&
      page.count === count &&
      (first === undefined || page.data[0]?.id === first[0]) &&
      (last === undefined || page.data.at(-1)?.id === last[0]);
    if (!isAsRecorded) throw new Error(`this is not what was recorded at skip=${skip}`);
    this.at++;
    for (let next = this.steps[this.at]; next !== undefined && next.read === undefined; next = this.steps[++this.at]) {
      this.rows = this.change(this.rows, next);
    }
    return page;
  };
}
