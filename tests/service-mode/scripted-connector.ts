import type { ConnectorDefinition } from '@batonkit/connector';
import type { Clock } from '@batonkit/kernel';
import { BatonError, type Status } from '@batonkit/kernel';
import { EntitlementExclusionGroupSchema, packAny } from '@batonkit/protocol';
import { create } from '@bufbuild/protobuf';
import { fixtureConnector } from '../../sdk/runtime/test/fixture-connector.ts';

export interface Script {
  /** How long the source takes before its first list, in the clock's milliseconds. */
  takesMs?: number;
  /** HTTP status that the source answers when it is asked whether the key works, or for its lists. */
  refuses?: { at: 'validate' | 'lists'; http: number; status: Status };
  /** Random letters in each name, so that the file has some size. */
  nameBytes?: number;
  /** Each entitlement is the default of one group, of which there can be one. */
  contradicts?: boolean;
}

/** The fixture connector, slower or refused: what the recorded connector's source did. */
export function scriptedConnector(
  clock: Clock,
  { takesMs = 0, refuses, nameBytes = 0, contradicts = false }: Script,
): ConnectorDefinition {
  const refuse = (at: 'validate' | 'lists', observe: (event: never) => void): void => {
    if (refuses?.at !== at) return;
    const seen = {
      type: 'request',
      at: clock.now(),
      method: 'GET',
      path: '/users',
      status: refuses.http,
      ms: 1,
      attempt: 1,
    };
    observe(seen as never);
    throw new BatonError({
      code: 'FX-REFUSED',
      status: refuses.status,
      title: 'The source refuses.',
      meaning: 'Nothing was read.',
      remedy: 'Use another key.',
    });
  };
  const definition: ConnectorDefinition = {
    ...(fixtureConnector as unknown as ConnectorDefinition),
    open: (values, deps) => {
      const opened = fixtureConnector.open(values as never, deps);
      return {
        ...opened,
        validate: async (signal) => {
          refuse('validate', deps.observe);
          await opened.validate(signal);
        },
        plans: async (signal) => {
          await clock.sleep(takesMs, signal);
          refuse('lists', deps.observe);
          return await opened.plans(signal);
        },
        present: {
          ...opened.present,
          resource: (type, record) => {
            const made = opened.present.resource(type, record);
            if (nameBytes > 0) made.displayName += Buffer.from(deps.random.bytes(nameBytes)).toString('hex');
            return made;
          },
          entitlement: (record) => {
            const made = opened.present.entitlement(record);
            const group = create(EntitlementExclusionGroupSchema, { exclusionGroupId: 'one', isDefault: true });
            if (contradicts) made.annotations.push(packAny(EntitlementExclusionGroupSchema, group));
            return made;
          },
        },
      };
    },
  };
  return definition;
}
