import { readFileSync } from 'node:fs';
import type { ErrorReport } from '@batonkit/kernel';
import type { FlagValue } from '../cli/flag.ts';
import { fail } from '../errors.ts';

export interface TelemetrySettings {
  /** `http:` without TLS, `https:` with it. */
  collector: URL;
  /** PEM of the authority that signs for the collector; absent: those of the system. */
  authority?: string;
  traces: boolean;
  logs: boolean;
}

/** Where traces and logs go besides (protocol: runtime 1.2); no settings without an endpoint, or with both turned off. */
export function readTelemetrySettings(given: ReadonlyMap<string, FlagValue>): {
  settings?: TelemetrySettings;
  problems: ErrorReport[];
} {
  const textOf = (name: string): string => {
    const value = given.get(`otel-${name}`);
    return typeof value === 'string' ? value : '';
  };
  const endpoint = textOf('collector-endpoint');
  const traces = given.get('otel-tracing-disabled') !== true;
  const logs = given.get('otel-logging-disabled') !== true;
  if (endpoint === '' || !(traces || logs)) return { problems: [] };
  const refuse = (name: string, reason: string): { problems: ErrorReport[] } => ({
    problems: [fail('BK-OTEL', { flag: `--otel-${name}`, reason }, { field: `otel-${name}` }).report],
  });

  const path = textOf('collector-endpoint-tls-cert-path');
  const encoded = textOf('collector-endpoint-tls-cert');
  if (path !== '' && encoded !== '')
    return refuse('collector-endpoint-tls-cert', 'and --otel-collector-endpoint-tls-cert-path are both given');
  const isPlain = given.get('otel-collector-endpoint-tls-insecure') === true;
  const address = endpoint.replace(/^(?:grpc|https?):\/\//, '');
  const url = `${isPlain ? 'http' : 'https'}://${address}`;
  if (!/^[^\s/@?#]+$/.test(address) || !URL.canParse(url)) {
    return refuse('collector-endpoint', 'is no address such as collector.example.com:4317');
  }
  let authority: string | undefined;
  if (path !== '') {
    try {
      authority = readFileSync(path, 'utf8');
    } catch {
      return refuse('collector-endpoint-tls-cert-path', 'names a file that cannot be read');
    }
  } else if (encoded !== '') authority = Buffer.from(encoded, 'base64url').toString('utf8');
  if (authority !== undefined && !authority.includes('-----BEGIN CERTIFICATE-----')) {
    return refuse(`collector-endpoint-tls-cert${path === '' ? '' : '-path'}`, 'holds no certificate as PEM');
  }
  return {
    settings: { collector: new URL(url), ...(authority === undefined ? {} : { authority }), traces, logs },
    problems: [],
  };
}
