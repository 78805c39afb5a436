import { BatonError } from '@batonkit/kernel';

export type LogFields = Record<string, unknown>;

/**
 * Fields as JSON can say them: errors as text, bigints and what is not finite as text, what is absent left
 * out. Never throws, as what is logged must not end what it tells of.
 */
export function readableFields(fields: LogFields): LogFields {
  try {
    return JSON.parse(JSON.stringify(fields, (_name, value: unknown) => readableValue(value))) as LogFields;
  } catch {
    return { unreadable_fields: Object.keys(fields) };
  }
}

function readableValue(value: unknown): unknown {
  if (value instanceof Error) return errorText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

/**
 * What a log says of an error. The words of errors that are not ours were never checked for secrets and
 * personal data, so only their kind and the system's code are told; causes never are.
 */
export function errorText(error: Error): string {
  if (error instanceof BatonError) return `${error.report.title} (${error.code})`;
  const code = 'code' in error && ['string', 'number'].includes(typeof error.code) ? ` (${String(error.code)})` : '';
  return `${error.name}${code}`;
}

/** Where an error arose, without its words and without paths of this machine; for lines at debug. */
export function framesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return lines.slice(0, 12).map((line) =>
    line
      .trim()
      .replace(/^at /, '')
      .replaceAll(/(?:file:\/\/)?(?:[A-Za-z]:)?[/\\][^()\s]*[/\\]([^()/\\\s]+[/\\][^()/\\\s]+)/g, '$1'),
  );
}
