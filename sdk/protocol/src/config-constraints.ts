import type { AnyConfigValue } from './config-value.ts';
import { ConstraintKind } from './config.ts';
import type { Configuration, Constraint } from './config.ts';

/**
 * What a constraint between fields finds, and the field to show it beside; undefined when it holds.
 *
 * @param given the fields that somebody set, if that is known. Of two that exclude each other, one that was set to
 *   false or to nothing counts as set; of two that belong together as well (protocol: runtime 1.7)
 */
export function checkConstraint(
  configuration: Configuration,
  constraint: Constraint,
  values: Readonly<Record<string, AnyConfigValue>>,
  given: ReadonlySet<string> = new Set(),
): { field: string; title: string; remedy: string } | undefined {
  const label = (name: string): string =>
    configuration.fields.find((field) => field.name === name)?.displayName || name;
  const labels = (names: string[]): string => names.map(label).join(', ');
  const isSet = (name: string): boolean => {
    const value = values[name];
    return (
      value !== undefined &&
      value !== '' &&
      value !== false &&
      value !== 0 &&
      !(typeof value === 'object' && Object.keys(value).length === 0)
    );
  };
  const names = constraint.fieldNames;
  const set = names.filter(isSet);
  const missing = names.filter((name) => !isSet(name));
  const named = names.filter((name) => given.has(name) || isSet(name));
  const needs = (some: string[], others: string[]): { field: string; title: string; remedy: string } => ({
    field: others[0] ?? '',
    title: `${labels(some)} needs ${labels(others)} too.`,
    remedy: `Give ${labels(others)}, or leave out ${labels(some)}.`,
  });
  const [first] = names;
  if (first === undefined) return undefined;
  switch (constraint.kind) {
    case ConstraintKind.REQUIRED_TOGETHER:
      if (set.length > 0 && missing.length > 0) return needs(set, missing);
      if (named.length === 0 || named.length === names.length) return undefined;
      return needs(
        named,
        names.filter((name) => !named.includes(name)),
      );
    case ConstraintKind.AT_LEAST_ONE:
      if (set.length > 0) return undefined;
      return { field: first, title: `One of ${labels(names)} is needed.`, remedy: 'Give one of them.' };
    case ConstraintKind.MUTUALLY_EXCLUSIVE:
      if (named.length < 2) return undefined;
      return { field: named[1] ?? first, title: `${labels(named)} exclude each other.`, remedy: 'Keep one of them.' };
    case ConstraintKind.DEPENDENT_ON: {
      const needed = constraint.secondaryFieldNames.filter((name) => !isSet(name));
      if (set.length === 0 || needed.length === 0) return undefined;
      return {
        field: needed[0] ?? first,
        title: `${labels(set)} needs ${labels(needed)}.`,
        remedy: `Give ${labels(needed)}, or leave out ${labels(set)}.`,
      };
    }
    case ConstraintKind.UNSPECIFIED:
    default:
      return {
        field: first,
        title: `A rule between ${labels(names)} is of an unknown kind.`,
        remedy: 'Use a newer version of this program.',
      };
  }
}
