import type { Clock, Random } from '@batonkit/kernel';
import type { AnyConfigValue } from '@batonkit/protocol';
import type { FieldDeclarations } from './config/define-config.ts';
import type { ConnectorDefinition, OpenConnector } from './definition.ts';
import type { Observe } from './events.ts';
import type { NetworkSettings } from './http/http-client.ts';

/** The protocol level that we speak; behaviour of Go syncers depends on it. */
export const SDK_VERSION = 'v0.25.0';

export interface OpenDeps {
  clock: Clock;
  random: Random;
  observe?: Observe;
  network?: NetworkSettings;
  /** A sync with exactly this configuration was completed before. */
  isKnownConfiguration?: boolean;
}

/**
 * Makes a connector of checked values. Sends nothing.
 *
 * @param values by field name; `http-timeout-seconds` is a default field
 * @throws BatonError when the configuration cannot be right
 */
export function openConnector<D extends FieldDeclarations>(
  definition: ConnectorDefinition<D>,
  values: Readonly<Record<string, AnyConfigValue>>,
  { clock, random, observe = () => {}, network, isKnownConfiguration }: OpenDeps,
): OpenConnector {
  const seconds = values['http-timeout-seconds'];
  return definition.open(definition.config.read(values), {
    clock,
    random,
    observe,
    httpTimeoutSeconds: typeof seconds === 'number' ? seconds : 300,
    ...(network === undefined ? {} : { network }),
    ...(isKnownConfiguration === undefined ? {} : { isKnownConfiguration }),
    userAgent: `${definition.name} baton-sdk/${SDK_VERSION} batonkit/${definition.version}`,
  });
}
