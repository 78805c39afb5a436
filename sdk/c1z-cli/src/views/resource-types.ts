import type { C1zReader } from '@batonkit/c1z';
import { ResourceType_Trait } from '@batonkit/protocol';
import { cells } from './view.ts';
import type { View } from './view.ts';

const TRAITS = new Map<number, string>(
  Object.entries(ResourceType_Trait).map(([name, number]) => [number, `TRAIT_${name}`]),
);

export function resourceTypesView(reader: C1zReader): View {
  return {
    columns: ['ID', 'Display Name', 'Traits'],
    *rows() {
      for (const { id, displayName, description, traits } of reader.resourceTypes()) {
        const names = traits.map((trait) => TRAITS.get(trait) ?? String(trait));
        yield {
          cells: cells(id, displayName, names.join(', ')),
          record: () => ({ id, displayName, description, traits: names }),
        };
      }
    },
  };
}
