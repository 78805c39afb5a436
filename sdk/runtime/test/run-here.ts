import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { runConnector } from '../src/index.ts';
import type { Ended } from './child.ts';
import { fixtureConnector } from './fixture-connector.ts';

class Text extends Writable {
  text = '';

  async holds(text: string): Promise<void> {
    while (!this.text.includes(text)) await EventEmitter.once(this, 'more');
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    this.emit('more');
    done();
  }
}

/** The fixture connector in this process: the same program as a child, a hundred times as cheap. */
export class Here {
  readonly signals = new EventEmitter();
  private readonly stdout = new Text();
  private readonly stderr = new Text();
  private readonly code: Promise<number>;

  constructor(argv: string[], env: Record<string, string>) {
    const { stdout, stderr, signals } = this;
    this.code = runConnector(fixtureConnector, { argv, env, stdin: Readable.from([]), stdout, stderr, signals });
  }

  /** Waits until standard output holds the text. */
  says = (text: string): Promise<void> => this.stdout.holds(text);
  /** The same on standard error. */
  saysWrong = (text: string): Promise<void> => this.stderr.holds(text);

  async end(): Promise<Ended> {
    return { code: await this.code, signal: null, stdout: this.stdout.text, stderr: this.stderr.text };
  }
}

export const runHere = (argv: string[], env: Record<string, string> = {}): Promise<Ended> => new Here(argv, env).end();
