import { AsOf } from '@batonkit/console-contract';
import { dayAndClock } from './time.ts';

/**
 * The moment that a page is looked at, from its address. Anything else than a date or an instant is now, and so is
 * what has not come yet: nobody can have read it.
 */
export function asOfFrom(value: unknown): string | undefined {
  const parsed = AsOf.safeParse(value);
  return parsed.success && Date.parse(instantOf(parsed.data)) <= Date.now() ? parsed.data : undefined;
}

/** A bare date means its end, in UTC. */
export function instantOf(asOf: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(asOf) ? `${asOf}T23:59:59.999Z` : asOf;
}

export const asOfText = (asOf: string): string => dayAndClock(instantOf(asOf));
