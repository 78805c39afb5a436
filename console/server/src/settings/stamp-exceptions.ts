import type { AnyConfigValue, config } from '@batonkit/protocol';
import type { ErrorReport } from '@batonkit/kernel';
import { fail } from '../errors.ts';

// Fields by which connectors of our SDK take exceptions: what is overruled, why, by whom and when.
const ACCEPT = 'accept';
const REASON = 'reason';
const BY = 'accepted-by';
const AT = 'accepted-at';

/** Fields that no form asks for: the console knows who saves, and when. */
export function stampedFields(configuration: config.Configuration): string[] {
  const names = new Set(configuration.fields.map(({ name }) => name));
  return names.has(ACCEPT) ? [BY, AT].filter((name) => names.has(name)) : [];
}

/**
 * Says in the values who accepts their exceptions and since when. The same exceptions for the same reason keep the
 * name that they had.
 *
 * @param at RFC 3339
 */
export function stampExceptions(
  configuration: config.Configuration,
  before: Readonly<Record<string, AnyConfigValue>>,
  values: Readonly<Record<string, AnyConfigValue>>,
  actor: string,
  at: string,
): Record<string, AnyConfigValue> {
  const stamped = stampedFields(configuration);
  const rest: Record<string, AnyConfigValue> = { ...values };
  for (const name of stamped) delete rest[name];
  if (stamped.length === 0 || !hasExceptions(values)) return rest;
  const same = [ACCEPT, REASON].every((name) => JSON.stringify(before[name]) === JSON.stringify(values[name]));
  const stamps: Record<string, AnyConfigValue> = { [BY]: actor, [AT]: at };
  for (const name of stamped) rest[name] = (same ? before[name] : undefined) ?? stamps[name] ?? '';
  return rest;
}

/** An exception without a reason is none. */
export function exceptionProblems(
  configuration: config.Configuration,
  values: Readonly<Record<string, AnyConfigValue>>,
): ErrorReport[] {
  const asks = configuration.fields.some(({ name }) => name === REASON);
  if (!asks || stampedFields(configuration).length === 0 || !hasExceptions(values) || values[REASON]) return [];
  return [fail('BK-ACCEPT-REASON', {}, { field: REASON }).report];
}

function hasExceptions(values: Readonly<Record<string, AnyConfigValue>>): boolean {
  const accepted = values[ACCEPT];
  return Array.isArray(accepted) && accepted.length > 0;
}
