import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { ExportLogsServiceRequest, ExportTraceServiceRequest } from '@batonkit/protocol/opentelemetry';
import { LogsService, TraceService } from '@batonkit/protocol/opentelemetry';
import { connectNodeAdapter } from '@connectrpc/connect-node';

const tls = (name: string): string => new URL(`../../../tests/fixtures/tls/${name}`, import.meta.url).pathname;

/** A collector that remembers. */
export async function startCollector(isPlain: boolean, port = 0) {
  const traces: ExportTraceServiceRequest[] = [];
  const logs: ExportLogsServiceRequest[] = [];
  const routes = connectNodeAdapter({
    routes: ({ service }) => {
      service(TraceService, { export: (request) => (traces.push(request), {}) });
      service(LogsService, { export: (request) => (logs.push(request), {}) });
    },
  });
  const server = isPlain
    ? http2.createServer(routes)
    : http2.createSecureServer(
        { key: readFileSync(tls('server-key.pem')), cert: readFileSync(tls('server.pem')) },
        routes,
      );
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => sessions.add(session));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const spans = () => traces.flatMap(({ resourceSpans }) => resourceSpans.flatMap((r) => r.scopeSpans[0]?.spans ?? []));
  const records = () =>
    logs.flatMap(({ resourceLogs }) => resourceLogs.flatMap((r) => r.scopeLogs[0]?.logRecords ?? []));
  return {
    port: (server.address() as AddressInfo).port,
    endpoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    traces,
    logs,
    spans,
    records,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
