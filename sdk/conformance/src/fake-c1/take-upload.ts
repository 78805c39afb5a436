import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { BatonServiceUploadAssetRequest } from '@batonkit/protocol/connectorapi';
import type { Asset, TaskBook } from './task-book.ts';

const MOST = 1024 * 1024;

/** Why an upload is not taken. */
export class UploadRefused extends Error {
  /** gRPC status. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Taken {
  sha256: string;
  bytes: number;
}

/**
 * Takes an upload as C1 does: metadata, then data of 1 to 1,048,576 bytes each, then the end with the SHA-256 of all
 * of it (protocol: runtime 3.8). The file is kept only if all of that holds.
 * @param path where it is stored
 * @param seen is told after every message what has arrived so far
 * @throws UploadRefused
 */
export async function takeUpload(
  messages: AsyncIterable<BatonServiceUploadAssetRequest>,
  path: string,
  book: TaskBook,
  seen: (taken: Taken) => void,
): Promise<Taken> {
  const order = (fault: string): UploadRefused => new UploadRefused(3, fault);
  let from: { hostId: string; taskId: string } | undefined;
  let eof: Uint8Array | undefined;
  let bytes = 0;
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  const file = await open(path, 'w', 0o600);
  let kept = false;
  try {
    for await (const { msg } of messages) {
      if (eof !== undefined) throw order('a message follows the end');
      if (msg.case === 'metadata') {
        if (from !== undefined) throw order('metadata comes twice');
        from = msg.value;
        const refusal = book.refusal(from.hostId, from.taskId);
        if (refusal !== undefined) throw new UploadRefused(9, refusal);
      } else if (msg.case === 'data') {
        if (from === undefined) throw order('data comes before the metadata');
        const { data } = msg.value;
        if (data.length === 0 || data.length > MOST) throw order(`data of ${data.length} bytes`);
        hash.update(data);
        bytes += data.length;
        if (bytes - data.length < 5) head.push(Buffer.from(data.subarray(0, 5)));
        await file.write(data);
      } else if (msg.case === 'eof') {
        if (from === undefined) throw order('the end comes before the metadata');
        eof = msg.value.sha256Checksum;
      } else throw order('a message with nothing in it');
      seen({ sha256: '', bytes });
    }
    const sha256 = hash.digest('hex');
    seen({ sha256, bytes });
    if (from === undefined || eof === undefined) throw order('the upload has no end');
    if (Buffer.from(eof).toString('hex') !== sha256) throw order('the checksum is another one than that of the data');
    // Whoever lost the task while it was sending has sent for nothing.
    const refusal = book.refusal(from.hostId, from.taskId);
    if (refusal !== undefined) throw new UploadRefused(9, refusal);
    book.keep(from.taskId, { hostId: from.hostId, kind: kindOf(Buffer.concat(head)), path, bytes, sha256 });
    kept = true;
    return { sha256, bytes };
  } finally {
    await file.close();
    if (!kept) await rm(path, { force: true });
  }
}

const kindOf = (head: Buffer): Asset['kind'] =>
  ['C1ZF\0', 'C1Z3\0'].includes(head.toString('latin1', 0, 5)) ? 'c1z' : 'log';
