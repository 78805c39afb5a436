import type { Resource, ResourceType } from '@batonkit/protocol';
import { ResourceType_Trait as Trait } from '@batonkit/protocol';
import { has } from './refused-annotations.ts';

/** The traits whose message every resource of the type must carry (protocol: c1z 6, messages 2). */
const messages: Partial<Record<Trait, string>> = {
  [Trait.USER]: 'UserTrait',
  [Trait.GROUP]: 'GroupTrait',
  [Trait.ROLE]: 'RoleTrait',
  [Trait.APP]: 'AppTrait',
  [Trait.SECRET]: 'SecretTrait',
};

/** Names the trait message that the type lists and the resource lacks. */
export function missingTrait(type: ResourceType | undefined, resource: Resource): string | undefined {
  return type?.traits
    .map((trait) => messages[trait])
    .find((name) => name !== undefined && !has(resource.annotations, name));
}
