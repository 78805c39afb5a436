import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError, createRedactor, linkAbort, type Clock, type Random } from '@batonkit/kernel';
import {
  failRun,
  finishSync,
  lastCertificate,
  readSecrets,
  readValues,
  recordProgress,
  recordRequests,
  type Db,
  type Lease,
  type LeaseAnswer,
} from '@batonkit/console-store';
import { parseCertificate } from '@batonkit/certificate';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { DataDirectory } from '../data/data-directory.ts';
import type { SecretBox } from '../data/secret-box.ts';
import type { Log } from '../logger.ts';
import { childVariables, runVariables } from '../settings/child-variables.ts';
import { secretOf, textsOf } from '../settings/secret.ts';
import { makeChildKey, type ChildKey } from './child-key.ts';
import { runHostedChild, type HostedOutcome } from './hosted-child.ts';
import { LogTail } from './log-tail.ts';
import { RunFacts } from './run-facts.ts';
import { takeFile } from './take-file.ts';

export interface FetchOptions {
  db: Db;
  lease: Lease;
  catalogue: Catalogue;
  secretBox: SecretBox;
  data: DataDirectory;
  clock: Clock;
  log: Log;
  random: Random;
  /** On this machine, that a connector may reach. */
  allowedOrigins: readonly string[];
  /** The run was cancelled, its lease lost, or the console stops. */
  signal: AbortSignal;
  /** Prolongs the lease; aborts the signal when it is lost or the run is cancelled. */
  renew: () => Promise<void>;
  /** Tells what a write of the run found out about its lease. */
  onLease: (answer: LeaseAnswer) => void;
  /** Something of the run can be seen now that could not be before. */
  onChange: () => void;
}

/** Progress is stored at most so often. */
const FLUSH = 250;

/**
 * The fetch part of a run: the connector's program as a child, its progress into facts, its file
 * checked and handed to `finishSync`.
 *
 * @returns how the child died, when it ended without a result: a dead attempt
 * @throws BatonError for everything that ends the run
 */
export async function fetchRun(options: FetchOptions): Promise<{ died: string } | undefined> {
  const { db, lease, data, log } = options;
  // One for each attempt: the child of a dead one may still be cleaning up in its own.
  const runDir = data.run(`${lease.runId}.${lease.attempt}`);
  await rm(runDir, { recursive: true, force: true });
  await mkdir(runDir, { mode: 0o700 });
  try {
    const file = join(runDir, 'sync.c1z');
    const key = makeChildKey(options.random);
    const startedAt = options.clock.now();
    const outcome = await runChild(options, key, runDir, file);
    if (outcome.kind === 'died') return { died: outcome.how };
    if (outcome.kind === 'stopped') return undefined;
    const { result } = outcome;
    if (!result.ok) {
      await db.transaction((tx) => failRun(tx, lease, result.error));
      log.warn({ runId: lease.runId, code: result.error.code }, 'sync failed');
      return undefined;
    }
    const { artefact, certificate, undo } = await takeFile(file, result, key, data, runDir, startedAt);
    // Taking it over takes its time; a Cancel of meanwhile still counts.
    await options.renew();
    if (options.signal.aborted) {
      await undo();
      return undefined;
    }
    try {
      await db.transaction((tx) => finishSync(tx, lease, artefact, certificate));
    } catch (error) {
      // What the store refused was not committed; of another fault nobody knows.
      if (error instanceof BatonError) await undo();
      throw error;
    }
    log.info({ runId: lease.runId, syncId: artefact.syncId, bytes: artefact.bytes }, 'sync received');
    return undefined;
  } finally {
    // One that has left its group may still be writing there.
    await rm(runDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function runChild(options: FetchOptions, key: ChildKey, runDir: string, file: string): Promise<HostedOutcome> {
  const { db, lease, catalogue, secretBox, data, clock } = options;
  const item = catalogue.need(lease.catalogId);
  const values = await readValues(db, lease.connectorId);
  const secrets: Record<string, string> = {};
  for (const { name, ciphertext } of await readSecrets(db, lease.connectorId)) {
    secrets[name] = secretBox.open(ciphertext, { connectorId: lease.connectorId, field: name });
  }
  const hidden = Object.entries(secrets).flatMap(([name, text]) => [
    text,
    ...textsOf(secretOf(item.configuration, name, text)),
  ]);
  const redact = createRedactor([...hidden, ...key.privatePem.split('\n').filter((line) => !line.startsWith('-'))]);
  const facts = new RunFacts(clock);
  const tail = new LogTail();
  const flush = async (): Promise<void> => {
    const next = facts.next();
    if (next === undefined) return;
    options.onLease(await recordProgress(db, lease, next.progress));
    if (next.requests.length > 0) await recordRequests(db, lease, next.requests);
    options.onChange();
  };
  using flushing = linkAbort(options.signal);
  using childEnd = linkAbort(options.signal);
  const flusher = flushEvery(flush, clock, flushing.signal).catch((error: unknown) => {
    // Without its facts the run cannot be shown truly: it ends.
    childEnd.abort(error);
    throw error;
  });
  flusher.catch(() => undefined);
  try {
    const outcome = await runHostedChild({
      program: item.program,
      runDir,
      variables: {
        ...childVariables(item.configuration, values),
        ...runVariables(options.allowedOrigins, await lastConfigDigest(db, lease.connectorId)),
      },
      secrets,
      certificateKey: key.privatePem,
      file,
      clock,
      signal: childEnd.signal,
      onProgress: (line) => facts.take(withoutSecrets(line, redact)),
      onLog: (part) => tail.add(part),
    });
    return outcomeWithoutSecrets(outcome, redact);
  } finally {
    flushing.abort();
    await flusher;
    if (!options.signal.aborted) await flush();
    await tail.save(data.log(lease.runId), redact);
  }
}

/** With which settings the last sync was complete: what is checked once for each need not be checked again. */
async function lastConfigDigest(db: Db, connectorId: string): Promise<string | undefined> {
  const text = await lastCertificate(db, connectorId);
  try {
    return text === undefined ? undefined : parseCertificate(text).config_digest;
  } catch {
    return undefined;
  }
}

/** A program may quote its key in whatever it says. */
function outcomeWithoutSecrets(outcome: HostedOutcome, redact: (text: string) => string): HostedOutcome {
  if (outcome.kind !== 'result' || outcome.result.ok) return outcome;
  const error = withoutSecrets(outcome.result.error, redact);
  return { kind: 'result', result: { ...outcome.result, error } };
}

/** Not of our words: a short secret may be one of them. */
const OURS = new Set(['type', 'phase', 'at']);

function withoutSecrets<T extends object>(said: T, redact: (text: string) => string): T {
  const clean = Object.entries(said).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' && !OURS.has(name) ? redact(value) : value,
  ]);
  return Object.fromEntries(clean) as T;
}

async function flushEvery(flush: () => Promise<void>, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await flush();
    await clock.sleep(FLUSH, signal).catch(() => undefined);
  }
}
