import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// A source of three lists, for the key `right-key-1234`.
const users = Array.from({ length: 12 }, (_, n) => `u${n}`);
const groups = ['g0', 'g1'];
const lists: Record<string, string[]> = { users, groups, members: users.map((user, n) => `g${n % 2} ${user}`) };
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
  const all = lists[pathname.slice(1)];
  const status = request.headers.authorization !== 'Bearer right-key-1234' ? 401 : all === undefined ? 404 : 200;
  const skip = Number(searchParams.get('skip') ?? 0);
  const rows = all?.slice(skip, skip + Number(searchParams.get('limit') ?? 50));
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(status === 200 ? { rows, count: all?.length } : {}));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.stdin.resume().on('end', () => process.exit(0));
