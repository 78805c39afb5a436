import type { HttpFailure } from './failure.ts';
import { countMembers, countParsedMembers } from './scan-json.ts';

const deepest = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Judges the body of a 200: its JSON, or why it has none that can be trusted. */
export function readJson(body: Buffer, contentType: string, isJson: boolean): { json: unknown } | HttpFailure {
  if (contentType.startsWith('text/html') || startsLikeHtml(body)) return { kind: 'html' };
  if (!isJson) return { kind: 'not-json', contentType: contentType.split(';')[0]?.slice(0, 60) ?? '' };
  const members = countMembers(body, deepest);
  if (typeof members === 'string') return { kind: 'bad-json', reason: members };
  const json = parseJson(body);
  if (json === undefined) return { kind: 'bad-json', reason: 'broken' };
  if (json === null) return { kind: 'bad-json', reason: 'null' };
  if (countParsedMembers(json) !== members) return { kind: 'bad-json', reason: 'duplicate-key' };
  return { json };
}

/** Undefined when it is no JSON. */
export function parseJson(body: Uint8Array): unknown {
  try {
    // Bytes that are not UTF-8 must not turn into question marks inside an id.
    return JSON.parse(utf8.decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

function startsLikeHtml(body: Buffer): boolean {
  return /^\s*</.test(body.toString('latin1', 0, 256).replace('\u00ef\u00bb\u00bf', ''));
}
