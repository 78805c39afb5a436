import { heldBy } from './assignments.ts';
import { json, type Answer } from './answer.ts';
import { kinds } from './behaviours/index.ts';
import { catalogue } from './catalogue.ts';
import { accountsOf, changesBy, pairsOf, roleIdOf, stateAfter, statesBetween, toldChange, userIdOf } from './oracle.ts';
import type { Person } from './people.ts';
import type { Simulation } from './simulation.ts';

/** A streamed answer: lines of JSON, too many to build at once. */
export type Lines = { readonly lines: Iterable<unknown>; readonly isArray: boolean };

/** Answers a GET of the admin API; undefined if there is none of this path. */
export async function answerGet(
  simulation: Simulation,
  path: string,
  query: URLSearchParams,
  gone: AbortSignal,
): Promise<Answer | Lines | undefined> {
  const { tenant, holds, log } = simulation;
  const number = (name: string, otherwise: number, most: number): number => {
    const value = Number(query.get(name) ?? otherwise);
    return Number.isFinite(value) ? Math.min(Math.max(0, Math.floor(value)), most) : otherwise;
  };
  const isArray = query.get('format') !== 'ndjson';
  /** The tenant of now, of a millisecond (`at`), or of just after a change (`after`). */
  const meant = (): Pick<Simulation, 'tenant' | 'form'> => {
    if (query.has('after')) return stateAfter(simulation, number('after', 0, Number.MAX_SAFE_INTEGER));
    if (!query.has('at')) return simulation;
    return stateAfter(simulation, changesBy(simulation, number('at', 0, Number.MAX_SAFE_INTEGER)));
  };
  switch (path) {
    case '/state':
      return json(200, stateOf(simulation));
    case '/behaviours':
      return json(200, catalogue);
    case '/faults':
      return json(200, simulation.faults.report());
    case '/users':
      return json(
        200,
        usersOf(simulation, number('skip', 0, 1e9), number('limit', 50, 1000), query.get('query') ?? ''),
      );
    case '/roles':
      return json(200, rolesOf(simulation));
    case '/pairs':
      return { lines: pairsOf(meant()), isArray };
    case '/accounts':
      return { lines: accountsOf(meant()), isArray };
    case '/changes':
      return json(
        200,
        tenant.changes.slice(number('after', 0, tenant.changes.length)).map((change) => toldChange(simulation, change)),
      );
    case '/moments': {
      const most = Number.MAX_SAFE_INTEGER;
      const [first, last] = statesBetween(simulation, number('from', 0, most), number('to', most, most));
      return json(200, { first, last });
    }
    case '/requests':
      return json(200, log.after(number('after', 0, Number.MAX_SAFE_INTEGER)));
    case '/held':
      await holds.untilHeld(number('timeout', 0, 60_000), gone);
      return json(200, { held: holds.held(), pending: holds.pending() });
    default:
      return undefined;
  }
}

function stateOf(simulation: Simulation): unknown {
  const { tenant, holds, log, behaviours, settings, faults } = simulation;
  return {
    users: tenant.count,
    roles: tenant.roles.length,
    seed: tenant.settings.seed,
    assignments: settings.assignments,
    maxLimit: settings.maxLimit,
    changes: tenant.changes.length,
    behaviours: behaviours.map((behaviour) => behaviour.spec),
    knownBehaviours: kinds.map(({ name, form, says, family, kind, ends }) => ({
      name,
      form,
      says,
      family,
      kind,
      ends,
    })),
    faults: faults.report(),
    requests: { total: log.total, byMethod: log.byMethod },
    held: holds.size,
    pendingHolds: holds.pending(),
    now: simulation.now().toISOString(),
  };
}

function rolesOf(simulation: Simulation): unknown {
  const { tenant } = simulation;
  const holders = new Map<string, number>();
  for (const person of tenant.everybody())
    for (const { slug } of heldBy(simulation, person)) holders.set(slug, (holders.get(slug) ?? 0) + 1);
  return tenant.roles.map((role) => ({
    id: roleIdOf(simulation, role),
    slug: role.slug,
    name: role.name,
    isSystem: role.isSystem,
    holders: holders.get(role.slug) ?? 0,
  }));
}

/** A person as the admin API shows them, with the roles that they really hold. */
export function adminUser(simulation: Simulation, person: Person): unknown {
  return {
    id: userIdOf(simulation, person),
    email: person.email,
    name: person.name,
    active: person.isActive,
    type: person.type,
    roles: heldBy(simulation, person).map((role) => ({
      id: roleIdOf(simulation, role),
      slug: role.slug,
      name: role.name,
    })),
  };
}

function usersOf(simulation: Simulation, skip: number, limit: number, query: string): unknown {
  const { tenant } = simulation;
  const wanted = query.trim().toLowerCase();
  const data: unknown[] = [];
  if (wanted === '') {
    for (let at = skip; at < Math.min(tenant.count, skip + limit); at++)
      data.push(adminUser(simulation, tenant.at(at)));
    return { data, count: tenant.count };
  }
  let count = 0;
  for (const person of tenant.everybody()) {
    const isMeant =
      person.email.toLowerCase().includes(wanted) ||
      userIdOf(simulation, person).toLowerCase() === wanted ||
      (person.name?.toLowerCase().includes(wanted) ?? false) ||
      heldBy(simulation, person).some((role) => role.slug === wanted || role.name.toLowerCase() === wanted);
    if (!isMeant) continue;
    if (count >= skip && data.length < limit) data.push(adminUser(simulation, person));
    count++;
  }
  return { data, count };
}
