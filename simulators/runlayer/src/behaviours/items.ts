import type { Form, ItemShape, RoleLike, Row } from '../form/form.ts';
import { byFoldedSlug, byId, byLabel, bySlug, idAndName, nested, wholeRole } from '../form/item-shapes.ts';
import { assignmentRow } from '../role-rows.ts';
import type { Person } from '../people.ts';
import type { Role } from '../roles.ts';
import type { Tenant } from '../tenant.ts';
import { accepted, refused, type Kind } from './behaviour.ts';

const item = (name: string, says: string, shape: ItemShape): Kind =>
  accepted('items', `item-${name}`, says, (form) => {
    form.item = shape;
  });

/** Changes the assignments of some people. Where an assignment is a text, there is no place for it. */
const extra =
  (change: (items: Row[], person: Person, tenant: Tenant) => Row[], needsFields = true) =>
  (form: Form): void => {
    form.extras.push((items, person, tenant) =>
      needsFields && form.item.isText ? items : change(items, person, tenant),
    );
  };

const serverAdmin = { id: '00000000-0000-4000-8000-0000000000aa', slug: 'server_admin', name: 'Server Admin' };
const foldedAlike = { id: '00000000-0000-4000-8000-0000000000bb', slug: 'Super-Admin', name: 'SUPER ADMIN' };
const server = '00000000-0000-4000-8000-00000000005e';

const listed = (like: RoleLike): Role => ({
  ...like,
  description: 'Not a platform role of this tenant.',
  capabilities: ['servers.use'],
  isSystem: true,
});

/** One in five of the people is Server Admin of one server. */
const serverRow = (fields: Row, needsFields = true): ((form: Form) => void) =>
  extra(
    (items, { index }) => (index % 5 === 1 ? [...items, { ...serverAdmin, source: 'direct', ...fields }] : items),
    needsFields,
  );

/** A real role that one in four of the people has a row of and does not hold. */
const notHeld = (fields: Row): ((form: Form) => void) =>
  extra((items, person, tenant) => {
    const role = tenant.roles.find((role) => !items.some((item) => item['id'] === role.id));
    return role && person.index % 4 === 1 ? [...items, { ...assignmentRow(role), ...fields }] : items;
  });

const each = (change: (item: Row, n: number) => Row): ((form: Form) => void) =>
  extra((items, { index }) => items.map((item, n) => change(item, index + n)));

const scopes = [undefined, null, 'platform', 'organization', 'org', 'global', 'tenant'];

/** What one assignment looks like, and which rows stand beside the real ones. */
export const items: readonly Kind[] = [
  item('id', 'An assignment is the id of its role.', byId),
  item('slug', 'An assignment is the slug of its role.', bySlug),
  item('slug-folded', 'An assignment is the slug in capitals and with hyphens (Super-Admin).', byFoldedSlug),
  item('label', 'An assignment is the label of its role.', byLabel),
  item('role-object', 'An assignment is the whole role.', wholeRole),
  item('nested', 'An assignment is {role: {…}}.', nested),
  item('role-id-name', 'An assignment is {role_id, role_name}.', idAndName),
  accepted(
    'items',
    'sources-several',
    'Some assignments stand there twice, from source direct and from group.',
    extra((items, { index }) =>
      index % 3 === 0 ? items.flatMap((item) => [item, { ...item, source: 'group' }]) : items,
    ),
  ),
  accepted(
    'items',
    'expires-future',
    'Assignments expire in 2099.',
    each((item) => ({ ...item, expires_at: '2099-12-31T00:00:00Z' })),
  ),
  accepted(
    'items',
    'expires-null',
    'Assignments have expires_at null.',
    each((item) => ({ ...item, expires_at: null })),
  ),
  accepted(
    'items',
    'expires-past',
    'Some users have a row more that expired in 2020.',
    notHeld({ expires_at: '2020-01-01T00:00:00Z' }),
  ),
  accepted(
    'items',
    'scope-synonyms',
    'The scope of assignments is absent, null, platform, organization, org, global or tenant.',
    each((item, n) => {
      const scope = scopes[n % scopes.length];
      return scope === undefined ? item : { ...item, scope };
    }),
  ),
  accepted(
    'items',
    'server-rows-server-id',
    'Some users are Server Admin of a server: rows with server_id.',
    serverRow({ server_id: server }),
  ),
  accepted(
    'items',
    'server-rows-resource-type',
    'The same with resource_type and resource_id.',
    serverRow({ resource_type: 'server', resource_id: server }),
  ),
  accepted('items', 'server-rows-scope', 'The same with scope server.', serverRow({ scope: 'server' })),
  accepted('items', 'server-rows-slug', 'The same with nothing but the slug server_admin.', serverRow({}, false)),
  accepted(
    'items',
    'server-rows-platform-role',
    'Some users have a platform role on one server only: rows with server_id.',
    notHeld({ server_id: server }),
  ),
  accepted('items', 'server-admin-listed', 'The list of roles has Server Admin, with scope server.', (form) => {
    form.alsoRoles.push({ role: listed(serverAdmin), scope: 'server' });
  }),
  accepted('items', 'roles-fold-alike', 'Two roles differ in case and hyphens only; ids tell them apart.', (form) => {
    form.alsoRoles.push({ role: listed(foldedAlike), scope: 'platform' });
  }),
  refused(
    'items',
    'roles-fold-alike-ambiguous',
    'The same, and assignments are texts that could mean either.',
    (form) => {
      form.alsoRoles.push({ role: listed(foldedAlike), scope: 'platform' });
      form.item = {
        isText: true,
        of: (role) => (role.slug === 'super_admin' ? 'super admin' : role.slug),
      };
    },
  ),
  refused(
    'items',
    'scope-unknown',
    'Some assignments have scope division.',
    each((item, n) => (n % 7 === 3 ? { ...item, scope: 'division' } : item)),
    { unless: 'unknown-scope=platform' },
  ),
  refused('items', 'items-mixed-null', 'One assignment in eleven is null.', (form) => {
    const { of, isText } = form.item;
    let n = 0;
    form.item = { isText, of: (...given) => (n++ % 11 === 10 ? null : of(...given)) };
  }),
];
