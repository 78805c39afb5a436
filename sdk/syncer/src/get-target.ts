import { BatonError, Status } from '@batonkit/kernel';
import type { Resource } from '@batonkit/protocol';
import type { Any } from '@bufbuild/protobuf/wkt';
import { evidenceOfAbsence } from './evidence-check.ts';

export interface FoundTarget {
  /** Absent: there is none, or the connector has no such call. */
  resource: Resource | undefined;
  annotations: Any[];
  isUnimplemented: boolean;
}

// What says of the resource itself that it is not there: a connector of this SDK, and a status of any other one. A source
// that answers 404 to a list has the same status and says nothing of a resource.
const OF_RESOURCE = new Set(['BK-RESOURCE', 'BK-CONNECTOR']);

/**
 * One resource by itself. NotFound and Unimplemented are answers (protocol: runtime.md 2.3).
 *
 * @throws BatonError whatever else the call ends with
 */
export async function getTarget(
  ask: () => Promise<{ resource?: Resource | undefined; annotations: Any[] }>,
): Promise<FoundTarget> {
  try {
    const { resource, annotations } = await ask();
    return { resource, annotations, isUnimplemented: false };
  } catch (error) {
    if (!(error instanceof BatonError) || !OF_RESOURCE.has(error.code)) throw error;
    const isUnimplemented = error.status === Status.Unimplemented;
    if (!isUnimplemented && error.status !== Status.NotFound) throw error;
    return { resource: undefined, annotations: evidenceOfAbsence(error.cause), isUnimplemented };
  }
}
