import type { Person } from '../people.ts';
import type { Role } from '../roles.ts';
import type { Tenant } from '../tenant.ts';
import { plainItem, type ItemShape } from './item-shapes.ts';
import { uuids, type UserIds } from './user-ids.ts';

export type Row = Record<string, unknown>;

/** What stands for a role in an assignment; also for one that the tenant does not have. */
export type RoleLike = Pick<Role, 'id' | 'slug' | 'name'>;

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
  /** Roles that are listed beside the tenant's own. */
  alsoRoles: RoleLike[];

  auth: { header: boolean; bearer: boolean; needsPrefix: boolean; wrongKey: 401 | 403 };
  owner: 'as-is' | 'inactive' | 'deleted' | 'revoked';
  weak: 'narrowed' | 'refused';
  isNarrowed: boolean;
  /** Nothing has been changed: rows go out as they are made. */
  isPlain: boolean;
}

export function plainForm(settings: { assignments: 'embedded' | 'per-user'; maxLimit: number }): Form {
  return {
    prefix: '/api/v1',
    users: '/users',
    roles: '/roles',
    userRoles: '/users/{id}/roles',
    roleUsers: undefined,
    flat: undefined,
    absent: 404,
    hasHealthCheck: true,
    openapi: 'origin',
    openapiNeedsKey: false,
    htmlUnlessJson: false,
    redirect: { status: 307, location: ({ scheme, host, to }) => `${scheme}://${host}${to}` },
    embedded: settings.assignments === 'embedded' ? { key: 'roles', as: 'list' } : undefined,
    alsoEmbedded: undefined,
    isSingle: false,
    isNullWhenNone: false,
    isOwnerHidden: false,
    item: plainItem,
    extras: [],
    roleUser: (user, rest) => ({ ...user, ...rest }),
    isFlatNested: false,
    hasOrphans: false,
    envelope: { users: 'data', roles: 'data', assignments: 'data', roleUsers: 'data' },
    alsoArray: undefined,
    total: 'count',
    paging: 'skip',
    maxLimit: settings.maxLimit,
    aboveLimit: 422,
    isLimitRefused: false,
    isUnpaged: false,
    isSkipIgnored: false,
    place: undefined,
    userIds: uuids,
    userEdits: [],
    organisationId: undefined,
    roleId: { key: 'id', of: (role) => role.id },
    roleEdits: [],
    alsoRoles: [],
    auth: { header: true, bearer: true, needsPrefix: true, wrongKey: 401 },
    owner: 'as-is',
    weak: 'narrowed',
    isNarrowed: false,
    isPlain: true,
  };
}
