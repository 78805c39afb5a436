import type { DescEnum } from '@bufbuild/protobuf';
import type { BytesRule, NumberRule, StringRule, ValueRule } from './rule.ts';

const encoder = new TextEncoder();

/** Why a value breaks its rule, in the words that genuine receivers use; undefined when it does not. */
export function brokenValue(rule: ValueRule, value: unknown, enumeration?: DescEnum): string | undefined {
  if (rule.string !== undefined) return brokenText(rule.string, value as string);
  if (rule.bytes !== undefined) return brokenBytes(rule.bytes, value as Uint8Array);
  const number = rule.uint32 ?? rule.int64;
  if (number !== undefined) return brokenNumber(number, value as number | bigint);
  if (rule.enum?.definedOnly === true) {
    const isDefined = enumeration?.values.some((one) => one.number === value) ?? false;
    return isDefined ? undefined : 'value must be one of the defined enum values';
  }
  return undefined;
}

function brokenText(rule: StringRule, value: string): string | undefined {
  if (rule.ignoreEmpty === true && value === '') return undefined;
  if (rule.in !== undefined && !rule.in.includes(value)) return `value must be in list [${rule.in.join(' ')}]`;
  return (
    brokenLength('runes', rule.minLen, rule.maxLen, () => Array.from(value).length) ??
    brokenLength('bytes', rule.minBytes, rule.maxBytes, () => encoder.encode(value).length) ??
    (rule.prefix !== undefined && !value.startsWith(rule.prefix)
      ? `value does not have prefix "${rule.prefix}"`
      : undefined) ??
    (rule.pattern !== undefined && !new RegExp(rule.pattern).test(value)
      ? `value does not match regex pattern "${rule.pattern}"`
      : undefined) ??
    (rule.email === true && !isEmail(value) ? 'value must be a valid email address' : undefined) ??
    (rule.uri === true ? brokenUri(value) : undefined)
  );
}

function brokenBytes(rule: BytesRule, value: Uint8Array): string | undefined {
  if (rule.len !== undefined && value.length !== rule.len) return `value length must be ${rule.len} bytes`;
  return brokenLength('bytes', rule.minLen, rule.maxLen, () => value.length);
}

function brokenLength(
  unit: 'runes' | 'bytes',
  min: number | undefined,
  max: number | undefined,
  measure: () => number,
): string | undefined {
  if (min === undefined && max === undefined) return undefined;
  const length = measure();
  if (length >= (min ?? 0) && length <= (max ?? Infinity)) return undefined;
  if (max === undefined) return `value length must be at least ${min} ${unit}`;
  if (min === undefined) return `value length must be at most ${max} ${unit}`;
  return `value length must be between ${min} and ${max} ${unit}, inclusive`;
}

function brokenNumber(rule: NumberRule, value: number | bigint): string | undefined {
  if (rule.ignoreEmpty === true && Number(value) === 0) return undefined;
  const low = rule.gt === undefined ? value >= (rule.gte ?? -Infinity) : value > rule.gt;
  if (low && value <= (rule.lte ?? Infinity)) return undefined;
  if (rule.gt !== undefined) return `value must be inside range (${rule.gt}, ${rule.lte}]`;
  if (rule.gte !== undefined) return `value must be inside range [${rule.gte}, ${rule.lte}]`;
  return `value must be less than or equal to ${rule.lte}`;
}

/** An address alone, or a name and the address in angle brackets; the host's parts as DNS allows them. */
function isEmail(value: string): boolean {
  const address = /^(?:[^<>@]*<([^<>]+)>|([^<>]+))$/.exec(value.trim());
  const text = address?.[1] ?? address?.[2] ?? '';
  const at = text.lastIndexOf('@');
  const [local, host] = [text.slice(0, at), text.slice(at + 1)];
  return (
    at > 0 &&
    local.length <= 64 &&
    text.length <= 254 &&
    /^(?:"[^"]+"|[^\s@"(),:;<>[\\\].]+(?:\.[^\s@"(),:;<>[\\\].]+)*)$/.test(local) &&
    host.split('.').every((part) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i.test(part))
  );
}

function brokenUri(value: string): string | undefined {
  // Characters that no URI holds (ASCII's controls and the space), and percent signs that begin no escape.
  const isBroken = Array.from(value).some((character) => character <= ' ' || character === '\u007f');
  if (value === '' || isBroken || /%(?![0-9a-fA-F]{2})/.test(value)) return 'value must be a valid URI';
  return /^[a-z][a-z0-9+.-]*:/i.test(value) ? undefined : 'value must be absolute';
}
