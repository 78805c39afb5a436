import type { C1zReader } from '@batonkit/c1z';
import { ResourceType_Trait } from '@batonkit/protocol';
import type { Entitlement, Resource, ResourceId, ResourceType } from '@batonkit/protocol';

/** Type and id of a resource. */
export type Id = Pick<ResourceId, 'resourceType' | 'resource'>;

/** The id of a row; a row without one shows as missing. */
export function idOf(id: Id | undefined): Id {
  return id ?? { resourceType: '', resource: '' };
}

/** Finds what rows refer to. What the file does not have is shown as missing, and remembered. */
export class Names {
  /** Whether anything that was asked for is missing. */
  isMissing = false;
  private readonly reader: C1zReader;
  private known: ReadonlyMap<string, ResourceType> | undefined;
  // Rows come in the order of their entitlements, so the last one is nearly always asked for again.
  private lastResource: [key: string, found: Resource | undefined] | undefined;
  private lastEntitlement: [key: string, found: Entitlement | undefined] | undefined;

  constructor(reader: C1zReader) {
    this.reader = reader;
  }

  // Not every view needs them, and one damaged page should not hide what the others say.
  private get types(): ReadonlyMap<string, ResourceType> {
    this.known ??= new Map(Array.from(this.reader.resourceTypes(), (type) => [type.id, type]));
    return this.known;
  }

  typesWith(trait: ResourceType_Trait): ResourceType[] {
    return [...this.types.values()].filter(({ traits }) => traits.includes(trait));
  }

  isUser(typeId: string): boolean {
    return this.types.get(typeId)?.traits.includes(ResourceType_Trait.USER) === true;
  }

  type(id: string): ResourceType | undefined {
    return this.types.get(id);
  }

  typeName(id: string): string {
    const type = this.types.get(id);
    if (type === undefined) return this.missing(`RESOURCE TYPE (${id})`);
    return type.displayName || id;
  }

  resource({ resourceType, resource }: Id): Resource | undefined {
    return this.reader.resource(resourceType, resource);
  }

  /** For resources that many rows share. */
  sharedResource(id: Id): Resource | undefined {
    const key = JSON.stringify([id.resourceType, id.resource]);
    if (this.lastResource?.[0] !== key) this.lastResource = [key, this.resource(id)];
    return this.lastResource[1];
  }

  entitlement(id: string): Entitlement | undefined {
    if (this.lastEntitlement?.[0] !== id) this.lastEntitlement = [id, this.reader.entitlement(id)];
    return this.lastEntitlement[1];
  }

  resourceName({ resourceType, resource }: Id, found: Resource | undefined): string {
    if (found === undefined) return this.missing(`RESOURCE (${resourceType}:${resource})`);
    return found.displayName || resource;
  }

  entitlementName(id: string, found: Entitlement | undefined): string {
    if (found === undefined) return this.missing(`ENTITLEMENT (${id})`);
    return found.displayName || id;
  }

  private missing(what: string): string {
    this.isMissing = true;
    return `MISSING ${what}`;
  }
}

/** How a resource is named in this program's JSON; no name: the file does not have it. */
export function reference(id: Id, found: Resource | undefined): object {
  return { resourceType: id.resourceType, id: id.resource, displayName: found?.displayName ?? null };
}
