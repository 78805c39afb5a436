import type { DescMessage } from '@bufbuild/protobuf';
import {
  AppTraitSchema,
  BatonIDSchema,
  GroupTraitSchema,
  isAny,
  ResourceType_Trait,
  RoleTraitSchema,
  SecretTraitSchema,
  UserTraitSchema,
} from '@batonkit/protocol';
import type { Resource, ResourceType } from '@batonkit/protocol';
import { fail } from './errors.ts';

// The five whose absence fails a genuine sync (protocol: messages.md 2); of the others nobody checks the presence.
const TRAITS = new Map<ResourceType_Trait, [name: string, schema: DescMessage]>([
  [ResourceType_Trait.USER, ['user', UserTraitSchema]],
  [ResourceType_Trait.GROUP, ['group', GroupTraitSchema]],
  [ResourceType_Trait.ROLE, ['role', RoleTraitSchema]],
  [ResourceType_Trait.APP, ['app', AppTraitSchema]],
  [ResourceType_Trait.SECRET, ['secret', SecretTraitSchema]],
]);

/** Knows the listed types and what each of their resources must carry. */
export class RequiredTraits {
  private readonly byType = new Map<string, [string, DescMessage][]>();

  add(type: ResourceType): void {
    this.byType.set(
      type.id,
      type.traits.flatMap((trait) => {
        const required = TRAITS.get(trait);
        return required === undefined ? [] : [required];
      }),
    );
  }

  /** @throws BatonError `BK-C1Z-DANGLING` for a type that was not listed before, `BK-C1Z-ROW` */
  check(resource: Resource): void {
    const required = this.byType.get(resource.id?.resourceType ?? '');
    if (required === undefined)
      throw fail('BK-C1Z-DANGLING', { count: 1, what: 'resource is of a type that was not listed' });
    for (const [name, schema] of required) {
      if (!resource.annotations.some((any) => isAny(any, schema)))
        throw fail('BK-C1Z-ROW', { what: `a resource without the ${name} trait that its type promises` });
    }
    if (resource.annotations.some((any) => isAny(any, BatonIDSchema)))
      throw fail('BK-C1Z-ROW', { what: 'a resource with an annotation that only a syncer may write' });
  }
}
