import { fail } from '../errors.ts';
import { fold } from './fold.ts';
import type { RoleRecord } from './role.ts';

/** Finds the role that an assignment means. */
export class RoleIndex {
  private readonly byId = new Map<string, RoleRecord>();
  /** Folded id, slug and label; several roles may fold alike. */
  private readonly byName = {
    id: new Map<string, Set<string>>(),
    slug: new Map<string, Set<string>>(),
    label: new Map<string, Set<string>>(),
  };
  private readonly server = new Set<string>();

  get size(): number {
    return this.byId.size;
  }

  add(role: RoleRecord): void {
    this.byId.set(role.id, role);
    addTo(this.byName.id, fold(role.id), role.id);
    if (role.slug !== undefined) addTo(this.byName.slug, fold(role.slug), role.id);
    addTo(this.byName.label, fold(role.label), role.id);
  }

  /** A role that is given per server; its assignments are counted apart. */
  addServerRole(id: string): void {
    this.server.add(id);
  }

  isServerRole(reference: string): boolean {
    return this.server.has(reference);
  }

  /**
   * The role that all of these references mean; those that mean nothing are passed over as long as one does.
   * @throws BatonError `RL-ROLE-UNKNOWN`, `RL-ROLE-AMBIGUOUS`
   */
  resolve(references: readonly string[]): RoleRecord {
    const shown = (references.at(-1) ?? '').replaceAll(/[\p{Cc}\p{Cf}"]/gu, '?').slice(0, 80);
    // What fits all of the references that fit anything; an exact id settles a name that two roles share.
    let fitting: string[] | undefined;
    for (const reference of references) {
      const ids = this.idsOf(reference);
      if (ids.length > 0) fitting = fitting?.filter((id) => ids.includes(id)) ?? ids;
    }
    if (fitting !== undefined && fitting.length !== 1) throw fail('RL-ROLE-AMBIGUOUS', { role: shown });
    const role = this.byId.get(fitting?.[0] ?? '');
    if (role === undefined) throw fail('RL-ROLE-UNKNOWN', { role: shown });
    return role;
  }

  /** Exact id first, then id, slug and label as they fold. */
  private idsOf(reference: string): string[] {
    if (this.byId.has(reference)) return [reference];
    const folded = fold(reference);
    for (const names of [this.byName.id, this.byName.slug, this.byName.label]) {
      const ids = names.get(folded);
      if (ids !== undefined) return [...ids];
    }
    return [];
  }
}

function addTo(names: Map<string, Set<string>>, name: string, id: string): void {
  const ids = names.get(name);
  if (ids === undefined) names.set(name, new Set([id]));
  else ids.add(id);
}
