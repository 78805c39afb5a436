/** `1 account`, `1,204 accounts`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${figure(number)} ${number === 1 ? one : many}`;
}

/** `1,204`. */
export const figure = (number: number): string => number.toLocaleString('en-US');

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** First letters of the first and the last word. */
export function initials(name: string): string {
  const letters = (name.match(/[\p{L}\p{N}][^\s]*/gu) ?? ['?']).map(firstOf);
  return (letters.length > 1 ? `${letters[0] ?? ''}${letters.at(-1) ?? ''}` : (letters[0] ?? '')).toUpperCase();
}

/** One of so many numbers, always the same for the same text. */
export function spread(text: string, over: number): number {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) sum += text.charCodeAt(index);
  return sum % over;
}

const firstOf = (word: string): string => String.fromCodePoint(word.codePointAt(0) ?? 63);

/** The beginning and the end of an id. */
export const shortId = (id: string): string => `${id.slice(0, 6)}…${id.slice(-4)}`;

// Controls, and what turns the direction of the text around it: in a name they can only mislead.
const MISLEADING = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A text that others wrote, with its control and direction characters made visible. */
export function shown(text: string): string {
  return text.replace(MISLEADING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export const TIER_WORDS = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  none: 'None',
  unclassified: 'Unclassified',
} as const;
