import type { AnyConfigValue } from './config-value.ts';
import { ConstraintKind } from './config.ts';
import type { Configuration, Constraint } from './config.ts';

/** What a constraint between fields finds, and the field to show it beside; undefined when it holds. */
export function checkConstraint(
  configuration: Configuration,
  constraint: Constraint,
  values: Readonly<Record<string, AnyConfigValue>>,
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
  const [first] = names;
  if (first === undefined) return undefined;
  switch (constraint.kind) {
    case ConstraintKind.REQUIRED_TOGETHER:
      if (set.length === 0 || missing.length === 0) return undefined;
      return {
        field: missing[0] ?? first,
        title: `${labels(set)} needs ${labels(missing)} too.`,
        remedy: `Give ${labels(missing)}, or leave out ${labels(set)}.`,
      };
    case ConstraintKind.AT_LEAST_ONE:
      if (set.length > 0) return undefined;
      return { field: first, title: `One of ${labels(names)} is needed.`, remedy: 'Give one of them.' };
    case ConstraintKind.MUTUALLY_EXCLUSIVE:
      if (set.length < 2) return undefined;
      return { field: set[1] ?? first, title: `${labels(set)} exclude each other.`, remedy: 'Keep one of them.' };
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
