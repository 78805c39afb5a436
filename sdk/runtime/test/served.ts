import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectorDefinition, ConnectorServices, ServiceDeps } from '@batonkit/connector';
import { createConnectorService } from '@batonkit/connector';
import { systemClock, systemRandom } from '@batonkit/kernel';
import type { CertificateAuthority } from '@batonkit/kernel/certificate-authority';
import { certificatePem, createCertificateAuthority } from '@batonkit/kernel/certificate-authority';
import type { ConnectorClient, SyncResult } from '@batonkit/syncer';
import { syncToFile } from '@batonkit/syncer';
import type { Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import type { ConnectorServer, ConnectorServerOptions } from '../src/server/start-connector-server.ts';
import { startConnectorServer } from '../src/server/start-connector-server.ts';
import { fixtureConnector } from './fixture-connector.ts';

export const deps = { clock: systemClock, random: systemRandom };
export const newAuthority = (): CertificateAuthority => createCertificateAuthority({ commonName: 'of a test' }, deps);

/** PEM of one end. */
export function credentialsOf(authority: CertificateAuthority): { ca: string; cert: string; key: string } {
  const { cert, privateKey } = authority.issue({ commonName: 'one end', hosts: ['127.0.0.1', '::1'] });
  const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { ca: certificatePem(authority.cert), cert: certificatePem(cert), key };
}

/** A folder that is gone afterwards. */
export function newFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'runtime-server-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export function fixtureService(
  spoolDir: string,
  values: Record<string, string | number> = {},
  more: Partial<ServiceDeps> & { definition?: ConnectorDefinition } = {},
): ConnectorServices {
  const given = { 'base-url': 'https://x.example', 'api-key': 'key-of-a-test', ...values };
  const { definition = fixtureConnector as ConnectorDefinition, ...others } = more;
  return createConnectorService(definition, given, { ...deps, spoolDir, ...others });
}

/** A server on a free port of this machine. */
export function serve(
  authority: CertificateAuthority,
  services: ConnectorServices,
  more: Partial<ConnectorServerOptions> = {},
): Promise<ConnectorServer> {
  const { ca, ...credentials } = credentialsOf(authority);
  return startConnectorServer({
    services,
    credentials: { ...credentials, clientCa: ca },
    listen: { host: '127.0.0.1', port: 0 },
    withTools: true,
    clock: systemClock,
    ...more,
  });
}

/** A bare transport, as a peer of another make has one. */
export function transportTo(port: number, authority: CertificateAuthority): Transport & AsyncDisposable {
  const baseUrl = `https://127.0.0.1:${port}`;
  const sessionManager = new Http2SessionManager(baseUrl, {}, credentialsOf(authority));
  const transport = createGrpcTransport({ baseUrl, sessionManager });
  return Object.assign(transport, {
    [Symbol.asyncDispose]: () => Promise.resolve(sessionManager.abort()),
  });
}

export function syncTo(folder: string, client: ConnectorClient, name = 'sync'): Promise<SyncResult> {
  return syncToFile({
    ...deps,
    client,
    path: join(folder, `${name}.c1z`),
    workDir: mkdtempSync(join(folder, 'work-')),
    connector: { type: 'fixture', version: '1.2.3' },
    configDigest: 'd'.repeat(64),
    workers: 3,
    signal: new AbortController().signal,
  });
}
