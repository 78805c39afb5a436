import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { BatonError, linkAbort } from '@batonkit/kernel';
import type { BatonServiceUploadAssetRequestSchema } from '@batonkit/protocol/connectorapi';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { c1Failure, isPassing } from './c1-failure.ts';
import { failC1 } from './errors.ts';
import { growingWait } from './growing-wait.ts';
import { safeId } from './poll-tasks.ts';
import type { ServiceContext } from './service-context.ts';

/** Bytes of the file in one message (protocol: runtime 3.8). */
const PIECE = 524_288;
const ATTEMPTS = 8;
/** Nothing more is taken for so long, and the attempt counts as stuck. */
const STALL_MS = 10 * 60_000;

type Message = MessageInitShape<typeof BatonServiceUploadAssetRequestSchema>;

export interface Upload {
  taskId: string;
  path: string;
  /** Hex SHA-256 that the file has to have, when it is known. */
  sha256?: string;
  /** Of the task. */
  signal: AbortSignal;
}

/**
 * Sends a file to C1: metadata, pieces, checksum. Each attempt begins from the start on a connection of its own; waits
 * between them grow. The file is never held in memory.
 *
 * @throws BatonError `BK-C1-UPLOAD` with the status of the last attempt; the signal's reason; what the disk says
 */
export async function uploadFile(context: ServiceContext, upload: Upload): Promise<{ bytes: number }> {
  const { clock, random, logger, c1 } = context;
  const { taskId, signal } = upload;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const bytes = await send(context, upload);
      logger.info('uploaded a file', { task_id: safeId(taskId), size: bytes, attempt });
      return { bytes };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ConnectError)) throw error;
      const { status, said } = c1Failure(error, c1.token);
      const about = { task_id: safeId(taskId), attempt, status, error: said };
      if (attempt >= ATTEMPTS || !isPassing(status)) {
        const { report } = failC1('BK-C1-UPLOAD', { attempts: attempt, said });
        throw new BatonError({ ...report, status }, error);
      }
      logger.warn('an upload failed; it is begun again', about);
    }
    await clock.sleep(growingWait(attempt, random), signal);
  }
}

async function send(context: ServiceContext, upload: Upload): Promise<number> {
  using connection = context.c1.connectAnew();
  using attempt = linkAbort(upload.signal);
  const sent = { bytes: 0, isWhole: false, at: context.clock.monotonic() };
  const over = new AbortController();
  void watchForStall(context, sent, over.signal).then(
    () => attempt.abort(failC1('BK-C1-SILENT', { call: 'an upload', seconds: STALL_MS / 1000 })),
    () => {},
  );
  const problem: { thrown?: unknown } = {};
  try {
    await connection.calls.uploadAsset(messages(context, upload, sent, problem), { signal: attempt.signal });
  } catch (error) {
    // What went wrong with the file is not C1's fault, and no reason to send it again.
    throw problem.thrown ?? error;
  } finally {
    over.abort();
  }
  if (!sent.isWhole) throw new ConnectError('the answer came before the file was sent', Code.DataLoss);
  return sent.bytes;
}

interface Sent {
  bytes: number;
  isWhole: boolean;
  /** When the last piece was taken. */
  at: number;
}

async function* messages(
  { hostId, clock }: ServiceContext,
  { taskId, path, sha256 }: Upload,
  sent: Sent,
  problem: { thrown?: unknown },
): AsyncGenerator<Message> {
  // What is thrown at a yield comes from the call.
  let isOurs = true;
  try {
    await using file = await open(path, 'r');
    const hash = createHash('sha256');
    isOurs = false;
    yield { msg: { case: 'metadata', value: { hostId, taskId } } };
    isOurs = true;
    // Two in turn: a piece is packed when it is asked for, and the one before has been sent by then.
    const buffers = [Buffer.allocUnsafe(PIECE), Buffer.allocUnsafe(PIECE)] as const;
    for (let turn = 0; ; turn = 1 - turn) {
      const buffer = buffers[turn as 0 | 1];
      let length = 0;
      while (length < PIECE) {
        const { bytesRead } = await file.read(buffer, length, PIECE - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      sent.at = clock.monotonic();
      if (length === 0) break;
      const data = buffer.subarray(0, length);
      hash.update(data);
      sent.bytes += length;
      isOurs = false;
      yield { msg: { case: 'data', value: { data } } };
      isOurs = true;
      if (length < PIECE) break;
    }
    const checksum = hash.digest();
    if (sha256 !== undefined && checksum.toString('hex') !== sha256)
      throw new Error('the file is not the one that was written');
    sent.isWhole = true;
    isOurs = false;
    yield { msg: { case: 'eof', value: { sha256Checksum: checksum } } };
  } catch (error) {
    if (isOurs) problem.thrown = error;
    throw error;
  }
}

/** Resolves when nothing was taken for too long. */
async function watchForStall({ clock }: ServiceContext, sent: Sent, signal: AbortSignal): Promise<void> {
  for (;;) {
    const left = sent.at + STALL_MS - clock.monotonic();
    if (left <= 0) return;
    await clock.sleep(left, signal);
  }
}
