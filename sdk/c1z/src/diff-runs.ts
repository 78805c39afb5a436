import type { DatabaseSync } from 'node:sqlite';
import { fromBinary } from '@bufbuild/protobuf';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { EntitlementSchema, ResourceSchema } from '@batonkit/protocol';
import type { Entitlement, Grant, Resource } from '@batonkit/protocol';
import { storedGrant } from './stored-grant.ts';

/** Rows that one run has and another has not, or has otherwise; each list is streamed and can be read again. */
export interface Changes<T> {
  created: Iterable<T>;
  /** As the newer run has them. */
  modified: Iterable<T>;
  deleted: Iterable<T>;
}

export interface RunDiff {
  resources: Changes<Resource>;
  entitlements: Changes<Entitlement>;
  grants: Changes<Grant>;
}

type Guard = <T>(table: string, work: () => T) => T;
type Decode<T> = (row: Record<string, unknown>) => T;

/** Compares where the rows lie; only what differs is read. */
export function diffRuns(database: DatabaseSync, older: string, newer: string, guard: Guard): RunDiff {
  const only = (table: string, run: string, other: string): [string, string[]] => [
    `SELECT * FROM ${table} x WHERE sync_id = ? AND NOT EXISTS
       (SELECT 1 FROM ${table} y WHERE y.external_id = x.external_id AND y.sync_id = ?) ORDER BY id`,
    [run, other],
  ];
  const changes = <T>(table: string, decode: Decode<T>): Changes<T> => {
    const rows = ([sql, values]: [string, string[]]): Iterable<T> => ({
      *[Symbol.iterator]() {
        const found = guard(table, () => database.prepare(sql)).iterate(...values);
        for (;;) {
          const { done, value } = guard(table, () => found.next());
          if (done === true) return;
          yield guard(table, () => decode(value));
        }
      },
    });
    const modified = `SELECT x.* FROM ${table} x JOIN ${table} y ON y.external_id = x.external_id AND y.sync_id = ?
       WHERE x.sync_id = ? AND x.data <> y.data ORDER BY x.id`;
    return {
      created: rows(only(table, newer, older)),
      modified: rows([modified, [older, newer]]),
      deleted: rows(only(table, older, newer)),
    };
  };
  return {
    resources: changes('v1_resources', message(ResourceSchema)),
    entitlements: changes('v1_entitlements', message(EntitlementSchema)),
    grants: changes('v1_grants', storedGrant),
  };
}

function message<D extends DescMessage>(schema: D): Decode<MessageShape<D>> {
  return (row) => fromBinary(schema, row['data'] as Uint8Array);
}
