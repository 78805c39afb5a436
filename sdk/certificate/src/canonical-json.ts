/**
 * The one text of a JSON value, as RFC 8785 defines it: no white space, keys sorted by UTF-16 code units, numbers and
 * strings as ECMAScript writes them. Two programs that mean the same write, hash and sign the same bytes.
 *
 * @throws TypeError for what JSON cannot say: undefined, NaN, infinities, lone surrogates, functions, objects of a class
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('JSON has no word for this number');
      // ECMAScript's own form of a number is the canonical one; -0 becomes 0.
      return String(value);
    case 'string':
      return canonicalText(value);
    case 'object':
      return value === null ? 'null' : canonicalStructure(value);
    default:
      throw new TypeError(`JSON has no word for a ${typeof value}`);
  }
}

/** Whether a text is JSON and already in its canonical form; a repeated key, say, is not. */
export function isCanonicalJson(text: string): boolean {
  try {
    return canonicalJson(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

function canonicalText(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('JSON has no word for half a character');
  return JSON.stringify(text);
}

function canonicalStructure(value: object): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('JSON has no word for this object');
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${canonicalText(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
