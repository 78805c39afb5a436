import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import type { FakeC1 } from '@batonkit/conformance';
import type { ConnectorDefinition } from '@batonkit/connector';
import type { Clock } from '@batonkit/kernel';
import { runConnector } from '@batonkit/runtime';

/** A connector in service mode, in this process. */
export class Service {
  readonly signals = new EventEmitter();
  readonly exit: Promise<number>;
  /** What it wrote on standard output, and on either. */
  out = '';
  log = '';

  constructor(
    definition: ConnectorDefinition,
    c1: FakeC1,
    {
      clock,
      tempDir,
      argv = [],
      env = {},
    }: { clock: Clock; tempDir: string; argv?: string[]; env?: Record<string, string> },
  ) {
    const sink = (seen: (text: string) => void): Writable =>
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          seen(chunk.toString());
          done();
        },
      });
    this.exit = runConnector(definition, {
      argv,
      env: {
        BATON_BASE_URL: 'https://x.example',
        BATON_API_KEY: 'hunter2-hunter2',
        BATON_HOST_ID: 'test-host-1',
        BATON_TMPDIR: tempDir,
        ...c1.environment,
        ...env,
      },
      stdin: Readable.from([]),
      stdout: sink((text) => {
        this.out += text;
        this.log += text;
      }),
      stderr: sink((text) => (this.log += text)),
      signals: this.signals,
      clock,
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    this.signals.emit(signal);
    return await this.exit;
  }
}
