import type { Clock, Random } from '@batonkit/kernel';
import type { Entitlement, Grant, Resource, ResourceType } from '@batonkit/protocol';
import type { ConfigDefinition, ConfigValues, FieldDeclarations } from './config/define-config.ts';
import type { Observe } from './events.ts';
import type { Plan } from './reading/plan.ts';

/** Everything that makes a connector: `runConnector` of `@batonkit/runtime` makes a program of it. */
export interface ConnectorDefinition<D extends FieldDeclarations = FieldDeclarations> {
  /** The program's name, such as `baton-runlayer`. */
  name: string;
  /** Its id in catalogues, such as `runlayer`. */
  id: string;
  displayName: string;
  description: string;
  version: string;
  /** https. */
  helpUrl: string;
  iconUrl?: string;
  config: ConfigDefinition<D>;
  resourceTypes: readonly ResourceType[];
  /**
   * Makes a connector of a configuration. Sends nothing.
   * @throws BatonError when the configuration cannot be right (status 2 or 7), before any request
   */
  open(values: ConfigValues<D>, deps: ConnectorDeps): OpenConnector;
}

/** What a connector gets passed in. */
export interface ConnectorDeps {
  clock: Clock;
  random: Random;
  observe: Observe;
  /** Upper bound of one HTTP exchange, seconds. */
  httpTimeoutSeconds: number;
  /** `<name> baton-sdk/v0.25.0 batonkit/<version>`. */
  userAgent: string;
}

export interface OpenConnector extends AsyncDisposable {
  /** Whether address and key work; at most a few requests. */
  validate(signal: AbortSignal): Promise<void>;
  /** Ways to read the whole source, best first; asked for anew at each reading. The next is taken when one says it is the wrong plan. */
  plans(signal: AbortSignal): Promise<readonly Plan[]>;
  /** Turns what the plan's lists put out into messages, when they are served. */
  present: Presenter;
}

export interface Presenter {
  resource(resourceType: string, record: unknown): Resource;
  entitlement(record: unknown): Entitlement;
  grant(record: unknown): Grant;
}
