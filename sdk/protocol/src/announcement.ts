import { fromJson, toJson } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { filterAny, packAny } from './any.ts';

/** Marks the Struct among the annotations of a Hello response by which a hub says what it takes beyond the protocol. */
const KEY = 'batonkit_accepts';

/**
 * What a hub may take beyond what every C1 takes. `certificate`: on FinishTask's success, as a Struct with the member
 * `batonkit_certificate`. `error`: a failed task's whole report among the details of its status. `progress`: on heartbeats,
 * as a Struct with the member `batonkit_progress`.
 */
export type Accepted = 'certificate' | 'error' | 'progress';

/**
 * The annotation of a Hello response by which a hub announces it: a `google.protobuf.Struct` with the one member
 * `batonkit_accepts`, a list of words. A connector that does not know it passes over it.
 */
export function announce(accepted: readonly Accepted[]): Any {
  return packAny(StructSchema, fromJson(StructSchema, { [KEY]: [...accepted] }));
}

/** The words that a hub announced, those that are not known here included; empty for one that announced nothing. */
export function acceptedBy(annotations: readonly Any[]): ReadonlySet<string> {
  const words = new Set<string>();
  try {
    for (const struct of filterAny(annotations, StructSchema)) {
      const list = (toJson(StructSchema, struct) as JsonObject)[KEY];
      for (const word of Array.isArray(list) ? list : []) if (typeof word === 'string') words.add(word);
    }
  } catch {
    // Bytes that are no Struct announce nothing.
  }
  return words;
}

const CERTIFICATE_KEY = 'batonkit_certificate';

/** A sync's certificate as FinishTask's success carries it, where the hub announced `certificate`. */
export function certificateToAnnotation(certificate: JsonObject): Any {
  return packAny(StructSchema, fromJson(StructSchema, { [CERTIFICATE_KEY]: certificate }));
}

/** The certificate among the annotations; undefined when there is none. Nothing of it is checked here. */
export function certificateFromAnnotations(annotations: readonly Any[]): JsonObject | undefined {
  for (const struct of filterAny(annotations, StructSchema)) {
    const certificate = (toJson(StructSchema, struct) as JsonObject)[CERTIFICATE_KEY];
    if (typeof certificate === 'object' && certificate !== null && !Array.isArray(certificate)) return certificate;
  }
  return undefined;
}

const PROGRESS_KEY = 'batonkit_progress';

/** What a sync told since the last heartbeat, as the next one carries it, where the hub announced `progress`. */
export function progressToAnnotation(lines: readonly JsonObject[]): Any {
  return packAny(StructSchema, fromJson(StructSchema, { [PROGRESS_KEY]: [...lines] }));
}

/** The lines among the annotations of a heartbeat; none when there are none. Nothing of them is checked here. */
export function progressFromAnnotations(annotations: readonly Any[]): JsonObject[] {
  return filterAny(annotations, StructSchema).flatMap((struct) => {
    const lines = (toJson(StructSchema, struct) as JsonObject)[PROGRESS_KEY];
    return (Array.isArray(lines) ? lines : []).filter(
      (line): line is JsonObject => typeof line === 'object' && line !== null && !Array.isArray(line),
    );
  });
}
