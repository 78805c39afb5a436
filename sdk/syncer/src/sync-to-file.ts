import { join } from 'node:path';
import type { C1zSummary } from '@batonkit/c1z';
import type { Certificate, SigningKey } from '@batonkit/certificate';
import { buildCertificate, canonicalJson, certificatePath, signCertificate } from '@batonkit/certificate';
import { BatonError, Status } from '@batonkit/kernel';
import type { Clock, Random } from '@batonkit/kernel';
import type { Evidence, EvidenceScope } from '@batonkit/protocol';
import { checkCertificateTarget, placeCertificate, writeDurably } from './certificate-file.ts';
import type { ConnectorClient } from './connector-client.ts';
import { Engine } from './engine.ts';
import { ProgressClock } from './progress-clock.ts';
import type { SyncEvent } from './sync-event.ts';
import type { SyncState } from './sync-state.ts';
import { targetedScope } from './sync-scope.ts';
import type { SyncTarget } from './sync-scope.ts';
import { markRead, takeUpOrBegin } from './take-up.ts';
import type { Begun, ResumeOptions, RunIdentity } from './take-up.ts';

export interface SyncOptions {
  client: ConnectorClient;
  /** The `.c1z` to write; the certificate gets the name `certificatePath` gives it. */
  path: string;
  /** A directory of this run alone, on the same file system as `path`; with `resume`, as the run before left it. */
  workDir: string;
  /** What the certificate says of the program. */
  connector: { type: string; version: string };
  /** Hex SHA-256 over the configuration without its secrets. */
  configDigest: string;
  /** What was asked for, when it is less than everything: the verdict is then `narrowed`. */
  scope?: EvidenceScope;
  /**
   * Single resources instead of all: each is asked for by itself, with what lies below it and with its entitlements and
   * grants. The run is of type `partial`, its verdict `narrowed`, and it says nothing of anything else. One that is not
   * there is told to `observe` and left out. No grants are expanded.
   */
  targets?: readonly SyncTarget[];
  /** Gives grants to the members of a group that holds one; default true. Never in a targeted sync. */
  expandGrants?: boolean;
  /** Signs the certificate; without it, it is `unsigned`. */
  signingKey?: SigningKey;
  /** Lists that are asked for at the same time; by default one after the other. */
  workers?: number;
  /** Finished full runs that the file has in the end, the new one included; default 2. Infinity: all stay. */
  keepRuns?: number;
  /**
   * Goes on with what an earlier run left in the working directory. A run that is stopped, or whose source does not
   * answer any more, then leaves what it has; `hasUnfinishedSync` says so afterwards.
   */
  resume?: ResumeOptions;
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
  const { path, workDir } = options;
  const { scope } = scopeOf(options);
  const target = certificatePath(path);
  await checkCertificateTarget(target);
  const identity: RunIdentity = { connector: options.connector, configDigest: options.configDigest, scope };
  const begun = await takeUpOrBegin({ ...options, identity });
  const { collector, writer, state } = begun;
  return await keepingWhatCan(options, begun, async () => {
    const summary = await store(options, identity, begun);
    const evidence = noteExpansion(collector.settle(read(summary.counts, state.expanded), scope), state.expanded);
    const { connector, configDigest, signingKey } = options;
    const unsigned = buildCertificate({ summary, evidence, connector, configDigest });
    const certificate = signingKey === undefined ? unsigned : signCertificate(unsigned, signingKey);
    const staged = join(workDir, 'certificate');
    await writeDurably(staged, canonicalJson(certificate), target);
    // The last moment to stop: from here on only two renames are left.
    options.signal.throwIfAborted();
    await writer.save();
    await placeCertificate(staged, target, () => writer.revert());
    return { summary, evidence, certificate, certificatePath: target };
  });
}

/**
 * The same for a connector that proves nothing, such as one of another SDK: what it answers is taken for what there is.
 * The file gets no certificate, and its absences prove nothing.
 */
export async function syncUncertified(options: Omit<SyncOptions, 'signingKey'>): Promise<C1zSummary> {
  const { connector, configDigest } = options;
  const { scope } = scopeOf(options);
  const identity: RunIdentity = { connector, configDigest, scope };
  const begun = await takeUpOrBegin({ ...options, identity });
  return await keepingWhatCan(options, begun, async () => {
    const summary = await store(options, identity, { ...begun, collector: undefined });
    options.signal.throwIfAborted();
    await begun.writer.save();
    return summary;
  });
}

function scopeOf({ scope = 'full', targets = [] }: Pick<SyncOptions, 'scope' | 'targets'>) {
  return targetedScope(scope, targets);
}

/** All rows into the staged file. */
async function store(
  options: SyncOptions,
  identity: RunIdentity,
  begun: Omit<Begun, 'collector'> & { collector: Begun['collector'] | undefined },
): Promise<C1zSummary> {
  const { workDir, clock, signal, observe = () => {}, workers = 1 } = options;
  const { syncId, startedAt, writer, state, collector } = begun;
  observe({ type: 'start', syncId });
  const engine = new Engine({
    client: options.client,
    writer,
    state,
    syncId,
    workers,
    scope: identity.scope,
    targets: scopeOf(options).targets,
    expandGrants: options.expandGrants ?? true,
    clock,
    progress: options.progress ?? new ProgressClock(clock),
    signal,
    observe,
    ...(collector === undefined ? {} : { onProof: (type, annotations) => collector.lastPage(type, annotations) }),
  });
  await engine.run();
  // The token that stays in the file speaks of nothing but the sync; what a kill from here on needs lies beside it.
  await markRead(workDir, identity, state.marks(clock.now()));
  await writer.commit({ checkpoint: state.checkpoint.toToken() });
  observe({ type: 'phase', phase: 'save' });
  // The wall clock may have been set back meanwhile, which is no fault of the reading.
  return await writer.finish({ endedAt: Math.max(startedAt, clock.now()) });
}

/** What came from the connector, of what is in the file. */
function read(counts: C1zSummary['counts'], { made }: SyncState['expanded']): C1zSummary['counts'] {
  return { ...counts, grants: counts.grants - made };
}

/** The certificate's lists say what was read; rows that were made of those are counted beside them. */
function noteExpansion(evidence: Evidence, { made, merged }: SyncState['expanded']): Evidence {
  const notes = {
    ...evidence.notes,
    ...(made === 0 ? {} : { 'grants made by expansion': made }),
    ...(merged === 0 ? {} : { 'grants with further sources by expansion': merged }),
  };
  return { ...evidence, notes };
}

/** Ends what was begun; with `resume`, what the next run can go on with stays in the working directory. */
async function keepingWhatCan<T>(
  options: Pick<SyncOptions, 'resume' | 'signal'>,
  { writer, state }: Pick<Begun, 'writer' | 'state'>,
  work: () => Promise<T>,
): Promise<T> {
  await using _writer = writer;
  using _state = state;
  try {
    return await work();
  } catch (error) {
    const isWorthKeeping = options.signal.aborted || (error instanceof BatonError && PASSING.has(error.status));
    if (options.resume !== undefined && state.stored.resources > 0 && isWorthKeeping) await writer.leave();
    throw error;
  }
}

/** Failures that may be over at the next run; any other would come again at the same place, or needs the room. */
const PASSING = new Set<Status>([Status.Canceled, Status.DeadlineExceeded, Status.Unavailable]);
