import type { Clock, Random } from '@batonkit/kernel';
import type { Span, OtlpLogRecord } from '@batonkit/protocol/opentelemetry';
import {
  LogRecordSchema,
  LogsService,
  Span_SpanKind,
  SpanSchema,
  Status_StatusCode,
  TraceService,
} from '@batonkit/protocol/opentelemetry';
import { create } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import type { LogRecord } from '../logger.ts';
import { Batch } from './batch.ts';
import type { TelemetrySettings } from './read-telemetry-settings.ts';

export interface TelemetryOptions extends TelemetrySettings {
  /** The collector sees `<name>-server`, as from the genuine programs. */
  name: string;
  version: string;
  clock: Clock;
  random: Random;
}

/** Work that has ended. Names, counts, times and codes only: no value of the tenant, no secret. */
export interface EndedWork {
  name: string;
  /** Milliseconds since the Unix epoch. */
  startedAt: number;
  endedAt: number;
  isWell: boolean;
  attributes?: Record<string, string | number>;
}

export interface Telemetry extends AsyncDisposable {
  log(record: LogRecord): void;
  /** Within the whole run; `endRun` tells of that itself. */
  span(work: EndedWork): void;
  endRun(work: EndedWork): void;
}

/** The genuine bound for saying the last (protocol: runtime 2.1). */
const SHUTDOWN_MS = 5000;

/**
 * Sends traces and logs to an OpenTelemetry collector over OTLP/gRPC, in batches and beside the work: one that
 * is dead costs what was meant for it, and at the end at most five seconds. Never throws.
 */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const { collector, authority, clock, random, name, version } = options;
  const manager = new Http2SessionManager(collector.origin, {}, authority === undefined ? {} : { ca: authority });
  const transport = createGrpcTransport({
    baseUrl: collector.origin,
    sessionManager: manager,
    defaultTimeoutMs: SHUTDOWN_MS,
  });
  const resource = { attributes: [attribute('service.name', `${name}-server`), attribute('service.version', version)] };
  const scope = { name: 'batonkit' };
  const traces = createClient(TraceService, transport);
  const logs = createClient(LogsService, transport);
  const spanBatch = new Batch<Span>(clock, (spans, signal) =>
    traces.export({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }, { signal }),
  );
  const logBatch = new Batch<OtlpLogRecord>(clock, (logRecords, signal) =>
    logs.export({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] }, { signal }),
  );
  const traceId = random.bytes(16);
  const rootId = random.bytes(8);
  const add = (work: EndedWork, spanId: Uint8Array, parentSpanId: Uint8Array): void => {
    if (!options.traces) return;
    spanBatch.add(
      create(SpanSchema, {
        traceId,
        spanId,
        parentSpanId,
        name: work.name,
        kind: parentSpanId.length === 0 ? Span_SpanKind.INTERNAL : Span_SpanKind.CLIENT,
        startTimeUnixNano: nanoseconds(work.startedAt),
        endTimeUnixNano: nanoseconds(work.endedAt),
        attributes: Object.entries(work.attributes ?? {}).map(([key, value]) => attribute(key, value)),
        status: { code: work.isWell ? Status_StatusCode.OK : Status_StatusCode.ERROR },
      }),
    );
  };
  return {
    log: ({ level, at, message, fields }) => {
      if (!options.logs) return;
      logBatch.add(
        create(LogRecordSchema, {
          timeUnixNano: nanoseconds(at),
          severityNumber: { debug: 5, info: 9, warn: 13, error: 17 }[level],
          severityText: level.toUpperCase(),
          body: valueOf(message),
          attributes: Object.entries(fields).map(([key, value]) => attribute(key, value)),
          ...(options.traces ? { traceId, spanId: rootId } : {}),
        }),
      );
    },
    span: (work) => add(work, random.bytes(8), rootId),
    endRun: (work) => add(work, rootId, new Uint8Array()),
    [Symbol.asyncDispose]: async () => {
      const over = new AbortController();
      const bound = clock.sleep(SHUTDOWN_MS, over.signal).catch(() => {});
      await Promise.race([Promise.all([spanBatch.close(), logBatch.close()]), bound]);
      over.abort();
      spanBatch.drop();
      logBatch.drop();
      manager.abort();
    },
  };
}

const attribute = (key: string, value: unknown) => ({ key, value: valueOf(value) });

function valueOf(value: unknown) {
  if (typeof value === 'boolean') return { value: { case: 'boolValue', value } } as const;
  if (typeof value === 'number') {
    return Number.isSafeInteger(value)
      ? ({ value: { case: 'intValue', value: BigInt(value) } } as const)
      : ({ value: { case: 'doubleValue', value } } as const);
  }
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return { value: { case: 'stringValue', value: text } } as const;
}

const nanoseconds = (milliseconds: number): bigint => BigInt(Math.round(milliseconds)) * 1_000_000n;
