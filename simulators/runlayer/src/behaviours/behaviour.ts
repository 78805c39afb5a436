import type { Form } from '../form/form.ts';
import type { Acting } from '../simulation.ts';

/** How a behaviour was asked for: `NAME[:NUMBER][:/PATH]`. */
export interface Asked {
  readonly number: number | undefined;
  readonly path: string | undefined;
}

export const families = {
  paths: 'Paths',
  redirects: 'Redirects',
  assignments: 'Where assignments stand',
  items: 'What an assignment looks like',
  envelopes: 'Envelopes and totals',
  paging: 'Paging',
  users: 'Fields of users',
  roles: 'Fields of roles',
  keys: 'Keys, and what lies around the API',
  failures: 'Failures',
  time: 'Time',
} as const;

/** What a behaviour is, as data: for `--help`, for the admin API, and for the tests of readers. */
export interface Facts {
  readonly name: string;
  /** The form of its argument in `--help`: empty, `[:N]` … */
  readonly form: string;
  /** One line, present tense, for `--help` and the admin page. */
  readonly says: string;
  readonly family: keyof typeof families;
  /** A form that a tolerant reader understands, one that it must refuse, or something that breaks. */
  readonly kind: 'accept' | 'refuse' | 'fault';
  /**
   * What a correct reader ends with: the exact (user, role) pairs of the admin API, an error and nothing else, or
   * either of the two.
   */
  readonly ends: 'exact' | 'refused' | 'either';
  /** The exception or option with which a refused one ends exact. */
  readonly unless?: string;
  /** What the reader must be told first, because it cannot find it out. */
  readonly needs?: string;
  /** Which key shows it; without it: any. */
  readonly key?: 'weak';
}

/** One of the behaviours that there are. */
export interface Kind extends Facts {
  readonly act: (asked: Asked) => Acting;
}

type Family = keyof typeof families;
type Shape = (form: Form, asked: Asked) => void;
type More = Partial<Pick<Facts, 'form' | 'unless' | 'needs' | 'key' | 'ends'>>;

const shaped =
  (kind: 'accept' | 'refuse', ends: 'exact' | 'refused') =>
  (family: Family, name: string, says: string, shape: Shape, more: More = {}): Kind => ({
    name,
    form: '',
    says,
    family,
    kind,
    ends,
    ...more,
    act: (asked) => ({ shape: (form) => shape(form, asked) }),
  });

/** A form that a tolerant reader understands. */
export const accepted = shaped('accept', 'exact');

/** A form that a reader must refuse. */
export const refused = shaped('refuse', 'refused');
