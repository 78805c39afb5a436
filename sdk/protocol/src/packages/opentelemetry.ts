// OTLP: traces and logs for an OpenTelemetry collector.
export * from '../gen/opentelemetry/proto/collector/logs/v1/logs_service_pb.ts';
export * from '../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts';
export { Span_SpanKind, SpanSchema, Status_StatusCode } from '../gen/opentelemetry/proto/trace/v1/trace_pb.ts';
export type { Span } from '../gen/opentelemetry/proto/trace/v1/trace_pb.ts';
export { LogRecordSchema } from '../gen/opentelemetry/proto/logs/v1/logs_pb.ts';
export type { LogRecord as OtlpLogRecord } from '../gen/opentelemetry/proto/logs/v1/logs_pb.ts';
