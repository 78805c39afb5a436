import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../errors.ts';

interface Chunk {
  offset: number;
  bytes: number;
}

const mostRows = 500;
const mostBytes = 256 * 1024;

/**
 * Rows on the disk until everything is proven: one append-only file of chunks, each with rows of one
 * group. Only the places of the chunks are in memory, so a group can be served page by page.
 */
export class Spool implements Disposable {
  private readonly path: string;
  private readonly file: number;
  private readonly chunks = new Map<string, Chunk[]>();
  private readonly open = new Map<string, { rows: string[]; bytes: number }>();
  private end = 0;

  /** @throws BatonError `BK-SPOOL` */
  constructor(directory: string, name: string) {
    this.path = join(directory, `${name}.spool`);
    this.file = onDisk(() => {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      return openSync(this.path, 'wx+', 0o600);
    });
  }

  /** Adds a row to a group; `record` must be JSON. */
  append(group: string, record: unknown): void {
    let open = this.open.get(group);
    if (open === undefined) this.open.set(group, (open = { rows: [], bytes: 0 }));
    const row = JSON.stringify(record);
    open.rows.push(row);
    open.bytes += row.length;
    if (open.rows.length >= mostRows || open.bytes >= mostBytes) this.flush(group, open.rows);
  }

  /** Ends the writing. */
  seal(): void {
    for (const [group, { rows }] of this.open) this.flush(group, rows);
  }

  /** How many pages a group has; 0 when it has no row. */
  pages(group: string): number {
    return this.chunks.get(group)?.length ?? 0;
  }

  /** @throws RangeError for a page that is not there */
  page(group: string, index: number): unknown[] {
    const chunk = this.chunks.get(group)?.[index];
    if (chunk === undefined) throw new RangeError('no such page');
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

  /** All rows of a group that were added so far. */
  *records(group: string): Generator {
    const open = this.open.get(group);
    if (open !== undefined) this.flush(group, open.rows);
    for (let index = 0; index < this.pages(group); index++) yield* this.page(group, index);
  }

  /** Closes and deletes the file. */
  [Symbol.dispose](): void {
    closeSync(this.file);
    rmSync(this.path, { force: true });
  }

  private flush(group: string, rows: readonly string[]): void {
    const bytes = Buffer.from(`[${rows.join(',')}]`, 'utf8');
    onDisk(() => {
      for (let written = 0; written < bytes.length;)
        written += writeSync(this.file, bytes, written, bytes.length - written, this.end + written);
    });
    const places = this.chunks.get(group);
    const chunk = { offset: this.end, bytes: bytes.length };
    if (places === undefined) this.chunks.set(group, [chunk]);
    else places.push(chunk);
    this.end += bytes.length;
    this.open.delete(group);
  }
}

function onDisk<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOSPC' || code === 'EDQUOT') throw fail('BK-SPOOL-FULL', {}, { cause: error });
    throw fail('BK-SPOOL', { code }, { cause: error });
  }
}

/** Names of the groups that are served. */
export const groupOf = {
  resources: (type: string): string => `resources\n${type}`,
  entitlements: (type: string, id: string): string => `entitlements\n${type}\n${id}`,
  grants: (type: string, id: string): string => `grants\n${type}\n${id}`,
};
