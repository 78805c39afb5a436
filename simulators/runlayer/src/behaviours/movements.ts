import { isUsers } from '../faults/fault.ts';
import type { Person } from '../people.ts';
import type { Simulation } from '../simulation.ts';
import type { Tenant } from '../tenant.ts';
import type { Kind } from './behaviour.ts';

/** Behaviours about time: what is held, and what changes while somebody reads. */
export const movements: readonly Kind[] = [
  {
    name: 'hold',
    form: ':N[:/PATH]',
    says: 'Holds the N-th request from now (of those to PATH) until it is released.',
    family: 'time',
    kind: 'fault',
    ends: 'either',
    act: ({ number = 1, path }) => ({ start: ({ holds }) => holds.add(Math.max(1, number), path) }),
  },
  {
    name: 'changes-between-passes',
    form: '[:N]',
    says: 'Each time the list of users was read to its end, the tenant changes (N times, default always); its count stays.',
    family: 'time',
    kind: 'fault',
    ends: 'either',
    act: ({ number = Number.POSITIVE_INFINITY }) => {
      let done = 0;
      return {
        change(answer, exchange, simulation) {
          const { page } = answer;
          if (answer.status !== 200 || !page || page.isNarrowed || !isUsers(exchange)) return answer;
          const rows = (answer.json as { data: unknown[] }).data.length;
          const isEnd = rows > 0 && page.skip + rows >= page.total;
          if (isEnd && done < number) move(simulation, ++done);
          return answer;
        },
      };
    },
  },
];

/** In turn: one user is replaced by another (which no count shows), and one user gains or loses a role. */
function move({ tenant }: Simulation, turn: number): void {
  const by = 'changes-between-passes';
  const plain = plainUser(tenant);
  if (turn % 2 === 1) {
    if (plain) tenant.change({ kind: 'delete', userId: plain.id }, by);
    const name = `Passing Visitor ${turn}`;
    const email = `passing.visitor${turn}@example.com`;
    tenant.change({ kind: 'add', userId: tenant.nextId(), name, email, type: 'user', roles: ['user'] }, by);
  } else if (plain) {
    tenant.change({ kind: 'promote', userId: plain.id, role: 'developer' }, by);
  }
}

/** The newest user with nothing but the role User, never one whose key somebody may be using. */
function plainUser(tenant: Tenant): Person | undefined {
  for (const person of tenant.everybody()) {
    if (person.roles.length === 1 && person.roles[0] === 'user' && !tenant.ownsKey(person)) return person;
  }
  return undefined;
}
