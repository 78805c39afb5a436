/** The bytes of a body, or how many came before the cap was passed. */
export async function readBody(body: AsyncIterable<Uint8Array>, most: number): Promise<Buffer | number> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > most) return bytes;
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined
    ? Buffer.from(chunks[0].buffer, chunks[0].byteOffset, bytes)
    : Buffer.concat(chunks, bytes);
}

const quote = 0x22;
const backslash = 0x5c;

/** Whether JSON text nests deeper than `most`. Jumps over strings, so that it costs little beside the parsing. */
export function isDeeperThan(text: Buffer, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at];
    if (byte === quote) {
      at = endOfString(text, at);
      if (at < 0) return false;
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > most) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}

function endOfString(text: Buffer, start: number): number {
  for (let end = text.indexOf(quote, start + 1); end >= 0; end = text.indexOf(quote, end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === backslash) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}

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
