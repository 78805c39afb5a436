import { BatonError } from '@batonkit/kernel';
import { wantUsers } from '../api/wanted.ts';
import type { Discovery } from '../connect/discovery.ts';

/**
 * Other places where the list of users may be. A sync does not look there by itself, as members of an
 * organisation may be fewer than the users of the tenant: a person has to say so.
 *
 * @returns the paths that answer with a list
 */
export async function lookForUsers(discovery: Discovery, signal: AbortSignal): Promise<string[]> {
  const { row } = discovery.me;
  const id = row['organization_id'] ?? row['org_id'];
  const ofOrganization =
    typeof id === 'string' && /^[\w.-]*\w[\w.-]*$/.test(id) ? [`/organizations/${id}/members`] : [];
  const found: string[] = [];
  for (const path of ['/organization/members', ...ofOrganization, '/members']) {
    try {
      if ((await discovery.locate('users', [path], wantUsers, signal)) !== undefined) found.push(path);
    } catch (error) {
      // Whatever is there, it is no list for this key.
      if (!(error instanceof BatonError)) throw error;
    }
  }
  return found;
}
