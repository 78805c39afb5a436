import { Status } from '@batonkit/kernel';
import type { ErrorReport } from '@batonkit/kernel';
import { checkConstraint } from './config-constraints.ts';
import { brokenRule } from './config-rules.ts';
import type { AnyConfigValue } from './config-value.ts';
import type { Configuration, Field } from './config.ts';

/** A finding about one field: the same sentences in a terminal and beside a form's field. */
export interface FieldProblem extends ErrorReport {
  field: string;
}

/**
 * Checks one value against its field's rules. An empty value is judged by `required` alone, unless the rules say
 * `validate_empty` (protocol: runtime.md 1.7).
 */
export function checkField(field: Field, value: AnyConfigValue | undefined): FieldProblem | undefined {
  const label = field.displayName || field.name;
  const empty = value === undefined || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
  const declared = field.field.value;
  const rules = declared !== undefined && 'rules' in declared ? declared.rules : undefined;
  if (empty) {
    if (field.isRequired || (rules !== undefined && 'isRequired' in rules && rules.isRequired)) {
      return problem(
        field.name,
        'BK-CONFIG-REQUIRED',
        `${label} is missing.`,
        'The connector cannot start without it.',
        `Give ${label}.`,
      );
    }
    if (rules === undefined || !('validateEmpty' in rules) || !rules.validateEmpty) return undefined;
  }
  const broken = brokenRule(field, value);
  if (broken === undefined) return undefined;
  return problem(field.name, 'BK-CONFIG-RULE', `${label} ${broken.must}.`, broken.meaning, broken.remedy);
}

/**
 * All findings, in the order of the fields; empty when the values can be used.
 *
 * @param given see `checkConstraint`
 */
export function checkConfiguration(
  configuration: Configuration,
  values: Readonly<Record<string, AnyConfigValue>>,
  given?: ReadonlySet<string>,
): FieldProblem[] {
  const known = new Set(configuration.fields.map((field) => field.name));
  const unknown = Object.keys(values)
    .filter((name) => !known.has(name))
    .map((name) =>
      problem(
        name,
        'BK-CONFIG-UNKNOWN',
        `There is no setting named ${name}.`,
        'It would have no effect.',
        'Remove it, or look for a spelling mistake.',
      ),
    );
  const fields = configuration.fields.flatMap((field) => checkField(field, values[field.name]) ?? []);
  const constraints = configuration.constraints.flatMap((constraint) => {
    const broken = checkConstraint(configuration, constraint, values, given);
    return broken === undefined
      ? []
      : [
          problem(
            broken.field,
            'BK-CONFIG-TOGETHER',
            broken.title,
            'These settings depend on each other.',
            broken.remedy,
          ),
        ];
  });
  return [...unknown, ...fields, ...constraints];
}

function problem(field: string, code: string, title: string, meaning: string, remedy: string): FieldProblem {
  return { code, status: Status.Unknown, title, meaning, remedy, field };
}
