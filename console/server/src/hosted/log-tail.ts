import { writeFile } from 'node:fs/promises';

const KEPT = 64 * 1024;
/** Kept before it, so that a secret that the cut would go through is whole when it is looked for. */
const BEFORE = 16 * 1024;

/** The end of what a program logs, so that a chatty one cannot fill memory or disk. */
export class LogTail {
  private parts: Buffer[] = [];
  private size = 0;

  add(part: Buffer): void {
    this.parts.push(part);
    this.size += part.length;
    while (this.parts.length > 1 && this.size - (this.parts[0]?.length ?? 0) >= KEPT + BEFORE) {
      this.size -= this.parts.shift()?.length ?? 0;
    }
  }

  async save(path: string, redact: (text: string) => string): Promise<void> {
    const text = Buffer.from(redact(Buffer.concat(this.parts).toString('utf8')));
    await writeFile(path, text.subarray(-KEPT), { mode: 0o600 });
  }
}
