import { config } from '@batonkit/protocol';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectorDefinition } from '../definition.ts';
import type { FieldDeclaration, FieldDeclarations } from './define-config.ts';

type FieldInit = MessageInitShape<typeof config.FieldSchema>;

/**
 * The genuine schema of a connector's own fields; the runtime puts the default fields before them.
 *
 * An advanced field is one for operations (`isOps`). The genuine SDK marks its default fields so, from
 * `log-level` to `http-timeout-seconds`: what a form shows first is exactly what is not for operations.
 * Field groups would not do: they are alternatives of which one is chosen (`auth-method`).
 *
 * Hidden fields and constraints that name one are left out, as no form can ask for them (protocol: runtime 1.8).
 *
 * @param withHidden for a program that reads and checks all its fields
 */
export function toConfiguration<D extends FieldDeclarations>(
  definition: Pick<ConnectorDefinition<D>, 'config' | 'displayName' | 'helpUrl' | 'iconUrl' | 'id'>,
  withHidden = false,
): config.Configuration {
  const { fields, constraints } = definition.config;
  const isShown = (name: string): boolean => withHidden || fields[name]?.hidden !== true;
  return create(config.ConfigurationSchema, {
    fields: Object.entries(fields).flatMap(([name, field]) => (isShown(name) ? [fieldOf(name, field)] : [])),
    constraints: constraints
      .map(({ kind, ...rest }) => ({
        kind: constraintKinds[kind],
        fieldNames: [...rest.fields],
        secondaryFieldNames: 'needs' in rest ? [...rest.needs] : [],
      }))
      .filter(({ fieldNames, secondaryFieldNames }) => [...fieldNames, ...secondaryFieldNames].every(isShown)),
    displayName: definition.displayName,
    helpUrl: definition.helpUrl,
    iconUrl: definition.iconUrl ?? '',
    catalogId: definition.id,
  });
}

const constraintKinds = {
  together: config.ConstraintKind.REQUIRED_TOGETHER,
  'at-least-one': config.ConstraintKind.AT_LEAST_ONE,
  exclusive: config.ConstraintKind.MUTUALLY_EXCLUSIVE,
  needs: config.ConstraintKind.DEPENDENT_ON,
};

function fieldOf(name: string, field: FieldDeclaration): FieldInit {
  return {
    name,
    displayName: field.displayName,
    description: field.description,
    placeholder: field.placeholder ?? '',
    isRequired: field.required ?? false,
    isOps: field.advanced ?? false,
    isSecret: isSecretField(field),
    field: typed(field),
  };
}

/** Whether a field's value may leave the process only in a request. */
export function isSecretField(field: FieldDeclaration | undefined): boolean {
  return (field?.kind === 'string' || field?.kind === 'map') && field.secret === true;
}

function typed(field: FieldDeclaration): NonNullable<FieldInit['field']> {
  const isRequired = field.required ?? false;
  switch (field.kind) {
    case 'string': {
      const { rules = {}, defaultValue = '', suggestedValue = '', choices = [] } = field;
      const hasRules = isRequired || Object.keys(rules).length > 0;
      return {
        case: 'stringField',
        value: {
          defaultValue,
          suggestedValue,
          options: choices.map((value) => ({ name: value, value })),
          ...(hasRules
            ? {
                rules: {
                  isRequired,
                  ...(rules.minLength === undefined ? {} : { minLen: BigInt(rules.minLength) }),
                  ...(rules.maxLength === undefined ? {} : { maxLen: BigInt(rules.maxLength) }),
                  ...(rules.pattern === undefined ? {} : { pattern: rules.pattern }),
                  ...(rules.prefix === undefined ? {} : { prefix: rules.prefix }),
                  ...(rules.uri === true ? { wellKnown: config.WellKnownString.URI } : {}),
                  ...(rules.email === true ? { wellKnown: config.WellKnownString.EMAIL } : {}),
                  ...(rules.oneOf === undefined ? {} : { in: [...rules.oneOf] }),
                },
              }
            : {}),
        },
      };
    }
    case 'int': {
      const { rules = {}, defaultValue = 0 } = field;
      const hasRules = isRequired || Object.keys(rules).length > 0;
      return {
        case: 'intField',
        value: {
          defaultValue: BigInt(defaultValue),
          ...(hasRules
            ? {
                rules: {
                  isRequired,
                  ...(rules.atLeast === undefined ? {} : { gte: BigInt(rules.atLeast) }),
                  ...(rules.atMost === undefined ? {} : { lte: BigInt(rules.atMost) }),
                },
              }
            : {}),
        },
      };
    }
    case 'bool':
      return { case: 'boolField', value: { defaultValue: field.defaultValue ?? false } };
    case 'slice': {
      const { rules = {}, defaultValue = [] } = field;
      const { minItems, maxItems, unique = false, choices } = rules;
      const hasRules = isRequired || Object.keys(rules).length > 0;
      return {
        case: 'stringSliceField',
        value: {
          defaultValue: [...defaultValue],
          ...(hasRules
            ? {
                rules: {
                  isRequired,
                  unique,
                  ...(minItems === undefined ? {} : { minItems: BigInt(minItems) }),
                  ...(maxItems === undefined ? {} : { maxItems: BigInt(maxItems) }),
                  ...(choices === undefined ? {} : { itemRules: { in: [...choices] } }),
                },
              }
            : {}),
        },
      };
    }
    case 'map':
      return { case: 'stringMapField', value: isRequired ? { rules: { isRequired } } : {} };
    default:
      throw new RangeError('unknown kind of field');
  }
}
