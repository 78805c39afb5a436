import { createHash, hash } from 'node:crypto';

const taken = 0x80;
const aside = 0x20;
const served = 0x10;
const anyPass = 0x03;
/** A shard is grown by half when it is this full. */
const fullest = 0.8;
const shards = 64;

interface Shard {
  /** Four words a slot. */
  keys: Uint32Array;
  /** `taken`, a bit for each of the last two passes, `aside` and `served`. */
  marks: Uint8Array;
  slots: number;
}

/**
 * The members of a list in its newest pass and in the one before, by 16 bytes each (the start of the
 * SHA-256 of their text), so that the members of a large source fit in memory: 22 to 32 bytes each.
 */
export class MemberSet {
  /** Members of the newest pass, of the pass before it, and of both. */
  private now = 0;
  private earlier = 0;
  private both = 0;
  private bit = 1;
  private readonly table: (Shard | undefined)[] = Array.from({ length: shards });
  private readonly key = new Uint32Array(4);
  private keyText: string | undefined;

  get size(): number {
    return this.now;
  }

  /** How many members are in only one of the two passes. */
  get differences(): number {
    return this.now + this.earlier - 2 * this.both;
  }

  /** How many members are in at least one of the two passes. */
  get union(): number {
    return this.now + this.earlier - this.both;
  }

  /** Starts a pass: the newest becomes the one before. */
  begin(forgetServed: boolean): void {
    const before = this.bit;
    this.bit = anyPass - before;
    const keep = 0xff - this.bit - aside - (forgetServed ? served : 0);
    for (const shard of this.table)
      if (shard !== undefined)
        for (let slot = 0; slot < shard.marks.length; slot++) shard.marks[slot] = (shard.marks[slot] ?? 0) & keep;
    this.earlier = this.now;
    this.now = 0;
    this.both = 0;
  }

  /** `new`: was in neither pass; `known`: in the one before, not yet in this; `again`: already in this. */
  add(text: string): 'new' | 'known' | 'again' {
    const shard = this.shardOf(text);
    const slot = this.find(shard);
    const mark = shard.marks[slot] ?? 0;
    if ((mark & this.bit) !== 0) return 'again';
    if (mark === 0) {
      shard.keys.set(this.key, 4 * slot);
      shard.slots++;
    }
    shard.marks[slot] = mark | taken | this.bit;
    this.now++;
    const isKnown = (mark & (anyPass - this.bit)) !== 0;
    if (isKnown) this.both++;
    if (shard.slots >= shard.marks.length * fullest) grow(shard);
    return isKnown ? 'known' : 'new';
  }

  has(text: string): boolean {
    const shard = this.shardOf(text);
    return ((shard.marks[this.find(shard)] ?? 0) & this.bit) !== 0;
  }

  wasThere(text: string): boolean {
    const shard = this.shardOf(text);
    return ((shard.marks[this.find(shard)] ?? 0) & (anyPass - this.bit)) !== 0;
  }

  /** Takes a member out of the newest pass. */
  drop(text: string): void {
    const shard = this.shardOf(text);
    const slot = this.find(shard);
    const mark = shard.marks[slot] ?? 0;
    if ((mark & this.bit) === 0) return;
    this.dropAt(shard, slot);
  }

  /** Notes of a member of the newest pass that it is proven and not put out. */
  putAside(text: string): void {
    const shard = this.shardOf(text);
    const slot = this.find(shard);
    shard.marks[slot] = (shard.marks[slot] ?? 0) | aside;
  }

  /** Takes all that were put aside out of the newest pass. */
  dropAside(): void {
    const both = aside | this.bit;
    for (const shard of this.table)
      if (shard !== undefined)
        for (let slot = 0; slot < shard.marks.length; slot++)
          if (((shard.marks[slot] ?? 0) & both) === both) this.dropAt(shard, slot);
  }

  /** Notes of a member that it is among what is put out. */
  serve(text: string): void {
    const shard = this.shardOf(text);
    const slot = this.find(shard);
    shard.marks[slot] = (shard.marks[slot] ?? 0) | served;
  }

  isServed(text: string): boolean {
    const shard = this.shardOf(text);
    const both = served | this.bit;
    return ((shard.marks[this.find(shard)] ?? 0) & both) === both;
  }

  /** Hex SHA-256 over the 16 bytes of the newest pass's members, sorted. */
  digest(): string {
    const all = createHash('sha256');
    const bytes = Buffer.alloc(16);
    // The first bits of a key choose its shard, so the shards are in order.
    for (const shard of this.table) {
      if (shard === undefined) continue;
      const members: string[] = [];
      for (let slot = 0; slot < shard.marks.length; slot++) {
        if (((shard.marks[slot] ?? 0) & this.bit) === 0) continue;
        for (let word = 0; word < 4; word++) bytes.writeUInt32BE(shard.keys[4 * slot + word] ?? 0, 4 * word);
        members.push(bytes.toString('latin1'));
      }
      // One character a byte, so the order of the texts is the order of the bytes.
      for (const member of members.sort()) all.update(member, 'latin1');
    }
    return all.digest('hex');
  }

  private dropAt(shard: Shard, slot: number): void {
    const mark = shard.marks[slot] ?? 0;
    shard.marks[slot] = mark & (0xff - this.bit - aside - served);
    this.now--;
    if ((mark & (anyPass - this.bit)) !== 0) this.both--;
  }

  /** The shard where a text belongs; its key is then the current one. */
  private shardOf(text: string): Shard {
    if (text !== this.keyText) {
      // One character a byte: three times as fast as a buffer of its own for each.
      const bytes = hash('sha256', text, 'binary');
      for (let word = 0; word < 4; word++) this.key[word] = wordAt(bytes, 4 * word);
      this.keyText = text;
    }
    const index = (this.key[0] ?? 0) >>> 26;
    return (this.table[index] ??= { keys: new Uint32Array(4 * 8), marks: new Uint8Array(8), slots: 0 });
  }

  private find(shard: Shard): number {
    return findSlot(shard, this.key[0] ?? 0, this.key[1] ?? 0, this.key[2] ?? 0, this.key[3] ?? 0);
  }
}

function wordAt(bytes: string, at: number): number {
  return (
    (bytes.charCodeAt(at) << 24) |
    (bytes.charCodeAt(at + 1) << 16) |
    (bytes.charCodeAt(at + 2) << 8) |
    bytes.charCodeAt(at + 3)
  );
}

function findSlot({ keys, marks }: Shard, a: number, b: number, c: number, d: number): number {
  const { length } = marks;
  for (let slot = Math.floor((b / 2 ** 32) * length); ; slot = slot + 1 === length ? 0 : slot + 1) {
    if (marks[slot] === 0) return slot;
    const at = 4 * slot;
    if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return slot;
  }
}

function grow(shard: Shard): void {
  const { keys, marks } = shard;
  // Small ones are cheap to double; large ones would waste what they double.
  const length = Math.ceil(marks.length * (marks.length < 2048 ? 2 : 1.5));
  const larger: Shard = { keys: new Uint32Array(4 * length), marks: new Uint8Array(length), slots: 0 };
  for (let slot = 0; slot < marks.length; slot++) {
    const mark = marks[slot] ?? 0;
    // What neither pass has is not needed any more.
    if ((mark & anyPass) === 0) continue;
    const at = 4 * slot;
    const to = findSlot(larger, keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0, keys[at + 3] ?? 0);
    for (let word = 0; word < 4; word++) larger.keys[4 * to + word] = keys[at + word] ?? 0;
    larger.marks[to] = mark;
    larger.slots++;
  }
  Object.assign(shard, larger);
}
