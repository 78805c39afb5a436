import type { C1zReader, SyncRun } from '@batonkit/c1z';
import { cells } from './view.ts';
import type { View } from './view.ts';

/** The runs in the file, in the order in which they were begun. */
export function syncsView(reader: C1zReader): View {
  return {
    columns: ['ID', 'Started At', 'Ended At', 'Type', 'Parent ID', 'Token'],
    member: 'syncs',
    *rows() {
      for (const run of reader.syncs()) {
        const { id, type, parentId, token, exact } = run;
        yield {
          cells: cells(id, inSeconds(exact.startedAt), inSeconds(exact.endedAt), type, parentId, token),
          record: () => syncRecord(run),
        };
      }
    },
  };
}

/** RFC 3339 without the fraction; empty: not yet. */
export function inSeconds(exact: string | null): string {
  return exact === null ? '' : `${exact.slice(0, 19)}Z`;
}

/** Protobuf JSON: what is empty is left out. */
export function syncRecord({ id, type, parentId, token, exact }: SyncRun): Record<string, unknown> {
  return {
    id,
    startedAt: exact.startedAt,
    ...(exact.endedAt === null ? {} : { endedAt: exact.endedAt }),
    ...(token === '' ? {} : { syncToken: token }),
    ...(type === '' ? {} : { syncType: type }),
    ...(parentId === '' ? {} : { parentSyncId: parentId }),
  };
}
