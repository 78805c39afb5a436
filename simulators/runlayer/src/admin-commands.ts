import { behaviourOf } from './behaviours/index.ts';
import type { AccountType } from './people.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { behave } from './behave.ts';
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
    apply(simulation, { kind: 'promote', userId: userId(simulation, input), role: string(input, 'role') }),
  '/demote': (simulation, input) =>
    apply(simulation, { kind: 'demote', userId: userId(simulation, input), role: string(input, 'role') }),
  '/deactivate': (simulation, input) => apply(simulation, { kind: 'deactivate', userId: userId(simulation, input) }),
  '/reactivate': (simulation, input) => apply(simulation, { kind: 'reactivate', userId: userId(simulation, input) }),
  '/delete': (simulation, input) => apply(simulation, { kind: 'delete', userId: userId(simulation, input) }),
  '/rename'(simulation, input) {
    const id = userId(simulation, input);
    const person = simulation.tenant.byId(id);
    const name = 'name' in input ? nameOf(input) : (person?.name ?? null);
    const email = 'email' in input ? string(input, 'email') : (person?.email ?? '');
    return apply(simulation, { kind: 'rename', userId: id, name, email });
  },
  '/add'(simulation, input) {
    const roles = 'roles' in input ? strings(input, 'roles') : [];
    const type = 'type' in input ? string(input, 'type') : 'user';
    if (!isType(type)) throw new RangeError('type is none of user, agent, service_account.');
    const draft = { name: nameOf(input), email: string(input, 'email'), type, roles };
    return apply(simulation, { kind: 'add', userId: simulation.tenant.nextId(), ...draft });
  },
  '/add-role'({ tenant }, input) {
    const role = string(input, 'slug');
    if (!/^[a-z][a-z0-9_]*$/.test(role)) throw new RangeError('slug is not made of a to z, 0 to 9 and _.');
    const change = tenant.change({ kind: 'add-role', role, name: string(input, 'name') }, 'admin');
    return { report: { changed: change !== undefined, change: change ?? null } };
  },
  '/delete-role'({ tenant }, input) {
    const change = tenant.change({ kind: 'delete-role', role: string(input, 'role') }, 'admin');
    return { report: { changed: change !== undefined, change: change ?? null } };
  },
  '/behaviours'(simulation, input) {
    behave(simulation, strings(input, 'set').map(behaviourOf));
    return { report: { behaviours: simulation.behaviours.map((behaviour) => behaviour.spec) } };
  },
  '/faults'(simulation, input) {
    const set = 'set' in input ? strings(input, 'set') : [];
    const seed = 'seed' in input ? whole(input, 'seed', 0) : undefined;
    const span = 'span' in input ? whole(input, 'span', 1) : undefined;
    const tenantSeed = simulation.tenant.settings.seed;
    simulation.faults =
      seed === undefined ? FaultPlan.of(set, tenantSeed) : FaultPlan.drawn(seed, tenantSeed, set, span);
    simulation.place = undefined;
    return { report: simulation.faults.report() };
  },
  '/hold'({ holds }, input) {
    holds.add('n' in input ? whole(input, 'n', 1) : 1, 'path' in input ? string(input, 'path') : undefined);
    return { report: { pending: holds.pending() } };
  },
  '/release'({ holds }, input) {
    if (input['pending'] === true) holds.forget();
    const { n } = input;
    if (n !== undefined && typeof n !== 'number') throw new RangeError('n is not a number.');
    return { report: { released: holds.release(n) } };
  },
};

function apply(simulation: Simulation, draft: Extract<Draft, { userId: string }>): Done {
  return { userId: draft.userId, change: simulation.tenant.change(draft, 'admin') };
}

/** A user by the id that the API shows, or by the one beneath it. */
function userId({ tenant, form }: Simulation, input: Input): string {
  const given = string(input, 'userId');
  if (tenant.byId(given)) return given;
  const found = form.userIds.find(given, tenant);
  return typeof found === 'object' ? found.id : given;
}

function whole(input: Input, name: string, least: number): number {
  const value = input[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least)
    throw new RangeError(`${name} is not a whole number from ${least} up.`);
  return value;
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
