import type { Db } from '../db.ts';
import { fail } from '../errors.ts';
import type { Lease, StagedBatch, StagedEntitlement, StagedGrant, StagedResource } from '../inputs.ts';
import { holdLease } from '../runs.ts';
import { dropStaged, STAGED } from './drop-staged.ts';
import { splitAccount } from './newest-values.ts';

/** Rows of one transaction: about 20 ms of the database, which answers nobody else meanwhile. */
const CHUNK = 1000;

/**
 * Puts a file's rows beside the ledger, in small transactions. What an earlier attempt staged of it goes first.
 *
 * @throws BatonError `BK-LEASE-LOST`; `BK-INGEST-ID` for an id that cannot be stored
 */
export async function stageSync(
  db: Db,
  lease: Lease,
  batches: AsyncIterable<StagedBatch> | Iterable<StagedBatch>,
  signal?: AbortSignal,
): Promise<void> {
  const syncId = stagedSyncOf(lease);
  await db.transaction(async (tx) => {
    await holdLease(tx, lease);
    await dropStaged(tx, syncId);
  });
  const counters = { resource: 0, entitlement: 0, grant: 0 };
  const insert = async (kind: keyof typeof counters, rows: object[]): Promise<void> => {
    for (let start = 0; start < rows.length; start += CHUNK) {
      signal?.throwIfAborted();
      const chunk = rows.slice(start, start + CHUNK);
      await db.transaction(async (tx) => {
        await holdLease(tx, lease);
        await tx.query(INSERT[kind], [syncId, counters[kind], JSON.stringify(chunk, storable)]);
      });
      counters[kind] += chunk.length;
    }
  };
  for await (const batch of batches) {
    await insert(
      'resource',
      (batch.resources ?? []).map((resource) => resourceRow(resource, db.newId())),
    );
    await insert('entitlement', (batch.entitlements ?? []).map(entitlementRow));
    await insert('grant', (batch.grants ?? []).map(grantRow));
  }
  // Without numbers the planner would take the staged rows for a handful and loop over the ledger for each.
  for (const table of STAGED) await db.query(`analyze ${table}`);
}

/** The sync that a lease of the ingest part is about. */
export function stagedSyncOf(lease: Lease): string {
  if (lease.artefact === null) throw fail('BK-LEASE-LOST', {});
  return lease.artefact.syncId;
}

const INSERT = {
  resource: `insert into staged_resource
      (sync_id, n, type, external_id, public_id, trait, name, email, status, by_flag, tier, attributes, newest)
    select $1, $2 + (ordinal - 1)::integer, type, external_id, public_id, trait, name, email, status, by_flag, tier,
      attributes, newest
    from rows from (jsonb_to_recordset($3::jsonb) as (type text, external_id text, public_id text, trait text,
      name text, email text, status text, by_flag boolean, tier text, attributes jsonb, newest jsonb))
      with ordinality as x(type, external_id, public_id, trait, name, email, status, by_flag, tier, attributes, newest,
        ordinal)`,
  entitlement: `insert into staged_entitlement
      (sync_id, n, resource_type, resource_external_id, slug, external_id, name)
    select $1, $2 + (ordinal - 1)::integer, resource_type, resource_external_id, slug, external_id, name
    from rows from (jsonb_to_recordset($3::jsonb) as (resource_type text, resource_external_id text, slug text,
      external_id text, name text))
      with ordinality as x(resource_type, resource_external_id, slug, external_id, name, ordinal)`,
  grant: `insert into staged_grant
      (sync_id, n, resource_type, resource_external_id, slug, principal_type, principal_external_id, external_id)
    select $1, $2 + (ordinal - 1)::integer, resource_type, resource_external_id, slug, principal_type,
      principal_external_id, external_id
    from rows from (jsonb_to_recordset($3::jsonb) as (resource_type text, resource_external_id text, slug text,
      principal_type text, principal_external_id text, external_id text))
      with ordinality as x(resource_type, resource_external_id, slug, principal_type, principal_external_id,
        external_id, ordinal)`,
} as const;

function resourceRow(resource: StagedResource, publicId: string): object {
  const { role } = resource;
  const account = resource.account === undefined ? undefined : splitAccount(resource.account);
  return {
    type: idOf('resource type', resource.type),
    external_id: idOf('resource', resource.externalId),
    public_id: publicId,
    trait: resource.trait,
    name: resource.name,
    email: account?.lasting.email ?? null,
    status: account?.lasting.status.name ?? null,
    by_flag: account?.lasting.byFlag ?? false,
    tier: role?.tier ?? null,
    attributes: account?.lasting ?? role ?? {},
    ...(account === undefined ? {} : { newest: account.newest }),
  };
}

function entitlementRow(entitlement: StagedEntitlement): object {
  return {
    resource_type: idOf('resource type', entitlement.resourceType),
    resource_external_id: idOf('resource', entitlement.resourceId),
    slug: idOf('entitlement', entitlement.slug),
    external_id: idOf('entitlement', entitlement.externalId),
    name: entitlement.name,
  };
}

function grantRow(grant: StagedGrant): object {
  return {
    resource_type: idOf('resource type', grant.resourceType),
    resource_external_id: idOf('resource', grant.resourceId),
    slug: idOf('entitlement', grant.slug),
    principal_type: idOf('resource type', grant.principalType),
    principal_external_id: idOf('resource', grant.principalId),
    external_id: idOf('grant', grant.externalId),
  };
}

// Ids can fail a sync: two different ones must never become the same by mending.
function idOf(what: string, id: string): string {
  if (id === '' || id.includes('\0') || !id.isWellFormed()) throw fail('BK-INGEST-ID', { what });
  return id;
}

// Texts never fail a sync: PostgreSQL cannot hold U+0000 and JSON must be well formed.
function storable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value;
}
