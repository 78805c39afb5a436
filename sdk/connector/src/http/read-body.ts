import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createZstdDecompress } from 'node:zlib';

/** What we can unpack, for `Accept-Encoding`. */
export const acceptedEncodings = 'zstd, br, gzip';

const decoders: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** The server packed its answer in a way that is not known, or that does not unpack. */
export class EncodingFault extends Error {
  override readonly name = 'EncodingFault';
}

/**
 * The unpacked bytes of a body, or how many came before the cap was passed: a few kilobytes can unpack
 * to gigabytes, so the cap is on what comes out.
 *
 * @throws EncodingFault, or what the network stack throws
 */
export async function readBody(body: Readable, encoding: string | undefined, most: number): Promise<Buffer | number> {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const [name] = names;
  if (name === undefined) return await take(body, most);
  const decoder = names.length === 1 ? decoders[name]?.() : undefined;
  if (decoder === undefined) {
    body.on('error', () => {}).destroy();
    throw new EncodingFault();
  }
  let cut: Error | undefined;
  body.once('error', (error) => (cut = error));
  pipeline(body, decoder, () => {});
  try {
    return await take(decoder, most);
  } catch (error) {
    // What the network did comes out of the decoder as well.
    throw cut ?? new EncodingFault('', { cause: error });
  }
}

async function take(bytes: AsyncIterable<Uint8Array>, most: number): Promise<Buffer | number> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.byteLength;
    if (length > most) return length;
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined
    ? Buffer.from(chunks[0].buffer, chunks[0].byteOffset, length)
    : Buffer.concat(chunks, length);
}
