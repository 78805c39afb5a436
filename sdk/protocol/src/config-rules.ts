import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { AnyConfigValue } from './config-value.ts';
import { WellKnownString } from './config.ts';
import type { Field, Int64Rules, RepeatedStringRules, StringRules } from './config.ts';

/** A broken rule: "Base URL must be …", and what that means. */
export interface BrokenRule {
  must: string;
  meaning: string;
  remedy: string;
}

/**
 * The first rule of the field that the value breaks. Rule kinds are those of c1.config.v1 (protocol: runtime.md 1.7);
 * texts never repeat the value, which may be a secret in the wrong field.
 */
export function brokenRule(field: Field, value: AnyConfigValue | undefined): BrokenRule | undefined {
  const must = broken(field, value);
  if (must === undefined) return undefined;
  return { must, meaning: 'The value cannot be used as it is.', remedy: 'Correct it.' };
}

function broken({ field }: Field, value: AnyConfigValue | undefined): string | undefined {
  switch (field.case) {
    case 'stringField': {
      if (value !== undefined && typeof value !== 'string') return 'must be text';
      const options = field.value.options.map((option) => option.value);
      if (value !== undefined && value !== '' && options.length > 0 && !options.includes(value))
        return `must be one of ${options.join(', ')}`;
      return field.value.rules && brokenText(field.value.rules, value ?? '');
    }
    case 'intField':
      if (value !== undefined && (typeof value !== 'number' || !Number.isSafeInteger(value)))
        return 'must be a whole number';
      return field.value.rules && brokenNumber(field.value.rules, value ?? 0);
    case 'boolField':
      if (value !== undefined && typeof value !== 'boolean') return 'must be true or false';
      if (field.value.rules?.eq !== undefined && field.value.rules.eq !== (value ?? false))
        return `must be ${field.value.rules.eq}`;
      return undefined;
    case 'stringSliceField':
      if (value !== undefined && !Array.isArray(value)) return 'must be a list';
      return field.value.rules && brokenList(field.value.rules, value ?? []);
    case 'stringMapField':
      return value === undefined || (typeof value === 'object' && !Array.isArray(value))
        ? undefined
        : 'must give texts by name';
    case undefined:
    default:
      // A rule that cannot be checked must not pass for one that holds.
      return value === undefined ? undefined : 'is of a kind that this release cannot take';
  }
}

function brokenText(rules: StringRules, value: string): string | undefined {
  const length = BigInt(Array.from(value).length);
  if (rules.eq !== undefined && value !== rules.eq) return `must be "${rules.eq}"`;
  if (rules.len !== undefined && length !== rules.len) return `must have exactly ${rules.len} characters`;
  if (rules.minLen !== undefined && length < rules.minLen) return `must have at least ${rules.minLen} characters`;
  if (rules.maxLen !== undefined && length > rules.maxLen) return `must have at most ${rules.maxLen} characters`;
  if (rules.pattern !== undefined && !new RegExp(rules.pattern, 'u').test(value))
    return 'does not have the expected form';
  if (rules.prefix !== undefined && !value.startsWith(rules.prefix)) return `must begin with "${rules.prefix}"`;
  if (rules.suffix !== undefined && !value.endsWith(rules.suffix)) return `must end with "${rules.suffix}"`;
  if (rules.contains !== undefined && !value.includes(rules.contains)) return `must contain "${rules.contains}"`;
  if (rules.notContains !== undefined && value.includes(rules.notContains))
    return `must not contain "${rules.notContains}"`;
  if (rules.in.length > 0 && !rules.in.includes(value)) return `must be one of ${rules.in.join(', ')}`;
  if (rules.notIn.includes(value)) return `must not be one of ${rules.notIn.join(', ')}`;
  return brokenForm(rules.wellKnown, value);
}

function brokenForm(form: WellKnownString, value: string): string | undefined {
  switch (form) {
    case WellKnownString.UNSPECIFIED:
      return undefined;
    case WellKnownString.EMAIL:
      return /^[^\s@<>]+@[^\s@<>.]+(\.[^\s@<>.]+)*$/.test(value) ? undefined : 'must be an e-mail address';
    case WellKnownString.HOSTNAME:
      return isHostname(value) ? undefined : 'must be a host name';
    case WellKnownString.IP:
      return isIP(value) > 0 ? undefined : 'must be an IP address';
    case WellKnownString.IPV4:
      return isIPv4(value) ? undefined : 'must be an IPv4 address';
    case WellKnownString.IPV6:
      return isIPv6(value) ? undefined : 'must be an IPv6 address';
    case WellKnownString.URI:
      return isUri(value) ? undefined : 'must be a full URL, such as https://example.com/path';
    case WellKnownString.ADDRESS:
      return isHostname(value) || isIP(value) > 0 ? undefined : 'must be a host name or an IP address';
    case WellKnownString.UUID:
      return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value) ? undefined : 'must be a UUID';
    default:
      return 'has a rule of an unknown kind';
  }
}

function isUri(value: string): boolean {
  if (/[\s\p{Cc}]/u.test(value) || !/^[a-z][a-z0-9+.-]*:\/\/./i.test(value)) return false;
  return URL.canParse(value) && new URL(value).host !== '';
}

function isHostname(value: string): boolean {
  return value.length <= 253 && value.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label));
}

function brokenNumber(rules: Int64Rules, value: number): string | undefined {
  // A zero value is "not given" and passes, unless the rules want it judged.
  if (value === 0 && !rules.validateEmpty && rules.eq === undefined) return undefined;
  const whole = BigInt(value);
  if (rules.eq !== undefined && whole !== rules.eq) return `must be ${rules.eq}`;
  if (rules.gte !== undefined && whole < rules.gte) return `must be at least ${rules.gte}`;
  if (rules.gt !== undefined && whole <= rules.gt) return `must be more than ${rules.gt}`;
  if (rules.lte !== undefined && whole > rules.lte) return `must be at most ${rules.lte}`;
  if (rules.lt !== undefined && whole >= rules.lt) return `must be less than ${rules.lt}`;
  if (rules.in.length > 0 && !rules.in.includes(whole)) return `must be one of ${rules.in.join(', ')}`;
  if (rules.notIn.includes(whole)) return `must not be one of ${rules.notIn.join(', ')}`;
  return undefined;
}

function brokenList(rules: RepeatedStringRules, value: readonly string[]): string | undefined {
  if (rules.minItems !== undefined && BigInt(value.length) < rules.minItems)
    return `must have at least ${rules.minItems} items`;
  if (rules.maxItems !== undefined && BigInt(value.length) > rules.maxItems)
    return `must have at most ${rules.maxItems} items`;
  if (rules.unique && new Set(value).size < value.length) return 'must not name an item twice';
  const { itemRules } = rules;
  const item = itemRules && value.map((one) => brokenText(itemRules, one)).find((must) => must !== undefined);
  return item === undefined ? undefined : `has an item that ${item}`;
}
