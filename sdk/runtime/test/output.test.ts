import { spawnSync } from 'node:child_process';
import { Writable } from 'node:stream';
import { createRedactor, VirtualClock } from '@batonkit/kernel';
import { describe, expect, test } from 'vitest';
import type { LoggerOptions } from '../src/logger.ts';
import { createLogger } from '../src/logger.ts';
import type { EndDetails, Outcome, ProgressEvent } from '../src/progress/events.ts';
import { HumanView } from '../src/progress/human-view.ts';
import { shellWord } from '../src/progress/text.ts';
import { createJsonlView } from '../src/progress/jsonl-view.ts';
import { Screen } from '../src/screen.ts';

const redact = createRedactor(['hunter22']);

class Tape extends Writable {
  text = '';
  columns = 60;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  /** What a terminal shows at the end: moves up and erasures are carried out. */
  seen(): string[] {
    let lines = [''];
    // oxlint-disable-next-line no-control-regex -- the codes of a terminal
    for (const part of this.text.split(/(\u001B\[\d+A\r\u001B\[J)/)) {
      // oxlint-disable-next-line no-control-regex -- the codes of a terminal
      const up = /^\u001B\[(\d+)A/.exec(part);
      if (up !== null) lines = [...lines.slice(0, lines.length - 1 - Number(up[1])), ''];
      else {
        const [first = '', ...rest] = part.split('\n');
        lines = [...lines.slice(0, -1), (lines.at(-1) ?? '') + first, ...rest];
      }
    }
    return lines;
  }
}

type Proof = NonNullable<EndDetails['proof']>;

describe('log lines', () => {
  const logger = (options: Partial<LoggerOptions>) => {
    const lines: string[] = [];
    const log = createLogger({
      format: 'json',
      level: 'info',
      write: (line) => lines.push(line),
      clock: new VirtualClock(Date.UTC(2026, 0, 2) + 250),
      redact,
      ...options,
    });
    return { log, lines };
  };

  test('have the genuine keys, in their order', () => {
    const { log, lines } = logger({});
    log.info('list read', { list: 'users', received: 3 });
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(Object.keys(line)).toEqual(['level', 'ts', 'caller', 'msg', 'list', 'received']);
    expect(line).toMatchObject({ level: 'info', ts: Date.UTC(2026, 0, 2) / 1000 + 0.25, msg: 'list read' });
    expect(line['caller']).toMatch(/^test\/output\.test\.ts:\d+$/);
  });

  test('no field carries a secret, in any form', () => {
    const { log, lines } = logger({});
    const base64 = Buffer.from('hunter22').toString('base64');
    log.info('key hunter22', { header: `Bearer hunter22`, encoded: base64, other: 'rl_live_abcdef' });
    expect(lines[0]).not.toMatch(/hunter22|rl_live/);
    expect(lines[0]).not.toContain(base64.replace(/=+$/, ''));
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: 'key [redacted]' });
  });
});

test('JSONL: one object a line with version, type and time', () => {
  const lines: string[] = [];
  const view = createJsonlView((line) => lines.push(line), new VirtualClock(0), redact);
  view.event({ type: 'list', list: 'users', pass: 1, received: 10, pages: 1, done: false });
  view.end(
    { ok: false, error: { code: 'X', status: 14, title: 'hunter22', meaning: 'm', remedy: 'r' } },
    { milliseconds: 1 },
  );
  const at = '1970-01-01T00:00:00.000Z';
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { v: 1, type: 'list', at, list: 'users', pass: 1, received: 10, pages: 1, done: false },
    {
      v: 1,
      type: 'result',
      at,
      ok: false,
      error: { code: 'X', status: 14, title: '[redacted]', meaning: 'm', remedy: 'r' },
    },
  ]);
  expect(lines.every((line) => line.endsWith('}\n'))).toBe(true);
});

describe('for people', () => {
  const good: Outcome = {
    ok: true,
    syncId: 'id',
    file: 'sync.c1z',
    certificate: 'sync.c1z.cert.json',
    sha256: '',
    contentDigest: '',
    counts: {
      resourceTypes: 2,
      resources: 1003,
      entitlements: 3,
      grants: 1,
      resourcesByType: { role: 3, user: 1000 },
      entitlementsByType: { role: 3 },
      grantsByType: { role: 1 },
    },
  };
  const run: ProgressEvent[] = [
    { type: 'start', connector: 'baton-test', version: '1.0', syncId: 'id' },
    { type: 'phase', phase: 'read' },
    { type: 'list', list: 'users', pass: 1, received: 500, total: 1000, pages: 1, done: false },
    { type: 'wait', ms: 2000, reason: 'The server answered 500' },
    { type: 'request', method: 'GET', path: '/users', status: 200, ms: 1, attempt: 2 },
    { type: 'list', list: 'users', pass: 1, received: 1000, total: 1000, pages: 2, done: true },
  ];
  const moment = { from: 'A', to: 'B' };
  const proven: Proof = { verdict: 'complete', scope: 'full', moment, isReadOnce: false };
  const play = (live: boolean, events: ProgressEvent[], outcome?: Outcome, proof = proven) => {
    const tape = new Tape();
    const clock = new VirtualClock();
    const view = new HumanView(new Screen(tape, { live, colour: false }), clock, redact);
    for (const event of events) {
      clock.advance(1000);
      view.event(event);
    }
    if (outcome !== undefined) view.end(outcome, { milliseconds: 1234, bytes: 2_500_000, proof });
    return tape;
  };

  test('a live line is replaced by the line that stays', () => {
    const during = play(true, run.slice(0, 4)).seen().join('\n');
    expect(during).toMatch(/users +500 of 1,000 +1 page, pass 1/);
    expect(during).toMatch(/The server answered 500; trying again in 2\.0 s/);
    const after = play(true, run, good).seen().join('\n');
    expect(after).not.toContain('500 of 1,000');
    expect(after).not.toContain('trying again');
    expect(after.match(/✓ users +1,000 +2 pages, pass 1/g)).toHaveLength(1);
  });

  test('the end says what was saved, how sure it is, and how to look at it', () => {
    const end = play(true, run, good).seen().join('\n');
    for (const part of [
      'Complete',
      'sync.c1z (2.5 MB)',
      'sync.c1z.cert.json (unsigned)',
      '3 roles, 1,000 users, 3 entitlements, 1 grant',
      'one instant between A and B',
      'c1z admins -f sync.c1z',
    ]) {
      expect(end).toContain(part);
    }
  });

  const { moment: _, ...unproven } = proven;
  const part = { types: ['user'], skip: ['grants' as const] };
  const exception = { name: 'null-roles=none', reason: 'we know', by: 'Ada', at: 'T' };
  test.each<[string, Proof, string[]]>([
    ['a window', { ...unproven, window: moment }, ['between A and B', 'settled one by one']],
    [
      'an exception',
      { ...proven, verdict: 'complete with exceptions', exceptions: [exception] },
      ['Complete with exceptions: ', 'null-roles=none: we know (Ada)'],
    ],
    ['one pass', { ...proven, isReadOnce: true }, ['It was read only once']],
    ['a part', { ...proven, verdict: 'narrowed', scope: part }, ['Narrowed: ', 'user, without grants']],
  ])('the end does not claim more than was proven: %s', (_name, proof, parts) => {
    const end = play(true, run, good, proof).seen().join('\n');
    for (const part of parts) expect(end).toContain(part);
    expect(end.includes('exactly what was there')).toBe(proof.verdict !== 'complete');
  });

  test('the plan is told, and the time that is left once it can be told', () => {
    const lists = [{ name: 'users', path: '/users', count: 1000, requests: 20 }];
    const request: ProgressEvent = { type: 'request', method: 'GET', path: '/users', status: 200, ms: 1, attempt: 1 };
    const list: ProgressEvent = { type: 'list', list: 'users', pass: 1, received: 1, pages: 1, done: false };
    const planned: ProgressEvent[] = [{ type: 'plan', plan: 'embedded', requests: 20, lists }];
    const early = play(true, [...planned, request, list])
      .seen()
      .join('\n');
    expect(early).toContain('embedded, 20 requests or more');
    expect(early).toContain('1 of about 20 requests');
    expect(early).not.toContain('left');
    const later = play(true, [...planned, ...Array.from({ length: 9 }, () => request), list])
      .seen()
      .join('\n');
    expect(later).toContain('9 of about 20 requests, about 12 s left');
    expect(play(false, planned).text).toContain('embedded, 20 requests or more');
  });

  test('the command to copy holds whatever name the file has', () => {
    for (const name of ['sync.c1z', 'my file.c1z', "it's; echo oops.c1z", '$(echo x)'])
      expect(spawnSync('/bin/sh', ['-c', `printf %s ${shellWord(name)}`], { encoding: 'utf8' }).stdout).toBe(name);
  });

  test('a long live line does not wrap', () => {
    const long: ProgressEvent = { type: 'list', list: 'x'.repeat(100), pass: 1, received: 1, pages: 1, done: false };
    const tape = play(true, [long]);
    expect(Math.max(...tape.seen().map((line) => line.length))).toBeLessThan(tape.columns);
  });

  test('without a terminal there are no codes, and a list has one line when it is done', () => {
    const { text } = play(false, run, good);
    expect(text).not.toContain('\u001B');
    expect(text.match(/users/g)).toHaveLength(2);
  });

  test('a failure is a block of title, meaning, remedy, code', () => {
    const error = {
      code: 'RL-X',
      status: 14 as const,
      title: 'It broke.',
      meaning: 'Nothing saved.',
      remedy: 'Try again.',
    };
    const { text } = play(false, [], { ok: false, error });
    expect(text).toBe('✗ It broke.\n  Nothing saved.\n  Try again.\n  RL-X, exit code 14\n');
  });
});
