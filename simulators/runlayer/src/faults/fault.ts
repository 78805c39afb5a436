import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import type { Random } from '../random.ts';
import type { Striking } from '../simulation.ts';

export const faultFamilies = {
  answers: 'Answers',
  transport: 'On the wire',
  json: 'JSON',
  paging: 'Pages that lie',
  order: 'Order',
  tenant: 'The tenant changes',
  view: 'The key sees less',
} as const;

/** One of the faults that there are. */
export interface FaultKind {
  readonly name: string;
  /** The form of its argument in `--help`: empty, `[:N]`, `:S` … */
  readonly form: string;
  readonly family: keyof typeof faultFamilies;
  /** One line, present tense. */
  readonly says: string;
  /**
   * How often it is drawn into a plan, and with which argument; absent = never (it waits too long or sends too much).
   * A deadly fault is one that no reader can survive; it is drawn seldom, so that many plans end well.
   */
  readonly drawn?: { readonly weight: number; readonly argument?: (random: Random) => string };
  /** @throws RangeError if it does not understand the argument. */
  readonly make: (argument: string | undefined, random: Random) => Striking;
}

/** Reads a whole number of an argument. @throws RangeError */
export function wholeOf(argument: string | undefined, otherwise: number, least: number, most: number): number {
  if (argument === undefined) return otherwise;
  const number = Number(argument);
  if (!/^-?\d{1,9}$/.test(argument) || number < least || number > most) {
    throw new RangeError(`${argument} is not a whole number from ${least} to ${most}.`);
  }
  return number;
}

/** @throws RangeError if there is an argument. */
export function noneOf(argument: string | undefined): void {
  if (argument !== undefined) throw new RangeError(`It takes no argument, not ${argument}.`);
}

export const isList = ({ route }: Exchange): boolean =>
  route.kind === 'api' && ['users', 'roles', 'user-roles', 'role-users', 'flat'].includes(route.means);

export const isUsers = ({ route }: Exchange): boolean => route.kind === 'api' && route.means === 'users';

/** Whether an answer is a page of a list that came well, and that no other fault has taken the rows from. */
export function hasRows(answer: Answer): answer is Answer & { page: NonNullable<Answer['page']> } {
  if (answer.status !== 200 || !answer.page || typeof answer.json !== 'object' || answer.json === null) return false;
  return 'data' in answer.json && Array.isArray(answer.json.data);
}
