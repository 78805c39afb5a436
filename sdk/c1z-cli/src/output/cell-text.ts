// Control characters move the cursor or hide text; overrides and isolates of writing direction show another text than
// the one that stands there; lone line separators break a row.
const DANGEROUS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A text of the file as it can be shown in one line of a terminal: what could act there is escaped. */
export function cellText(text: string): string {
  return text.replace(DANGEROUS, escape);
}

/** JSON in one line; what could act in a terminal is escaped, and the value stays the same. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(DANGEROUS, escape);
}

function escape(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
