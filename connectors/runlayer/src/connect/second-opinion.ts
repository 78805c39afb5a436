import { BatonError } from '@batonkit/kernel';
import { readWhole } from '../api/read-whole.ts';
import { wantRoles, wantRolesOf, wantUser } from '../api/wanted.ts';
import { readAssignments } from '../mapping/assignment.ts';
import { catalogueRows } from '../mapping/catalogue.ts';
import { asRow, type Row } from '../mapping/read-id.ts';
import { readUserId } from '../mapping/user.ts';
import { embeddedKeysOf } from '../tenant/embedded.ts';
import type { Way } from '../tenant/tenant-form.ts';
import { TenantReader } from '../tenant/tenant-reader.ts';
import type { Discovery } from './discovery.ts';
import { isSurvivable, wantOf } from './ways.ts';

/** How many people beside the key's owner are compared. */
const most = 20;

export interface Opinion {
  first: string;
  second: string;
  /** People compared, and those for whom the two still differ when read again. */
  compared: number;
  differ: number;
  /** Why the two could not be compared; the reading itself judges the forms that it meets. */
  unreadable?: BatonError;
}

type Agrees = (other: ReadonlySet<string>) => boolean;

interface Person {
  id: string;
  agrees: Agrees;
  /** Reads the first way again; undefined when the person is gone. */
  again: () => Promise<Agrees | undefined>;
}

/**
 * Compares two ways for the key's owner and some people who hold roles: a way that shows too little
 * looks just like a tenant with few roles. A difference counts when it is there twice.
 *
 * @param now milliseconds since the Unix epoch
 * @returns undefined when there is only one way to the roles of single people
 */
export async function askSecondWay(
  discovery: Discovery,
  now: number,
  signal: AbortSignal,
): Promise<Opinion | undefined> {
  const [first] = discovery.ways;
  const second = discovery.ways.find((way) => way.plan === 'per-user' && way !== first);
  if (first === undefined || second?.plan !== 'per-user') return undefined;
  try {
    const reader = await readerOf(discovery, now, signal);
    const people =
      first.plan === 'embedded'
        ? await embeddedSample(discovery, reader, first.key, signal)
        : await listedSample(discovery, reader, first, signal);
    const ask = (id: string): Promise<ReadonlySet<string> | undefined> =>
      rolesOf(discovery, reader, second.path, id, signal);
    const verdicts = await Promise.all(people.map((person) => agreesInTheEnd(person, ask)));
    const differ = verdicts.filter((isSame) => !isSame).length;
    return { first: first.plan, second: second.plan, compared: people.length, differ };
  } catch (error) {
    if (!(error instanceof BatonError) || !(isSurvivable(error) || isIncomparable(error))) throw error;
    return { first: first.plan, second: second.plan, compared: 0, differ: 0, unreadable: error };
  }
}

/**
 * Compares what `/users/me` says of the owner's roles, where it says anything, with the first way.
 * @returns undefined when either says nothing of one person's roles
 */
export async function askOwner(discovery: Discovery, now: number, signal: AbortSignal): Promise<Opinion | undefined> {
  const [first] = discovery.ways;
  const [key] = embeddedKeysOf(discovery.me.row);
  if (first === undefined || key === undefined || !['embedded', 'per-user'].includes(first.plan)) return undefined;
  const reader = await readerOf(discovery, now, signal);
  const said = (row: Row): Agrees => agreesWith(new Set(reader.rolesIn(row, key)));
  const listed = discovery.users.page.rows
    .map((row) => asRow(row, 'A user'))
    .find((row) => readUserId(row) === discovery.me.id);
  const byWay = async (isAgain: boolean): Promise<ReadonlySet<string> | undefined> => {
    if (first.plan !== 'embedded') return await rolesOf(discovery, reader, first.path, discovery.me.id, signal);
    const own =
      isAgain || listed === undefined
        ? await ownRow(discovery, discovery.me.id, signal).catch(ignoreUnreadable)
        : undefined;
    const row = own?.[first.key] === undefined ? listed : own;
    return row?.[first.key] === undefined ? undefined : new Set(reader.rolesIn(row, first.key));
  };
  try {
    const other = await byWay(false);
    if (other === undefined) return undefined;
    let isSame = said(discovery.me.row)(other);
    if (!isSame) {
      const otherAgain = await byWay(true);
      isSame = otherAgain !== undefined && said((await discovery.api.me(signal)).row)(otherAgain);
    }
    return { first: first.plan, second: '/users/me', compared: 1, differ: isSame ? 0 : 1 };
  } catch (error) {
    // What cannot be compared is no sign of anything; the reading itself judges the forms it meets.
    if (!(error instanceof BatonError) || !isIncomparable(error)) throw error;
    return undefined;
  }
}

/** A form that a comparison met, and that the reading itself judges. */
export function isIncomparable({ code }: BatonError): boolean {
  return incomparable.includes(code);
}

const incomparable = [
  'RL-ROLE-UNKNOWN',
  'RL-ROLE-AMBIGUOUS',
  'RL-SCOPE',
  'RL-SHAPE',
  'RL-COUNT',
  'RL-NULL-ROLES',
  'RL-PATH-404',
];

async function agreesInTheEnd(
  person: Person,
  ask: (id: string) => Promise<ReadonlySet<string> | undefined>,
): Promise<boolean> {
  const other = await ask(person.id);
  if (other !== undefined && person.agrees(other)) return true;
  const again = await person.again();
  // Who is gone meanwhile says nothing.
  if (again === undefined) return true;
  const otherAgain = await ask(person.id);
  return otherAgain !== undefined && again(otherAgain);
}

/** The roles are read once for all comparisons of one connect. */
function readerOf(discovery: Discovery, now: number, signal: AbortSignal): Promise<TenantReader> {
  return (discovery.comparing ??= makeReader(discovery, now, signal));
}

async function makeReader(
  { api, settings, me, roles }: Discovery,
  now: number,
  signal: AbortSignal,
): Promise<TenantReader> {
  const { roleId, exceptions } = settings;
  const reader = new TenantReader({ ownerId: me.id, roleId, isCatalogue: roles === 'catalogue', exceptions, now });
  const nowhere = { resource() {}, entitlement() {}, grant() {}, has: () => false };
  for (const row of await allRoles()) reader.takeRole(row, nowhere);
  return reader;

  async function allRoles(): Promise<readonly unknown[]> {
    if (roles === 'catalogue') return catalogueRows;
    const { rows, next } = roles.page;
    if (roles.count !== null && rows.length >= roles.count && typeof next !== 'string') return rows;
    return (await readWhole(api, { ...wantRoles(roles.path), judge: exceptions }, signal)) ?? [];
  }
}

async function rolesOf(
  { api, settings }: Discovery,
  reader: TenantReader,
  path: string,
  user: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const rows = await readWhole(api, { ...wantRolesOf(path), judge: settings.exceptions }, signal, user);
  if (rows === undefined) return undefined;
  return new Set(readAssignments(rows, reader.comparing()).held.map(({ role }) => role.id));
}

function ownRow({ api, settings, users }: Discovery, id: string, signal: AbortSignal): Promise<Row | undefined> {
  return api.item({ ...wantUser(users.path), judge: settings.exceptions }, id, signal);
}

/** Single users cannot be read everywhere; then the others are compared. */
function ignoreUnreadable(error: unknown): undefined {
  if (error instanceof BatonError && (isSurvivable(error) || error.code === 'RL-PATH-404')) return undefined;
  throw error;
}

function agreesWith(mine: ReadonlySet<string>): Agrees {
  return (other) => mine.size === other.size && [...mine].every((id) => other.has(id));
}

/** The owner and the first holders of roles on the first page of users. */
async function embeddedSample(
  discovery: Discovery,
  reader: TenantReader,
  key: string,
  signal: AbortSignal,
): Promise<Person[]> {
  const { me, users } = discovery;
  const agrees = (row: Row): Agrees => agreesWith(new Set(reader.rolesIn(row, key)));
  const rows = users.page.rows.map((row) => asRow(row, 'A user'));
  const isOwner = (row: Row): boolean => readUserId(row) === me.id;
  const holds = (row: Row): boolean => !Array.isArray(row[key]) || row[key].length > 0;
  const owner = rows.find(isOwner) ?? (await ownRow(discovery, me.id, signal).catch(ignoreUnreadable));
  const holders = rows.filter((row) => !isOwner(row) && holds(row)).slice(0, most);
  const known = [owner, ...holders].filter((row): row is Row => row?.[key] !== undefined);
  return known.map((row) => ({
    id: readUserId(row),
    agrees: agrees(row),
    again: async () => {
      const again = await ownRow(discovery, readUserId(row), signal).catch(() => row);
      return again === undefined ? undefined : agrees(again[key] === undefined ? row : again);
    },
  }));
}

/** Pairs that a list gives; each must be among the roles of its user. */
async function listedSample(
  discovery: Discovery,
  reader: TenantReader,
  way: Exclude<Way, { plan: 'embedded' }>,
  signal: AbortSignal,
): Promise<Person[]> {
  const role = way.plan === 'per-role' ? discovery.someRole() : undefined;
  const read = async (): Promise<Map<string, Set<string>>> => {
    const pairs = new Map<string, Set<string>>();
    const found = await discovery.locate(`assignments ${way.plan}`, [way.path], wantOf[way.plan], signal, role);
    for (const row of found?.page.rows ?? []) {
      const taken = role === undefined ? reader.takeFlat(row, undefined) : reader.takeHolder(role, row, undefined);
      for (const pair of taken === 'wrong-plan' ? [] : (taken.carries?.['assignments'] ?? [])) {
        const [role = '', user = ''] = pair.split('\n');
        if (!pairs.has(user) && pairs.size > most) continue;
        pairs.set(user, (pairs.get(user) ?? new Set()).add(role));
      }
    }
    return pairs;
  };
  const among =
    (mine: ReadonlySet<string>): Agrees =>
    (other) =>
      [...mine].every((id) => other.has(id));
  const pairs = await read();
  return [...pairs].map(([id, mine]) => ({
    id,
    agrees: among(mine),
    again: async () => {
      const again = (await read()).get(id);
      return again === undefined ? undefined : among(again);
    },
  }));
}
