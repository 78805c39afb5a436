import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isDiskFull } from '@batonkit/kernel';
import { fail } from '../errors.ts';

/** A row belongs to a member of a list, with which it is replaced. */
export interface Tag {
  of: string;
  id: string;
}

/** A row as it was added; `id` is that of its tag. */
export interface SpoolRow {
  id: string | undefined;
  record: unknown;
}

interface Chunk {
  list: string;
  /** The list whose members tag the rows: then each is `[id, record]`. */
  of: string | undefined;
  offset: number;
  bytes: number;
  rows: number;
}

/** Places of a sealed spool's rows, as JSON: with them a later process can serve the file. */
export interface SpoolIndex {
  name: string;
  end: number;
  chunks: [group: string, places: Chunk[]][];
  replaced: [key: string, end: number][];
}

interface Open {
  group: string;
  list: string;
  of: string | undefined;
  rows: string[];
  bytes: number;
}

const mostRows = 500;
const mostBytes = 256 * 1024;
/** Of all groups together. */
const mostOpen = 8 * 1024 * 1024;

/**
 * Rows on the disk until everything is proven: one append-only file of chunks, each with rows of one
 * group that one list put out. Only the places of the chunks are in memory, so a group can be served
 * page by page. A list that is read again is forgotten first, a member's rows can be replaced.
 */
export class Spool implements Disposable {
  private readonly name: string;
  private readonly path: string;
  private readonly file: number;
  private readonly chunks = new Map<string, Chunk[]>();
  private readonly open = new Map<string, Open>();
  private openBytes = 0;
  /** Where the file ended when a member's rows were replaced: what lies before is stale. */
  private readonly replaced = new Map<string, number>();
  private end = 0;

  /**
   * @param index of a sealed spool that another process left; without it a new one begins
   * @param isUnnamed takes the name of the file away at once, so that nothing stays when the process is killed
   * @throws BatonError `BK-SPOOL`, also when the file is shorter than the index says
   */
  constructor(directory: string, name: string, index?: SpoolIndex, isUnnamed = false) {
    this.name = name;
    this.path = join(directory, `${name}.spool`);
    this.file = onDisk(() => {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      // What a run that was killed left under this name.
      if (index === undefined) rmSync(this.path, { force: true });
      return openSync(this.path, index === undefined ? 'wx+' : 'r', 0o600);
    });
    if (isUnnamed) takeName(this.path);
    if (index === undefined) return;
    this.end = index.end;
    for (const [group, places] of index.chunks) this.chunks.set(group, places);
    for (const [key, end] of index.replaced) this.replaced.set(key, end);
    if (onDisk(() => fstatSync(this.file).size) < index.end) {
      closeSync(this.file);
      throw fail('BK-SPOOL', { code: 'it is shorter than it was' });
    }
  }

  /** Adds a row of a list to a group; `record` must be JSON. */
  append(list: string, group: string, record: unknown, tag?: Tag): void {
    const key = `${list}\n${tag?.of ?? ''}\n${group}`;
    let open = this.open.get(key);
    if (open === undefined) this.open.set(key, (open = { group, list, of: tag?.of, rows: [], bytes: 0 }));
    const row = JSON.stringify(tag === undefined ? record : [tag.id, record]);
    open.rows.push(row);
    open.bytes += row.length;
    this.openBytes += row.length;
    if (open.rows.length >= mostRows || open.bytes >= mostBytes) this.flush(key, open);
    else if (this.openBytes > mostOpen) this.flushAll();
  }

  /** Takes out what a list has put out so far. */
  forget(list: string): void {
    for (const [key, open] of this.open) {
      if (open.list !== list) continue;
      this.open.delete(key);
      this.openBytes -= open.bytes;
    }
    for (const [group, places] of this.chunks) {
      const left = places.filter((chunk) => chunk.list !== list);
      if (left.length === 0) this.chunks.delete(group);
      else if (left.length < places.length) this.chunks.set(group, left);
    }
  }

  /** Takes out the rows of one member; what is added later stays. */
  replace({ of, id }: Tag): void {
    for (const [key, open] of this.open) if (open.of === of) this.flush(key, open);
    this.replaced.set(`${of}\n${id}`, this.end);
  }

  /** Ends the writing. */
  seal(): void {
    this.flushAll();
  }

  /** Of a sealed spool. */
  index(): SpoolIndex {
    return { name: this.name, end: this.end, chunks: [...this.chunks], replaced: [...this.replaced] };
  }

  /** How many pages a group has; 0 when it has no row. */
  pages(group: string): number {
    return this.chunks.get(group)?.length ?? 0;
  }

  /** @throws RangeError for a page that is not there */
  page(group: string, index: number): SpoolRow[] {
    const chunk = this.chunks.get(group)?.[index];
    if (chunk === undefined) throw new RangeError('no such page');
    const rows = this.read(chunk);
    const { of, offset } = chunk;
    if (of === undefined) return rows.map((record) => ({ id: undefined, record }));
    return (rows as [string, unknown][])
      .filter(([id]) => this.replaced.size === 0 || offset >= (this.replaced.get(`${of}\n${id}`) ?? 0))
      .map(([id, record]) => ({ id, record }));
  }

  /** All rows of a group that were added so far. */
  *records(group: string): Generator<SpoolRow> {
    for (const [key, open] of this.open) if (open.group === group) this.flush(key, open);
    for (let index = 0; index < this.pages(group); index++) yield* this.page(group, index);
  }

  /** Closes the file and leaves it where it is. */
  leave(): void {
    closeSync(this.file);
  }

  /** Closes and deletes the file. */
  [Symbol.dispose](): void {
    closeSync(this.file);
    rmSync(this.path, { force: true });
  }

  private read(chunk: Chunk): unknown[] {
    const bytes = Buffer.allocUnsafe(chunk.bytes);
    onDisk(() => {
      for (let read = 0; read < chunk.bytes;) {
        const count = readSync(this.file, bytes, read, chunk.bytes - read, chunk.offset + read);
        if (count === 0) throw new Error('the spool file is shorter than it was');
        read += count;
      }
    });
    return JSON.parse(bytes.toString('utf8')) as unknown[];
  }

  private flushAll(): void {
    for (const [key, open] of this.open) this.flush(key, open);
  }

  private flush(key: string, { group, list, of, rows, bytes: length }: Open): void {
    const bytes = Buffer.from(`[${rows.join(',')}]`, 'utf8');
    onDisk(() => {
      for (let written = 0; written < bytes.length;)
        written += writeSync(this.file, bytes, written, bytes.length - written, this.end + written);
    });
    const chunk: Chunk = { list, of, offset: this.end, bytes: bytes.length, rows: rows.length };
    const places = this.chunks.get(group);
    if (places === undefined) this.chunks.set(group, [chunk]);
    else places.push(chunk);
    this.end += bytes.length;
    this.openBytes -= length;
    this.open.delete(key);
  }
}

function takeName(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Windows keeps the name of an open file; it goes with the reading.
  }
}

/** @throws BatonError `BK-SPOOL`, `BK-SPOOL-FULL` */
export function onDisk<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isDiskFull(error)) throw fail('BK-SPOOL-FULL', {}, { cause: error });
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw fail('BK-SPOOL', { code }, { cause: error });
  }
}

/** Names of the groups that are served. */
export const groupOf = {
  resources: (type: string): string => `resources\n${type}`,
  entitlements: (type: string, id: string): string => `entitlements\n${type}\n${id}`,
  grants: (type: string, id: string): string => `grants\n${type}\n${id}`,
};
