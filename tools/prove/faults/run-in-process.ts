import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { runlayer } from '@batonkit/baton-runlayer';
import { seededRandom, type Clock } from '@batonkit/kernel';
import { runConnector } from '@batonkit/runtime';

export type Definition = Parameters<typeof runConnector>[0];

export interface InProcess {
  baseUrl: string;
  key: string;
  file: string;
  flags: readonly string[];
  clock: Clock;
  seed: number;
  /** Default: ours. */
  definition?: Definition;
}

export interface Ended {
  exit: number;
  /** The last line of the progress. */
  result: { ok?: boolean; contentDigest?: string; error?: { code: string } };
}

/** Runs the whole program without the cost of a process. */
export async function runInProcess(options: InProcess): Promise<Ended> {
  const { baseUrl, key, file, flags, clock, seed, definition = runlayer as Definition } = options;
  const out = new Sink();
  const exit = await runConnector(definition, {
    argv: ['--base-url', baseUrl, '--file', file, '--progress', 'jsonl', ...flags],
    env: { BATON_API_KEY: key },
    stdin: Readable.from([]),
    stdout: out,
    stderr: new Sink(),
    signals: new EventEmitter(),
    clock,
    random: seededRandom(seed),
  });
  return { exit, result: JSON.parse(out.text().trimEnd().split('\n').at(-1) ?? '{}') as Ended['result'] };
}

class Sink extends Writable {
  private readonly parts: Buffer[] = [];

  override _write(part: Buffer, _: BufferEncoding, done: () => void): void {
    this.parts.push(part);
    done();
  }

  text(): string {
    return Buffer.concat(this.parts).toString('utf8');
  }
}
