import type { Facts } from './behaviours/behaviour.ts';
import { kinds } from './behaviours/index.ts';
import type { FaultKind } from './faults/fault.ts';
import { without } from './without.ts';
import { faultKinds } from './faults/index.ts';

/** All that the simulator can be made to do, as data. */
export const catalogue: {
  readonly behaviours: readonly Facts[];
  readonly faults: readonly (Pick<FaultKind, 'name' | 'form' | 'family' | 'says'> & { readonly isDrawn: boolean })[];
} = {
  behaviours: kinds.map((kind) => without({ ...kind }, 'act') as unknown as Facts),
  faults: faultKinds.map(({ name, form, family, says, drawn }) => ({
    name,
    form,
    family,
    says,
    isDrawn: drawn !== undefined,
  })),
};
