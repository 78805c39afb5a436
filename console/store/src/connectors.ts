import type { Queryable, Transaction } from './db.ts';
import { fail } from './errors.ts';
import type { SettingValue } from './views.ts';

export interface NewConnector {
  catalogId: string;
  name: string;
  app: { kind: 'new'; name: string } | { kind: 'managed'; id: string };
  ownerIds: string[];
}

/**
 * Makes a connector without settings, and its app unless it is for one that exists.
 *
 * @returns the connector's id
 * @throws BatonError `BK-NOT-FOUND` for an unknown app or owner, `BK-APP-TAKEN` when the app has a connector
 */
export async function createConnector(tx: Transaction, connector: NewConnector): Promise<string> {
  const appId = await appFor(tx, connector.app);
  const id = tx.newId();
  const [made] = await tx.query(
    `insert into connector (id, app_id, catalog_id, name, created_at) values ($1, $2, $3, $4, $5)
     on conflict (app_id) do nothing returning id`,
    [id, appId, connector.catalogId, connector.name, tx.now()],
  );
  if (made === undefined) throw fail('BK-APP-TAKEN', {});
  await setOwners(tx, id, connector.ownerIds);
  return id;
}

async function appFor(tx: Transaction, app: NewConnector['app']): Promise<string> {
  if (app.kind === 'new') {
    const id = tx.newId();
    await tx.query('insert into app (id, name, created_at) values ($1, $2, $3)', [id, app.name, tx.now()]);
    return id;
  }
  const [found] = await tx.query('select id from app where id = $1', [app.id]);
  if (found === undefined) throw fail('BK-NOT-FOUND', { what: 'app' });
  return app.id;
}

async function setOwners(tx: Transaction, connectorId: string, ownerIds: string[]): Promise<void> {
  const distinct = [...new Set(ownerIds)];
  await tx.query('delete from connector_owner where connector_id = $1', [connectorId]);
  const made = await tx.query(
    `insert into connector_owner (connector_id, user_id, ordinal)
     select $1, u.id, array_position($2::text[], u.id) from local_user u where u.id = any($2::text[]) returning user_id`,
    [connectorId, distinct],
  );
  if (made.length !== distinct.length) throw fail('BK-NOT-FOUND', { what: 'user' });
}

/** @throws BatonError `BK-NOT-FOUND` for an unknown connector or owner */
export async function updateConnector(
  tx: Transaction,
  connectorId: string,
  change: { name?: string | undefined; ownerIds?: string[] | undefined },
): Promise<void> {
  const [found] = await tx.query('update connector set name = coalesce($2, name) where id = $1 returning id', [
    connectorId,
    change.name ?? null,
  ]);
  if (found === undefined) throw fail('BK-NOT-FOUND', { what: 'connector' });
  if (change.ownerIds !== undefined) await setOwners(tx, connectorId, change.ownerIds);
}

/** Keeps the plain values of the form in place of all earlier ones. Secrets are apart: `saveSecret`. */
export async function saveValues(
  tx: Transaction,
  connectorId: string,
  values: Record<string, SettingValue>,
): Promise<void> {
  await tx.query('delete from setting where connector_id = $1', [connectorId]);
  for (const [name, value] of Object.entries(values)) {
    await tx.query('insert into setting (connector_id, name, value) values ($1, $2, $3)', [
      connectorId,
      name,
      JSON.stringify(value),
    ]);
  }
}

export async function readValues(q: Queryable, connectorId: string): Promise<Record<string, SettingValue>> {
  const rows = await q.query<{ name: string; value: SettingValue }>(
    'select name, value from setting where connector_id = $1 order by name',
    [connectorId],
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.value]));
}

/**
 * Keeps a secret as the caller has encrypted it. `setBy` is a person's name; `names` those of its values, when it is
 * several.
 */
export async function saveSecret(
  tx: Transaction,
  connectorId: string,
  secret: { name: string; ciphertext: Uint8Array; lastFour: string; setBy: string; names?: string[] },
): Promise<void> {
  await tx.query(
    `insert into secret (connector_id, name, ciphertext, last_four, set_at, set_by, names)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (connector_id, name) do update set ciphertext = excluded.ciphertext, last_four = excluded.last_four,
       set_at = excluded.set_at, set_by = excluded.set_by, names = excluded.names`,
    [
      connectorId,
      secret.name,
      Buffer.from(secret.ciphertext),
      secret.lastFour,
      tx.now(),
      secret.setBy,
      secret.names === undefined ? null : JSON.stringify(secret.names),
    ],
  );
}

/** Forgets a secret; nothing happens when there is none. */
export async function removeSecret(tx: Transaction, connectorId: string, name: string): Promise<void> {
  await tx.query('delete from secret where connector_id = $1 and name = $2', [connectorId, name]);
}

export async function readSecrets(
  q: Queryable,
  connectorId: string,
): Promise<{ name: string; ciphertext: Uint8Array }[]> {
  return q.query('select name, ciphertext from secret where connector_id = $1 order by name', [connectorId]);
}
