import { setTimeout as pause } from 'node:timers/promises';

import type { Transport } from '../answer.ts';
import type { Striking } from '../simulation.ts';
import { noneOf, wholeOf, type FaultKind } from './fault.ts';

const sent = (transport: Transport): Striking => ({
  finish: (answer) => ({ ...answer, transport: { ...answer.transport, ...transport } }),
});

/** What goes wrong on the wire, or takes long. */
export const transports: readonly FaultKind[] = [
  {
    name: 'reset',
    form: '',
    family: 'transport',
    says: 'The connection is reset before an answer.',
    drawn: { weight: 8 },
    make: (argument) => (noneOf(argument), sent({ reset: true })),
  },
  {
    name: 'cut',
    form: '[:PERCENT]',
    family: 'transport',
    says: 'The connection breaks in the body, after PERCENT of it (default 50).',
    drawn: { weight: 6, argument: (random) => String(1 + random.below(99)) },
    make: (argument) => sent({ cut: wholeOf(argument, 50, 0, 99) / 100 }),
  },
  {
    name: 'truncated',
    form: '[:PERCENT]',
    family: 'transport',
    says: 'The JSON breaks off after PERCENT (default 60) and the length agrees.',
    drawn: { weight: 1, argument: (random) => String(1 + random.below(98)) },
    make(argument) {
      const part = wholeOf(argument, 60, 0, 99) / 100;
      return { finish: (answer) => ({ ...answer, part }) };
    },
  },
  {
    name: 'slow-body',
    form: '[:MS]',
    family: 'transport',
    says: 'The body trickles, over MS milliseconds (default 2000).',
    drawn: { weight: 2, argument: () => '20' },
    make: (argument) => sent({ trickle: wholeOf(argument, 2000, 1, 3_600_000) }),
  },
  {
    name: 'stall',
    form: '',
    family: 'transport',
    says: 'The head of the answer comes, its body never.',
    make: (argument) => (noneOf(argument), sent({ stall: true })),
  },
  {
    name: 'no-answer',
    form: '',
    family: 'transport',
    says: 'Nothing comes, and the connection stays.',
    make: (argument) => (noneOf(argument), sent({ silent: true })),
  },
  {
    name: 'oversized',
    form: '[:MIB]',
    family: 'transport',
    says: 'Right JSON behind MIB mebibytes of white space (default 65).',
    make: (argument) => sent({ padding: wholeOf(argument, 65, 1, 512) * 1024 * 1024 }),
  },
  {
    name: 'oversized-gzip',
    form: '[:MIB]',
    family: 'transport',
    says: 'The same, compressed to little.',
    make: (argument) => sent({ padding: wholeOf(argument, 65, 1, 512) * 1024 * 1024, gzip: true }),
  },
  {
    name: 'latency',
    form: '[:MS]',
    family: 'transport',
    says: 'The answer waits MS milliseconds (default 200).',
    drawn: { weight: 2, argument: (random) => String(1 + random.below(40)) },
    make(argument) {
      const wait = wholeOf(argument, 200, 1, 3_600_000);
      return { before: (_, __, gone) => pause(wait, undefined, { signal: gone }).catch(() => {}) };
    },
  },
];
