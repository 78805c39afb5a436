type Header = (name: string) => string | undefined;

/** What the headers of an answer say of the list in it, beside its body. */
export interface SaidInHeaders {
  /** `Link` names a next page. */
  hasNext?: true;
  /** Rows that the whole list has. */
  total?: number;
}

/** `Link` (RFC 8288), `X-Total-Count` and its kin, and the total of a `Content-Range` of items. */
export function saidInHeaders(header: Header): SaidInHeaders {
  const hasNext = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\s*(?:[;,]|$))/i.test(header('link') ?? '');
  const range = /^(?!bytes\b)\w+\s+\d+-\d+\/(\d{1,15})$/.exec(header('content-range')?.trim() ?? '')?.[1];
  const texts = [header('x-total-count'), header('x-total'), header('total-count'), range];
  const total = texts.map((text) => text?.trim() ?? '').find((text) => /^\d{1,15}$/.test(text));
  return { ...(hasNext ? { hasNext } : {}), ...(total === undefined ? {} : { total: Number(total) }) };
}

/**
 * How old an answer is in seconds, if a cache on the way had it before it was asked for: what it says is then not what
 * the source holds now. One second is left for rounding.
 */
export function staleFor(header: Header, elapsedMs: number): number | undefined {
  const age = /^\d{1,15}$/.exec(header('age')?.trim() ?? '')?.[0];
  return age !== undefined && Number(age) * 1000 > elapsedMs + 1000 ? Number(age) : undefined;
}
