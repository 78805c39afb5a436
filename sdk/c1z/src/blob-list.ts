import { ByteWriter } from '@batonkit/protocol';

const START = 64 * 1024;

/** Messages one after the other in one piece of memory: cheap to hand to another thread, and little to collect. */
export class BlobList extends ByteWriter {
  private readonly ends: number[] = [];

  constructor() {
    super(START);
  }

  /** Ends a message that was written. */
  end(): void {
    this.ends.push(this.used);
  }

  /** The messages; the list is done. Whoever has stored them releases their memory. */
  take(): Blobs {
    return { bytes: this.buffer, ends: Uint32Array.from(this.ends) };
  }
}

/** Messages one after the other, and where each ends. */
export interface Blobs {
  /** Longer than what is used of it. */
  bytes: Uint8Array;
  ends: Uint32Array;
}
