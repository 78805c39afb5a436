import { fail } from './errors.ts';

/**
 * Every judgement about the form of a tenant that a named person may overrule, and with what. Nobody has
 * seen all tenants; faults of a tenant (what breaks, lies or changes) cannot be overruled.
 */
export const exceptions = {
  'unknown-role': {
    values: ['placeholder'],
    says: 'a role that somebody holds and no list has is synced under its id',
  },
  'null-roles': { values: ['none'], says: 'roles that are null mean that somebody holds none' },
  'unknown-scope': { values: ['platform', 'apart'], says: 'a scope that is not known counts so' },
  'static-roles': { values: [], says: 'without a list of roles, the roles that Runlayer documents are taken' },
  'owner-not-listed': { values: [], says: 'the owner of the key need not be in the list of users' },
  disagreement: {
    values: ['embedded', 'per-role', 'flat', 'per-user'],
    says: 'where two ways of reading disagree, this one is right',
  },
} as const;

export type ExceptionName = keyof typeof exceptions;

/** How an overruled judgement stands in the certificate. */
export interface UsedException {
  /** As it was given, such as `unknown-role=placeholder`. */
  name: string;
  reason: string;
  /** Who overruled it. */
  by: string;
  /** RFC 3339. */
  at: string;
}

/** Asks whether a judgement is overruled. Asked only when it would be passed, so that each answer is a use. */
export interface Judge {
  /** What stands in place of the judgement; undefined when it stands. */
  overruled(name: ExceptionName): string | undefined;
}

/** What was accepted for a tenant, and what of it was needed. */
export class Exceptions implements Judge {
  private readonly accepted: ReadonlyMap<string, string>;
  private readonly words: { reason: string; by: string; at: string };
  private readonly needed = new Set<ExceptionName>();

  constructor(accepted: ReadonlyMap<string, string>, words: { reason: string; by: string; at: string }) {
    this.accepted = accepted;
    this.words = words;
  }

  overruled(name: ExceptionName): string | undefined {
    const value = this.accepted.get(name);
    if (value !== undefined) this.needed.add(name);
    return value;
  }

  /** Without it being a use. */
  value(name: ExceptionName): string | undefined {
    return this.accepted.get(name);
  }

  used(): UsedException[] {
    return [...this.needed].sort().map((name) => {
      const value = this.accepted.get(name) ?? '';
      return { name: value === name ? name : `${name}=${value}`, ...this.words };
    });
  }

  /** The same for another reading, which has needed nothing yet. */
  anew(): Exceptions {
    return new Exceptions(this.accepted, this.words);
  }
}

/** Nothing is overruled. */
export const strict: Judge = { overruled: () => undefined };

/**
 * @param accept names as they are given, such as `null-roles=none`
 * @throws BatonError `RL-ACCEPT`, `RL-ACCEPT-REASON`
 */
export function parseExceptions(
  accept: readonly string[],
  reason: string | undefined,
  by: string | undefined,
  at: string,
): Exceptions {
  const accepted = new Map<string, string>();
  for (const given of accept.map((text) => text.trim()).filter((text) => text !== '')) {
    const [name = '', value] = given.split('=', 2);
    const values: readonly string[] | undefined = Object.hasOwn(exceptions, name)
      ? exceptions[name as ExceptionName].values
      : undefined;
    const isKnown = values !== undefined && (values.length === 0 ? value === undefined : values.includes(value ?? ''));
    if (!isKnown || (accepted.get(name) ?? value ?? name) !== (value ?? name)) {
      throw fail('RL-ACCEPT', { name: given.replaceAll(/[^\w=.-]/g, '?').slice(0, 60), known: knownExceptions() });
    }
    accepted.set(name, value ?? name);
  }
  const said = reason?.trim() ?? '';
  if (accepted.size > 0 && said === '') throw fail('RL-ACCEPT-REASON', {});
  return new Exceptions(accepted, { reason: said, by: by?.trim() || 'not named', at });
}

function knownExceptions(): string {
  return Object.entries(exceptions)
    .flatMap(([name, { values }]) => (values.length === 0 ? [name] : values.map((value) => `${name}=${value}`)))
    .join(', ');
}
