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
  const email = notes.text(row['email'] ?? row['primary_email']);
  const name = readName(row, notes);
  const type = readType(row, notes);
  const createdAt = notes.instant(row['created_at']);
  const lastLoginAt = notes.instant(row['last_login_at']);
  const flags = ['is_superuser', 'is_admin', 'is_owner'].filter((flag) => row[flag] === true);
  return {
    id: readUserId(row),
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    ...readStatus(row, notes),
    ...type,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(lastLoginAt === undefined ? {} : { lastLoginAt }),
    ...(flags.length === 0 ? {} : { flags }),
  };
}

function readName(row: Row, notes: Notes): string | undefined {
  const whole = ['name', 'full_name', 'display_name'].map((key) => notes.text(row[key])).find((text) => text?.trim());
  if (whole !== undefined) return whole;
  const parts = [notes.text(row['first_name']), notes.text(row['last_name'])];
  return notes.text(parts.filter((part) => part?.trim()).join(' '));
}

const positive = ['is_active', 'active', 'enabled'];
const negative = ['disabled', 'is_disabled'];
const words: Record<string, UserRecord['status']> = {
  active: 'enabled',
  enabled: 'enabled',
  inactive: 'disabled',
  disabled: 'disabled',
  deactivated: 'disabled',
  suspended: 'disabled',
  blocked: 'disabled',
  locked: 'disabled',
  deleted: 'deleted',
  removed: 'deleted',
};

/** Where several keys speak, the one that takes away most counts. */
function readStatus(row: Row, notes: Notes): Pick<UserRecord, 'status' | 'sourceStatus'> {
  const found: { status: UserRecord['status']; word: string }[] = [];
  const say = (status: UserRecord['status'], word: string): void => void found.push({ status, word });
  const there = (key: string): boolean => row[key] !== undefined && row[key] !== null;
  if (there('deleted_at')) say('deleted', 'deleted_at');
  if (there('deactivated_at')) say('disabled', 'deactivated_at');
  for (const key of [...positive, ...negative]) {
    const value = row[key];
    if (typeof value !== 'boolean') continue;
    say(value === positive.includes(key) ? 'enabled' : 'disabled', `${key}=${value}`);
  }
  const word = notes.text(row['status']);
  if (word !== undefined) {
    const status = words[word.trim().toLowerCase()] ?? 'unspecified';
    if (status === 'unspecified') notes.count('unknownStatus');
    say(status, word);
  }
  const order: UserRecord['status'][] = ['deleted', 'disabled', 'unspecified', 'enabled'];
  const worst = order.map((status) => found.find((each) => each.status === status)).find((each) => each !== undefined);
  return worst === undefined ? { status: 'unspecified' } : { status: worst.status, sourceStatus: worst.word };
}

const humans = new Set(['user', 'human', 'person', 'member']);
const services = new Set(['agent', 'agent_account', 'service', 'service_account', 'service_user', 'machine', 'bot']);

function readType(row: Row, notes: Notes): Pick<UserRecord, 'type' | 'sourceType'> {
  const flag = ['is_agent', 'is_service_account'].find((key) => row[key] === true);
  if (flag !== undefined) return { type: 'service', sourceType: flag.slice(3) };
  const word = notes.text(row['type'] ?? row['account_type']);
  if (word === undefined) return { type: 'human' };
  const folded = word.trim().toLowerCase().replaceAll(/[ -]/g, '_');
  if (humans.has(folded)) return { type: 'human', sourceType: word };
  if (services.has(folded)) return { type: 'service', sourceType: word };
  notes.count('unknownType');
  return { type: 'unspecified', sourceType: word };
}
