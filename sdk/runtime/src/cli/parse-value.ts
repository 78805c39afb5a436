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
    case 'stringToString': {
      const map = text.trimStart().startsWith('{') ? jsonMap(text) : pairs(text);
      return map === undefined
        ? refuse('a list such as name=value,name=value or a JSON object of texts')
        : { value: map };
    }
    default:
      throw new RangeError('unknown type of flag');
  }
}

function pairs(text: string): Record<string, string> | undefined {
  const items = splitCsv(text);
  if (items === undefined || items.length === 0) return undefined;
  const map = new Map<string, string>();
  for (const item of items) {
    const equals = item.indexOf('=');
    if (equals < 1) return undefined;
    map.set(item.slice(0, equals).trim(), item.slice(equals + 1));
  }
  return Object.fromEntries(map);
}

function jsonMap(text: string): Record<string, string> | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    return Object.values(value).every((one) => typeof one === 'string') ? (value as Record<string, string>) : undefined;
  } catch {
    return undefined;
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
