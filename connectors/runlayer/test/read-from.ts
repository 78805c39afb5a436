import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readTenant, type Outcome } from './read-tenant.ts';

/** An answer; 200 unless it says otherwise. */
export interface Page {
  body: object;
  status?: number;
  headers?: Record<string, string | string[]>;
}

const roles = [
  { id: 'r1', slug: 'super_admin' },
  { id: 'r2', slug: 'user' },
];
export const users = Array.from({ length: 12 }, (_, n) => ({
  id: `u${n}`,
  roles: [n % 5 === 0 ? 'super_admin' : 'user'],
}));
export const first = users.slice(0, 4);

/** Reads a tenant whose list of users answers like this. */
export async function readFrom(page: (skip: number, limit: number, query: URLSearchParams) => Page): Promise<Outcome> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const path = pathname.replace('/api/v1', '');
    const skip = Number(searchParams.get('skip') ?? 0);
    const send = ({ body, headers = {}, status = 200 }: Page): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    if (path === '/users/me') return send({ body: users[0] ?? {} });
    if (path === '/roles') return send({ body: { data: roles.slice(skip), count: 2 } });
    if (path === '/users') return send(page(skip, Number(searchParams.get('limit') ?? 100), searchParams));
    send({ body: { detail: 'Not Found' }, status: 404 });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await readTenant({ 'base-url': `http://127.0.0.1:${port}`, 'api-key': 'rl_key' });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
