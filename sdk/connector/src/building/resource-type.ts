import {
  packAny,
  ResourceType_Trait,
  ResourceTypeSchema,
  SkipEntitlementsAndGrantsSchema,
  type ResourceType,
} from '@batonkit/protocol';
import { create } from '@bufbuild/protobuf';

export interface ResourceTypeOptions {
  displayName: string;
  description?: string;
  trait: 'user' | 'role' | 'group' | 'app';
}

const traits = {
  user: ResourceType_Trait.USER,
  role: ResourceType_Trait.ROLE,
  group: ResourceType_Trait.GROUP,
  app: ResourceType_Trait.APP,
};

/** A resource type. Users hold access and give none, so nobody asks for grants on them. */
export function resourceType(id: string, { displayName, description = '', trait }: ResourceTypeOptions): ResourceType {
  return create(ResourceTypeSchema, {
    id,
    displayName,
    description,
    traits: [traits[trait]],
    annotations:
      trait === 'user' ? [packAny(SkipEntitlementsAndGrantsSchema, create(SkipEntitlementsAndGrantsSchema))] : [],
  });
}
