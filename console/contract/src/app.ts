import { z } from '@hono/zod-openapi';
import { Bound, Instant, Interval, Ksuid, page, Proof, Tier } from './common.ts';
import { Counts, HeldNewcomer, State } from './connector.ts';

export const App = z
  .object({
    id: Ksuid,
    name: z.string(),
    connectors: z.array(z.object({ id: Ksuid, name: z.string(), state: State })),
    /** Null before the first complete sync: not known is not zero. */
    counts: Counts.extend({ administrators: z.number().int() }).nullable(),
    proof: Proof.nullable(),
  })
  .openapi('App');
export type App = z.infer<typeof App>;

export const RoleRef = z.object({ id: Ksuid, name: z.string(), tier: Tier }).openapi('RoleRef');
export type RoleRef = z.infer<typeof RoleRef>;

export const AccountStatus = z.object({
  name: z.enum(['enabled', 'disabled', 'deleted', 'unspecified']),
  /** The source's own word. */
  source: z.string(),
});

export const Account = z
  .object({
    id: Ksuid,
    /** Runlayer's own id. */
    externalId: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    login: z.string().nullable(),
    status: AccountStatus,
    type: z.enum(['human', 'service', 'system', 'unspecified']),
    roles: z.array(RoleRef),
    interval: Interval,
  })
  .openapi('Account');
export type Account = z.infer<typeof Account>;

export const AccountDetail = Account.extend({
  createdAt: Instant.nullable(),
  lastLoginAt: Instant.nullable(),
  /** False: a past moment. Of what changes all the time, such as the last login, only the newest value is kept. */
  newestKnown: z.boolean(),
  /** Attributes as the connector gives them, sorted by key. */
  profile: z.array(z.object({ key: z.string(), value: z.string() })),
  /** What it holds, then what it held; a role taken and given back has two intervals. With `asOf`, as known then. */
  grants: z.array(z.object({ role: RoleRef, interval: Interval })),
  proof: Proof,
}).openapi('AccountDetail');
export type AccountDetail = z.infer<typeof AccountDetail>;

export const Role = RoleRef.extend({
  externalId: z.string(),
  description: z.string(),
  entitlement: z.object({ externalId: z.string(), slug: z.string(), name: z.string() }).nullable(),
  capabilities: z.array(z.string()),
  holders: z.number().int(),
  interval: Interval,
}).openapi('Role');
export type Role = z.infer<typeof Role>;

export const AccountRef = z
  .object({
    id: Ksuid,
    name: z.string(),
    email: z.string().nullable(),
    status: AccountStatus,
    type: Account.shape.type,
  })
  .openapi('AccountRef');
export type AccountRef = z.infer<typeof AccountRef>;

export const Grant = z
  .object({ externalId: z.string(), account: AccountRef, role: RoleRef, slug: z.string(), interval: Interval })
  .openapi('Grant');
export type Grant = z.infer<typeof Grant>;

/** One account that can administer; its roles of tier critical, high and unclassified, the strongest first. */
export const Administrator = z
  .object({
    account: AccountRef,
    /** The tier it is listed under. */
    tier: z.enum(['critical', 'high', 'unclassified']),
    roles: z.array(z.object({ role: RoleRef, interval: Interval })),
    /** Said to be an administrator by a flag of the source and not by a role; no grant is invented. */
    byFlag: z.boolean(),
  })
  .openapi('Administrator');
export type Administrator = z.infer<typeof Administrator>;

/** A change in who holds which role, newest first. `raised`, `lowered`: the role itself changed its tier. */
export const TimelineEntry = z
  .object({
    kind: z.enum(['gained', 'lost', 'raised', 'lowered']),
    /** Null when the role began or ceased to make administrators: of all who hold it. */
    account: AccountRef.nullable(),
    role: RoleRef,
    /** How many held it before and after; null unless the role itself changed. */
    holders: z.number().int().nullable(),
    bound: Bound,
    /** In the first sync nothing changed: it is the baseline. */
    first: z.boolean(),
  })
  .openapi('TimelineEntry');
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/** A list as of a moment; `proof` null: no complete sync by then, so nothing is known. */
const listOf = <T extends z.ZodType>(item: T) =>
  page(item).extend({ proof: Proof.nullable(), total: z.number().int().nullable() });

export const AccountPage = listOf(Account).openapi('AccountPage');
export const RolePage = listOf(Role).openapi('RolePage');
export const GrantPage = listOf(Grant).openapi('GrantPage');
export const AdministratorPage = listOf(Administrator)
  .extend({
    tiers: z.object({ critical: z.number().int(), high: z.number().int(), unclassified: z.number().int() }),
    /** Accounts among them that are disabled now but keep the role. */
    disabled: z.number().int(),
    axis: z.object({ from: Instant, to: Instant }).nullable(),
    /** Seen in a sync that is held: administrators after it who are none in the items. Of a past moment none. */
    newcomers: z.array(HeldNewcomer),
  })
  .openapi('AdministratorPage');
export type AdministratorPage = z.infer<typeof AdministratorPage>;
export const TimelinePage = page(TimelineEntry).openapi('TimelinePage');
