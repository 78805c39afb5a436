import { release } from './release.ts';

const START = 64 * 1024;

/** Messages one after the other in one piece of memory: cheap to hand to another thread, and little to collect. */
export class BlobList {
  private buffer = Buffer.allocUnsafeSlow(START);
  private used = 0;
  private readonly ends: number[] = [];

  add(blob: Uint8Array): void {
    this.room(blob.length);
    this.buffer.set(blob, this.used);
    this.used += blob.length;
    this.ends.push(this.used);
  }

  /** The messages; the list is done. Whoever has stored them releases their memory. */
  take(): Blobs {
    return { bytes: this.buffer, ends: Uint32Array.from(this.ends) };
  }

  // A message that is written field by field.

  /** Begins a message. */
  begin(): void {
    this.room(16);
  }

  /** Ends it. */
  end(): void {
    this.ends.push(this.used);
  }

  /** Begins an embedded message in a field below 16; its length takes one byte, for now. */
  open(field: number): number {
    this.room(2);
    this.buffer[this.used] = (field << 3) | 2;
    this.used += 2;
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
    this.writeVarint(start - 1, length);
    this.used += more;
  }

  /** A text in a field below 16; nothing when it is empty. */
  text(field: number, text: string): void {
    const { length } = text;
    if (length === 0) return;
    this.room(length * 3 + 6);
    const { buffer } = this;
    const start = this.used;
    buffer[start] = (field << 3) | 2;
    if (length < 40) {
      // Short and ASCII, as most are: faster than a call out of JavaScript.
      let index = 0;
      for (; index < length; index += 1) {
        const code = text.charCodeAt(index);
        if (code > 127) break;
        buffer[start + 2 + index] = code;
      }
      if (index === length) {
        buffer[start + 1] = length;
        this.used = start + 2 + length;
        return;
      }
    }
    const written = buffer.write(text, start + 2);
    const more = varintSize(written) - 1;
    if (more > 0) buffer.copyWithin(start + 2 + more, start + 2, start + 2 + written);
    this.writeVarint(start + 1, written);
    this.used = start + 2 + more + written;
  }

  /** Bytes in a field below 16; nothing when there are none. */
  bytes(field: number, value: Uint8Array): void {
    if (value.length === 0) return;
    this.room(value.length + 6);
    this.buffer[this.used] = (field << 3) | 2;
    this.used += 1 + this.writeVarint(this.used + 1, value.length);
    this.buffer.set(value, this.used);
    this.used += value.length;
  }

  private writeVarint(at: number, value: number): number {
    let place = at;
    let rest = value;
    while (rest > 127) {
      this.buffer[place] = (rest & 127) | 128;
      place += 1;
      rest >>>= 7;
    }
    this.buffer[place] = rest;
    return place + 1 - at;
  }

  private room(length: number): void {
    const needed = this.used + length;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    larger.set(this.buffer.subarray(0, this.used));
    release(this.buffer);
    this.buffer = larger;
  }
}

/** Messages one after the other, and where each ends. */
export interface Blobs {
  /** Longer than what is used of it. */
  bytes: Uint8Array;
  ends: Uint32Array;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size += 1;
  return size;
}
