import type { BatonError } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { Flag, FlagValue } from './flag.ts';

export type Parsed = { value: FlagValue } | { problem: BatonError };

/**
 * Turns text into a flag's value. `source` names where the text stood, for the message; the caller
 * leaves a secret's text out of it. Numbers and switches are written as in Go (protocol: runtime 1.1).
 */
export function parseValue(flag: Flag, text: string, source: string, isVariable = false): Parsed {
  const refuse = (expected: string): Parsed => ({
    problem: fail('BK-CONFIG-VALUE', { source, expected }, { field: flag.name }),
  });
  switch (flag.type) {
    case 'string':
      return { value: text };
    case 'bool': {
      const value = parseBool(text);
      return value === undefined ? refuse('true or false') : { value };
    }
    case 'int': {
      const value = parseInteger(text);
      return value === undefined ? refuse('a whole number') : { value };
    }
    case 'strings': {
      const items = splitCsv(text);
      return items === undefined ? refuse('a list with its quotes closed') : { value: items };
    }
    case 'stringToString': {
      const isJson = text.trimStart().startsWith('{');
      // Of a variable the genuine programs take nothing but JSON.
      const map = isJson ? jsonMap(text) : isVariable ? undefined : pairs(text);
      if (map !== undefined) return { value: map };
      return refuse(isVariable ? 'a JSON object of texts' : 'a list such as name=value,name=value');
    }
    default:
      throw new RangeError('unknown type of flag');
  }
}

export function parseBool(text: string): boolean | undefined {
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
  return /^(0|f|F|false|FALSE|False)$/.test(text) ? false : undefined;
}

/** Decimal, or with 0x, 0o, 0b or a leading 0; digits may be grouped by `_`. Undefined beyond what a double holds. */
function parseInteger(text: string): number | undefined {
  const match = /^([+-]?)(0[xX]|0[bB]|0[oO]?)?((?:_?[\da-fA-F])*)$/.exec(text);
  const [, sign = '', prefix = '', grouped = ''] = match ?? [];
  const digits = grouped.replaceAll('_', '');
  const radix = radixes[prefix.toLowerCase()] ?? 10;
  if (match === null || (digits === '' && prefix !== '0')) return undefined;
  // A group needs a digit or a prefix before it.
  if (prefix === '' && grouped.startsWith('_')) return undefined;
  const allowed = '0123456789abcdef'.slice(0, radix);
  if (Array.from(digits.toLowerCase()).some((digit) => !allowed.includes(digit))) return undefined;
  const value = digits === '' ? 0 : Number.parseInt(digits, radix);
  if (!Number.isSafeInteger(value)) return undefined;
  return sign === '-' && value !== 0 ? -value : value;
}

const radixes: Record<string, number> = { '0x': 16, '0o': 8, '0': 8, '0b': 2 };

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
      const item = text.slice(at, end < 0 ? undefined : end);
      if (item.includes('"')) return undefined;
      items.push(item);
      at = end < 0 ? text.length : end;
    }
    if (at >= text.length) return items;
    at += 1;
  }
}
