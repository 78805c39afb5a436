import type { Person } from '../people.ts';
import type { Random } from '../random.ts';
import type { Simulation, Striking } from '../simulation.ts';
import { isList, noneOf, wholeOf, type FaultKind } from './fault.ts';

type Move = (simulation: Simulation, random: Random, by: string) => void;

/** The tenant changes just before this request is answered. Each change is real and stands in the log. */
const moving = (name: string, move: Move, times: number, random: Random): Striking => ({
  fits: isList,
  before(simulation) {
    for (let n = 0; n < times; n++) move(simulation, random, `fault ${name}`);
  },
});

const one = (name: string, says: string, weight: number, move: Move): FaultKind => ({
  name,
  form: '',
  family: 'tenant',
  says,
  drawn: { weight },
  make: (argument, random) => (noneOf(argument), moving(name, move, 1, random)),
});

const many = (name: string, says: string, weight: number, move: Move): FaultKind => ({
  name,
  form: '[:C]',
  family: 'tenant',
  says: `${says} C of them (default 1).`,
  drawn: { weight, argument: (random) => String(1 + random.below(4)) },
  make: (argument, random) => moving(name, move, wholeOf(argument, 1, 1, 1000), random),
});

const remove: Move = ({ tenant }, random, by) => {
  const person = anybody({ tenant }, random);
  if (person) tenant.change({ kind: 'delete', userId: person.id }, by);
};

const add: Move = ({ tenant }, random, by) => {
  const name = `Fault Visitor ${tenant.changes.length + 1}`;
  const email = `fault.visitor${tenant.changes.length + 1}@example.com`;
  const roles = random.pick([['user'], ['developer', 'user'], ['it_admin'], []]);
  tenant.change({ kind: 'add', userId: tenant.nextId(), name, email, type: 'user', roles }, by);
};

const rename: Move = ({ tenant }, random, by) => {
  const person = anybody({ tenant }, random);
  if (!person) return;
  const name = `Renamed ${tenant.changes.length + 1}`;
  tenant.change({ kind: 'rename', userId: person.id, name, email: person.email }, by);
};

const promote: Move = ({ tenant }, random, by) => {
  const person = anybody({ tenant }, random, (person) => !person.roles.includes('super_admin'));
  if (person) tenant.change({ kind: 'promote', userId: person.id, role: 'super_admin' }, by);
};

const demote: Move = ({ tenant }, random, by) => {
  const person = anybody({ tenant }, random, (person) => tenant.rolesOf(person).length > 0);
  const role = person && tenant.rolesOf(person)[0];
  if (role) tenant.change({ kind: 'demote', userId: person.id, role: role.slug }, by);
};

export const tenantFaults: readonly FaultKind[] = [
  many('delete', 'Users are deleted:', 5, remove),
  many('insert', 'Users are added, at the front of the list:', 5, add),
  many('rename', 'Users are renamed:', 3, rename),
  many('promote', 'Users become Super Admin:', 4, promote),
  many('demote', 'Users lose a role:', 4, demote),
  one('replace', 'A user goes and another comes; the count stays.', 4, (simulation, random, by) => {
    remove(simulation, random, by);
    add(simulation, random, by);
  }),
  one('rename-moves', 'A user is renamed, which moves the row to the end of the list.', 4, ({ tenant }, random, by) => {
    const person = anybody({ tenant }, random);
    if (!person) return;
    tenant.change(
      { kind: 'rename', userId: person.id, name: `Moved ${tenant.changes.length + 1}`, email: person.email },
      by,
    );
    tenant.moveLast(person);
  }),
  one('move-role', 'A role goes from one user to another.', 4, ({ tenant }, random, by) => {
    const from = anybody({ tenant }, random, (person) => tenant.rolesOf(person).length > 0);
    const role = from && tenant.rolesOf(from)[0];
    const to = role && anybody({ tenant }, random, (person) => !person.roles.includes(role.slug));
    if (!from || !role || !to) return;
    tenant.change({ kind: 'demote', userId: from.id, role: role.slug }, by);
    tenant.change({ kind: 'promote', userId: to.id, role: role.slug }, by);
  }),
  one('deactivate', 'A user is deactivated.', 2, ({ tenant }, random, by) => {
    const person = anybody({ tenant }, random, (person) => person.isActive);
    if (person) tenant.change({ kind: 'deactivate', userId: person.id }, by);
  }),
  {
    name: 'flicker',
    form: '',
    family: 'tenant',
    says: 'A user is there for this one answer only.',
    drawn: { weight: 2 },
    make(argument, random) {
      noneOf(argument);
      let added: string | undefined;
      return {
        fits: isList,
        before(simulation) {
          added = simulation.tenant.nextId();
          add(simulation, random, 'fault flicker');
        },
        after({ tenant }) {
          if (added !== undefined && tenant.byId(added))
            tenant.change({ kind: 'delete', userId: added }, 'fault flicker');
        },
      };
    },
  },
  one('add-role', 'A role is made, and a user gets it.', 2, ({ tenant }, random, by) => {
    const role = `fault_role_${tenant.changes.length + 1}`;
    tenant.change({ kind: 'add-role', role, name: `Fault Role ${tenant.changes.length}` }, by);
    const person = anybody({ tenant }, random);
    if (person) tenant.change({ kind: 'promote', userId: person.id, role }, by);
  }),
  one('delete-role', 'A role of the tenant’s own is deleted.', 2, ({ tenant }, random, by) => {
    const own = tenant.roles.filter((role) => !role.isSystem);
    if (own.length > 0) tenant.change({ kind: 'delete-role', role: random.pick(own).slug }, by);
  }),
];

/** Somebody anywhere in the list, never one whose key may be in use. */
function anybody(
  { tenant }: Pick<Simulation, 'tenant'>,
  random: Random,
  is: (person: Person) => boolean = () => true,
): Person | undefined {
  const from = random.below(Math.max(1, tenant.count));
  for (let n = 0; n < Math.min(tenant.count, 200); n++) {
    const person = tenant.at((from + n) % tenant.count);
    if (!tenant.ownsKey(person) && is(person)) return person;
  }
  return undefined;
}
