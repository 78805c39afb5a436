import { writeFile } from 'node:fs/promises';

const KEPT = 64 * 1024;

/** The end of what a program logs, so that a chatty one cannot fill memory or disk. */
export class LogTail {
  private parts: Buffer[] = [];
  private size = 0;

  add(part: Buffer): void {
    this.parts.push(part);
    this.size += part.length;
    while (this.parts.length > 1 && this.size - (this.parts[0]?.length ?? 0) >= KEPT) {
      this.size -= this.parts.shift()?.length ?? 0;
    }
  }

  async save(path: string, redact: (text: string) => string): Promise<void> {
    const text = Buffer.concat(this.parts).subarray(-KEPT).toString('utf8');
    await writeFile(path, redact(text), { mode: 0o600 });
  }
}
