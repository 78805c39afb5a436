import { ByteWriter } from './byte-writer.ts';

const PIECE = 8 * 1024;
/** As much must be free in a piece for another message to begin there. */
const FREE = 1024;

/** Writes small messages that are kept apart: cut from larger pieces of memory, as one of its own for each is dear. */
export class PieceWriter extends ByteWriter {
  private start = 0;

  constructor() {
    super(PIECE);
  }

  /** Begins a message; one that was begun and not taken is gone. */
  begin(): void {
    this.used = this.start;
  }

  /** The message. It shares its memory with others, which nobody writes to any more. */
  take(): Uint8Array<ArrayBuffer> {
    const { buffer, start, used } = this;
    const message = new Uint8Array(buffer.buffer, start, used - start);
    this.start = used;
    // A small message must not keep the memory of a large one.
    if (buffer.length > PIECE || buffer.length - used < FREE) {
      this.buffer = Buffer.allocUnsafeSlow(PIECE);
      this.start = 0;
    }
    return message;
  }

  protected override leave(): void {
    // There are messages in it.
  }
}
