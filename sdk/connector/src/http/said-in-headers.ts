type Header = (name: string) => string | undefined;

/** What the headers of an answer say of the list in it, beside its body. */
export interface SaidInHeaders {
  /** `Link` names a next page. */
  hasNext?: true;
  /** Rows that the whole list has. */
  total?: number;
}

/**
 * `Link` (RFC 8288), `X-Next-Page` and its kin, `X-Total-Count` and its kin, `X-Pagination` with JSON, and the total of a
 * `Content-Range` of items.
 */
export function saidInHeaders(header: Header): SaidInHeaders {
  const text = (name: string): string => header(name)?.trim() ?? '';
  const linksOn = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\s*(?:[;,]|$))/i.test(text('link'));
  const isNamed = ['x-next-page', 'x-next-cursor', 'x-next-page-token', 'x-next'].some(
    (name) => !/^(?:0|-1|null|none|nil|false|undefined)?$/i.test(text(name)),
  );
  // Page 0 is the first where pages are counted from 0.
  const isBefore = Math.max(1, Number(text('x-page') || 'NaN')) < Number(text('x-total-pages') || 'NaN');
  const range = /^(?!bytes\b)\w+\s+\d+-\d+\/(\d{1,15})$/.exec(text('content-range'))?.[1];
  const inJson = /"total_?(?:count|items)?"\s*:\s*"?(\d{1,15})\b/i.exec(text('x-pagination'))?.[1];
  const texts = [text('x-total-count'), text('x-total'), text('total-count'), range, inJson];
  const [total] = texts.flatMap((value) => /^\d{1,15}(?=$|,)/.exec(value ?? '') ?? []);
  const hasNext = linksOn || isNamed || isBefore || /^(?:true|1|yes)$/i.test(text('x-has-more'));
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
