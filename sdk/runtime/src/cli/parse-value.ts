import type { BatonError } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { Flag, FlagValue } from './flag.ts';

export type Parsed = { value: FlagValue } | { problem: BatonError };

/**
 * Turns text into a flag's value. `source` names where the text stood, for the message; the caller
 * leaves a secret's text out of it.
 */
export function parseValue(flag: Flag, text: string, source: string): Parsed {
  const refuse = (expected: string): Parsed => ({
    problem: fail('BK-CONFIG-VALUE', { source, expected }, { field: flag.name }),
  });
  switch (flag.type) {
    case 'string':
      return { value: text };
    case 'bool':
      if (/^(1|t|true)$/i.test(text)) return { value: true };
      if (/^(0|f|false)$/i.test(text)) return { value: false };
      return refuse('true or false');
    case 'int': {
      const value = /^[+-]?(\d+|0x[\da-f]+)$/i.test(text) ? toNumber(text) : Number.NaN;
      return Number.isSafeInteger(value) ? { value } : refuse('a whole number');
    }
    case 'strings': {
      const items = splitCsv(text);
      return items === undefined ? refuse('a list with its quotes closed') : { value: items };
    }
    default:
      return {
        problem: fail(
          'BK-NOT-IN-RELEASE',
          { what: `A map of values, as --${flag.name} takes`, why: 'It could not be read.', instead: 'Leave it out.' },
          { field: flag.name },
        ),
      };
  }
}

function toNumber(text: string): number {
  const negative = text.startsWith('-');
  const value = Number(text.replace(/^[+-]/, ''));
  return negative ? -value : value;
}

/** One CSV record: items between commas, a quoted one may hold commas and doubled quotes. */
function splitCsv(text: string): string[] | undefined {
  if (text === '') return [];
  const items: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const match = /^"((?:[^"]|"")*)"(?=,|$)/.exec(text.slice(at));
      if (match === null) return undefined;
      items.push((match[1] ?? '').replaceAll('""', '"'));
      at += match[0].length;
    } else {
      const end = text.indexOf(',', at);
      items.push(text.slice(at, end < 0 ? undefined : end));
      at = end < 0 ? text.length : end;
    }
    if (at >= text.length) return items;
    at += 1;
  }
}
