import type { Place } from '../form/form.ts';
import { isUsers, noneOf, wholeOf, type FaultKind } from './fault.ts';

/** Another order of the list of users, in which nobody is new and nobody gone. */
export const orders: readonly FaultKind[] = [
  {
    name: 'order',
    form: '',
    family: 'order',
    says: 'From here on the users stand in another order.',
    drawn: { weight: 3 },
    make(argument, random) {
      noneOf(argument);
      const by = random.below(2 ** 31);
      return {
        fits: isUsers,
        before(simulation) {
          simulation.place = turned(by);
        },
      };
    },
  },
  {
    name: 'order-back',
    form: '',
    family: 'order',
    says: 'From here on the users stand in their first order again.',
    drawn: { weight: 1 },
    make(argument) {
      noneOf(argument);
      return {
        fits: isUsers,
        before(simulation) {
          simulation.place = undefined;
        },
      };
    },
  },
  {
    name: 'ties',
    form: '[:N]',
    family: 'order',
    says: 'On this page the users are cut out of an order that is N places (default 3) on from that of the others.',
    drawn: { weight: 3, argument: (random) => String(1 + random.below(5)) },
    make(argument) {
      const by = wholeOf(argument, 3, 1, 1000);
      return {
        fits: isUsers,
        before(_, exchange) {
          exchange.place = (position, total) => (position + by) % total;
        },
      };
    },
  },
];

/** A permutation that needs no memory: steps of a length that shares no factor with the total. */
export function turned(by: number): Place {
  return (position, total) => {
    let step = 1 + (by % Math.max(1, total));
    while (common(step, total) !== 1) step++;
    return (position * step + (by % total)) % total;
  };
}

function common(a: number, b: number): number {
  return b === 0 ? a : common(b, a % b);
}
