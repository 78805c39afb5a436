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
  /** Members that were gone when their own list was read. */
  vanished: number;
  /** Roles of, or assignments to, a server and not the platform: counted, not synced. */
  serverScoped: number;
  /** Largest page that was asked for. */
  pageSize: number;
  /** Hex SHA-256 over the sorted members. */
  digest: string;
}

/**
 * Why a connector says that its lists are complete. Travels as one `google.protobuf.Struct` annotation on the last
 * page of every ListResources answer; foreign syncers pass over it, ours makes the certificate of it.
 */
export interface Evidence {
  /** The tenant held exactly this at one instant in it. */
  moment: Span;
  verdict: 'complete';
  scope: 'full';
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
  if (struct[EVIDENCE_KEY] !== 1) throw fail('BK-EVIDENCE', { what: 'its version is unknown' });
  const need = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw fail('BK-EVIDENCE', { what: `${what} is missing or has another form` });
    return value;
  };
  if (struct['verdict'] !== 'complete') throw fail('BK-EVIDENCE', { what: 'its verdict is unknown' });
  if (struct['scope'] !== 'full') throw fail('BK-EVIDENCE', { what: 'its scope is unknown' });
  const moment = need(asObject(struct['moment']), 'moment');
  const owner = need(asObject(struct['owner']), 'owner');
  const lists = need(asArray(struct['lists']), 'lists');
  if (lists.length === 0) throw fail('BK-EVIDENCE', { what: 'it names no list' });
  const span = { from: need(asInstant(moment['from']), 'moment.from'), to: need(asInstant(moment['to']), 'moment.to') };
  if (span.from > span.to) throw fail('BK-EVIDENCE', { what: 'its moment ends before it begins' });
  return {
    moment: span,
    verdict: 'complete',
    scope: 'full',
    origin: need(asText(struct['origin']), 'origin'),
    plan: need(asText(struct['plan']), 'plan'),
    roleId: need(asText(struct['roleId']), 'roleId'),
    owner: {
      id: need(asText(owner['id']), 'owner.id'),
      roles: need(asArray(owner['roles']), 'owner.roles').map((role) => need(asText(role), 'owner.roles')),
    },
    lists: lists.map((item) => listEvidence(need(asObject(item), 'lists'), need)),
    notes: Object.fromEntries(
      Object.entries(need(asObject(struct['notes']), 'notes')).map(([key, value]) => [
        key,
        need(asCount(value), 'notes'),
      ]),
    ),
  };
}

function listEvidence(list: JsonObject, need: <T>(value: T | undefined, what: string) => T): ListEvidence {
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

const asText = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const asCount = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
const asArray = (value: JsonValue | undefined): JsonValue[] | undefined => (Array.isArray(value) ? value : undefined);
const asObject = (value: JsonValue | undefined): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
const asInstant = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) ? value : undefined;
