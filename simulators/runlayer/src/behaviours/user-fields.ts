import type { Form, Row } from '../form/form.ts';
import { cased, numbers, texts } from '../form/user-ids.ts';
import type { Person } from '../people.ts';
import { without } from '../without.ts';
import { accepted, refused, type Kind } from './behaviour.ts';

const edited = (name: string, says: string, edit: (row: Row, person: Person | undefined) => Row): Kind =>
  accepted('users', name, says, (form) => {
    form.userEdits.push(edit);
  });

/** One field less, and others in its place. */
const replaced =
  (field: string, by: (value: unknown, row: Row, person: Person | undefined) => Row) =>
  (row: Row, person: Person | undefined): Row => {
    const { [field]: value, ...rest } = row;
    return { ...rest, ...by(value, row, person) };
  };

const renamed = (field: string, to: string): ReturnType<typeof replaced> =>
  replaced(field, (value) => ({ [to]: value }));

const keyed =
  (key: string) =>
  (form: Form): void => {
    form.userIds = { ...form.userIds, key };
  };

/** Some ordinary user is marked as an administrator, and holds no such role. */
const flag = (name: string): Kind =>
  edited(
    `flag-${name.replaceAll('_', '-')}`,
    `Users have ${name}; some without any administrator role have it true.`,
    (row, person) => ({
      ...row,
      [name]: person !== undefined && (person.roles.includes('super_admin') || person.index % 17 === 3),
    }),
  );

const hostile = [
  "Robert'); DROP TABLE users;--",
  '=HYPERLINK("https://elsewhere.example","click")',
  '<script>alert(1)</script>',
  '\u202ereversed\u0000',
  '\ud800 half a pair',
  '𝒜'.repeat(2000),
  '',
  ' \n\t ',
];

/** What a user is made of. */
export const userFields: readonly Kind[] = [
  accepted('users', 'user-id-user-id', 'The id of a user is `user_id`.', keyed('user_id')),
  accepted('users', 'user-id-uuid', 'The id of a user is `uuid`.', keyed('uuid')),
  accepted('users', 'user-id-number', 'The id of a user is a number.', (form) => {
    form.userIds = { ...numbers, key: form.userIds.key };
  }),
  accepted('users', 'user-id-text', 'The id of a user is a text like usr_1a2b….', (form) => {
    form.userIds = { ...texts, key: form.userIds.key };
  }),
  accepted('users', 'user-id-case', 'The ids of two users each differ in case only.', (form) => {
    form.userIds = { ...cased, key: form.userIds.key };
  }),
  edited('user-email-primary', 'The mail address is `primary_email`.', renamed('email', 'primary_email')),
  edited(
    'user-email-missing',
    'Users have no mail address at all.',
    replaced('email', () => ({})),
  ),
  edited(
    'user-email-null',
    'Some mail addresses are null.',
    replaced('email', (email, _, person) => ({ email: person && person.index % 3 === 1 ? null : email })),
  ),
  edited('user-name-full-name', 'The name is `full_name`.', renamed('name', 'full_name')),
  edited('user-name-display-name', 'The name is `display_name`.', renamed('name', 'display_name')),
  edited(
    'user-name-first-last',
    'The name is `first_name` and `last_name`.',
    replaced('name', (name) => {
      const [first, ...last] = typeof name === 'string' ? name.split(' ') : [null];
      return { first_name: first, last_name: last.length > 0 ? last.join(' ') : null };
    }),
  ),
  edited(
    'user-name-missing',
    'Users have no name at all.',
    replaced('name', () => ({})),
  ),
  edited(
    'user-names-hostile',
    'Names hold quotes, formulas, markup, control and direction characters, half pairs, or 8,000 bytes.',
    replaced('name', (name, _, person) => ({ name: person ? hostile[person.index % hostile.length] : name })),
  ),
  edited('status-active', 'The status is `active`.', renamed('is_active', 'active')),
  edited('status-enabled', 'The status is `enabled`.', renamed('is_active', 'enabled')),
  edited(
    'status-disabled',
    'The status is `disabled`.',
    replaced('is_active', (is) => ({ disabled: !is })),
  ),
  edited(
    'status-is-disabled',
    'The status is `is_disabled`.',
    replaced('is_active', (is) => ({ is_disabled: !is })),
  ),
  edited(
    'status-string',
    'The status is `status`: active, deactivated, or of some suspended, invited.',
    replaced('is_active', (is, _, person) => {
      const odd = (person?.index ?? 0) % 2 === 0;
      return {
        status: is ? (odd && person?.roles.length === 0 ? 'invited' : 'active') : odd ? 'suspended' : 'deactivated',
      };
    }),
  ),
  edited(
    'status-string-unknown',
    'Some users have a `status` that nobody knows.',
    replaced('is_active', (is, _, person) => ({
      status: person && person.index % 4 === 2 ? 'hibernating' : is ? 'ACTIVE' : 'Inactive',
    })),
  ),
  edited(
    'status-deleted-at',
    'The status is `deleted_at`, a time or null.',
    replaced('is_active', (is, row) => ({ deleted_at: is ? null : row['updated_at'] })),
  ),
  edited(
    'status-deactivated-at',
    'The status is `deactivated_at`, a time or null.',
    replaced('is_active', (is, row) => ({ deactivated_at: is ? null : row['updated_at'] })),
  ),
  edited(
    'status-missing',
    'Users have no status.',
    replaced('is_active', () => ({})),
  ),
  edited('times-last-active-at', 'The last login is `last_active_at`.', renamed('last_login_at', 'last_active_at')),
  edited('times-last-seen-at', 'The last login is `last_seen_at`.', renamed('last_login_at', 'last_seen_at')),
  edited('times-missing', 'Users have no times.', (row) => without(row, 'created_at', 'updated_at', 'last_login_at')),
  edited('times-null', 'The times of users are null.', (row) => ({
    ...row,
    created_at: null,
    updated_at: null,
    last_login_at: null,
  })),
  edited('times-offset', 'Times have six decimals and an offset of two hours.', (row) => ({
    ...row,
    created_at: withOffset(row['created_at']),
    last_login_at: withOffset(row['last_login_at']),
  })),
  edited('times-nonsense', 'The last login is a text that is no time.', (row) => ({ ...row, last_login_at: 'never' })),
  edited(
    'type-is-agent',
    'Instead of a type, agents have is_agent true.',
    replaced('type', (type) => ({ is_agent: type === 'agent' })),
  ),
  edited(
    'type-is-service-account',
    'Instead of a type, agents and service accounts have is_service_account true.',
    replaced('type', (type) => ({ is_service_account: type !== 'user' })),
  ),
  edited(
    'type-missing',
    'Nothing says whether a user is human.',
    replaced('type', () => ({})),
  ),
  flag('is_superuser'),
  flag('is_admin'),
  flag('is_owner'),
  refused(
    'users',
    'owner-not-listed',
    'The owner of the Super Admin key is in no list of users.',
    (form) => {
      form.isOwnerHidden = true;
    },
    { unless: 'owner-not-listed' },
  ),
];

function withOffset(time: unknown): unknown {
  if (typeof time !== 'string') return time;
  return new Date(Date.parse(time) + 7_200_000).toISOString().replace('Z', '123+02:00');
}
