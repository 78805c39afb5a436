import type { C1zReader } from '@batonkit/c1z';
import { ResourceType_Trait, ResourceTypeSchema } from '@batonkit/protocol';
import { messageJson } from '../output/message-json.ts';
import { cells } from './view.ts';
import type { View } from './view.ts';

const TRAITS = new Map<number, string>(
  Object.entries(ResourceType_Trait).map(([name, number]) => [number, `TRAIT_${name}`]),
);

export function resourceTypesView(reader: C1zReader): View {
  return {
    columns: ['ID', 'Display Name', 'Traits'],
    member: 'resourceTypes',
    *rows() {
      for (const type of reader.resourceTypes()) {
        const names = type.traits.map((trait) => TRAITS.get(trait) ?? String(trait));
        yield {
          cells: cells(type.id, type.displayName, names.join(', ')),
          record: () => ({ resourceType: messageJson(ResourceTypeSchema, type) }),
        };
      }
    },
  };
}
