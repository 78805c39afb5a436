import { agentWork, customs, mailDomains, serviceWork } from './names.ts';
import { asUuid, drawFrom, shuffleIndex, unshuffleIndex, type Draw } from './random.ts';

export type AccountType = 'user' | 'agent' | 'service_account';

export interface Person {
  readonly index: number;
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
  readonly type: AccountType;
  readonly isActive: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lastLoginAt: string | null;
  /** Slugs of the roles held. */
  readonly roles: readonly string[];
}

/** Whose personal key is whose: the owners that the simulator hands out keys for. Absent in tenants too small for them. */
export interface Owners {
  readonly super_admin: number;
  readonly helpdesk?: number;
  readonly security_admin?: number;
  readonly weak?: number;
  readonly deactivated?: number;
}

/** The people of a seed: each is made when asked for, none is stored. */
export interface People {
  readonly owners: Owners;
  idOf(index: number): string;
  /** The index whose id this is, of whoever it may be; undefined if no index has it. */
  indexOf(id: string): number | undefined;
  person(index: number): Person;
}

const firstDay = Date.UTC(2023, 0, 9, 8);
const lastDay = Date.UTC(2026, 5, 30, 17);
const lastLogin = Date.UTC(2026, 10, 20, 16);

export function peopleOf(seed: number, count: number, customRoles: readonly string[]): People {
  const draw = drawFrom(seed);
  const { owners, admins } = appoint(draw, count);
  const ownerIndexes = new Set(Object.values(owners) as number[]);
  const step = Math.floor((lastDay - firstDay) / count);
  const idOf = (index: number): string => {
    const words = [shuffleIndex(draw, index), draw(index, 1), draw(index, 2), draw(index, 3)];
    return asUuid(words.map((word) => word.toString(16).padStart(8, '0')).join(''));
  };
  return {
    owners,
    idOf,
    indexOf(id) {
      if (!/^[0-9a-f]{8}-/.test(id)) return undefined;
      const index = unshuffleIndex(draw, Number.parseInt(id.slice(0, 8), 16));
      return idOf(index) === id ? index : undefined;
    },
    person(index) {
      const appointed = admins.get(index);
      const isOwner = ownerIndexes.has(index);
      const type = appointed || isOwner ? 'user' : typeOf(draw(index, 4));
      const isActive = index !== owners.deactivated && (isOwner || draw(index, 5) % 100 >= 5);
      // Never two at the same instant: the list is sorted by it.
      const createdAt = firstDay + index * step + (draw(index, 6) % Math.max(1, step));
      const login = createdAt + (draw(index, 7) % (lastLogin - createdAt));
      const isSeen = draw(index, 8) % 100 < (type === 'agent' ? 40 : isActive ? 82 : 50);
      return {
        index,
        id: idOf(index),
        ...called(draw, index, type, appointed !== undefined || isOwner),
        type,
        isActive,
        createdAt: new Date(createdAt).toISOString(),
        updatedAt: new Date(createdAt).toISOString(),
        lastLoginAt: isSeen ? new Date(login).toISOString() : null,
        roles: appointed
          ? withUser(appointed, draw(index, 9))
          : isOwner
            ? ['user']
            : everyday(draw, index, type, customRoles),
      };
    },
  };
}

/** Decides who administers: a handful, in any place of the list, the founder always among them. */
function appoint(draw: Draw, count: number): { owners: Owners; admins: Map<number, string[]> } {
  const few = (purpose: number, from: number, to: number): number =>
    Math.min(from + (draw(0, purpose) % (to - from + 1)), Math.max(1, Math.floor(count / 8)));
  const grown = Math.floor(count / 25_000);
  const posts: string[] = ['super_admin', 'helpdesk', 'security_admin', 'weak', 'deactivated'];
  const fill = (role: string, more: number): void => {
    for (let n = 0; n < more; n++) posts.push(role);
  };
  fill('super_admin', few(20, 2, 4) - 1 + grown);
  fill('security_admin', few(21, 2, 5) - 1 + grown);
  fill('it_admin', few(22, 2, 6) + grown);
  fill('analytics_admin', few(23, 1, 4));
  fill('helpdesk', few(24, 2, 7) - 1 + grown);

  const taken = new Set<number>();
  const admins = new Map<number, string[]>();
  const owners: { -readonly [K in keyof Owners]: Owners[K] } = { super_admin: 0 };
  for (const [n, post] of posts.slice(0, count).entries()) {
    let index = n === 0 ? 0 : draw(n, 25) % count;
    while (taken.has(index)) index = (index + 1) % count;
    taken.add(index);
    if (n > 0 && n < 5) owners[post as keyof Owners] = index;
    if (post === 'weak' || post === 'deactivated') continue;
    const second =
      n >= 5 && draw(n, 26) % 6 === 0 ? ['analytics_admin', 'developer', 'it_admin'][draw(n, 27) % 3] : undefined;
    admins.set(index, second && second !== post ? [post, second] : [post]);
  }
  return { owners, admins };
}

function withUser(roles: readonly string[], drawn: number): string[] {
  return drawn % 10 < 7 ? [...roles, 'user'] : [...roles];
}

function everyday(draw: Draw, index: number, type: AccountType, customRoles: readonly string[]): string[] {
  const drawn = draw(index, 9) % 100;
  // A tenant's own roles are held by few: about one in two hundred.
  const own = draw(index, 10) % 200 === 0 ? customRoles[draw(index, 11) % customRoles.length] : undefined;
  if (type === 'agent' && own) return [own];
  if (type === 'agent') return drawn < 30 ? ['developer'] : drawn < 75 ? ['user'] : [];
  if (type === 'service_account') return drawn < 20 ? ['developer'] : drawn < 70 ? ['user'] : [];
  if (own) return drawn < 25 ? [own, 'developer'] : [own, 'user'];
  if (drawn < 3) return [];
  if (drawn < 10) return ['developer', 'user'];
  return ['user'];
}

function typeOf(drawn: number): AccountType {
  const part = drawn % 100;
  return part < 3 ? 'agent' : part < 5 ? 'service_account' : 'user';
}

function called(
  draw: Draw,
  index: number,
  type: AccountType,
  isNamed: boolean,
): { name: string | null; email: string } {
  const pick = <T>(from: readonly T[], purpose: number): T => from[draw(index, purpose) % from.length]!;
  const number = index === 0 ? '' : String(index);
  if (type === 'agent') {
    const work = pick(agentWork, 30);
    return { name: `${work} Agent ${index}`, email: `${work.toLowerCase()}-agent-${index}@agents.example` };
  }
  if (type === 'service_account') {
    const work = pick(serviceWork, 30);
    return { name: `svc-${work}-${index}`, email: `svc-${work}-${index}@services.example` };
  }
  const from = draw(index, 31) % 100 < 55 ? customs[0]! : pick(customs, 32);
  const given = pick(from.given, 33);
  const family = pick(from.family, 34);
  const email = `${given[1]}.${family[1]}${number}@${pick(mailDomains, 35)}`;
  const name = from.joined ? family[0] + given[0] : `${given[0]} ${family[0]}`;
  if (isNamed) return { name, email };
  const odd = draw(index, 36) % 1000;
  if (odd < 25) return { name: null, email };
  if (odd === 25) return { name: '', email };
  if (odd < 29) return { name: `${name} ${`${pick(from.given, 37)[0]}-`.repeat(24)}${family[0]}`, email };
  // Names are typed in by ordinary people: some hold characters that turn or hide text.
  if (odd === 29) return { name: `${name}\u202e${given[0]}\u200b`, email };
  return { name, email };
}
