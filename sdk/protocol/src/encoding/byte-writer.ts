/** Writes the parts of Protobuf messages one after the other into one piece of memory, which grows. */
export class ByteWriter {
  protected buffer: Buffer<ArrayBuffer>;
  protected used = 0;

  /** @param size of the memory to begin with */
  constructor(size: number) {
    this.buffer = Buffer.allocUnsafeSlow(size);
  }

  /** A non-negative safe integer, seven bits a byte. */
  varint(value: number): void {
    this.room(8);
    const { buffer } = this;
    let at = this.used;
    let rest = value;
    for (; rest > 0x7fffffff; at += 1) {
      buffer[at] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    for (; rest > 127; at += 1) {
      buffer[at] = (rest & 127) | 128;
      rest >>>= 7;
    }
    buffer[at] = rest;
    this.used = at + 1;
  }

  /** A text after its length. */
  text(text: string): void {
    const { length } = text;
    this.room(length * 3 + 5);
    const { buffer } = this;
    const start = this.used;
    if (length < 40) {
      // Short and ASCII, as most are: faster than a call out of JavaScript.
      let index = 0;
      for (; index < length; index += 1) {
        const code = text.charCodeAt(index);
        if (code > 127) break;
        buffer[start + 1 + index] = code;
      }
      if (index === length) {
        buffer[start] = length;
        this.used = start + 1 + length;
        return;
      }
    }
    const written = buffer.write(text, start + 1);
    this.used = start + 1 + written;
    this.close(start + 1);
  }

  /** Bytes after their length. */
  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.raw(value);
  }

  /** Bytes as they are. */
  raw(value: Uint8Array): void {
    this.room(value.length);
    this.buffer.set(value, this.used);
    this.used += value.length;
  }

  /** A number in eight bytes. */
  double(value: number): void {
    this.room(8);
    this.used = this.buffer.writeDoubleLE(value, this.used);
  }

  /** Leaves a byte for the length of what follows until `close`, which gets what this answers. */
  open(): number {
    this.room(1);
    this.used += 1;
    return this.used;
  }

  close(start: number): void {
    const length = this.used - start;
    if (length < 128) {
      this.buffer[start - 1] = length;
      return;
    }
    const more = varintSize(length) - 1;
    this.room(more);
    this.buffer.copyWithin(start + more, start, this.used);
    const end = this.used + more;
    this.used = start - 1;
    this.varint(length);
    this.used = end;
  }

  private room(length: number): void {
    const needed = this.used + length;
    if (needed > this.buffer.length) this.grow(needed);
  }

  /** What was written keeps its place. */
  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    larger.set(this.buffer.subarray(0, this.used));
    this.leave(this.buffer);
    this.buffer = larger;
  }

  /** What is done with memory that became too small. */
  protected leave(buffer: Buffer<ArrayBuffer>): void {
    // Given back at once: the collector does not see how much it is, and would let tens of megabytes gather.
    buffer.buffer.transfer(0);
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size += 1;
  return size;
}
