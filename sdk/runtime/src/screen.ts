import type { Writable } from 'node:stream';

/**
 * A terminal with a few live lines at its end. Everything that writes to the terminal goes through it,
 * so that a log line never lands inside a line that is being redrawn.
 */
export class Screen {
  readonly live: boolean;
  readonly colour: boolean;
  private readonly stream: Writable & { columns?: number };
  private drawn: string[] = [];

  constructor(stream: Writable & { columns?: number }, options: { live: boolean; colour: boolean }) {
    this.stream = stream;
    this.live = options.live;
    this.colour = options.colour;
  }

  /** Writes lines that stay. */
  print(text: string): void {
    const kept = this.drawn;
    this.erase();
    this.stream.write(text);
    this.draw(kept);
  }

  /** Replaces the live lines; on anything but a terminal they are not shown at all. */
  show(lines: string[]): void {
    if (!this.live || lines.join('\n') === this.drawn.join('\n')) return;
    this.erase();
    this.draw(lines);
  }

  dim(text: string): string {
    return this.colour ? `\u001B[2m${text}\u001B[22m` : text;
  }

  bold(text: string): string {
    return this.colour ? `\u001B[1m${text}\u001B[22m` : text;
  }

  green(text: string): string {
    return this.colour ? `\u001B[32m${text}\u001B[39m` : text;
  }

  red(text: string): string {
    return this.colour ? `\u001B[31m${text}\u001B[39m` : text;
  }

  private erase(): void {
    if (this.drawn.length === 0) return;
    this.stream.write(`\u001B[${this.drawn.length}A\r\u001B[J`);
    this.drawn = [];
  }

  private draw(lines: string[]): void {
    if (!this.live || lines.length === 0) return;
    // A line longer than the window would wrap, and going up by the number of lines would miss its start.
    const width = (this.stream.columns || 80) - 1;
    this.stream.write(lines.map((line) => `${cut(line, width)}\n`).join(''));
    this.drawn = lines;
  }
}

// oxlint-disable-next-line no-control-regex -- colour codes are control characters
const CODES = /\u001B\[\d+m/g;

function cut(line: string, width: number): string {
  const plain = line.replaceAll(CODES, '');
  return plain.length <= width ? line : `${plain.slice(0, Math.max(0, width - 1))}…`;
}
