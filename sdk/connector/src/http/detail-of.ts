/**
 * The short text with which a server explains an error: `detail` as text, as an object with `message`,
 * or as a list of findings of which only place and message are taken (findings also quote the input).
 */
export function detailOf(value: unknown): string | undefined {
  const detail = (value as { detail?: unknown } | null)?.detail;
  const text = Array.isArray(detail) ? detail.map(finding).filter(Boolean).join('; ') : messageOf(detail);
  if (text === undefined || text === '') return undefined;
  // Control and direction characters could forge lines on a terminal.
  const clean = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean;
}

function messageOf(detail: unknown): string | undefined {
  if (typeof detail === 'string') return detail;
  const message = (detail as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : undefined;
}

function finding(item: unknown): string {
  const { loc, msg } = (item ?? {}) as { loc?: unknown; msg?: unknown };
  const place = Array.isArray(loc)
    ? loc.filter((part) => typeof part === 'string' || typeof part === 'number').join('.')
    : '';
  return typeof msg === 'string' ? (place === '' ? msg : `${place}: ${msg}`) : '';
}
