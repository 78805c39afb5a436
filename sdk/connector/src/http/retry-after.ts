const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Reads a `Retry-After` header: seconds (also with decimals), any HTTP date (RFC 9110 has three forms),
 * or an RFC 3339 time.
 *
 * @returns milliseconds from now, at least 0; undefined when it says nothing that can be understood
 */
export function retryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const at = httpDate(text, now) ?? rfc3339(text);
  return at === undefined || Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function httpDate(text: string, now: number): number | undefined {
  // Sun, 06 Nov 1994 08:49:37 GMT · Sunday, 06-Nov-94 08:49:37 GMT · Sun Nov  6 08:49:37 1994
  const dashed = /^[a-z]+, (\d{1,2})[ -]([a-z]{3})[ -](\d{2,4}) (\d\d):(\d\d):(\d\d) (?:GMT|UTC)$/i.exec(text);
  if (dashed) return utc(dashed[3], dashed[2], dashed[1], dashed.slice(4, 7), now);
  const asctime = /^[a-z]{3} ([a-z]{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$/i.exec(text);
  if (asctime) return utc(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6), now);
  return undefined;
}

function utc(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  time: string[],
  now: number,
): number | undefined {
  const index = months.indexOf((month ?? '').toLowerCase());
  if (index < 0) return undefined;
  let full = Number(year);
  // RFC 9110: two digits mean the year that is not more than 50 years ahead.
  if (full < 100) {
    const century = Math.floor(new Date(now).getUTCFullYear() / 100) * 100;
    full += century;
    if (full > new Date(now).getUTCFullYear() + 50) full -= 100;
  }
  const [hours, minutes, seconds] = time.map(Number);
  return Date.UTC(full, index, Number(day), hours, minutes, seconds);
}

function rfc3339(text: string): number | undefined {
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i.test(text)
    ? Date.parse(text.replace(' ', 'T'))
    : undefined;
}
