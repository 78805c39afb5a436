import type { Judge } from '../exceptions.ts';
import { fold } from './fold.ts';
import type { Notes } from './notes.ts';
import { asRow, type Row } from './read-id.ts';
import { readScope } from './scope.ts';
import { tierOf, type Tier } from './tier.ts';

/** A role as it waits on the disk. */
export interface RoleRecord {
  id: string;
  label: string;
  slug?: string;
  description?: string;
  capabilities?: string[];
  isSystem?: boolean;
  /** No list has it; somebody holds it. */
  isPlaceholder?: boolean;
  /** Absent: nobody has classified this role. */
  tier?: Tier;
}

/** The key that names a role is part of the certificate, as ids must not change in kind. */
export const roleIdKeys = ['id', 'role_id', 'slug', 'key', 'name'] as const;

export function readRole(value: unknown, id: string, notes: Notes): RoleRecord {
  const row = asRow(value, 'A role');
  const slug = notes.text(row['slug'] ?? row['key']);
  const label = ['display_name', 'label', 'name', 'title']
    .map((key) => notes.text(row[key]))
    .find((text) => text?.trim());
  const description = notes.text(row['description']);
  const capabilities = readCapabilities(row['capabilities'] ?? row['permissions'], notes);
  const isSystem = typeof row['is_system'] === 'boolean' ? row['is_system'] : undefined;
  const tier = tierOf(slug ?? label, isSystem);
  return {
    id,
    label: label ?? slug ?? id,
    ...(slug === undefined ? {} : { slug }),
    ...(description === undefined ? {} : { description }),
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(isSystem === undefined ? {} : { isSystem }),
    ...(tier === undefined ? {} : { tier }),
  };
}

/** Roles that are given for one server at a time are no platform roles. @throws BatonError `RL-SCOPE` */
export function isServerRole(row: Row, judge: Judge): boolean {
  const names = [row['slug'], row['key'], row['name'], row['role_slug'], row['role_name']];
  return (
    readScope(row, 'A role', judge) === 'server' ||
    names.some((name) => typeof name === 'string' && fold(name) === 'server_admin')
  );
}

function readCapabilities(value: unknown, notes: Notes): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const names = value.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) return notes.text(item);
    const row = item as Row;
    return notes.text(row['name'] ?? row['slug'] ?? row['key'] ?? row['id']);
  });
  return names.filter((name) => name !== undefined);
}
