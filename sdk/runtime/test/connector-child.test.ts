import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectInMemory } from '@batonkit/connector';
import type { CertificateAuthority } from '@batonkit/kernel/certificate-authority';
import { ed25519ToSeed } from '@batonkit/kernel/certificate-authority';
import { ServerConfigSchema } from '@batonkit/protocol/connector-wrapper';
import type { ChildConnectorOptions } from '@batonkit/syncer/start-child-connector';
import { startChildConnector } from '@batonkit/syncer/start-child-connector';
import type { Resource } from '@batonkit/protocol';
import {
  ConnectorService,
  EntitlementsService,
  GrantsService,
  ResourcesService,
  ResourceTypesService,
} from '@batonkit/protocol';
import type { DescMethod, Message } from '@bufbuild/protobuf';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import * as http2 from 'node:http2';
import { describe, expect, it } from 'vitest';
import { credentialsOf, deps, fixtureService, newAuthority, newFolder, syncTo } from './served.ts';

const program = fileURLToPath(new URL('fixture-program.ts', import.meta.url));
const NODE_COMPILE_CACHE = fileURLToPath(new URL('../../../node_modules/.cache/compile', import.meta.url));
const fixture = (name: string): string =>
  readFileSync(new URL(`../../../tests/fixtures/child/${name}`, import.meta.url), 'utf8');
const settings = { BATON_BASE_URL: 'https://x.example', BATON_API_KEY: 'key-of-a-test', BATON_LOG_FORMAT: 'json' };

type Asked = Message & { resource?: Resource | undefined; resourceTypeId?: string; pageToken?: string };
const services = [ConnectorService, ResourceTypesService, ResourcesService, EntitlementsService, GrantsService];
const methods = new Map<string, DescMethod>(
  services.flatMap(({ typeName, methods: all }) => all.map((one) => [`/${typeName}/${one.name}`, one] as const)),
);

/** A child of a parent that may do everything wrong. */
interface ByHand extends AsyncDisposable {
  process: ChildProcess;
  port: number;
  write(text: string): void;
  end(): Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
}

async function byHand(folder: string, more: Record<string, string> = {}): Promise<ByHand> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const env = {
    NODE_COMPILE_CACHE,
    BATON_TMPDIR: folder,
    ...settings,
    BATON_CONNECTOR_SERVICE_LISTENER_FD: '3',
    ...more,
  };
  const child = spawn(process.execPath, [program, '--users', '30', '_connector-service'], {
    cwd: folder,
    env,
    stdio: ['pipe', 'inherit', 'pipe', (listener as unknown as { _handle: { fd: number } })._handle.fd],
  }) as ChildProcess;
  listener.close();
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin?.on('error', () => {});
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    process: child,
    port,
    write: (text) => void child.stdin?.write(text),
    end: async () => {
      const [code, signal] = await closed;
      return { code, signal, stderr };
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

function lineFor(authority: CertificateAuthority, listenPort: number, more: object = {}): string {
  const { cert, privateKey } = authority.issue({ commonName: 'child', hosts: ['127.0.0.1'] });
  const credential = { caCert: authority.cert, cert, key: ed25519ToSeed(privateKey), ...more };
  const config = create(ServerConfigSchema, { credential, listenPort });
  return Buffer.from(toBinary(ServerConfigSchema, config)).toString('base64');
}

/** One gRPC call with bare HTTP/2: the status, and what was answered. */
async function call(
  session: http2.ClientHttp2Session,
  path: string,
  hex: string,
): Promise<{ code: number; hex: string }> {
  const body = Buffer.from(hex, 'hex');
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(body.length, 1);
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-accept-encoding': 'gzip',
  });
  const chunks: Buffer[] = [];
  let code: unknown;
  const read = (headers: http2.IncomingHttpHeaders): void => {
    if (headers['grpc-status'] !== undefined) code = headers['grpc-status'];
  };
  stream
    .on('response', read)
    .on('trailers', read)
    .on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.end(Buffer.concat([frame, body]));
  await once(stream, 'close');
  return { code: Number(code), hex: Buffer.concat(chunks).subarray(5).toString('hex') };
}

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
    await using remote = await startChildConnector({ ...child, args, env });
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
    let roles: Resource[] = [];
    for (const [path, hex] of full) {
      const method = methods.get(path);
      if (method === undefined) throw new Error(`${path} is not ours`);
      const request = fromBinary(method.input, Buffer.from(hex, 'hex')) as Asked;
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

const child: ChildConnectorOptions = {
  ...deps,
  program: process.execPath,
  args: [],
  env: {},
  signal: new AbortController().signal,
  output: 'ignore',
};

describe('a parent of any connector', () => {
  const write = (folder: string, source: string): string[] => {
    const path = join(folder, 'odd.mjs');
    writeFileSync(path, source);
    return [path];
  };

  it.each([
    ['ends with 3 before it serves', 'process.exit(3)', 'BK-CHILD-ENDED', /exit code 3/],
    ['ends with 0 before it serves', 'process.exit(0)', 'BK-CHILD-ENDED', /exit code 0/],
    ['never serves', 'setInterval(() => {}, 1000)', 'BK-REMOTE', /does not answer/],
    [
      'serves no TLS',
      "(await import('node:net')).createServer((s) => s.end('no')).listen({ fd: 3 })",
      'BK-REMOTE',
      /./,
    ],
  ])('gives up on one that %s', async (_, source, code, title) => {
    using folder = newFolder();
    await expect(
      startChildConnector({ ...child, args: write(folder.path, source), startMs: 1500 }),
    ).rejects.toMatchObject({
      report: { code, title: expect.stringMatching(title) as string },
    });
  });

  it('gives up on a program that is not there, and on one that shows another certificate', async () => {
    using folder = newFolder();
    await expect(startChildConnector({ ...child, program: join(folder.path, 'none') })).rejects.toMatchObject({
      report: { code: 'BK-CHILD-ENDED' },
    });
    const { cert, key } = credentialsOf(newAuthority());
    const source = `(await import('node:tls')).createServer(${JSON.stringify({ cert, key })}).listen({ fd: 3 })`;
    await expect(startChildConnector({ ...child, args: write(folder.path, source) })).rejects.toMatchObject({
      report: { code: 'BK-REMOTE', title: expect.stringMatching(/not of the authority/) as string },
    });
  });

  it('says so when the child dies in the midst of a sync, and no file appears', async () => {
    using folder = newFolder();
    const pidFile = join(folder.path, 'pid');
    const source = `import { writeFileSync } from 'node:fs';
      process.on('SIGUSR2', () => process.exit(7));
      writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
      await import(${JSON.stringify(program)});`;
    const env = { NODE_COMPILE_CACHE, BATON_TMPDIR: folder.path, ...settings, BATON_BEHAVIOUR: 'hold' };
    await using remote = await startChildConnector({ ...child, args: write(folder.path, source), env });
    const sync = syncTo(folder.path, {
      ...remote.client,
      resources: {
        // The first of these calls waits for a reading that never ends.
        listResources: (request, options) => {
          process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGUSR2');
          return remote.client.resources.listResources(request, options);
        },
      },
    });
    await expect(sync).rejects.toMatchObject({
      report: { code: 'BK-CHILD-ENDED', title: expect.stringMatching(/exit code 7/) as string },
    });
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.c1z'))).toEqual([]);
  });
});

// What it serves is tested in connector-server.test.ts; here that it is a command.
describe('serve', () => {
  it('serves until a signal comes', async () => {
    using folder = newFolder();
    const authority = newAuthority();
    const { ca, cert, key } = credentialsOf(authority);
    for (const [name, text] of Object.entries({ ca, cert, key })) writeFileSync(join(folder.path, name), text);
    const flags = ['--listen', '127.0.0.1:0', '--tls-cert', 'cert', '--tls-key', 'key', '--tls-client-ca', 'ca'];
    const served = spawn(process.execPath, [program, 'serve', ...flags], {
      cwd: folder.path,
      env: { NODE_COMPILE_CACHE, BATON_TMPDIR: folder.path, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(served, 'close');
    const [said] = (await once(served.stdout, 'data')) as [Buffer];
    const port = /serves on 127\.0\.0\.1:(\d+)/.exec(String(said))?.[1];
    const session = http2.connect(`https://127.0.0.1:${port}`, credentialsOf(authority));
    expect(await call(session, '/grpc.health.v1.Health/Check', '')).toEqual({ code: 0, hex: '0801' });
    session.destroy();
    served.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
  });
});
