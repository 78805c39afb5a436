import type { ConnectorDefinition } from '@batonkit/connector';
import type { EvidenceScope } from '@batonkit/protocol';
import type { Settings } from '../configuration/read-settings.ts';
import { fail } from '../errors.ts';

/** What was asked for. @throws BatonError `BK-CONFIG-TYPE` for a type that there is not */
export function scopeOf(
  { name, resourceTypes }: ConnectorDefinition,
  { types, skipsGrants, skipsOnlyGrants }: Pick<Settings, 'types' | 'skipsGrants' | 'skipsOnlyGrants'>,
): EvidenceScope {
  const all = resourceTypes.map(({ id }) => id);
  const unknown = types.find((type) => !all.includes(type));
  if (unknown !== undefined)
    throw fail('BK-CONFIG-TYPE', { type: unknown.slice(0, 100), program: name, known: all.join(', ') });
  const wanted = all.filter((type) => types.length === 0 || types.includes(type));
  if (wanted.length === all.length && !skipsGrants && !skipsOnlyGrants) return 'full';
  return {
    types: wanted.toSorted(),
    skip: skipsGrants ? ['entitlements', 'grants'] : skipsOnlyGrants ? ['grants'] : [],
  };
}

/** As the genuine program logs it, without the id. */
export function skippedFields({ resourceType, isUnimplemented }: { resourceType: string; isUnimplemented: boolean }) {
  return { resource_type_id: resourceType, error: isUnimplemented ? 'unimplemented' : 'not found' };
}
