const quote = 0x22;
const backslash = 0x5c;

/** What bytes mean outside of strings: 1 opens a string, 2 a level, 3 closes one, 4 stands after a key, 5 between two. */
const meanings = new Uint8Array(256);
for (const [meaning, characters] of [
  [1, '"'],
  [2, '[{'],
  [3, ']}'],
  [4, ':'],
  [5, ','],
] as const) {
  for (const character of characters) meanings[character.charCodeAt(0)] = meaning;
}

/** Of keys and values: parsed, each takes many times the room that it has in the text. */
export const mostParts = 16_000_000;

/**
 * How many members the objects of a JSON text have, counted in the text; `too-deep` when it nests
 * deeper than `deepest`, `too-many` when it has too many parts. Says nothing of use about a text that is no JSON.
 */
export function countMembers(text: Uint8Array, deepest: number): number | 'too-deep' | 'too-many' {
  let depth = 0;
  let members = 0;
  let values = 0;
  const end = text.length;
  for (let at = 0; at < end; at++) {
    switch (meanings[text[at] as number]) {
      case 1:
        for (at++; at < end && text[at] !== quote; at++) if (text[at] === backslash) at++;
        break;
      case 2:
        if (++depth > deepest) return 'too-deep';
        break;
      case 3:
        depth--;
        break;
      case 4:
        members++;
        break;
      case 5:
        values++;
        break;
      default:
    }
  }
  return members + values > mostParts ? 'too-many' : members;
}

/**
 * How many members a parsed text has. Fewer than its text has means that a key stood twice in one
 * object: the parser keeps the last, another program might keep the first, and neither is what is meant.
 */
export function countParsedMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) members += countParsedMembers(item);
    return members;
  }
  // Without a list of its values: this is done with every row of every answer. What is parsed inherits nothing.
  for (const key in value) members += 1 + countParsedMembers((value as Record<string, unknown>)[key]);
  return members;
}
