import { fail } from '../errors.ts';
import { fold } from './fold.ts';
import type { RoleRecord } from './role.ts';

/**
 * Finds the role that an assignment means. Roles that are given per server are in it too: a name that
 * one of them shares with a role of the platform says nothing.
 */
export class RoleIndex {
  /** Whether the list of roles names them by ids of their own: then an assignment's id of a role must be one. */
  areNamedById = false;
  /** What plain assignments were found to mean, by the first name that they have for their role. */
  readonly meant = new Map<string, { row: unknown; role: RoleRecord }>();
  private readonly byId = new Map<string, RoleRecord>();
  private readonly server = new Set<string>();
  /** Several roles may have one label, or fold alike. */
  private readonly names = {
    slug: createNames(),
    label: createNames(),
    foldedId: createNames(),
    foldedSlug: createNames(),
    foldedLabel: createNames(),
  };

  /** Roles of the platform. */
  get size(): number {
    return this.byId.size - this.server.size;
  }

  add(role: RoleRecord): void {
    this.meant.clear();
    this.byId.set(role.id, role);
    const { names } = this;
    addTo(names.foldedId, fold(role.id), role.id);
    addTo(names.label, role.label, role.id);
    addTo(names.foldedLabel, fold(role.label), role.id);
    if (role.slug === undefined) return;
    addTo(names.slug, role.slug, role.id);
    addTo(names.foldedSlug, fold(role.slug), role.id);
  }

  /** A role that is given per server; its assignments are counted apart. */
  addServerRole(role: RoleRecord): void {
    this.add(role);
    this.server.add(role.id);
  }

  /** By its id alone. */
  isServerRole(id: string): boolean {
    return this.server.has(id);
  }

  /** Ids of the roles of the platform. */
  *ids(): Generator<string> {
    for (const id of this.byId.keys()) if (!this.server.has(id)) yield id;
  }

  /** A role of the platform by its id alone. */
  get(id: string): RoleRecord | undefined {
    return this.server.has(id) ? undefined : this.byId.get(id);
  }

  /**
   * The role that all of these references mean; those that mean nothing are passed over as long as one does.
   * @param id what is said to be the id of the role; another role of the same name must not stand in for it
   * @returns `server` for one that is given per server; undefined when there is none
   * @throws BatonError `RL-ROLE-AMBIGUOUS`
   */
  resolve(references: readonly string[], id?: string): RoleRecord | 'server' | undefined {
    if (id !== undefined && this.areNamedById && this.idsOf(id).length === 0) return undefined;
    // What fits all of the references that fit anything; an exact id settles a name that two roles share.
    let fitting: string[] | undefined;
    for (const reference of references) {
      const ids = this.idsOf(reference);
      if (ids.length > 0) fitting = fitting?.filter((id) => ids.includes(id)) ?? ids;
    }
    if (fitting === undefined) return undefined;
    if (fitting.length > 0 && fitting.every((id) => this.server.has(id))) return 'server';
    if (fitting.length !== 1) throw fail('RL-ROLE-AMBIGUOUS', { role: shown(references) });
    return this.byId.get(fitting[0] ?? '');
  }

  /** What is written exactly so goes before what folds alike; among each, id, then slug, then label. */
  private idsOf(reference: string): string[] {
    if (this.byId.has(reference)) return [reference];
    const { slug, label, foldedId, foldedSlug, foldedLabel } = this.names;
    const folded = fold(reference);
    const exact = slug.get(reference) ?? label.get(reference);
    return [...(exact ?? foldedId.get(folded) ?? foldedSlug.get(folded) ?? foldedLabel.get(folded) ?? [])];
  }
}

/** A reference as messages show it. */
export function shown(references: readonly string[]): string {
  return (references.at(-1) ?? '').replaceAll(/[\p{Cc}\p{Cf}"]/gu, '?').slice(0, 80);
}

/** Ids of roles by a name. */
const createNames = (): Map<string, Set<string>> => new Map();

function addTo(names: Map<string, Set<string>>, name: string, id: string): void {
  const ids = names.get(name);
  if (ids === undefined) names.set(name, new Set([id]));
  else ids.add(id);
}
