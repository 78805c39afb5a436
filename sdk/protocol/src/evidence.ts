import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { fail } from './errors.ts';

/** Marks our Struct among the annotations of a ListResources answer (its value is the version). */
export const EVIDENCE_KEY = 'batonkit_evidence';

/** A span between two instants, RFC 3339 in UTC with milliseconds. */
export interface Span {
  from: string;
  to: string;
}

/** What was asked and received of one list. */
export interface ListEvidence {
  name: string;
  /** A template without values, `/users/{id}/roles`. */
  path: string;
  /** The total that the server said; null when it says none. */
  count: number | null;
  /** Different members received, those that are server-scoped or vanished not among them. */
  distinct: number;
  /** Pages of all passes. */
  pages: number;
  passes: number;
  retries: number;
  /** Members that were gone when they, or what they refer to, were read by themselves. */
  vanished: number;
  /** Roles of, or assignments to, a server and not the platform: counted, not synced. */
  serverScoped: number;
  /** Largest page that was asked for. */
  pageSize: number;
  /** Hex SHA-256 over the sorted members. */
  digest: string;
}

/** A judgement about the form of the source that a named person overruled. */
export interface EvidenceException {
  /** Of the connector's table, such as `unknown-role=placeholder`. */
  name: string;
  reason: string;
  by: string;
  /** RFC 3339 in UTC with milliseconds. */
  at: string;
}

/**
 * `complete`: what the source held, whole. `complete with exceptions`: the same, but a judgement about its form was
 * overruled. `narrowed`: complete within a smaller scope that was asked for.
 */
export type EvidenceVerdict = 'complete' | 'complete with exceptions' | 'narrowed';

/**
 * What was asked for: everything, or some resource types, or without some kinds of rows; or, with `resources`, single
 * resources by their Baton ids, of which no type is whole.
 */
export type EvidenceScope = 'full' | { types: string[]; skip: ('entitlements' | 'grants')[]; resources?: string[] };

/**
 * Why a connector says that its lists are complete. Travels as one `google.protobuf.Struct` annotation on the last
 * page of every ListResources answer; foreign syncers pass over it, ours makes the certificate of it.
 */
export interface Evidence {
  /** The source held exactly this at one instant in it. Either this or `window` is there. */
  moment?: Span;
  /** First to last answer: everything was there at some time in it, and nobody who was there all along is missing. */
  window?: Span;
  verdict: EvidenceVerdict;
  scope: EvidenceScope;
  /** How often everything was read; 1 only where two were not wanted, or one response was one moment. */
  passes?: number;
  exceptions?: EvidenceException[];
  /** Origin of the instance, without path. */
  origin: string;
  /** How assignments were found: `embedded`, `per-user`. */
  plan: string;
  /** Which key of a role is its id. */
  roleId: string;
  owner: { id: string; roles: string[] };
  lists: ListEvidence[];
  /** Counted remarks, such as texts that were cut; all of them harmless. */
  notes: Record<string, number>;
}

/** The moment, or where there is none the window, in which the reading is true. */
export function spanOf({ moment, window }: Pick<Evidence, 'moment' | 'window'>): Span {
  const span = moment ?? window;
  if (span === undefined) throw new RangeError('evidence of no time');
  return span;
}

export function evidenceToStruct(evidence: Evidence): JsonObject {
  return { [EVIDENCE_KEY]: 1, ...(evidence as unknown as JsonObject) };
}

/**
 * The evidence in a Struct; undefined when the Struct is another one.
 *
 * @throws BatonError `BK-EVIDENCE` when it says that it is evidence and is not in the known form
 */
export function evidenceFromStruct(struct: JsonObject): Evidence | undefined {
  if (!(EVIDENCE_KEY in struct)) return undefined;
  if (struct[EVIDENCE_KEY] !== 1) wrong('its version is unknown');
  const verdict = verdictOf(struct['verdict']);
  const scope = scopeOf(struct['scope']);
  const exceptions = struct['exceptions'];
  const passes = struct['passes'];
  const owner = need(asObject(struct['owner']), 'owner');
  const lists = need(asArray(struct['lists']), 'lists');
  if (lists.length === 0) wrong('it names no list');
  const evidence: Evidence = {
    ...timeOf(struct),
    verdict,
    scope,
    ...(passes === undefined ? {} : { passes: need(asCount(passes), 'passes') }),
    ...(exceptions === undefined ? {} : { exceptions: need(asArray(exceptions), 'exceptions').map(exceptionOf) }),
    origin: need(asText(struct['origin']), 'origin'),
    plan: need(asText(struct['plan']), 'plan'),
    roleId: need(asText(struct['roleId']), 'roleId'),
    owner: { id: need(asText(owner['id']), 'owner.id'), roles: textsOf(owner['roles'], 'owner.roles') },
    lists: lists.map((item) => listEvidence(need(asObject(item), 'lists'))),
    notes: Object.fromEntries(
      Object.entries(need(asObject(struct['notes']), 'notes')).map(([key, value]) => [
        key,
        need(asCount(value), 'notes'),
      ]),
    ),
  };
  // A verdict that says more than the rest would be believed.
  const hasExceptions = (evidence.exceptions ?? []).length > 0;
  if (verdict === 'complete' && hasExceptions) wrong('it is called complete and has exceptions');
  if (verdict === 'complete with exceptions' && !hasExceptions) wrong('it names no exception');
  if ((verdict === 'narrowed') !== (scope !== 'full')) wrong('verdict and scope do not fit');
  return evidence;
}

function timeOf(struct: JsonObject): Pick<Evidence, 'moment' | 'window'> {
  const name = 'moment' in struct ? 'moment' : 'window';
  if ('moment' in struct && 'window' in struct) wrong('it has both a moment and a window');
  const time = need(asObject(struct[name]), 'moment');
  const span = { from: need(asInstant(time['from']), `${name}.from`), to: need(asInstant(time['to']), `${name}.to`) };
  if (span.from > span.to) wrong(`its ${name} ends before it begins`);
  return { [name]: span };
}

function verdictOf(value: JsonValue | undefined): EvidenceVerdict {
  if (value === 'complete' || value === 'complete with exceptions' || value === 'narrowed') return value;
  return wrong('its verdict is unknown');
}

function scopeOf(value: JsonValue | undefined): EvidenceScope {
  if (value === 'full') return value;
  const scope = asObject(value);
  if (scope === undefined) return wrong('its scope is unknown');
  const skip = textsOf(scope['skip'], 'scope.skip').map((kind) =>
    kind === 'entitlements' || kind === 'grants' ? kind : wrong('its scope is unknown'),
  );
  const resources = scope['resources'];
  return {
    types: textsOf(scope['types'], 'scope.types'),
    skip,
    ...(resources === undefined ? {} : { resources: textsOf(resources, 'scope.resources') }),
  };
}

function exceptionOf(value: JsonValue): EvidenceException {
  const exception = need(asObject(value), 'exceptions');
  const text = (key: string): string => need(asText(exception[key]), `exceptions.${key}`);
  return {
    name: text('name'),
    reason: text('reason'),
    by: text('by'),
    at: need(asInstant(exception['at']), 'exceptions.at'),
  };
}

function listEvidence(list: JsonObject): ListEvidence {
  const count = (key: string): number => need(asCount(list[key]), `lists.${key}`);
  const text = (key: string): string => need(asText(list[key]), `lists.${key}`);
  return {
    name: text('name'),
    path: text('path'),
    count: list['count'] === null ? null : count('count'),
    distinct: count('distinct'),
    pages: count('pages'),
    passes: count('passes'),
    retries: count('retries'),
    vanished: count('vanished'),
    serverScoped: count('serverScoped'),
    pageSize: count('pageSize'),
    digest: text('digest'),
  };
}

function wrong(what: string): never {
  throw fail('BK-EVIDENCE', { what });
}

function need<T>(value: T | undefined, what: string): T {
  return value === undefined ? wrong(`${what} is missing or has another form`) : value;
}

const textsOf = (value: JsonValue | undefined, what: string): string[] =>
  need(asArray(value), what).map((item) => need(asText(item), what));
const asText = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const asCount = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
const asArray = (value: JsonValue | undefined): JsonValue[] | undefined => (Array.isArray(value) ? value : undefined);
const asObject = (value: JsonValue | undefined): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
const asInstant = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) ? value : undefined;
