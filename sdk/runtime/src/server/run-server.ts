import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { ConnectorDefinition, ConnectorServices, ServiceDeps } from '@batonkit/connector';
import { createConnectorService } from '@batonkit/connector';
import type { Clock, Random } from '@batonkit/kernel';
import type { Settings } from '../configuration/read-settings.ts';
import { fail } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { logGrpcCalls } from '../logging/log-grpc-calls.ts';
import { logRequest } from '../one-shot/log-request.ts';
import type { SignalSource } from '../one-shot/stop-signals.ts';
import { openBegunSyncs } from './begun-syncs.ts';
import { readServerConfig } from './read-server-config.ts';
import { openSpoolDirectory } from './spool-directory.ts';
import type {
  ConnectorServer,
  ConnectorServerOptions,
  ListenPlace,
  ServerCredentials,
} from './start-connector-server.ts';
import { startConnectorServer } from './start-connector-server.ts';
import { watchParent } from './watch-parent.ts';

export interface RunServerOptions {
  definition: ConnectorDefinition;
  settings: Settings;
  options: {
    env: Readonly<Record<string, string | undefined>>;
    stdin: Readable;
    stdout: Writable;
    signals: SignalSource;
  };
  clock: Clock;
  random: Random;
  logger: Logger;
}

/**
 * `_connector-service`: the child of a stock parent (protocol: runtime.md 2.1). Ends with 0 when the parent is gone, and
 * as a shell says it (143, 130) after a signal.
 *
 * @throws BatonError `BK-CHILD` when the parent does not do its part
 */
export async function runChild(run: RunServerOptions): Promise<number> {
  const { env, stdin, signals } = run.options;
  const { tempDir } = run.settings;
  using parent = watchParent(stdin);
  const stop = new AbortController();
  const { signal } = stop;
  const syncs = openBegunSyncs(tempDir, run.clock);
  const serve = async (): Promise<number> => {
    const line = await Promise.race([parent.line, aborted(signal)]);
    if (line === undefined) return 0;
    const { credentials, port } = readServerConfig(line);
    const descriptor = descriptorOf(env['BATON_CONNECTOR_SERVICE_LISTENER_FD']);
    using spool = openSpoolDirectory(tempDir, run.clock);
    await using services = servicesOf(run, { spoolDir: spool.path, signal, syncs });
    const listen = { descriptor };
    const refusal = fail('BK-CHILD', { what: `descriptor ${descriptor} is no socket that listens` });
    await syncs.ready(signal);
    await using server = await start(run, { services, credentials, listen, withTools: false }, refusal);
    if (server.port !== port)
      throw fail('BK-CHILD', { what: `the socket has port ${server.port}, and the parent says ${port}` });
    await aborted(signal);
    return 0;
  };
  using stopped = firstSignal(signals);
  const work = serve();
  try {
    return await Promise.race([work, parent.gone.then(() => 0), stopped.code]);
  } finally {
    stop.abort();
    // All ends now that it is told to; what does not is not waited for.
    const waiting = new AbortController();
    await Promise.race([work.catch(() => {}), run.clock.sleep(1000, waiting.signal).catch(() => {})]);
    waiting.abort();
  }
}

/** `serve`: for syncers elsewhere, until a signal comes. */
export async function runServe(run: RunServerOptions): Promise<number> {
  const { options, settings, definition } = run;
  const { listen, cert, key, clientCa } = settings.serve;
  const place = placeOf(listen);
  const credentials = {
    cert: pemOf('tls-cert', cert),
    key: pemOf('tls-key', key),
    clientCa: pemOf('tls-client-ca', clientCa),
  };
  checkPair(credentials);
  using spool = openSpoolDirectory(settings.tempDir, run.clock);
  const syncs = openBegunSyncs(settings.tempDir, run.clock);
  const stop = new AbortController();
  await using services = servicesOf(run, { spoolDir: spool.path, signal: stop.signal, syncs });
  const refusal = fail('BK-SERVE', { what: `${listen} cannot be listened at` }, { field: 'listen' });
  using stopped = firstSignal(options.signals);
  await syncs.ready(stop.signal);
  await using server = await start(run, { services, credentials, listen: place, withTools: true }, refusal);
  const where = 'host' in place ? listen.replace(/:\d+$/, `:${server.port}`) : listen;
  options.stdout.write(`${definition.name} serves on ${where}\n`);
  await stopped.code;
  await server.close(5000);
  stop.abort();
  return 0;
}

function servicesOf(
  run: RunServerOptions,
  deps: Required<Pick<ServiceDeps, 'spoolDir' | 'signal' | 'syncs'>>,
): ConnectorServices {
  const { definition, settings, clock, random, logger } = run;
  const values = { ...settings.values, 'http-timeout-seconds': settings.httpTimeoutSeconds };
  return createConnectorService(definition, values, {
    ...deps,
    clock,
    random,
    unnamed: true,
    network: settings.network,
    passes: settings.passes,
    observe: (event) => logRequest(event, logger),
  });
}

async function start(
  { clock, logger }: RunServerOptions,
  options: Pick<ConnectorServerOptions, 'services' | 'credentials' | 'listen' | 'withTools'>,
  refusal: Error,
): Promise<ConnectorServer> {
  try {
    return await startConnectorServer({ ...options, clock, interceptors: [logGrpcCalls(logger, clock)] });
  } catch (error) {
    refusal.cause = error;
    throw refusal;
  }
}

function descriptorOf(text: string | undefined): number {
  if (text === undefined || text === '')
    throw fail('BK-CHILD', { what: 'BATON_CONNECTOR_SERVICE_LISTENER_FD is missing' });
  if (!/^\d{1,6}$/.test(text)) throw fail('BK-CHILD', { what: 'BATON_CONNECTOR_SERVICE_LISTENER_FD is no descriptor' });
  return Number(text);
}

function placeOf(listen: string): ListenPlace {
  const unix = /^unix:(?:\/\/)?(.+)$/.exec(listen)?.[1];
  if (unix !== undefined) return { path: unix };
  const [, inBrackets, plain, port = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(listen) ?? [];
  const host = inBrackets ?? plain;
  if (host === undefined || Number(port) > 65_535)
    throw fail('BK-SERVE', { what: '--listen needs host:port or unix:/path' }, { field: 'listen' });
  return { host, port: Number(port) };
}

function pemOf(flag: string, path: string): string {
  if (path === '') throw fail('BK-SERVE', { what: `--${flag} is missing` }, { field: flag });
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fail('BK-SERVE', { what: `--${flag} names ${path}, which cannot be read` }, { field: flag, cause: error });
  }
}

/** TLS would say nothing of an authority that is none: nobody could connect. @throws BatonError `BK-SERVE` */
function checkPair({ cert, key, clientCa }: ServerCredentials): void {
  const readOrRefuse = <T>(flag: string, what: string, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      throw fail('BK-SERVE', { what: `--${flag} holds no ${what} as PEM` }, { field: flag, cause: error });
    }
  };
  const own = readOrRefuse('tls-cert', 'certificate', () => new X509Certificate(cert));
  const privateKey = readOrRefuse('tls-key', 'private key', () => createPrivateKey(key));
  readOrRefuse('tls-client-ca', 'certificate', () => new X509Certificate(clientCa));
  if (!own.checkPrivateKey(privateKey))
    throw fail('BK-SERVE', { what: 'the key of --tls-key is not that of --tls-cert' }, { field: 'tls-key' });
}

/** The exit code of the first signal, as a shell has it. */
function firstSignal(signals: SignalSource): Disposable & { code: Promise<number> } {
  const { promise, resolve } = Promise.withResolvers<number>();
  const listeners = (
    [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const
  ).map(([name, code]) => {
    const listener = (): void => resolve(code);
    signals.on(name, listener);
    return { name, listener };
  });
  return {
    code: promise,
    [Symbol.dispose]: () => {
      for (const { name, listener } of listeners) signals.off(name, listener);
    },
  };
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
