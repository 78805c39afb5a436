import { AsyncLocalStorage } from 'node:async_hooks';
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
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { hearSession } from '../hear-session.ts';
import type { Logger, LogRecord } from '../logger.ts';
import { Batch } from './batch.ts';
import type { TelemetrySettings } from './read-telemetry-settings.ts';
import type { EndedWork, Trace } from './trace.ts';

export interface TelemetryOptions extends TelemetrySettings {
  /** The collector sees `<name>-server`, as from the genuine programs. */
  name: string;
  version: string;
  clock: Clock;
  random: Random;
}

export interface Telemetry extends Trace, AsyncDisposable {
  log(record: LogRecord): void;
  /** Is told once that the collector takes no traces, or no logs, and once that it takes them again. */
  tellTo(logger: Logger): void;
}

/** Work under way. */
interface Open {
  traceId: Uint8Array;
  spanId: Uint8Array;
  isWell: boolean;
  attributes: Record<string, string | number>;
}

/** The genuine bound for saying the last (protocol: runtime 2.1). */
const SHUTDOWN_MS = 5000;
const NO_PARENT = new Uint8Array();

/**
 * Sends traces and logs to an OpenTelemetry collector over OTLP/gRPC, in batches and beside the work: one that
 * is dead costs what was meant for it, and at the end at most five seconds. Never throws.
 */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const { collector, authority, clock, random, name, version } = options;
  const manager = new Http2SessionManager(collector.origin, {}, authority === undefined ? {} : { ca: authority });
  const transport = createGrpcTransport({
    baseUrl: collector.origin,
    sessionManager: {
      authority: manager.authority,
      request: async (...call) => {
        const stream = await manager.request(...call);
        hearSession(stream);
        return stream;
      },
      notifyResponseByteRead: (stream) => manager.notifyResponseByteRead(stream),
    },
    defaultTimeoutMs: SHUTDOWN_MS,
  });
  const resource = { attributes: [attribute('service.name', `${name}-server`), attribute('service.version', version)] };
  const scope = { name: 'batonkit' };
  const traces = createClient(TraceService, transport);
  const logs = createClient(LogsService, transport);
  let logger: Logger | undefined;
  // Some collectors take traces alone, or logs.
  const sentOf = (what: 'traces' | 'logs'): ((error?: unknown) => void) => {
    let isDead = false;
    return (error) => {
      const isDeadNow = error !== undefined;
      if (isDeadNow === isDead) return;
      isDead = isDeadNow;
      if (isDead) {
        const reason = error instanceof ConnectError ? Code[error.code] : 'unknown';
        logger?.warn(`the collector takes no ${what}; what is meant for it is lost until it does`, { reason });
      } else logger?.info(`the collector takes ${what} again`);
    };
  };
  const spanBatch = new Batch<Span>({
    clock,
    sent: sentOf('traces'),
    send: (spans, signal) =>
      traces.export({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }, { signal }),
  });
  const logBatch = new Batch<OtlpLogRecord>({
    clock,
    sent: sentOf('logs'),
    send: (logRecords, signal) =>
      logs.export({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] }, { signal }),
  });
  // Follows each call into what it waits for, so that tasks at the same time are told apart.
  const current = new AsyncLocalStorage<Open>();
  const add = (work: EndedWork, own: Pick<Open, 'traceId' | 'spanId'>, parent: Uint8Array, kind: Span_SpanKind) => {
    if (!options.traces) return;
    spanBatch.add(
      create(SpanSchema, {
        traceId: own.traceId,
        spanId: own.spanId,
        parentSpanId: parent,
        name: work.name,
        kind,
        startTimeUnixNano: nanoseconds(work.startedAt),
        endTimeUnixNano: nanoseconds(work.endedAt),
        attributes: Object.entries(work.attributes ?? {}).map(([key, value]) => attribute(key, value)),
        status: { code: work.isWell ? Status_StatusCode.OK : Status_StatusCode.ERROR },
      }),
    );
  };
  return {
    tellTo: (to) => (logger = to),
    log: ({ level, at, message, fields }) => {
      if (!options.logs) return;
      const { traceId, spanId } = current.getStore() ?? {};
      logBatch.add(
        create(LogRecordSchema, {
          timeUnixNano: nanoseconds(at),
          severityNumber: { debug: 5, info: 9, warn: 13, error: 17 }[level],
          severityText: level.toUpperCase(),
          body: valueOf(message),
          attributes: Object.entries(fields).map(([key, value]) => attribute(key, value)),
          ...(options.traces && traceId !== undefined && spanId !== undefined ? { traceId, spanId } : {}),
        }),
      );
    },
    request: (work) => {
      const at = current.getStore();
      const own = { traceId: at?.traceId ?? random.bytes(16), spanId: random.bytes(8) };
      add(work, own, at?.spanId ?? NO_PARENT, Span_SpanKind.CLIENT);
    },
    note: (attributes) => void Object.assign(current.getStore()?.attributes ?? {}, attributes),
    fail: (attributes) => {
      const at = current.getStore();
      if (at === undefined) return;
      at.isWell = false;
      Object.assign(at.attributes, attributes);
    },
    within: async (what, work) => {
      const outer = current.getStore();
      const own: Open = {
        traceId: outer?.traceId ?? random.bytes(16),
        spanId: random.bytes(8),
        isWell: true,
        attributes: {},
      };
      const [startedAt, begun] = [clock.now(), clock.monotonic()];
      try {
        return await current.run(own, work);
      } catch (error) {
        own.isWell = false;
        throw error;
      } finally {
        const { isWell, attributes } = own;
        const endedAt = startedAt + clock.monotonic() - begun;
        const ended = { name: what, startedAt, endedAt, isWell, attributes };
        add(ended, own, outer?.spanId ?? NO_PARENT, Span_SpanKind.INTERNAL);
      }
    },
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
