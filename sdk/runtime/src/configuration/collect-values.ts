import type { ErrorReport } from '@batonkit/kernel';
import type { Flag, FlagValue } from '../cli/flag.ts';
import type { Origin, ValueSources } from './find-value.ts';
import { findValue } from './find-value.ts';

export interface Collected {
  /** What was given, by flag; defaults are not in it. */
  given: Map<string, FlagValue>;
  origins: Map<string, Origin>;
  /** Everything that may leave the process only in a request header. */
  secrets: string[];
  /** What was given and cannot be read. */
  problems: ErrorReport[];
}

/** Brings flags, variables and files together; `findValue` says which one wins. */
export function collectValues(sources: ValueSources & { defaults: readonly Flag[]; own: readonly Flag[] }): Collected {
  const collected: Collected = { given: new Map(), origins: new Map(), secrets: [], problems: [] };
  for (const flag of [...sources.defaults, ...sources.own]) {
    const found = findValue(flag, sources);
    if (found === undefined) continue;
    if ('problem' in found) {
      collected.problems.push(found.problem.report);
      continue;
    }
    collected.given.set(flag.name, found.value);
    collected.origins.set(flag.name, found.origin);
    if (flag.secret) collected.secrets.push(...textsOf(found.value));
  }
  return collected;
}

function textsOf(value: FlagValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' ? Object.values(value) : [];
}
