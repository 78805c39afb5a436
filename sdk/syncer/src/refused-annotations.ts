import type { Any } from '@bufbuild/protobuf/wkt';
import { fail } from './errors.ts';

/**
 * Annotations that change which rows there are. A syncer that does not act on them writes a file from
 * which access is missing, so they are refused by name (protocol: messages 2).
 */
const refused = new Map(
  Object.entries({
    InsertResourceGrants: 'resources that come with grants (InsertResourceGrants)',
    ExternalResourceMatch: 'principals of another system (ExternalResourceMatch)',
    ExternalResourceMatchAll: 'principals of another system (ExternalResourceMatchAll)',
    ExternalResourceMatchID: 'principals of another system (ExternalResourceMatchID)',
    ETagMatch: 'rows left out because they have not changed (ETagMatch)',
    BatonID: 'an annotation that only readers may set (BatonID)',
  }),
);

const PREFIX = 'c1.connector.v2.';

/** @throws BatonError `BK-SYNC-FORM` (exit 12) */
export function refuseAnnotations(call: string, annotations: readonly Any[]): void {
  for (const { typeUrl } of annotations) {
    const at = typeUrl.lastIndexOf('/') + 1;
    if (!typeUrl.startsWith(PREFIX, at)) continue;
    const name = typeUrl.slice(at + PREFIX.length);
    const form = name.startsWith('SourceCache') ? `rows of an earlier sync (${name})` : refused.get(name);
    if (form !== undefined) throw fail('BK-SYNC-FORM', { call, form });
  }
}

/** Whether one of the annotations is the message of this name in `c1.connector.v2`. */
export function has(annotations: readonly Any[], name: string): boolean {
  return annotations.some(
    ({ typeUrl }) => typeUrl.endsWith(name) && typeUrl.slice(typeUrl.lastIndexOf('/') + 1) === PREFIX + name,
  );
}
