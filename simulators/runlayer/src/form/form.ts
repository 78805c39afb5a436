import type { Person } from '../people.ts';
import type { Role } from '../roles.ts';
import type { Tenant } from '../tenant.ts';

export type Row = Record<string, unknown>;

/** What stands for a role in an assignment; also for one that the tenant does not have. */
export type RoleLike = Pick<Role, 'id' | 'slug' | 'name'>;

/**
 * How an assignment names its role. `rest` is what else is known of it (source, expiry, scope).
 * A shape that answers a text has no place for the rest.
 */
export interface ItemShape {
  readonly isText: boolean;
  readonly of: (role: RoleLike, rest: Row, form: Form, tenant: Tenant) => unknown;
}

/** How users are named in the API: under which key, by which id, and back. */
export interface UserIds {
  readonly key: string;
  readonly of: (person: Pick<Person, 'id' | 'index'>, tenant: Tenant) => string | number;
  /** The person of an id in a path; undefined = nobody's; 'malformed' = no id of this kind at all. */
  readonly find: (id: string, tenant: Tenant) => Person | undefined | 'malformed';
}

/** A tenant, and how it is shown. */
export interface Formed {
  readonly tenant: Tenant;
  readonly form: Form;
}

/** Where a place of the list of users is really taken from. */
export type Place = (position: number, total: number, skip: number, limit: number) => number;

export interface Locating {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  /** Path and query of the other slash form. */
  readonly to: string;
}

/**
 * How this tenant's Management API looks. Behaviours change it before it serves; the defaults are the likeliest guess.
 * Path templates are relative to the prefix; undefined = this endpoint does not exist.
 */
export interface Form {
  prefix: string;
  users: string | undefined;
  roles: string | undefined;
  userRoles: string | undefined;
  roleUsers: string | undefined;
  flat: string | undefined;
  /** The status of a path that does not exist. */
  absent: 404 | 405;
  hasHealthCheck: boolean;
  openapi: 'origin' | 'base' | 'none';
  openapiNeedsKey: boolean;
  htmlUnlessJson: boolean;
  redirect: { status: number; location: (at: Locating) => string };

  /** The key on each user that holds the assignments; undefined = they stand elsewhere. */
  embedded: { key: string; as: 'list' | 'one' } | undefined;
  /** A second key on each user with an empty list. */
  alsoEmbedded: string | undefined;
  /** Each user holds one role, the first of the catalogue that is theirs; without one: User, or none. */
  isSingle: false | 'always' | 'or-none';
  isNullWhenNone: boolean;
  /** One in thirteen, but nobody with a key, holds no role at all. */
  hasRoleless: boolean;
  /** The founder, owner of the Super Admin key, is in no list of users. */
  isOwnerHidden: boolean;
  item: ItemShape;
  /** Rows beside the real assignments of a person, and changes of the real ones. */
  extras: ((items: Row[], person: Person, tenant: Tenant) => Row[])[];
  roleUser: (user: Row, rest: Row) => unknown;
  isFlatNested: boolean;
  hasOrphans: boolean;

  /** The key of the array of each list; undefined = a bare array. */
  envelope: Record<'users' | 'roles' | 'assignments' | 'roleUsers', string | undefined>;
  alsoArray: string | undefined;
  total: 'count' | 'total' | 'total_count' | 'meta' | 'none' | 'text' | 'of-page';
  paging: 'skip' | 'cursor' | 'cursor-loop' | 'page' | 'has-more' | 'url' | 'url-relative' | 'url-elsewhere';
  maxLimit: number;
  /** The status for a limit above it. */
  aboveLimit: 400 | 413 | 422 | 500;
  isLimitRefused: boolean;
  isUnpaged: boolean;
  isSkipIgnored: boolean;
  place: Place | undefined;

  userIds: UserIds;
  userEdits: ((row: Row, person: Person | undefined) => Row)[];
  organisationId: string | undefined;
  roleId: { key: 'id' | 'role_id' | 'slug' | 'key' | 'name'; of: (role: RoleLike) => string | number };
  roleEdits: ((row: Row, role: Role) => Row)[];
  /** Roles that are listed beside the tenant's own, and that nobody holds as a platform role. */
  alsoRoles: { role: Role; scope: string }[];

  /** users/me has the id and nothing else: that is all that is known of it. */
  isMeBare: boolean;
  /** The `detail` of errors is an object with a message. */
  isDetailObject: boolean;
  /** The status of a user who does not exist, asked for by id. */
  unknownUser: 404 | 500;
  auth: { header: boolean; bearer: boolean; needsPrefix: boolean; wrongKey: 401 | 403 };
  owner: 'as-is' | 'inactive' | 'deleted' | 'revoked';
  weak: 'narrowed' | 'refused';
  isNarrowed: boolean;
  /** Nothing has been changed: rows go out as they are made. */
  isPlain: boolean;
}
