import { create } from '@bufbuild/protobuf';
import { ResourceSchema } from './messages.ts';
import type { Resource, ResourceId } from './messages.ts';

/**
 * The Baton id of a resource: `bid:r:[<parent type>/<parent>/]<type>/<id>`, in which backslash, slash and colon inside a
 * part are escaped by a backslash (protocol: c1z.md 4). It appears in flags and tasks, never as a key in a file.
 *
 * @throws RangeError when a part is empty
 */
export function resourceBatonId({ id, parentResourceId }: Pick<Resource, 'id' | 'parentResourceId'>): string {
  const parts = [...(parentResourceId === undefined ? [] : partsOf(parentResourceId)), ...partsOf(id)];
  if (parts.includes('')) throw new RangeError('a Baton id has no empty parts');
  return `bid:r:${parts.map((part) => part.replace(/[\\/:]/g, '\\$&')).join('/')}`;
}

/** The resource that a Baton id names, with its parent; undefined when the text is not the Baton id of a resource. */
export function parseResourceBatonId(text: string): Resource | undefined {
  const parts = text.startsWith('bid:r:') ? split(text.slice('bid:r:'.length)) : undefined;
  if (parts === undefined || (parts.length !== 2 && parts.length !== 4)) return undefined;
  const [resourceType = '', resource = ''] = parts.slice(-2);
  const [parentType = '', parent = ''] = parts;
  return create(ResourceSchema, {
    id: { resourceType, resource },
    ...(parts.length === 4 ? { parentResourceId: { resourceType: parentType, resource: parent } } : {}),
  });
}

function partsOf(id: ResourceId | undefined): [string, string] {
  return [id?.resourceType ?? '', id?.resource ?? ''];
}

/** Parts without their escapes; undefined for an empty one, a bare colon, or a backslash before anything else. */
function split(text: string): string[] | undefined {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    let char = text.charAt(at);
    if (char === '/') parts.push('');
    else {
      if (char === ':') return undefined;
      if (char === '\\') {
        at += 1;
        char = text.charAt(at);
        if (!/^[\\/:]$/.test(char)) return undefined;
      }
      parts[parts.length - 1] += char;
    }
  }
  return parts.includes('') ? undefined : parts;
}
