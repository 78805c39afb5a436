import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type { Clock, Random } from '@batonkit/kernel';
import { BatonError } from '@batonkit/kernel';
import { certificatePem, createCertificateAuthority, ed25519ToSeed } from '@batonkit/kernel/certificate-authority';
import { errorToDetail } from '@batonkit/protocol';
import { ServerConfigSchema } from '@batonkit/protocol/connector-wrapper';
import { create, fromJson, toBinary } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import type { Code } from '@connectrpc/connect';
import { ConnectError } from '@connectrpc/connect';
import { fail } from '../errors.ts';
import type { RemoteConnector } from './connect-remote.ts';
import { connectRemote } from './connect-remote.ts';

export interface ChildConnectorOptions {
  /** Any Baton connector's program, ours or a Go one, and its own arguments. */
  program: string;
  args: readonly string[];
  /** The whole environment of the child, with its configuration. */
  env: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  clock: Clock;
  random: Random;
  signal: AbortSignal;
  /** How long it may take until it serves, milliseconds; default 30,000. */
  startMs?: number;
  /** What becomes of what it prints: shown as ours (the default), or dropped. */
  output?: 'inherit' | 'ignore';
}

/** How long a child may take to end after its standard input did. */
const endMs = 2000;

/**
 * Starts a connector's program as a stock parent does, and connects to it (protocol: runtime.md 2.1): a socket that
 * listens is descriptor 3, certificates of an authority that lives for this child alone go in a line on its standard
 * input, and the end of that pipe ends it. Ends the child when disposed.
 *
 * Other than a stock parent it waits a bounded time, asks no rate limiter before each call (none is asked for in the
 * configuration, so a child has none), and lets the child end by itself before it is killed. Not on Windows, which
 * passes on no descriptors.
 *
 * @throws BatonError `BK-CHILD-ENDED` when it ends before it serves, `BK-REMOTE` when it does not serve in time or shows
 *   a certificate that is not the one it was given
 */
export async function startChildConnector(options: ChildConnectorOptions): Promise<RemoteConnector> {
  const { program, args, env, cwd, clock, random, signal, startMs = 30_000, output = 'inherit' } = options;
  signal.throwIfAborted();
  const authority = createCertificateAuthority({ commonName: 'batonkit child', days: 30 }, { clock, random });
  const issue = (commonName: string) => authority.issue({ commonName, hosts: ['127.0.0.1', '::1'], days: 30 });
  const [server, client] = [issue('connector'), issue('syncer')];
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const child = spawn(program, [...args, '_connector-service'], {
    env: { ...env, BATON_CONNECTOR_SERVICE_LISTENER_FD: '3' },
    stdio: ['pipe', output, output, descriptorOf(listener)],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const ended = endOf(child);
  // Two processes accept on one socket as long as both have it.
  listener.close();
  child.stdin?.on('error', () => {});
  const credential = { caCert: authority.cert, cert: server.cert, key: ed25519ToSeed(server.privateKey) };
  const config = toBinary(ServerConfigSchema, create(ServerConfigSchema, { credential, listenPort: port }));
  child.stdin?.write(`${Buffer.from(config).toString('base64')}\n`);

  const end = async (): Promise<void> => {
    child.stdin?.end();
    const waiting = new AbortController();
    await Promise.race([ended, clock.sleep(endMs, waiting.signal).catch(() => {})]);
    waiting.abort();
    child.kill('SIGKILL');
    await ended;
  };
  const dead = ended.then((how) => {
    throw fail('BK-CHILD-ENDED', { how });
  });
  dead.catch(() => {});
  const starting = new AbortController();
  const stop = (): void => starting.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const connecting = connectRemote({
    place: { host: '127.0.0.1', port },
    ca: certificatePem(authority.cert),
    cert: certificatePem(client.cert),
    key: client.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    clock,
    signal: starting.signal,
    connectMs: startMs,
    explain: async (thrown) => {
      const died = await Promise.race([ended, clock.sleep(500).then(() => undefined)]);
      return died === undefined ? thrown : asWireError(fail('BK-CHILD-ENDED', { how: died }));
    },
  });
  connecting.catch(() => {});
  try {
    const remote = await Promise.race([connecting, dead]);
    return {
      client: remote.client,
      [Symbol.asyncDispose]: async () => {
        await remote[Symbol.asyncDispose]();
        await end();
      },
    };
  } catch (error) {
    starting.abort(error);
    // A connection that breaks off may be told of before the end that broke it.
    const died = await Promise.race([ended, clock.sleep(500).then(() => undefined)]);
    await end();
    throw died !== undefined && error instanceof BatonError && error.code === 'BK-REMOTE'
      ? fail('BK-CHILD-ENDED', { how: died }, { cause: error })
      : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Of a socket that listens; only what Node has below its server knows it. */
function descriptorOf(listener: Server): number {
  const { _handle: handle } = listener as Server & { _handle?: { fd?: number } };
  if (handle?.fd === undefined || handle.fd < 0) throw new Error('this system passes on no descriptors');
  return handle.fd;
}

/** How it ended, as the end of a sentence. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(`as it could not be started (${error.code ?? ''})`));
    child.once('exit', (code, by) => resolve(by === null ? `with exit code ${code}` : `by ${by}`));
  });
}

function asWireError(error: BatonError): ConnectError {
  const detail = { desc: StructSchema, value: fromJson(StructSchema, errorToDetail(error.report)) };
  return new ConnectError(error.message, error.status as number as Code, undefined, [detail], error);
}
