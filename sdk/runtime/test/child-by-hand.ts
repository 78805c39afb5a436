import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as http2 from 'node:http2';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { CertificateAuthority } from '@batonkit/kernel/certificate-authority';
import { ed25519ToSeed } from '@batonkit/kernel/certificate-authority';
import { ServerConfigSchema } from '@batonkit/protocol/connector-wrapper';
import type { ChildConnectorOptions } from '@batonkit/syncer/start-child-connector';
import { create, toBinary } from '@bufbuild/protobuf';
import { deps } from './served.ts';

export const program = fileURLToPath(new URL('fixture-program.ts', import.meta.url));
export const NODE_COMPILE_CACHE = fileURLToPath(new URL('../../../node_modules/.cache/compile', import.meta.url));
export const settings = {
  BATON_BASE_URL: 'https://x.example',
  BATON_API_KEY: 'key-of-a-test',
  BATON_LOG_FORMAT: 'json',
};

/** A child of a parent that may do everything wrong. */
export interface ByHand extends AsyncDisposable {
  process: ChildProcess;
  port: number;
  write(text: string): void;
  end(): Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
}

export async function byHand(folder: string, more: Record<string, string> = {}): Promise<ByHand> {
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

export function lineFor(authority: CertificateAuthority, listenPort: number, more: object = {}): string {
  const { cert, privateKey } = authority.issue({ commonName: 'child', hosts: ['127.0.0.1'] });
  const credential = { caCert: authority.cert, cert, key: ed25519ToSeed(privateKey), ...more };
  const config = create(ServerConfigSchema, { credential, listenPort });
  return Buffer.from(toBinary(ServerConfigSchema, config)).toString('base64');
}

/** One gRPC call with bare HTTP/2: the status, and what was answered. */
export async function call(
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

/** Whom a parent starts. */
export const childOptions: ChildConnectorOptions = {
  ...deps,
  program: process.execPath,
  args: [],
  env: {},
  signal: new AbortController().signal,
  output: 'ignore',
};
