import { openStore } from '@batonkit/console-store';
import { systemClock, systemRandom } from '@batonkit/kernel';
import { ksuid } from '@batonkit/protocol';

/** What holds people's access, and what decides on it. */
const TABLES = [
  'app',
  'source',
  'sync',
  'applied_sync',
  'resource',
  'resource_interval',
  'entitlement_interval',
  'grant_interval',
  'staged_resource',
  'staged_entitlement',
  'staged_grant',
];

/** The tables whose rows say who holds what since when: an unchanged sync touches none of them. */
export const LEDGER = ['source', 'resource', 'resource_interval', 'entitlement_interval', 'grant_interval'] as const;

export type Ledger = Record<string, { rows: number; digest: string }>;

/** Counts and digests of all ledger tables of a console that has ended, read past its API. */
export async function readLedger(dataDir: string): Promise<Ledger> {
  await using store = await openStore({
    dataDir,
    clock: systemClock,
    newId: () => ksuid(systemClock, systemRandom),
  });
  const ledger: Ledger = {};
  for (const table of TABLES) {
    const [row] = await store.db.query<{ rows: number; digest: string }>(
      `select count(*)::int as rows, md5(coalesce(string_agg(t::text, ' ' order by t::text), '')) as digest from ${table} t`,
    );
    if (row === undefined) throw new Error(`nothing is known of ${table}`);
    ledger[table] = row;
  }
  return ledger;
}
