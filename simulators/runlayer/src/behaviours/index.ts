import type { Behaviour } from '../simulation.ts';
import { assignments } from './assignments.ts';
import type { Kind } from './behaviour.ts';
import { envelopes } from './envelopes.ts';
import { failures } from './failures.ts';
import { items } from './items.ts';
import { keyForms } from './keys.ts';
import { lies } from './lies.ts';
import { movements } from './movements.ts';
import { pagings } from './paging.ts';
import { paths } from './paths.ts';
import { redirects } from './redirects.ts';
import { roleFields } from './role-fields.ts';
import { userFields } from './user-fields.ts';

/** Every behaviour that there is, by name. */
export const kinds: readonly Kind[] = [
  ...paths,
  ...redirects,
  ...assignments,
  ...items,
  ...envelopes,
  ...pagings,
  ...userFields,
  ...roleFields,
  ...keyForms,
  ...failures,
  ...lies,
  ...movements,
];

/**
 * Makes a behaviour from `NAME[:NUMBER][:/PATH]`.
 * @throws RangeError with a sentence if there is no such behaviour or its argument makes no sense.
 */
export function behaviourOf(spec: string): Behaviour {
  const [name, ...rest] = spec.split(':');
  const kind = kinds.find((kind) => kind.name === name);
  if (!kind)
    throw new RangeError(`There is no behaviour ${name}. Known: ${kinds.map((kind) => kind.name).join(', ')}.`);
  let number: number | undefined;
  let path: string | undefined;
  for (const part of rest) {
    if (part.startsWith('/') && kind.form.includes('/PATH') && path === undefined) path = part;
    else if (/^-?\d{1,7}$/.test(part) && kind.form.includes(':N') && number === undefined) number = Number(part);
    else throw new RangeError(`${spec} is not understood. Its form is ${kind.name}${kind.form}.`);
  }
  return { spec, ...kind.act({ number, path }) };
}
