import { placeOf } from './cursor.ts';
import type { Queryable, Transaction } from './db.ts';
import type { AuditRecord, Page, PagingQuery } from './views.ts';

/** Says who did what to a connector. The detail holds names of fields, never their secrets. */
export async function addAudit(
  tx: Transaction,
  entry: { connectorId: string; actor: string; action: string; detail: string },
): Promise<void> {
  await tx.query('insert into audit (id, connector_id, at, actor, action, detail) values ($1, $2, $3, $4, $5, $6)', [
    tx.newId(),
    entry.connectorId,
    tx.now(),
    entry.actor,
    entry.action,
    entry.detail,
  ]);
}

/** Who changed this connector, newest first. */
export async function listAudit(q: Queryable, connectorId: string, query: PagingQuery): Promise<Page<AuditRecord>> {
  const place = placeOf('audit', [connectorId], query);
  const rows = await q.query<AuditRecord>(
    `select id, at, actor, action, detail from audit
     where connector_id = $1 and ($2::text is null or (at, id) < (select at, id from audit where id = $2))
     order by at desc, id desc limit $3`,
    [connectorId, place.after[0] ?? null, place.limit + 1],
  );
  return place.page(
    rows,
    (row) => [row.id],
    (shown) => shown,
  );
}
