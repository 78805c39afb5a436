import { adminPrefix } from './admin.ts';
import type { Keys } from './keys.ts';
import type { Saved } from './data-directory.ts';

/** What a program needs to know of a simulator that it started. */
export function readyJson(origin: string, adminToken: string, keys: Keys): string {
  return JSON.stringify({
    baseUrl: `${origin}/api/v1`,
    origin,
    admin: { url: origin + adminPrefix, token: adminToken },
    keys,
  });
}

/** The same for a person. */
export function readyText(origin: string, saved: Saved, count: number, changes: number, keys: Keys): string {
  const key = (label: string, value: string | null): string =>
    `  ${label.padEnd(24)}${value ?? '(this tenant is too small)'}\n`;
  const made = `seed ${saved.seed}, assignments ${saved.assignments}${changes > 0 ? `, ${changes} changes since` : ''}`;
  return (
    `A simulated Runlayer tenant of ${count} ${count === 1 ? 'user' : 'users'} is ready (${made}).\n\n` +
    `  ${'Base URL'.padEnd(24)}${origin}/api/v1\n` +
    `  ${'Admin page'.padEnd(24)}${origin}${adminPrefix}/#token=${saved.adminToken}\n\n` +
    'Keys (header x-runlayer-api-key)\n' +
    key('of a Super Admin', keys.super_admin) +
    key('of a Security Admin', keys.security_admin) +
    key('of Helpdesk', keys.helpdesk) +
    key('of a plain User (weak)', keys.weak) +
    key('of the organization', keys.organisation) +
    key('of a deactivated owner', keys.deactivated) +
    '\nCtrl-C ends it.\n'
  );
}
