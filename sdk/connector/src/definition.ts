import type { Clock, Random, Status } from '@batonkit/kernel';
import type { Entitlement, Grant, Resource, ResourceType } from '@batonkit/protocol';
import type { ConfigDefinition, ConfigValues, FieldDeclarations } from './config/define-config.ts';
import type { Observe } from './events.ts';
import type { NetworkSettings } from './http/http-client.ts';
import type { PlanDescription } from './plan-description.ts';
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
  /** Entitlements that every resource of a type has, by type: templates, of which a syncer makes one for each. */
  staticEntitlements?: Readonly<Record<string, readonly Entitlement[]>>;
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
  /** Proxy, certificate authorities, address guard and requests at once: hand it to `createHttpClient`. */
  network?: NetworkSettings;
  /** `<name> baton-sdk/v0.25.0 batonkit/<version>`. */
  userAgent: string;
  /** A sync with exactly this configuration was completed before; costly checks of the source's form need not be done again. */
  isKnownConfiguration?: boolean;
}

export interface OpenConnector extends AsyncDisposable {
  /** Whether address and key work; at most a few requests. */
  validate(signal: AbortSignal): Promise<void>;
  /** Ways to read the whole source, best first; asked for anew at each reading. The next is taken when one says it is the wrong plan. */
  plans(signal: AbortSignal): Promise<readonly Plan[]>;
  /** Turns what the plan's lists put out into messages, when they are served. */
  present: Presenter;
  /** What `present` needs beside the records, as JSON: kept with a proven reading that a later process may serve. */
  memory?(): unknown;
  /** In that later process, before anything is served. */
  remember?(memory: unknown): void;
  /** Checks everything that a sync needs, one step after the other. A step that fails is told, not thrown. */
  doctor?(signal: AbortSignal): AsyncIterable<DoctorStep>;
  /** What `doctor` saw so far, for the maintainers: forms, keys, types, counts and times; no value of the source. JSON. */
  report?(): Readonly<Record<string, unknown>>;
  /**
   * How a sync would read, before it does; a few requests, and none after `validate`.
   * @throws BatonError as `validate` does
   */
  describePlan?(signal: AbortSignal): Promise<PlanDescription>;
}

/** One check of `doctor`. */
export interface DoctorStep {
  /** What was checked, such as `Users list`. */
  check: string;
  verdict: 'ok' | 'warning' | 'failed' | 'skipped';
  /** How long it took, milliseconds. */
  ms: number;
  /** What was found; a sentence. */
  detail: string;
  /** What to do, if something is to be done. */
  remedy?: string;
  /** Stable code of what failed, such as `RL-PERM-403`. */
  code?: string;
  /** Status of what failed, which becomes the exit code; 2 if it is not given. */
  status?: Status;
  /** The flags with which a sync of this source works, without secrets: `['--plan', 'per-user']`. Empty: none is needed. */
  profile?: readonly string[];
}

export interface Presenter {
  resource(resourceType: string, record: unknown): Resource;
  entitlement(record: unknown): Entitlement;
  grant(record: unknown): Grant;
}
