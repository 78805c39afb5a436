import type { Notes } from './notes.ts';
import { asRow, readId, type Row } from './read-id.ts';

/** A user as it waits on the disk: only what will be served. */
export interface UserRecord {
  id: string;
  email?: string;
  name?: string;
  status: 'enabled' | 'disabled' | 'deleted' | 'unspecified';
  /** How Runlayer says it, such as `is_active=false`. */
  sourceStatus?: string;
  type: 'human' | 'service' | 'unspecified';
  /** How Runlayer says it. */
  sourceType?: string;
  createdAt?: string;
  lastLoginAt?: string;
  /** Flags that make an administrator without a role. */
  flags?: string[];
}

export const userIdKeys = ['id', 'user_id', 'uuid'];

export function readUserId(row: unknown): string {
  return readId(row, userIdKeys, 'A user').id;
}

/** Reads a user. Only a missing id fails; texts are taken as they are. */
export function readUser(value: unknown, notes: Notes): UserRecord {
  const row = asRow(value, 'A user');
  const user: UserRecord = { id: readUserId(row), status: 'unspecified', type: 'human' };
  const email = notes.text(row['email'] ?? row['primary_email']);
  const name = readName(row, notes);
  const createdAt = notes.instant(row['created_at']);
  const lastLoginAt = notes.instant(row['last_login_at']);
  if (email !== undefined) user.email = email;
  if (name !== undefined) user.name = name;
  readStatus(row, notes, user);
  readType(row, notes, user);
  if (createdAt !== undefined) user.createdAt = createdAt;
  if (lastLoginAt !== undefined) user.lastLoginAt = lastLoginAt;
  const flags = adminFlags.filter((flag) => row[flag] === true);
  if (flags.length > 0) user.flags = flags;
  return user;
}

const adminFlags = ['is_superuser', 'is_admin', 'is_owner'];

function readName(row: Row, notes: Notes): string | undefined {
  for (const key of wholeNames) {
    const text = notes.text(row[key]);
    if (text !== undefined && text.trim() !== '') return text;
  }
  const parts = [notes.text(row['first_name']), notes.text(row['last_name'])];
  return notes.text(parts.filter((part) => part?.trim()).join(' '));
}

const wholeNames = ['name', 'full_name', 'display_name'];

const positive = ['is_active', 'active', 'enabled'];
const negative = ['disabled', 'is_disabled'];
const words = new Map<string, UserRecord['status']>([
  ['active', 'enabled'],
  ['enabled', 'enabled'],
  ['inactive', 'disabled'],
  ['disabled', 'disabled'],
  ['deactivated', 'disabled'],
  ['suspended', 'disabled'],
  ['blocked', 'disabled'],
  ['locked', 'disabled'],
  ['deleted', 'deleted'],
  ['removed', 'deleted'],
]);

/** The later takes away more. */
const order: readonly UserRecord['status'][] = ['enabled', 'unspecified', 'disabled', 'deleted'];

/** Where several keys speak, the one that takes away most counts. */
function readStatus(row: Row, notes: Notes, user: UserRecord): void {
  const say = (status: UserRecord['status'], word: string): void => {
    if (user.sourceStatus !== undefined && order.indexOf(status) <= order.indexOf(user.status)) return;
    user.status = status;
    user.sourceStatus = word;
  };
  if ((row['deleted_at'] ?? null) !== null) say('deleted', 'deleted_at');
  if ((row['deactivated_at'] ?? null) !== null) say('disabled', 'deactivated_at');
  for (const key of positive) {
    const value = row[key];
    if (typeof value === 'boolean') say(value ? 'enabled' : 'disabled', `${key}=${value}`);
  }
  for (const key of negative) {
    const value = row[key];
    if (typeof value === 'boolean') say(value ? 'disabled' : 'enabled', `${key}=${value}`);
  }
  const word = notes.text(row['status']);
  if (word === undefined) return;
  const status = words.get(word.trim().toLowerCase()) ?? 'unspecified';
  if (status === 'unspecified') notes.count('unknownStatus');
  say(status, word);
}

const humans = new Set(['user', 'human', 'person', 'member']);
const services = new Set(['agent', 'agent_account', 'service', 'service_account', 'service_user', 'machine', 'bot']);

function readType(row: Row, notes: Notes, user: UserRecord): void {
  const flag = row['is_agent'] === true ? 'agent' : row['is_service_account'] === true ? 'service_account' : undefined;
  const word = flag ?? notes.text(row['type'] ?? row['account_type']);
  if (word === undefined) return;
  user.sourceType = word;
  if (flag !== undefined) user.type = 'service';
  else if (!humans.has(word)) {
    const folded = word.trim().toLowerCase().replaceAll(/[ -]/g, '_');
    if (humans.has(folded)) return;
    user.type = services.has(folded) ? 'service' : 'unspecified';
    if (user.type === 'unspecified') notes.count('unknownType');
  }
}
