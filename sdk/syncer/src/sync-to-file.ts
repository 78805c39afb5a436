import { lstat, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { C1zSummary } from '@batonkit/c1z';
import { createC1z } from '@batonkit/c1z';
import type { Certificate, SigningKey } from '@batonkit/certificate';
import { buildCertificate, canonicalJson, certificatePath, signCertificate } from '@batonkit/certificate';
import type { Clock, Random } from '@batonkit/kernel';
import type { Evidence, EvidenceScope } from '@batonkit/protocol';
import { ksuid } from '@batonkit/protocol';
import type { ConnectorClient } from './connector-client.ts';
import { Engine } from './engine.ts';
import { fail } from './errors.ts';
import { ProgressClock } from './progress-clock.ts';
import type { SyncEvent } from './sync-event.ts';
import { VisitFile } from './visit-file.ts';

export interface SyncOptions {
  client: ConnectorClient;
  /** The `.c1z` to write; the certificate gets the name `certificatePath` gives it. */
  path: string;
  /** An empty directory of this run alone, on the same file system as `path`. */
  workDir: string;
  /** What the certificate says of the program. */
  connector: { type: string; version: string };
  /** Hex SHA-256 over the configuration without its secrets. */
  configDigest: string;
  /** What was asked for, when it is less than everything: the verdict is then `narrowed`. */
  scope?: EvidenceScope;
  /** Signs the certificate; without it, it is `unsigned`. */
  signingKey?: SigningKey;
  clock: Clock;
  random: Random;
  signal: AbortSignal;
  observe?: (event: SyncEvent) => void;
  /** Given when the caller sees progress inside the connector and touches the clock for it. */
  progress?: ProgressClock;
}

export interface SyncResult {
  summary: C1zSummary;
  evidence: Evidence;
  certificate: Certificate;
  certificatePath: string;
}

/**
 * Drives a connector through one full sync into a `.c1z` with its certificate beside it. Either both
 * appear, or, after any error or abort, nothing does: the file is renamed into place first, so that no
 * certificate is ever without its file.
 *
 * @throws BatonError of the connector, the file or the syncer itself; the abort's reason when it is one
 */
export async function syncToFile(options: SyncOptions): Promise<SyncResult> {
  const { path, workDir, clock, random, signal, observe = () => {} } = options;
  const target = certificatePath(path);
  await checkCertificateTarget(target);
  const syncId = ksuid(clock, random);
  const startedAt = clock.now();
  observe({ type: 'start', syncId });
  await using writer = await createC1z({
    path,
    workDir,
    sync: { id: syncId, type: 'full', startedAt },
    clock,
  });
  const engine = new Engine({
    client: options.client,
    writer,
    visits: await VisitFile.create(workDir),
    syncId,
    progress: options.progress ?? new ProgressClock(clock),
    signal,
    observe,
  });
  await engine.run();
  observe({ type: 'phase', phase: 'save' });
  // The wall clock may have been set back meanwhile, which is no fault of the reading.
  const summary = await writer.finish({ endedAt: Math.max(startedAt, clock.now()) });
  const evidence = engine.evidence.settle(summary.counts, options.scope);
  const unsigned = buildCertificate({
    summary,
    evidence,
    connector: options.connector,
    configDigest: options.configDigest,
  });
  const certificate = options.signingKey === undefined ? unsigned : signCertificate(unsigned, options.signingKey);
  const staged = join(workDir, 'certificate');
  await writeDurably(staged, canonicalJson(certificate), target);
  // The last moment to stop: from here on only two renames are left.
  signal.throwIfAborted();
  await writer.save();
  try {
    await rename(staged, target);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  await syncDirectory(dirname(target));
  return { summary, evidence, certificate, certificatePath: target };
}

/** Before the first request, as the file would have to go again if its certificate cannot be stored. */
async function checkCertificateTarget(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    const why = error.code === 'ENAMETOOLONG' ? 'the name is too long' : 'the system refuses it';
    throw fail('BK-CERT-WRITE', { path, why }, { cause: error });
  });
  if (found?.isDirectory()) throw fail('BK-CERT-WRITE', { path, why: 'it is a folder' });
}

async function writeDurably(path: string, text: string, target: string): Promise<void> {
  try {
    await using file = await open(path, 'w', 0o600);
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw fail('BK-DISK', { path: target }, { cause: error });
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, 'r');
  await directory.sync();
}
