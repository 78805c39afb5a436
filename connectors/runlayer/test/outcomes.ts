import type { KeyKind } from './simulator-process.ts';

/** How one sync ends: `exact`, the pairs that the tenant has; `moment`, those that it had at an instant of the moment; else a code. */
export type Ends = 'exact' | 'moment' | `RL-${string}`;

export interface Case {
  /** With an argument; by default the name alone. */
  form?: string;
  /** Behaviours beside it. */
  also?: readonly string[];
  key?: KeyKind;
  /** Path of the API. */
  at?: string;
  values?: Readonly<Record<string, string | number | boolean | string[]>>;
  ends: Ends;
  /** Pairs with a role that no list has. */
  placeholders?: number;
  /** The roles have no ids of their own there. */
  areRolesBySlug?: boolean;
  /** An exception that stands in the certificate. */
  exception?: string;
}

type Row = Ends | Case | readonly (Ends | Case)[];

const path = (values: Record<string, string>): Case => ({ values, ends: 'exact' });
/** The same tenant, when somebody accepts its form. */
const accepting = (exception: string, ends: Ends = 'exact'): Case => ({
  values: { accept: [exception], reason: 'It is right here.', 'accepted-by': 'Ada' },
  ends,
  exception,
});

/** What becomes of a sync under each behaviour of the simulator. */
export const outcomes: Readonly<Record<string, Row>> = {
  // paths
  'users-path-slash': 'exact',
  'users-path-organization-members': [path({ 'users-path': '/organization/members' }), 'RL-PATH-404'],
  'users-path-organizations-id-members': [path({ 'users-path': '/organizations/ORGANIZATION/members' }), 'RL-PATH-404'],
  'users-path-members': [path({ 'users-path': '/members' }), 'RL-PATH-404'],
  'roles-path-slash': 'exact',
  'roles-path-fga': 'exact',
  'roles-path-rbac': 'exact',
  'roles-path-admin': 'exact',
  'roles-path-users': 'exact',
  'roles-path-authorization': 'exact',
  'absent-405': 'exact',
  'base-path': [{ at: '/gateway/api/v1', values: { 'api-path': '/gateway/api/v1' }, ends: 'exact' }, 'RL-URL-404'],
  'html-unless-json': 'exact',
  'no-roles-list': ['RL-PATH-404', { ...accepting('static-roles'), also: ['item-slug'], areRolesBySlug: true }],
  'no-users-list': 'RL-PATH-404',

  // redirects
  'redirect-301': 'exact',
  'redirect-302': 'exact',
  'redirect-308': 'exact',
  'redirect-relative': 'exact',
  'redirect-http': 'exact',
  'redirect-https': 'RL-REDIRECT',
  'redirect-other-port': 'RL-REDIRECT',
  'redirect-other-path': 'RL-REDIRECT',
  'redirect-protocol-relative': 'RL-REDIRECT',
  'redirect-userinfo': 'RL-REDIRECT',
  'redirect-without-location': 'RL-REDIRECT',
  'redirect-loop': 'RL-REDIRECT',

  // assignments
  'embedded-roles': 'exact',
  'embedded-role-assignments': 'exact',
  'embedded-role-names': 'exact',
  'embedded-role-ids': 'exact',
  'embedded-platform-roles': 'exact',
  'embedded-fga-roles': 'exact',
  'embedded-role-list': 'exact',
  'embedded-role': 'exact',
  'embedded-role-null': ['RL-NULL-ROLES', accepting('null-roles=none')],
  'per-user-roles': 'exact',
  'per-user-role-assignments': 'exact',
  'per-user-fga-roles': 'exact',
  'per-role-users': 'exact',
  'per-role-user-ids': 'exact',
  'per-role-user-id-key': 'exact',
  'per-role-user-nested': 'exact',
  'flat-role-assignments': 'exact',
  'flat-nested': 'exact',
  'orphan-assignments': [
    'exact',
    { also: ['flat-role-assignments'], ends: 'exact' },
    { also: ['per-role-users'], ends: 'exact' },
  ],
  'no-second-plan': 'exact',
  'null-roles-none': ['RL-NULL-ROLES', accepting('null-roles=none')],
  'two-embedded-keys': 'RL-SHAPE',
  'plans-disagree': ['RL-DISAGREE', accepting('disagreement=embedded')],

  // items
  'item-id': 'exact',
  'item-slug': 'exact',
  'item-slug-folded': 'exact',
  'item-label': 'exact',
  'item-role-object': 'exact',
  'item-nested': 'exact',
  'item-role-id-name': 'exact',
  'sources-several': 'exact',
  'expires-future': 'exact',
  'expires-null': 'exact',
  'expires-past': 'exact',
  'scope-synonyms': 'exact',
  'server-rows-server-id': 'exact',
  'server-rows-resource-type': 'exact',
  'server-rows-scope': 'exact',
  'server-rows-slug': 'exact',
  'server-rows-platform-role': 'exact',
  'server-admin-listed': 'exact',
  'roles-fold-alike': 'exact',
  'roles-fold-alike-ambiguous': 'RL-ROLE-AMBIGUOUS',
  'scope-unknown': ['RL-SCOPE', accepting('unknown-scope=platform')],
  'items-mixed-null': 'RL-SHAPE',

  // envelopes
  'envelope-bare': 'exact',
  'envelope-items': 'exact',
  'envelope-results': 'exact',
  'envelope-users': 'exact',
  'envelope-roles': 'exact',
  'envelope-members': 'exact',
  'envelope-assignments': 'exact',
  'total-total': 'exact',
  'total-total-count': 'exact',
  'total-meta': 'exact',
  'total-none': 'exact',
  'total-text': 'RL-SHAPE',
  'envelope-unknown': 'RL-SHAPE',
  'envelope-two-arrays': 'RL-SHAPE',

  // paging
  'paging-next-cursor': 'exact',
  'paging-next-page': 'exact',
  'paging-has-more': 'exact',
  'paging-next-url': 'exact',
  'paging-next-url-relative': 'exact',
  'short-pages': 'exact',
  'max-limit': 'exact',
  'max-limit-400': 'exact',
  'max-limit-413': 'exact',
  'max-limit-500': 'exact',
  'limit-refused': 'exact',
  unpaged: 'exact',
  'order-other': 'exact',
  'unstable-order': 'exact',
  'count-of-page': 'RL-DRIFT',
  'skip-ignored': 'RL-PAGING',
  'paging-cursor-loops': 'RL-PAGING',
  'paging-next-url-elsewhere': 'RL-SHAPE',

  // users
  'user-id-user-id': 'exact',
  'user-id-uuid': 'exact',
  'user-id-number': 'exact',
  'user-id-text': 'exact',
  'user-id-case': 'exact',
  'user-email-primary': 'exact',
  'user-email-missing': 'exact',
  'user-email-null': 'exact',
  'user-name-full-name': 'exact',
  'user-name-display-name': 'exact',
  'user-name-first-last': 'exact',
  'user-name-missing': 'exact',
  'user-names-hostile': 'exact',
  'status-active': 'exact',
  'status-enabled': 'exact',
  'status-disabled': 'exact',
  'status-is-disabled': 'exact',
  'status-string': 'exact',
  'status-string-unknown': 'exact',
  'status-deleted-at': 'exact',
  'status-deactivated-at': 'exact',
  'status-missing': 'exact',
  'times-last-active-at': 'exact',
  'times-last-seen-at': 'exact',
  'times-missing': 'exact',
  'times-null': 'exact',
  'times-offset': 'exact',
  'times-nonsense': 'exact',
  'type-is-agent': 'exact',
  'type-is-service-account': 'exact',
  'type-missing': 'exact',
  'flag-is-superuser': 'exact',
  'flag-is-admin': 'exact',
  'flag-is-owner': 'exact',
  'owner-not-listed': ['RL-OWNER', accepting('owner-not-listed')],

  // roles
  'role-id-role-id': 'exact',
  'role-id-slug': 'exact',
  'role-id-key': 'exact',
  'role-id-name': 'exact',
  'role-id-number': 'exact',
  'role-label-display-name': 'exact',
  'role-label-label': 'exact',
  'role-label-name': 'exact',
  'role-label-title': 'exact',
  'role-description-missing': 'exact',
  'role-capabilities-missing': 'exact',
  'role-capabilities-objects': 'exact',
  'role-permissions': 'exact',
  'role-permissions-objects': 'exact',
  'role-scope-missing': 'exact',
  'role-without-id': 'RL-SHAPE',
  // The role that the other hides is held by somebody.
  'role-id-twice': 'RL-ROLE-UNKNOWN',

  // keys
  'auth-header-only': 'exact',
  'auth-bearer-only': 'exact',
  'key-no-prefix': 'exact',
  'credentials-403': ['exact', { key: 'invalid', ends: 'RL-AUTH-401' }],
  'no-health-check': 'exact',
  'openapi-base': 'exact',
  'openapi-none': 'exact',
  'openapi-with-key': 'exact',
  'me-id-only': 'exact',
  'error-detail-object': [
    'exact',
    { also: ['owner-inactive'], ends: 'RL-AUTH-OWNER' },
    { also: ['owner-deleted'], ends: 'RL-AUTH-OWNER' },
    { also: ['users-403'], ends: 'RL-PERM-403' },
  ],
  'unknown-user-500': 'exact',
  'owner-inactive': 'RL-AUTH-OWNER',
  'owner-deleted': 'RL-AUTH-OWNER',
  'key-revoked': 'RL-AUTH-401',
  'weak-403': { key: 'weak', ends: 'RL-PERM-403' },
  narrowed: ['RL-WEAK-KEY', { key: 'weak', ends: 'RL-WEAK-KEY' }],

  // paths
  'html-at-200': 'RL-URL-HTML',

  // keys
  'roles-403': 'RL-PERM-403',

  // failures
  'server-error': 'RL-5XX',
  'rate-limit': 'exact',
  'rate-limit-date': 'exact',
  'rate-limit-x': 'exact',
  'rate-limit-ietf': 'exact',
  'rate-limit-none': 'exact',
  'rate-limit-long': 'RL-RATE-429',

  // redirects
  'redirect-elsewhere': 'RL-URL-REDIRECT',

  // failures
  'wrong-content-type': 'RL-URL-HTML',

  // time
  slow: { form: 'slow:2', ends: 'exact' },

  // keys
  'users-403': 'RL-PERM-403',

  // failures
  waf: 'RL-BLOCKED-403',
  'truncated-json': 'RL-JSON',

  // users
  'user-without-id': 'RL-SHAPE',

  // paging
  'count-lies': 'RL-COUNT',

  // assignments
  'roles-null': 'RL-NULL-ROLES',
  'missing-roles-key': 'RL-SHAPE',
  'unknown-role': ['RL-ROLE-UNKNOWN', { ...accepting('unknown-role=placeholder'), placeholders: 1 }],

  // paging
  ties: 'exact',

  // users
  'user-id-null': 'RL-SHAPE',
  'user-id-twice': 'RL-COUNT',

  // time
  hold: { form: 'hold:500', ends: 'exact' },
  'changes-between-passes': 'moment',
};

/** Every question that nobody outside of Runlayer can answer, and the behaviours that stand for the answers. */
export const unknowns: Readonly<Record<string, readonly string[]>> = {
  'base URL': ['base-path', 'html-at-200', 'html-unless-json'],
  'header of the key': ['auth-header-only', 'auth-bearer-only'],
  'kind of key': ['key-no-prefix', 'weak-403', 'narrowed'],
  'path of the users': ['users-path-slash', 'users-path-members', 'absent-405', 'no-users-list'],
  'path of the roles': [
    'roles-path-slash',
    'roles-path-fga',
    'roles-path-rbac',
    'roles-path-admin',
    'roles-path-users',
    'roles-path-authorization',
  ],
  assignments: [
    'embedded-roles',
    'embedded-role-assignments',
    'embedded-role',
    'embedded-role-names',
    'embedded-role-ids',
    'embedded-platform-roles',
    'embedded-fga-roles',
    'per-user-roles',
    'per-user-role-assignments',
    'per-user-fga-roles',
    'per-role-users',
    'flat-role-assignments',
    'missing-roles-key',
  ],
  'OpenAPI document': ['openapi-base', 'openapi-none', 'openapi-with-key'],
  envelope: [
    'envelope-bare',
    'envelope-items',
    'envelope-results',
    'envelope-users',
    'envelope-roles',
    'envelope-members',
    'envelope-assignments',
    'envelope-two-arrays',
    'total-total',
    'total-total-count',
    'total-meta',
    'total-none',
  ],
  paging: [
    'short-pages',
    'max-limit',
    'limit-refused',
    'skip-ignored',
    'unpaged',
    'paging-next-cursor',
    'paging-next-page',
    'paging-has-more',
    'paging-next-url',
    'paging-next-url-elsewhere',
    'paging-cursor-loops',
  ],
  consistency: ['ties', 'unstable-order', 'changes-between-passes', 'count-lies'],
  'accept header': ['html-unless-json'],
  'statuses of credentials': ['credentials-403', 'owner-inactive', 'owner-deleted', 'key-revoked'],
  'weak key': ['narrowed', 'weak-403'],
  'fields of a user': [
    'user-id-user-id',
    'user-id-uuid',
    'user-email-primary',
    'user-name-full-name',
    'user-name-display-name',
    'user-name-first-last',
    'status-active',
    'status-enabled',
    'status-disabled',
    'status-is-disabled',
    'status-string',
    'status-deleted-at',
    'status-deactivated-at',
    'status-missing',
    'status-string-unknown',
    'user-without-id',
    'user-email-missing',
    'times-last-active-at',
    'times-last-seen-at',
  ],
  'fields of a role': [
    'role-id-role-id',
    'role-id-slug',
    'role-id-key',
    'role-id-name',
    'role-label-display-name',
    'role-label-label',
    'role-label-name',
    'role-label-title',
    'role-capabilities-objects',
    'role-permissions',
    'role-scope-missing',
  ],
  'item of assignments': [
    'item-id',
    'item-slug',
    'item-slug-folded',
    'item-label',
    'item-role-object',
    'item-nested',
    'item-role-id-name',
    'sources-several',
    'expires-past',
    'scope-synonyms',
    'unknown-role',
  ],
  'rows of servers': [
    'server-rows-server-id',
    'server-rows-resource-type',
    'server-rows-scope',
    'server-rows-slug',
    'server-admin-listed',
  ],
  'the role of everybody': ['null-roles-none', 'roles-null'],
  'no list of roles': ['no-roles-list'],
  'roles that are no standard': ['role-id-number', 'roles-fold-alike'],
  'agents and services': ['type-is-agent', 'type-is-service-account', 'type-missing'],
  redirects: ['redirect-301', 'redirect-302', 'redirect-308', 'redirect-http', 'redirect-elsewhere', 'redirect-loop'],
  '401': ['key-revoked'],
  '403': ['roles-403', 'users-403', 'waf'],
  '404': ['no-users-list', 'no-second-plan'],
  '422': ['max-limit', 'max-limit-400', 'max-limit-413'],
  '429': ['rate-limit', 'rate-limit-date', 'rate-limit-none', 'rate-limit-long'],
  '5xx': ['server-error', 'max-limit-500'],
  'safety of bodies': ['truncated-json', 'wrong-content-type'],
};
