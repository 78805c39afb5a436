import type { C1zSummary } from '@batonkit/c1z';
import { canonicalJson } from '@batonkit/certificate';
import type { Evidence, EvidenceScope } from '@batonkit/protocol';
import { evidenceFromStruct, packAny } from '@batonkit/protocol';
import { ConnectError } from '@connectrpc/connect';
import type { JsonObject } from '@bufbuild/protobuf';
import { toJson } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { anyUnpack, StructSchema } from '@bufbuild/protobuf/wkt';
import { fail } from './errors.ts';
import { wantsType } from './sync-scope.ts';

/**
 * Collects the evidence that stands on the last page of every list of resources. Each list must carry
 * it, and all must say the same: they describe one reading.
 */
export class EvidenceCollector {
  private evidence: Evidence | undefined;
  private readonly types = new Set<string>();

  /** @throws BatonError `BK-EVIDENCE` (exit 15) when it is absent, malformed or another one than before */
  lastPage(resourceTypeId: string, annotations: readonly Any[]): void {
    const found = findEvidence(annotations);
    if (found === undefined) throw fail('BK-EVIDENCE', { fault: `the list of ${resourceTypeId} came without it` });
    if (this.evidence !== undefined && canonicalJson(this.evidence) !== canonicalJson(found)) {
      throw fail('BK-EVIDENCE', {
        fault: `the list of ${resourceTypeId} tells of another reading than the list before`,
      });
    }
    this.evidence = found;
    this.types.add(resourceTypeId);
  }

  /** What has been collected so far. */
  get found(): Evidence | undefined {
    return this.evidence;
  }

  /**
   * The evidence of what is stored: with a smaller scope than was read, its verdict is `narrowed`.
   *
   * @param scope what was asked for
   * @throws BatonError `BK-EVIDENCE` (exit 15) when the stored rows are not those that were proven
   */
  settle(counts: C1zSummary['counts'], scope: EvidenceScope = 'full'): Evidence {
    const { evidence } = this;
    if (evidence === undefined) throw fail('BK-EVIDENCE', { fault: 'the connector sent none' });
    const narrowed = narrow(evidence.scope, scope);
    // A type of which no row is left counts, too.
    const rowsOf = { ...Object.fromEntries([...this.types].map((type) => [type, 0])), ...counts.resourcesByType };
    const stored: (readonly [string, number])[] = Object.entries(rowsOf);
    for (const [type] of stored)
      if (!wantsType(narrowed, type))
        throw fail('BK-EVIDENCE', { fault: `rows of the type ${type} came, which is not in scope` });
    if (narrowed === 'full') stored.push(['assignment', counts.grants]);
    for (const [type, rows] of stored) {
      const list = evidence.lists.find(({ name }) => name === type || name === `${type}s`);
      if (list === undefined) throw fail('BK-EVIDENCE', { fault: `it says nothing of the list of ${type}s` });
      // What was put aside as not of the platform is not among the distinct members. Of a targeted sync no type is whole.
      const isPart = narrowed !== 'full' && narrowed.resources !== undefined && rows < list.distinct;
      if (list.distinct !== rows && !isPart) {
        throw fail('BK-EVIDENCE', {
          fault: `it counts ${list.distinct} rows of the list ${list.name}, and ${rows} were served`,
        });
      }
    }
    const most = evidence.lists.find(({ name }) => name === 'assignment' || name === 'assignments')?.distinct ?? 0;
    if (counts.grants > most) {
      throw fail('BK-EVIDENCE', { fault: `it counts ${most} assignments, and ${counts.grants} were served` });
    }
    return narrowed === 'full' ? evidence : { ...evidence, scope: narrowed, verdict: 'narrowed' };
  }
}

/** What is left of both. */
function narrow(read: EvidenceScope, asked: EvidenceScope): EvidenceScope {
  if (read === 'full') return asked;
  if (asked === 'full') return read;
  return {
    types: read.types.filter((type) => wantsType(asked, type)),
    skip: [...new Set([...read.skip, ...asked.skip])].sort(),
    ...(asked.resources === undefined ? {} : { resources: asked.resources }),
  };
}

/** The evidence that came with the answer that there is no such resource, as annotations of a page. */
export function evidenceOfAbsence(error: unknown): Any[] {
  if (!(error instanceof ConnectError)) return [];
  return error.findDetails(StructSchema).map((detail) => packAny(StructSchema, detail));
}

function findEvidence(annotations: readonly Any[]): Evidence | undefined {
  for (const annotation of annotations) {
    const struct = anyUnpack(annotation, StructSchema);
    const evidence = struct && evidenceFromStruct(toJson(StructSchema, struct) as JsonObject);
    if (evidence !== undefined) return evidence;
  }
  return undefined;
}
