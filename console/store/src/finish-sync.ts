import type { Transaction } from './db.ts';
import { fail } from './errors.ts';
import type { Artefact, CertificateFacts, Lease } from './inputs.ts';
import { endRun, holdLease } from './runs.ts';

/**
 * Takes in the result of a run: stores the sync, closes the fetch part, queues the ingest part and frees the lease. In
 * one transaction, so that a crash leaves either a run to be read again or a file to be taken in.
 *
 * The window is [claim, now] of this console's clock; moment or window of the reading are the certificate's.
 *
 * @returns `known` when the same file came before: nothing is to be done again
 * @throws BatonError `BK-LEASE-LOST`, `BK-SYNC-HASH` (same id, other file or connector), `BK-SOURCE-CHANGED`
 */
export async function finishSync(
  tx: Transaction,
  lease: Lease,
  artefact: Artefact,
  certificate: CertificateFacts,
): Promise<'received' | 'known'> {
  const [before] = await tx.query<{ sha256: string; run_id: string; connector_id: string }>(
    'select sha256, run_id, connector_id from sync where id = $1',
    [artefact.syncId],
  );
  if (before !== undefined) {
    const same = before.sha256 === artefact.sha256 && before.connector_id === lease.connectorId;
    if (!same) throw fail('BK-SYNC-HASH', { syncId: artefact.syncId });
    if (before.run_id !== lease.runId) {
      await endRun(tx, lease, 'done', null);
      await tx.query('update sync_run set sync_id = $2 where id = $1', [lease.runId, artefact.syncId]);
    }
    return 'known';
  }
  await holdLease(tx, lease);
  await refuseOtherInstance(tx, lease.connectorId, certificate.origin);

  const now = tx.now();
  await tx.query(
    `insert into sync (id, connector_id, run_id, connector_type, instance_origin, verdict, moment_from, moment_to,
       window_start, window_end, path, sha256, content_digest, bytes, certificate, signed, owner_id, exceptions, dated,
       read_once, plan, key_id, disposition)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
       'pending')`,
    [
      artefact.syncId,
      lease.connectorId,
      lease.runId,
      certificate.connectorType,
      certificate.origin,
      certificate.verdict,
      certificate.span.from,
      certificate.span.to,
      lease.claimedAt,
      now,
      artefact.path,
      artefact.sha256,
      artefact.contentDigest,
      artefact.bytes,
      certificate.text,
      certificate.key !== null,
      certificate.owner.id,
      JSON.stringify(certificate.exceptions),
      certificate.span.kind,
      certificate.readOnce,
      certificate.plan,
      certificate.key?.id ?? null,
    ],
  );
  if (certificate.key !== null) {
    await tx.query(
      `insert into certificate_key (key_id, public_pem, run_id, made_at) values ($1, $2, $3, $4) on conflict do nothing`,
      [certificate.key.id, certificate.key.publicPem, lease.runId, now],
    );
  }
  await tx.query(
    `update sync_run set ingest_at = $2, phase = 'ingest', sync_id = $3, lease_token = null, lease_until = null,
       cancel_requested_at = null where id = $1`,
    [lease.runId, now, artefact.syncId],
  );
  return 'received';
}

async function refuseOtherInstance(tx: Transaction, connectorId: string, origin: string): Promise<void> {
  const [source] = await tx.query<{ instance_origin: string }>(
    'select s.instance_origin from connector c join source s on s.id = c.source_id where c.id = $1',
    [connectorId],
  );
  if (source !== undefined && source.instance_origin !== origin) {
    throw fail('BK-SOURCE-CHANGED', { before: source.instance_origin, now: origin });
  }
}
