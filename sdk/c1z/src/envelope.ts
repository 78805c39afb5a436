import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { constants as system } from 'node:fs';
import { constants, crc32, createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { ZstdCompress } from 'node:zlib';
import { BatonError } from '@batonkit/kernel';
import { fail } from './errors.ts';
import { release } from './release.ts';

/** `C1ZF\0`: a zstd stream of a SQLite database follows (protocol: c1z.md 1). */
export const MAGIC_V1 = Buffer.from('C1ZF\0');
/** `C1Z3\0`: pebble; recognised, not read. */
export const MAGIC_V3 = Buffer.from('C1Z3\0');

const CHUNK = 256 * 1024;
/** Frames a file may have: each costs a decompressor, and an attacker could make a file of nothing else. */
const FRAMES = 1024;

/** Hex SHA-256 and size of a file that was written. */
export interface Written {
  sha256: string;
  bytes: number;
}

/**
 * Compresses a database into an envelope at `target`: one frame of level 3 with content size and checksum. The file
 * is flushed to the disk and read back.
 *
 * @throws BatonError `BK-C1Z-FRAME` when it does not read back as the database
 */
export async function compressEnvelope(database: string, target: string, path: string): Promise<Written> {
  const { size } = await stat(database);
  const envelope = createHash('sha256').update(MAGIC_V1);
  let bytes = MAGIC_V1.length;
  await using file = await open(target, 'wx', 0o600);
  await file.appendFile(MAGIC_V1);
  // More than one worker loses data without an error in this Node (measured); zero is its default.
  const compress = createZstdCompress({
    pledgedSrcSize: size,
    chunkSize: CHUNK,
    params: {
      [constants.ZSTD_c_compressionLevel]: 3,
      [constants.ZSTD_c_checksumFlag]: 1,
      [constants.ZSTD_c_contentSizeFlag]: 1,
    },
  });
  const [written] = await Promise.all([
    feed(database, compress),
    (async () => {
      for await (const chunk of compress as AsyncIterable<Buffer>) {
        envelope.update(chunk);
        bytes += chunk.length;
        await file.appendFile(chunk);
      }
    })(),
  ]);
  await file.sync();

  // The frame's own checksum is compared while it is read; this one is of what was read from the disk before.
  const back = { size: 0, sum: 0 };
  const read = await decompressEnvelope(
    target,
    size,
    (chunk) => {
      back.size += chunk.length;
      back.sum = crc32(chunk, back.sum);
    },
    path,
  );
  const sha256 = envelope.digest('hex');
  if (back.size !== size || back.sum !== written || read.sha256 !== sha256) throw fail('BK-C1Z-FRAME', { path });
  return { sha256, bytes };
}

/** Feeds a file through one piece of memory, whatever its size. @returns the CRC-32 of it */
async function feed(path: string, into: ZstdCompress): Promise<number> {
  try {
    await using file = await open(path, 'r');
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    let sum = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      sum = crc32(chunk, sum);
      // The memory is free again once the chunk is compressed.
      await new Promise<void>((resolve, reject) => {
        into.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
    }
    into.end();
    return sum;
  } catch (error) {
    into.destroy(error as Error);
    throw error;
  }
}

/**
 * Reads an envelope and hands its content on, chunk by chunk: one zstd frame, or several one after the other.
 *
 * @param limit bytes of content at the most; what the frame declares is not trusted
 * @param take may not keep what it is given
 * @throws BatonError `BK-C1Z-…` for whatever is not a whole envelope of version 1
 */
export async function decompressEnvelope(
  file: string,
  limit: number,
  take: (chunk: Buffer) => unknown,
  path: string,
): Promise<Written> {
  await checkMagic(file, path);
  const { size } = await stat(file);
  const hash = createHash('sha256').update(MAGIC_V1);
  let hashed = MAGIC_V1.length;
  let content = 0;
  let frames = 0;
  for (let position = hashed; position < size;) {
    if (++frames > FRAMES) throw fail('BK-C1Z-DAMAGED', { path, how: 'it is cut into more frames than any file' });
    let at = position;
    const source = createReadStream(file, { start: position, highWaterMark: CHUNK });
    source.on('data', (data) => {
      // What a reader of one frame saw beyond its end comes again with the next one.
      const chunk = data as Buffer;
      if (at + chunk.length > hashed) hash.update(chunk.subarray(Math.max(0, hashed - at)));
      at += chunk.length;
      hashed = Math.max(hashed, at);
    });
    const frame = createZstdDecompress({ chunkSize: CHUNK, params: { [constants.ZSTD_d_windowLogMax]: 27 } });
    source.on('error', (error) => frame.destroy(error));
    source.pipe(frame);
    try {
      for await (const chunk of frame as AsyncIterable<Buffer>) {
        content += chunk.length;
        if (content > limit) throw fail('BK-C1Z-TOO-LARGE', { path, limit });
        await take(chunk);
        release(chunk);
      }
    } catch (error) {
      throw explainFrame(error, path, frames);
    } finally {
      source.destroy();
    }
    // The decompressor stops after a frame, and counts what it took of the input.
    if (frame.bytesWritten === 0) throw fail('BK-C1Z-DAMAGED', { path, how: 'its compressed data end too early' });
    position += frame.bytesWritten;
  }
  return { sha256: hash.digest('hex'), bytes: size };
}

async function checkMagic(file: string, path: string): Promise<void> {
  let magic: Buffer;
  try {
    // A pipe that nobody writes to would be waited for, for ever, already when it is opened.
    await using handle = await open(file, system.O_RDONLY | (system.O_NONBLOCK ?? 0));
    const found = await handle.stat();
    if (!found.isFile() && !found.isDirectory()) throw fail('BK-C1Z-READ', { path, why: 'it is no plain file' });
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(5), 0, 5, 0);
    magic = buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof BatonError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw fail('BK-C1Z-MISSING', { path }, { cause: error });
    throw fail(
      'BK-C1Z-READ',
      { path, why: code === 'EISDIR' ? 'it is a folder' : 'the system refuses it' },
      { cause: error },
    );
  }
  if (magic.equals(MAGIC_V3)) throw fail('BK-C1Z-V3', { path });
  if (magic.length < 5 && MAGIC_V1.subarray(0, magic.length).equals(magic)) {
    throw fail('BK-C1Z-DAMAGED', { path, how: magic.length === 0 ? 'it is empty' : 'it ends too early' });
  }
  if (!magic.equals(MAGIC_V1)) throw fail('BK-C1Z-MAGIC', { path });
}

function explainFrame(error: unknown, path: string, frame: number): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ZSTD_error_checksum_wrong')
    return fail('BK-C1Z-DAMAGED', { path, how: 'its checksum is wrong' }, { cause: error });
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') {
    return fail('BK-C1Z-DAMAGED', { path, how: 'it asks for a larger window than a healthy file' }, { cause: error });
  }
  if (code === 'ZSTD_error_prefix_unknown') {
    const how = frame === 1 ? 'its content is not zstd' : 'something follows the compressed data';
    return fail('BK-C1Z-DAMAGED', { path, how }, { cause: error });
  }
  if (code.startsWith('ZSTD_error') || code.startsWith('ERR_') || code.startsWith('Z_')) {
    return fail('BK-C1Z-DAMAGED', { path, how: 'its compressed data end too early or are corrupt' }, { cause: error });
  }
  return error;
}
