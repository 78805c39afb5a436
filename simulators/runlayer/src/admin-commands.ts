import { behaviourOf } from './behaviours/index.ts';
import type { AccountType } from './people.ts';
import type { Simulation } from './simulation.ts';
import type { Change, Draft } from './tenant.ts';

type Input = Readonly<Record<string, unknown>>;
type Done = { readonly userId: string; readonly change: Change | undefined } | { readonly report: unknown };
type Command = (simulation: Simulation, input: Input) => Done;

/** What a POST to the admin API does, by path. Each throws RangeError for input that it does not understand. */
export function commandOf(path: string): Command | undefined {
  return Object.hasOwn(commands, path) ? commands[path] : undefined;
}

const commands: Record<string, Command> = {
  '/promote': (simulation, input) =>
    apply(simulation, { kind: 'promote', userId: string(input, 'userId'), role: string(input, 'role') }),
  '/demote': (simulation, input) =>
    apply(simulation, { kind: 'demote', userId: string(input, 'userId'), role: string(input, 'role') }),
  '/deactivate': (simulation, input) => apply(simulation, { kind: 'deactivate', userId: string(input, 'userId') }),
  '/reactivate': (simulation, input) => apply(simulation, { kind: 'reactivate', userId: string(input, 'userId') }),
  '/delete': (simulation, input) => apply(simulation, { kind: 'delete', userId: string(input, 'userId') }),
  '/rename'(simulation, input) {
    const userId = string(input, 'userId');
    const person = simulation.tenant.byId(userId);
    const name = 'name' in input ? nameOf(input) : (person?.name ?? null);
    const email = 'email' in input ? string(input, 'email') : (person?.email ?? '');
    return apply(simulation, { kind: 'rename', userId, name, email });
  },
  '/add'(simulation, input) {
    const roles = 'roles' in input ? strings(input, 'roles') : [];
    const type = 'type' in input ? string(input, 'type') : 'user';
    if (!isType(type)) throw new RangeError('type is none of user, agent, service_account.');
    const draft = { name: nameOf(input), email: string(input, 'email'), type, roles };
    return apply(simulation, { kind: 'add', userId: simulation.tenant.nextId(), ...draft });
  },
  '/behaviours'(simulation, input) {
    const next = strings(input, 'set').map(behaviourOf);
    // A behaviour that goes on under the same words keeps what it has counted so far.
    simulation.behaviours = next.map((made) => {
      const running = simulation.behaviours.find((behaviour) => behaviour.spec === made.spec);
      if (!running) made.start?.(simulation);
      return running ?? made;
    });
    return { report: { behaviours: simulation.behaviours.map((behaviour) => behaviour.spec) } };
  },
  '/hold'({ holds }, input) {
    const n = 'n' in input ? input['n'] : 1;
    if (typeof n !== 'number' || !Number.isInteger(n) || n < 1)
      throw new RangeError('n is not a whole number from 1 up.');
    holds.add(n, 'path' in input ? string(input, 'path') : undefined);
    return { report: { pending: holds.pending() } };
  },
  '/release'({ holds }, input) {
    if (input['pending'] === true) holds.forget();
    const { n } = input;
    if (n !== undefined && typeof n !== 'number') throw new RangeError('n is not a number.');
    return { report: { released: holds.release(n) } };
  },
};

function apply(simulation: Simulation, draft: Draft): Done {
  return { userId: draft.userId, change: simulation.tenant.change(draft, 'admin') };
}

function string(input: Input, name: string): string {
  const value = input[name];
  if (typeof value !== 'string' || value === '') throw new RangeError(`${name} is missing or not a string.`);
  return value;
}

function strings(input: Input, name: string): string[] {
  const value = input[name];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new RangeError(`${name} is not an array of strings.`);
  }
  return value;
}

function nameOf(input: Input): string | null {
  const { name } = input;
  if (name !== null && typeof name !== 'string') throw new RangeError('name is neither a string nor null.');
  return name;
}

const isType = (value: string): value is AccountType => ['user', 'agent', 'service_account'].includes(value);
