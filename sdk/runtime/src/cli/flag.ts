import type { Status } from '@batonkit/kernel';

/** How a flag's value is written; the names are those of the help text (protocol: runtime 1.6). */
export type FlagType = 'string' | 'strings' | 'int' | 'bool' | 'stringToString';

export type FlagValue = string | string[] | number | boolean | Readonly<Record<string, string>>;

export interface Refusal {
  why: string;
  instead: string;
}

/** Another task than a sync, which the genuine programs can be asked for on the command line. */
export interface Operation {
  /** What was asked for, for the sentence that refuses it. */
  what: string;
  /** The status with which a genuine read-only connector ends; 0 where it only says that there are none. */
  status: 0 | typeof Status.NotFound | typeof Status.Unimplemented;
}

export interface Flag {
  name: string;
  short?: string;
  type: FlagType;
  /** Help text and, for exported fields, the description that `config` prints. */
  help: string;
  default?: string | number | boolean | readonly string[];
  /** The only values there are. */
  choices?: readonly string[];
  hidden?: true;
  required?: boolean;
  secret?: boolean;
  /** Not read from the environment: `--help`, `--version`, `--hosted`. */
  flagOnly?: true;
  /** Part of what `config` prints, marked `isOps`. */
  exported?: true;
  rules?: { gte: number; lte: number };
  /** Accepted because every Baton connector accepts it, without effect in this release. */
  inert?: true;
  /** Has an effect in service mode only. */
  serviceOnly?: true;
  /** Asks for another task than a sync, which this program does not do. */
  operation?: Operation;
  /** Refused with a sentence when it is set: ignoring it would change what the result means. */
  refused?: Refusal;
}

/** The variable that holds a flag's value. */
export function variableOf(name: string): string {
  return `BATON_${name.toUpperCase().replaceAll('-', '_')}`;
}
