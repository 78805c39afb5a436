import { appendFile, readFile, rename, stat } from 'node:fs/promises';
import type { RequestRecord } from '@batonkit/console-contract';
import { isMissing } from './is-missing.ts';

/** Half of what is kept of one run: the older half goes when the newer one is full. */
const HALF = 2.5 * 1024 * 1024;

/** Keeps the requests of a run in a file, the newest 5 MiB at most. Without bodies, values and keys. */
export class RequestLog {
  private readonly path: string;
  private waiting: string[] = [];
  private number: number;
  private size: number;

  private constructor(path: string, number: number, size: number) {
    this.path = path;
    this.number = number;
    this.size = size;
  }

  /** Goes on behind what earlier attempts of the run have written. */
  static async open(path: string): Promise<RequestLog> {
    const last = (await readLines(path)).at(-1);
    const size = await stat(path).then(
      (file) => file.size,
      () => 0,
    );
    return new RequestLog(path, last === undefined ? 0 : last.n + 1, size);
  }

  add(record: RequestRecord): void {
    this.waiting.push(`${JSON.stringify({ n: this.number, ...record })}\n`);
    this.number += 1;
  }

  async flush(): Promise<void> {
    if (this.waiting.length === 0) return;
    const text = this.waiting.join('');
    this.waiting = [];
    if (this.size > HALF) {
      await rename(this.path, `${this.path}.1`);
      this.size = 0;
    }
    await appendFile(this.path, text, { mode: 0o600 });
    this.size += Buffer.byteLength(text);
  }
}

interface Numbered extends RequestRecord {
  n: number;
}

/** Newest first. `before` is the number that the last page ended with; undefined from the newest on. */
export async function readRequests(
  path: string,
  limit: number,
  before: number | undefined,
): Promise<{ items: RequestRecord[]; next: number | undefined }> {
  const lines = await readLines(path);
  const older = before === undefined ? lines : lines.filter(({ n }) => n < before);
  const page = older.slice(-limit).reverse();
  const next = older.length > page.length ? page.at(-1)?.n : undefined;
  return { items: page.map(({ n: _n, ...record }) => record), next };
}

async function readLines(path: string): Promise<Numbered[]> {
  const parts = await Promise.all([`${path}.1`, path].map(readIfThere));
  return parts
    .join('')
    .split('\n')
    .flatMap((line) => {
      if (line === '') return [];
      try {
        return [JSON.parse(line) as Numbered];
      } catch {
        // The last line of a console that was killed while it wrote.
        return [];
      }
    });
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}
