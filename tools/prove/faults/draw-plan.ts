import { seededRandom } from '@batonkit/kernel';
import { kinds as behaviourKinds } from '../../../simulators/runlayer/src/behaviours/index.ts';
import { faultKinds } from '../../../simulators/runlayer/src/faults/index.ts';

/** One tenant, one configuration, and what goes wrong: everything comes from the seed. */
export interface FaultRun {
  seed: number;
  users: number;
  customRoles: number;
  assignments: 'embedded' | 'per-user';
  /** What the server grants at most. */
  maxLimit: number;
  /** What is asked for; undefined leaves it to the connector. */
  pageSize: number | undefined;
  behaviours: string[];
  /** As on the simulator's command line: `NAME@n[xK][:ARG]`. */
  faults: string[];
}

/** In these the lists have fewer pages than a proof is about. */
const wholeLists = ['unpaged', 'limit-refused', 'max-limit', 'max-limit-400', 'max-limit-413', 'max-limit-500'];

/** These need a setting, or show other roles than the tenant holds. */
const others = [
  'users-path-organization-members',
  'users-path-organizations-id-members',
  'users-path-members',
  'embedded-role',
  'roles-fold-alike',
];

/** Forms of the API that change no id, so that the truth can be compared as it stands. */
export const forms: readonly string[] = behaviourKinds
  .filter(
    ({ family, kind, needs, name }) =>
      kind === 'accept' &&
      needs === undefined &&
      ['paths', 'redirects', 'assignments', 'items', 'envelopes', 'paging', 'keys'].includes(family) &&
      ![...wholeLists, ...others].includes(name),
  )
  .map(({ name }) => name);

/** Faults that cost real seconds, or mebibytes: rare, and with arguments of their own. */
const dear: Record<string, string> = {
  stall: '',
  'no-answer': '',
  oversized: ':65',
  'oversized-gzip': ':65',
  'no-content': '',
};

/** After these a careful reader can still end well. */
const survivable = new Set(
  'status rate-limit reset cut slow-body latency delete insert rename promote demote replace rename-moves move-role deactivate flicker'.split(
    ' ',
  ),
);

const drawForms = (count: number, pick: (from: readonly string[]) => string): string[] =>
  Array.from({ length: count }, () => pick(forms)).map((form) => (form === 'short-pages' ? 'short-pages:2' : form));

/**
 * Draws a run. In half of them only things happen that a reader may survive, so that there are enough good ends to
 * judge; in the others everything may.
 */
export function drawPlan(seed: number): FaultRun {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random.float() * n);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const chance = (of: number): boolean => random.float() < of;
  // Three pages of each list at least: there are seven roles and more.
  const size = 3 + below(2);
  const isAsked = chance(0.5);
  const known = faultKinds.filter(({ drawn }) => drawn !== undefined);
  const gentle = known.filter(({ name }) => survivable.has(name));
  const isGentle = chance(0.6);
  const kinds = isGentle ? gentle : known;
  const whole = kinds.reduce((sum, { drawn }) => sum + (drawn?.weight ?? 0), 0);
  const users = size * 3 + below(20);
  const customRoles = 3 + below(3);
  const assignments = chance(0.7) ? 'embedded' : 'per-user';
  const pages = (rows: number): number => Math.ceil(rows / size) + 1;
  // Most of the requests that an undisturbed reading makes; faults fall within them.
  const span = Math.floor(1.8 * (pages(7 + customRoles) + pages(users) + (assignments === 'embedded' ? 0 : users)));
  const drawFault = (): string => {
    if (!isGentle && chance(0.02)) {
      const name = pick(Object.keys(dear));
      return `${name}@${1 + below(span)}${dear[name]}`;
    }
    let at = random.float() * whole;
    const kind = kinds.find(({ drawn }) => (at -= drawn?.weight ?? 0) < 0) ?? kinds[0];
    // The simulator's own numbers come from a generator with these two.
    const argument = kind?.drawn?.argument?.({ below, pick } as never);
    const suffix = argument === undefined ? '' : /^x[\d*]/.test(argument) ? argument : `:${argument}`;
    return `${kind?.name}@${1 + below(span)}${suffix}`;
  };
  return {
    seed,
    users,
    customRoles,
    assignments,
    maxLimit: isAsked ? 1000 : size,
    pageSize: isAsked ? size : undefined,
    behaviours: drawForms(chance(0.4) ? (chance(0.2) ? 2 : 1) : 0, pick),
    faults: Array.from({ length: 3 + below(3) }, drawFault),
  };
}
