import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { fail } from './errors.ts';

/** `C1ZF\0`: a zstd stream of a SQLite database follows (protocol: c1z.md 1). */
export const MAGIC_V1 = Buffer.from('C1ZF\0');
/** `C1Z3\0`: pebble; recognised, not read. */
export const MAGIC_V3 = Buffer.from('C1Z3\0');

const CHUNK = 1024 * 1024;

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
  const source = createHash('sha256');
  const envelope = createHash('sha256').update(MAGIC_V1);
  let bytes = MAGIC_V1.length;
  const file = createWriteStream(target, { mode: 0o600, flags: 'wx' });
  file.write(MAGIC_V1);
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
  await pipeline(
    createReadStream(database, { highWaterMark: CHUNK }),
    watch((chunk) => source.update(chunk)),
    compress,
    watch((chunk) => {
      envelope.update(chunk);
      bytes += chunk.length;
    }),
    file,
  );
  await using handle = await open(target, 'r+');
  await handle.sync();

  const back = createHash('sha256');
  const read = await decompressEnvelope(target, size, (chunk) => back.update(chunk), path);
  const written = { sha256: envelope.digest('hex'), bytes };
  if (back.digest('hex') !== source.digest('hex') || read.sha256 !== written.sha256)
    throw fail('BK-C1Z-FRAME', { path });
  return written;
}

/**
 * Reads an envelope and hands its content on, chunk by chunk.
 *
 * @param limit bytes of content at the most; what the frame declares is not trusted
 * @throws BatonError `BK-C1Z-…` for whatever is not a whole healthy version 1 file
 */
export async function decompressEnvelope(
  file: string,
  limit: number,
  take: (chunk: Buffer) => unknown,
  path: string,
): Promise<Written> {
  await checkMagic(file, path);
  const envelope = createHash('sha256').update(MAGIC_V1);
  let bytes = MAGIC_V1.length;
  let content = 0;
  const decompress = createZstdDecompress({ chunkSize: CHUNK, params: { [constants.ZSTD_d_windowLogMax]: 27 } });
  try {
    await pipeline(
      createReadStream(file, { start: MAGIC_V1.length, highWaterMark: CHUNK }),
      watch((chunk) => {
        envelope.update(chunk);
        bytes += chunk.length;
      }),
      decompress,
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) {
          content += chunk.length;
          if (content > limit) throw fail('BK-C1Z-TOO-LARGE', { path, limit });
          await take(chunk);
        }
      },
    );
  } catch (error) {
    throw explainFrame(error, path);
  }
  // The decompressor stops after the first frame and is silent about what follows it.
  if (decompress.bytesWritten !== bytes - MAGIC_V1.length) {
    throw fail('BK-C1Z-DAMAGED', { path, how: 'something follows the compressed data' });
  }
  return { sha256: envelope.digest('hex'), bytes };
}

async function checkMagic(file: string, path: string): Promise<void> {
  let magic: Buffer;
  try {
    await using handle = await open(file, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(5), 0, 5, 0);
    magic = buffer.subarray(0, bytesRead);
  } catch (error) {
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

function explainFrame(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ZSTD_error_checksum_wrong')
    return fail('BK-C1Z-DAMAGED', { path, how: 'its checksum is wrong' }, { cause: error });
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') {
    return fail('BK-C1Z-DAMAGED', { path, how: 'it asks for a larger window than a healthy file' }, { cause: error });
  }
  if (code === 'ZSTD_error_prefix_unknown')
    return fail('BK-C1Z-DAMAGED', { path, how: 'its content is not zstd' }, { cause: error });
  if (code.startsWith('ZSTD_error') || code.startsWith('ERR_') || code.startsWith('Z_')) {
    return fail('BK-C1Z-DAMAGED', { path, how: 'its compressed data end too early or are corrupt' }, { cause: error });
  }
  return error;
}

function watch(see: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      see(chunk);
      done(null, chunk);
    },
  });
}
