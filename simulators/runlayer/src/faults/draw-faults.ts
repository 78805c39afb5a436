import type { Random } from '../random.ts';
import type { FaultKind } from './fault.ts';
import { faultKinds } from './index.ts';

/** Three to six faults, none of which waits long, as they are written on a command line. */
export function drawFaults(random: Random, span: number): string[] {
  const kinds = faultKinds.filter((kind) => kind.drawn);
  const whole = kinds.reduce((sum, kind) => sum + kind.drawn!.weight, 0);
  const one = (): FaultKind => {
    let at = random.below(whole);
    return kinds.find((kind) => (at -= kind.drawn!.weight) < 0)!;
  };
  return Array.from({ length: 3 + random.below(4) }, () => {
    const kind = one();
    const n = 1 + random.below(span);
    const argument = kind.drawn?.argument?.(random);
    return `${kind.name}@${n}${argument === undefined ? '' : /^x[\d*]/.test(argument) ? argument : `:${argument}`}`;
  });
}
