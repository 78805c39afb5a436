import type { Transaction } from '../db.ts';

/** The tables of staged rows. */
export const STAGED = ['staged_resource', 'staged_entitlement', 'staged_grant'] as const;

/** Removes staged rows. */
export async function dropStaged(tx: Transaction, syncId: string): Promise<void> {
  for (const table of STAGED) await tx.query(`delete from ${table} where sync_id = $1`, [syncId]);
}
