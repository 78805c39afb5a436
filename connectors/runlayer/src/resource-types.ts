import { packAny, ResourceType_Trait, ResourceTypeSchema, SkipEntitlementsAndGrantsSchema } from '@batonkit/protocol';
import { create } from '@bufbuild/protobuf';

/** People and service accounts. They hold roles and give none, so nobody asks for grants on them. */
export const userType = create(ResourceTypeSchema, {
  id: 'user',
  displayName: 'User',
  description: 'A person, agent or service account of the Runlayer tenant',
  traits: [ResourceType_Trait.USER],
  annotations: [packAny(SkipEntitlementsAndGrantsSchema, create(SkipEntitlementsAndGrantsSchema))],
});

/** Roles for the whole platform. */
export const roleType = create(ResourceTypeSchema, {
  id: 'role',
  displayName: 'Role',
  description: 'A platform role of the Runlayer tenant',
  traits: [ResourceType_Trait.ROLE],
});
