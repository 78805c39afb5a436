import { closeSync, createReadStream, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isDiskFull } from '@batonkit/kernel';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { sizeDelimitedDecodeStream, sizeDelimitedEncode } from '@bufbuild/protobuf/wire';
import { fail } from './errors.ts';

/**
 * Messages in the working directory, as a tenant may have more of them than memory should hold. Appended in the same
 * breath as a checkpoint that names the size; what a killed run wrote after its last checkpoint is cut off again.
 */
export class RecordFile<D extends DescMessage> implements Disposable {
  private readonly schema: D;
  private readonly path: string;
  private readonly file: number;
  private end: number;

  /**
   * @param size bytes of it that count; 0 begins anew
   * @throws RangeError when the file is shorter than that
   */
  constructor(workDir: string, name: string, schema: D, size: number) {
    this.schema = schema;
    this.path = join(workDir, name);
    this.file = openSync(this.path, size === 0 ? 'w' : 'r+', 0o600);
    this.end = size;
    try {
      if (fstatSync(this.file).size < size) throw new RangeError('the file is shorter than its checkpoint says');
      ftruncateSync(this.file, size);
    } catch (error) {
      closeSync(this.file);
      throw error;
    }
  }

  get size(): number {
    return this.end;
  }

  /** @throws BatonError `BK-DISK` */
  append(messages: readonly MessageShape<D>[]): void {
    if (messages.length === 0) return;
    const bytes = Buffer.concat(messages.map((one) => sizeDelimitedEncode(this.schema, one)));
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.file, bytes, written, bytes.length - written, this.end + written);
      }
    } catch (error) {
      if (isDiskFull(error)) throw fail('BK-DISK', { path: this.path }, { cause: error });
      throw error;
    }
    this.end += bytes.length;
  }

  /** Those appended up to now, in their order. */
  read(): AsyncIterable<MessageShape<D>> {
    if (this.end === 0) return nothing();
    return sizeDelimitedDecodeStream(this.schema, createReadStream(this.path, { end: this.end - 1 }));
  }

  [Symbol.dispose](): void {
    closeSync(this.file);
  }
}

async function* nothing(): AsyncGenerator<never> {}
