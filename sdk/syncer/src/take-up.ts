import { existsSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { C1zWriter, NewSync } from '@batonkit/c1z';
import { createC1z, lookAtUnfinished, resumeC1z } from '@batonkit/c1z';
import { canonicalJson } from '@batonkit/certificate';
import { BatonError } from '@batonkit/kernel';
import type { Clock, Random } from '@batonkit/kernel';
import type { Evidence, EvidenceScope } from '@batonkit/protocol';
import { ksuid } from '@batonkit/protocol';
import { writeDurably } from './certificate-file.ts';
import { Checkpoint } from './checkpoint.ts';
import type { Marks } from './checkpoint.ts';
import { EvidenceCollector } from './evidence-check.ts';
import { SyncState } from './sync-state.ts';

/** Going on where an earlier run with the same working directory ended (rules 4). */
export interface ResumeOptions {
  /** A checkpoint older than this is not gone on with. Milliseconds. */
  maxAgeMs: number;
  /**
   * Whether the connector still holds the reading of that sync, and the source still looks the same: same instance, key
   * owner and plan, and first page and count agree. Answers why not, as the end of a sentence.
   */
  ready(sync: { id: string; evidence: Evidence | undefined }): Promise<string | undefined>;
  /** Told once: whether the run goes on, or begins anew and why. Not called when there was nothing to go on with. */
  decided?(decision: { syncId: string; isResumed: true } | { isResumed: false; why: string }): void;
}

export interface RunIdentity {
  connector: { type: string; version: string };
  configDigest: string;
  scope: EvidenceScope;
}

export interface BeginOptions {
  path: string;
  workDir: string;
  identity: RunIdentity;
  resume?: ResumeOptions;
  keepRuns?: number;
  clock: Clock;
  random: Random;
}

/** A sync at its beginning, or where an earlier run left it. */
export interface Begun {
  syncId: string;
  startedAt: number;
  writer: C1zWriter;
  state: SyncState;
  collector: EvidenceCollector;
}

const HEADER = 'sync.json';
const FILES = [
  HEADER,
  'db',
  'db-wal',
  'db-shm',
  'db-journal',
  'c1z',
  'target',
  'before',
  'certificate',
  'types',
  'visits',
  'children',
  'proofs',
  'exclusions',
  'expansion',
  'expansion-wal',
  'expansion-shm',
];

interface Header {
  format: 1;
  identity: RunIdentity;
  /** Once all rows are stored: the final checkpoint itself carries no marks. */
  marks?: Marks;
}

/**
 * Takes up what an earlier run left in the working directory, when everything says that it is the same sync; else
 * begins a new one.
 *
 * @throws BatonError as `createC1z`
 */
export async function takeUpOrBegin(options: BeginOptions): Promise<Begun> {
  const { path, workDir, clock, random, identity, resume } = options;
  if (resume !== undefined) {
    const found = await takeUp(options, resume);
    if (typeof found === 'object') {
      resume.decided?.({ syncId: found.syncId, isResumed: true });
      return found;
    }
    if (found !== 'nothing') resume.decided?.({ isResumed: false, why: found });
  }
  for (const name of FILES) await rm(join(workDir, name), { force: true });
  const syncId = ksuid(clock, random);
  const startedAt = clock.now();
  const type = runTypeOf(identity.scope);
  const keep = options.keepRuns === undefined ? {} : { keepRuns: options.keepRuns };
  const writer = await createC1z({ path, workDir, sync: { id: syncId, type, startedAt }, clock, ...keep });
  try {
    await writeHeader(workDir, { format: 1, identity });
    return { syncId, startedAt, writer, state: SyncState.begin(workDir), collector: new EvidenceCollector() };
  } catch (error) {
    await writer[Symbol.asyncDispose]();
    throw error;
  }
}

/** A file that called itself full and lacks something would look like one of which somebody lost it. */
function runTypeOf(scope: EvidenceScope): NewSync['type'] {
  if (scope === 'full') return 'full';
  if (scope.resources !== undefined) return 'partial';
  return scope.skip.length > 0 ? 'resources_only' : 'full';
}

/** To be called when all rows are stored. */
export async function markRead(workDir: string, identity: RunIdentity, marks: Marks): Promise<void> {
  await writeHeader(workDir, { format: 1, identity, marks });
}

/**
 * Whether a run left something in the working directory that the next one may go on with. Cheap: whether it is sound is
 * found out when that is tried.
 */
export function hasUnfinishedSync(workDir: string): boolean {
  return readHeader(workDir) !== undefined && existsSync(join(workDir, 'db'));
}

/** Answers why not, or `nothing` when nothing was left. */
async function takeUp(options: BeginOptions, resume: ResumeOptions): Promise<Begun | string> {
  const { path, workDir, clock, identity } = options;
  const header = readHeader(workDir);
  if (header === undefined) return 'nothing';
  if (canonicalJson(header.identity.connector) !== canonicalJson(identity.connector))
    return 'it was begun by another version of the connector';
  if (header.identity.configDigest !== identity.configDigest) return 'it was begun with other settings';
  if (canonicalJson(header.identity.scope) !== canonicalJson(identity.scope)) return 'it was begun for another scope';
  const unfinished = lookAtUnfinished(workDir);
  if (unfinished === undefined) return 'its database is damaged';
  const parsed = Checkpoint.parse(unfinished.checkpoint);
  if (parsed === undefined) return 'it had not begun to store rows';
  const { checkpoint, marks = header.marks } = parsed;
  if (marks === undefined) return 'its checkpoint cannot be read';
  const age = clock.now() - marks.at;
  if (age > resume.maxAgeMs) return `it stopped more than ${Math.round(resume.maxAgeMs / 60_000)} minutes ago`;
  if (age < -60_000) return 'it lies in the future: the clock was set back';
  let state: SyncState;
  try {
    state = await SyncState.resume(workDir, checkpoint, marks);
  } catch {
    return 'its working directory is incomplete';
  }
  try {
    const collector = new EvidenceCollector();
    for await (const { resourceTypeId, annotations } of state.proofs.read()) {
      collector.lastPage(resourceTypeId, annotations);
    }
    const why = await resume.ready({ id: unfinished.sync.id, evidence: collector.found });
    const resumed = why === undefined ? await resumeC1z({ path, workDir, clock }) : undefined;
    if (resumed !== undefined) {
      return { syncId: resumed.sync.id, startedAt: resumed.sync.startedAt, writer: resumed.writer, state, collector };
    }
    state[Symbol.dispose]();
    return why ?? 'another file lies at its place by now';
  } catch (error) {
    state[Symbol.dispose]();
    if (error instanceof BatonError && error.code === 'BK-EVIDENCE') return 'its proof does not hold';
    throw error;
  }
}

function readHeader(workDir: string): Header | undefined {
  try {
    const header = JSON.parse(readFileSync(join(workDir, HEADER), 'utf8')) as Header;
    return header.format === 1 && typeof header.identity === 'object' ? header : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, as a kill may come at any moment. */
async function writeHeader(workDir: string, header: Header): Promise<void> {
  const path = join(workDir, HEADER);
  await writeDurably(`${path}.new`, JSON.stringify(header), path);
  await rename(`${path}.new`, path);
}
