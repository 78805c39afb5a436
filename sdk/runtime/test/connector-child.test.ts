import { readFileSync, readdirSync } from 'node:fs';
import * as http2 from 'node:http2';
import { join } from 'node:path';
import { connectInMemory } from '@batonkit/connector';
import { startChildConnector } from '@batonkit/syncer/start-child-connector';
import type { Resource } from '@batonkit/protocol';
import {
  ConnectorService,
  EntitlementsService,
  GrantsService,
  ResourcesService,
  ksuid,
  ResourceTypesService,
} from '@batonkit/protocol';
import type { DescMethod, Message } from '@bufbuild/protobuf';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import type { ByHand } from './child-by-hand.ts';
import { byHand, call, childOptions, lineFor, NODE_COMPILE_CACHE, program, settings } from './child-by-hand.ts';
import { credentialsOf, deps, fixtureService, newAuthority, newFolder, syncTo } from './served.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../tests/fixtures/child/${name}`, import.meta.url), 'utf8');

type Asked = Message & {
  resource?: Resource | undefined;
  resourceTypeId?: string;
  pageToken?: string;
  activeSyncId?: string;
};
const services = [ConnectorService, ResourceTypesService, ResourcesService, EntitlementsService, GrantsService];
const methods = new Map<string, DescMethod>(
  services.flatMap(({ typeName, methods: all }) => all.map((one) => [`/${typeName}/${one.name}`, one] as const)),
);

describe('the child of a stock parent', () => {
  it('answers every service and method with the code of a genuine one', async () => {
    using folder = newFolder();
    await using child = await byHand(folder.path);
    const authority = newAuthority();
    child.write(`${lineFor(authority, child.port)}\n`);
    const session = http2.connect(`https://127.0.0.1:${child.port}`, credentialsOf(authority));
    const rows = JSON.parse(fixture('services.json')) as [string, string, string, number][];
    const differs: string[] = [];
    for (const [path, kind, hex, code] of rows) {
      // Its roles are others: that the resource is not there is an answer, too, and no empty list.
      const isOther = kind === 'plausible' && /\/List(Entitlements|Grants)$/.test(path);
      const expected = isOther ? 9 : code;
      const answer = await call(session, path, hex);
      if (answer.code !== expected) differs.push(`${path} ${kind}: ${answer.code} and not ${expected}`);
    }
    session.destroy();
    expect(differs).toEqual([
      // A type that it knows, and a resource that it does not have: a genuine one cannot read single ones at all.
      '/c1.connector.v2.ResourceGetterService/GetResource plausible: 5 and not 12',
    ]);
    // The rows it read have no name on the disk, whatever ends it.
    expect(
      readdirSync(folder.path, { recursive: true })
        .map(String)
        .filter((name) => name.includes('spool')),
    ).toEqual([]);
  });

  it('is driven through a full sync with the content that it has in memory', async () => {
    using folder = newFolder();
    const env = { NODE_COMPILE_CACHE, BATON_TMPDIR: folder.path, ...settings };
    const args = [program, '--users', '300'];
    await using remote = await startChildConnector({ ...childOptions, args, env });
    await using service = fixtureService(join(folder.path, 'memory'), { users: 300 });
    const over = await syncTo(folder.path, remote.client, 'over');
    const here = await syncTo(folder.path, connectInMemory(service), 'here');
    expect(over.summary.contentDigest).toBe(here.summary.contentDigest);
    await remote[Symbol.asyncDispose]();
    expect(readdirSync(folder.path).filter((name) => name.startsWith('batonkit-server'))).toEqual([]);
  });

  it('takes the recorded calls of a full sync in their order, and the rate limiter around each', async () => {
    using folder = newFolder();
    await using one = await byHand(folder.path);
    const authority = newAuthority();
    one.write(`${lineFor(authority, one.port)}\n`);
    const session = http2.connect(`https://127.0.0.1:${one.port}`, credentialsOf(authority));
    const { full = [] } = JSON.parse(fixture('calls.json')) as Record<string, [string, string, string][]>;
    const limiter = '/c1.ratelimit.v1.RateLimiterService';
    const ask = async (path: string, hex: string): Promise<string> => {
      expect(await call(session, `${limiter}/Do`, '')).toEqual({ code: 0, hex: '12020804' });
      const { code, hex: answer } = await call(session, path, hex);
      expect([path, code]).toEqual([path, 0]);
      expect(await call(session, `${limiter}/Report`, '')).toEqual({ code: 0, hex: '' });
      return answer;
    };
    let syncId: string | undefined;
    let roles: Resource[] = [];
    for (const [path, hex] of full) {
      const method = methods.get(path);
      if (method === undefined) throw new Error(`${path} is not ours`);
      const request = fromBinary(method.input, Buffer.from(hex, 'hex')) as Asked;
      // Each sync has its own id, made when the child has answered; the recorded one is of another day.
      if ((request.activeSyncId ?? '') !== '') request.activeSyncId = syncId ??= ksuid(deps.clock, deps.random);
      // The recorded roles stand for ours.
      if (request.resource !== undefined) request.resource = roles[Number(request.resource.id?.resource === 'r1')];
      for (let more = true; more;) {
        const bytes = Buffer.from(
          await ask(path, Buffer.from(toBinary(method.input, request as never)).toString('hex')),
          'hex',
        );
        const page = fromBinary(method.output, bytes) as { nextPageToken?: string; list?: Resource[] };
        if (request.resourceTypeId === 'role' && path.endsWith('/ListResources'))
          roles = [...roles, ...(page.list ?? [])];
        more = (page.nextPageToken ?? '') !== '';
        request.pageToken = page.nextPageToken ?? '';
      }
    }
    expect(roles.map(({ id }) => id?.resource)).toEqual(['admin', 'member']);
    session.destroy();
  });

  it('goes on with the sync of an earlier child only if that gave no row of it', async () => {
    using folder = newFolder();
    const start = (behaviour: Record<string, string> = {}) =>
      startChildConnector({
        ...childOptions,
        args: [program],
        env: { NODE_COMPILE_CACHE, BATON_TMPDIR: folder.path, ...settings, ...behaviour },
      });
    const rowsOf = async (child: Awaited<ReturnType<typeof start>>, activeSyncId: string): Promise<number> =>
      (await child.client.resources.listResources({ resourceTypeId: 'role', activeSyncId })).list.length;
    let sync = '';
    {
      // Its reading does not end before it does.
      await using child = await start({ BATON_BEHAVIOUR: 'hold' });
      sync = ksuid(deps.clock, deps.random);
      expect(await rowsOf(child, sync)).toBe(0);
    }
    {
      await using child = await start();
      expect(await rowsOf(child, sync)).toBe(2);
      expect(await rowsOf(child, sync)).toBe(2);
    }
    await using child = await start();
    const asFailed = { rawMessage: expect.stringContaining('BK-SYNC-OLD') as string };
    await expect(rowsOf(child, sync)).rejects.toMatchObject(asFailed);
    const next = ksuid(deps.clock, deps.random);
    expect(await rowsOf(child, next)).toBe(2);
    await expect(rowsOf(child, sync)).rejects.toMatchObject(asFailed);
    expect(readdirSync(folder.path).filter((name) => name.startsWith('batonkit-sync'))).toEqual([]);
  });

  it.each([
    ['its pipe ends', (one: ByHand) => void one.process.stdin?.end(), 0],
    ['SIGTERM', (one: ByHand) => void one.process.kill('SIGTERM'), 143],
    ['SIGINT', (one: ByHand) => void one.process.kill('SIGINT'), 130],
  ])('ends when %s', async (_, act, code) => {
    using folder = newFolder();
    await using one = await byHand(folder.path);
    const authority = newAuthority();
    one.write(`${lineFor(authority, one.port)}\r\n`);
    const session = http2.connect(`https://127.0.0.1:${one.port}`, credentialsOf(authority));
    session.on('error', () => {});
    expect(await call(session, '/c1.connector.v2.ConnectorService/Validate', '')).toMatchObject({ code: 0 });
    act(one);
    await expect(one.end()).resolves.toMatchObject({ code, signal: null });
    session.destroy();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('ends when its pipe ends before a line has come', async () => {
    using folder = newFolder();
    await using one = await byHand(folder.path);
    one.process.stdin?.end();
    await expect(one.end()).resolves.toMatchObject({ code: 0 });
  });

  it('watches no more after a byte behind the line', async () => {
    using folder = newFolder();
    await using one = await byHand(folder.path);
    const authority = newAuthority();
    one.write(`${lineFor(authority, one.port)}\n`);
    const session = http2.connect(`https://127.0.0.1:${one.port}`, credentialsOf(authority));
    const validate = (): Promise<{ code: number }> => call(session, '/c1.connector.v2.ConnectorService/Validate', '');
    await validate();
    await new Promise<void>((resolve) => one.process.stdin?.write('x', () => resolve()));
    // Once it has answered again it has read the byte.
    await validate();
    one.process.stdin?.end();
    for (let n = 0; n < 20; n += 1) await expect(validate()).resolves.toMatchObject({ code: 0 });
    session.destroy();
  });

  const authority = newAuthority();
  const recorded = JSON.parse(fixture('stdin-line.json')) as { line: string };
  it.each([
    ['the recorded line, whose port is another', () => recorded.line, {}, /has port \d+, and the parent says 34037/],
    ['no port', () => lineFor(authority, 0), {}, /the parent says 0/],
    [
      'no variable',
      (port: number) => lineFor(authority, port),
      { BATON_CONNECTOR_SERVICE_LISTENER_FD: '' },
      /is missing/,
    ],
    [
      'a variable that is no number',
      (port: number) => lineFor(authority, port),
      { BATON_CONNECTOR_SERVICE_LISTENER_FD: 'x' },
      /no descriptor/,
    ],
    [
      'a negative one',
      (port: number) => lineFor(authority, port),
      { BATON_CONNECTOR_SERVICE_LISTENER_FD: '-1' },
      /no descriptor/,
    ],
    [
      'a closed one',
      (port: number) => lineFor(authority, port),
      { BATON_CONNECTOR_SERVICE_LISTENER_FD: '97' },
      /97 is no socket/,
    ],
    [
      'standard error',
      (port: number) => lineFor(authority, port),
      { BATON_CONNECTOR_SERVICE_LISTENER_FD: '2' },
      /2 is no socket/,
    ],
    ['no credential', () => '', {}, /base64/],
    [
      'garbage as certificate',
      (port: number) => lineFor(authority, port, { cert: Uint8Array.of(1, 2) }),
      {},
      /certificate .* cannot be read/,
    ],
    [
      'garbage as authority',
      (port: number) => lineFor(authority, port, { caCert: Uint8Array.of(1) }),
      {},
      /authority .* cannot be read/,
    ],
    ['a short key', (port: number) => lineFor(authority, port, { key: new Uint8Array(32) }), {}, /64 bytes/],
    ['the key of another', (port: number) => lineFor(authority, port, { key: new Uint8Array(64) }), {}, /not that of/],
    ['base64 for URLs', () => `-_-_`, {}, /base64/],
    ['no padding', () => `abcde`, {}, /base64/],
    ['a long line', () => 'A'.repeat(70_000), {}, /too long/],
  ])('refuses %s with exit code 2 and one plain line', async (_, line, env, message) => {
    using folder = newFolder();
    await using one = await byHand(folder.path, env);
    one.write(`${line(one.port)}\n`);
    const { code, stderr } = await one.end();
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });
});
