import { createHash, hash } from 'node:crypto';

const dropped = 255;

/** What became of a member in a later pass. */
export type Marked = 'marked' | 'again' | 'unknown';

/**
 * A set of texts of which only 16 bytes each are kept (the start of their SHA-256): a tenant's members
 * fit in memory, and a second pass only ticks off the first.
 */
export class MemberSet {
  private keys = new Uint32Array(4 * 1024);
  /** 0 is an empty slot, `dropped` one whose member was taken out, else the newest pass in which it was seen. */
  private passes = new Uint8Array(1024);
  private used = 0;
  private slots = 0;

  get size(): number {
    return this.used;
  }

  /** Adds to the first pass. Answers whether it was new. */
  add(text: string): boolean {
    if (2 * (this.slots + 1) > this.passes.length) this.grow();
    const key = keyOf(text);
    const slot = this.find(key);
    if (this.passes[slot] !== 0) return false;
    this.keys.set(key, 4 * slot);
    this.slots++;
    this.passes[slot] = 1;
    this.used++;
    return true;
  }

  /** Ticks a member off in a later pass. */
  mark(text: string, pass: number): Marked {
    const slot = this.find(keyOf(text));
    const seen = this.passes[slot];
    if (seen === 0 || seen === dropped) return 'unknown';
    if (seen === pass) return 'again';
    this.passes[slot] = pass;
    return 'marked';
  }

  has(text: string): boolean {
    const seen = this.passes[this.find(keyOf(text))];
    return seen !== 0 && seen !== dropped;
  }

  /** Takes a member out for good: it cannot be added again. */
  drop(text: string): void {
    const slot = this.find(keyOf(text));
    if (this.passes[slot] === 0 || this.passes[slot] === dropped) return;
    this.passes[slot] = dropped;
    this.used--;
  }

  /** Hex SHA-256 over the members' 16 bytes, sorted. */
  digest(): string {
    const members: string[] = [];
    const bytes = Buffer.alloc(16);
    for (let slot = 0; slot < this.passes.length; slot++) {
      if (this.passes[slot] === 0 || this.passes[slot] === dropped) continue;
      for (let word = 0; word < 4; word++) bytes.writeUInt32BE(this.keys[4 * slot + word] ?? 0, 4 * word);
      members.push(bytes.toString('latin1'));
    }
    // One character a byte, so the order of the texts is the order of the bytes.
    const all = createHash('sha256');
    for (const member of members.sort()) all.update(member, 'latin1');
    return all.digest('hex');
  }

  private find(key: Uint32Array): number {
    const mask = this.passes.length - 1;
    const [a = 0, b = 0, c = 0, d = 0] = key;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const at = 4 * slot;
      const { keys } = this;
      if (this.passes[slot] === 0) return slot;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return slot;
    }
  }

  private grow(): void {
    const { keys, passes } = this;
    this.keys = new Uint32Array(2 * keys.length);
    this.passes = new Uint8Array(2 * passes.length);
    for (let slot = 0; slot < passes.length; slot++) {
      const pass = passes[slot] ?? 0;
      if (pass === 0) continue;
      const key = keys.slice(4 * slot, 4 * slot + 4);
      const to = this.find(key);
      this.keys.set(key, 4 * to);
      this.passes[to] = pass;
    }
  }
}

function keyOf(text: string): Uint32Array {
  const bytes = hash('sha256', text, 'buffer');
  return Uint32Array.of(bytes.readUInt32BE(0), bytes.readUInt32BE(4), bytes.readUInt32BE(8), bytes.readUInt32BE(12));
}
