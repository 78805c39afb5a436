import { row, Status } from '@batonkit/kernel';
import { kept, newKey, notAsked, type At } from './sentences.ts';

interface Host {
  host: string;
}

/** About what was entered, or what it leads to. */
export const settings = {
  // The address.
  'RL-URL': row<{ why: string; suggestion: string | undefined; hasPath?: boolean }>({
    status: Status.Unknown,
    field: 'base-url',
    title: ({ why }) => `The Base URL ${why}.`,
    meaning: notAsked,
    remedy: ({ suggestion = 'https://your-tenant.runlayer.com/api/v1', hasPath }) =>
      `Enter an address such as ${suggestion}.${hasPath === true ? ' If the API has another path there, name that path in --api-path.' : ''}`,
  }),
  'RL-URL-HTTP': row<Host>({
    status: Status.Unknown,
    field: 'base-url',
    title: 'The Base URL begins with http, so the key would travel unprotected.',
    meaning: 'Runlayer was not asked. Plain http is only allowed to this machine itself.',
    remedy: ({ host }) => `Enter https://${host}/api/v1.`,
  }),
  'RL-URL-HTML': row<{ suggestion: string }>({
    status: Status.Unknown,
    field: 'base-url',
    title: 'That address answers with a web page, not with the Runlayer API.',
    meaning: kept,
    remedy: ({ suggestion }) => `Check the Base URL. It should look like ${suggestion}.`,
  }),
  'RL-URL-404': row<{ suggestion: string }>({
    status: Status.Unknown,
    field: 'base-url',
    title: 'There is no Runlayer API at that address.',
    meaning: kept,
    remedy: ({ suggestion }) => `Check the Base URL. It should look like ${suggestion}.`,
  }),
  'RL-URL-REDIRECT': row({
    status: Status.Unknown,
    field: 'base-url',
    title: 'That address redirects to somewhere else.',
    meaning: 'The key is not sent to another place than the one you entered. Existing data is unchanged.',
    remedy: 'Enter the address that Runlayer itself shows in the browser, with /api/v1 at its end.',
  }),

  // The key.
  'RL-KEY': row({
    status: Status.Unknown,
    field: 'api-key',
    title: 'The API key has characters that no key has.',
    meaning: notAsked,
    remedy: 'Copy the key again, without spaces or quotation marks.',
  }),
  'RL-KEY-ORG': row({
    status: Status.PermissionDenied,
    field: 'api-key',
    title: 'This is an organisation key.',
    meaning: 'Such keys act for the workspace and cannot read users and roles. Existing data is unchanged.',
    remedy: `Use a personal key. ${newKey}`,
  }),
  'RL-AUTH-401': row({
    status: Status.Unauthenticated,
    field: 'api-key',
    title: 'Runlayer refused the key.',
    meaning: 'It may be mistyped, revoked or expired. Existing data is unchanged.',
    remedy: newKey,
  }),
  'RL-AUTH-OWNER': row({
    status: Status.Unauthenticated,
    field: 'api-key',
    title: 'The owner of this key is deactivated or deleted.',
    meaning: 'A key ends with its owner. Existing data is unchanged.',
    remedy: `Take the key of an active user, best of an account made for this purpose. ${newKey}`,
  }),
  'RL-PERM-403': row<At & { what: string }>({
    status: Status.PermissionDenied,
    field: 'api-key',
    title: ({ what }) => `The key works, but may not read ${what}.`,
    meaning: ({ path }) => `Runlayer answered 403 at ${path}. Existing data is unchanged.`,
    remedy:
      'Give the owner of the key a role such as Helpdesk, Security Admin or Super Admin, or use the key of somebody who has one.',
  }),
  'RL-BLOCKED-403': row<At>({
    status: Status.PermissionDenied,
    title: 'Something in front of Runlayer blocks this machine.',
    meaning: ({ path }) =>
      `The answer to ${path} was 403 without a reason, as firewalls and address lists give it. ${kept}`,
    remedy: 'Ask the operator of the instance to let this machine in.',
  }),
  'RL-WEAK-KEY': row({
    status: Status.PermissionDenied,
    field: 'api-key',
    title: 'The key shows only its own owner.',
    meaning: 'Runlayer shortens the list of users for keys that may not see the others. Existing data is unchanged.',
    remedy:
      'Use the key of a user with a role such as Helpdesk, Security Admin or Super Admin. If this tenant really has one user, say so: Tenant of one user in the advanced settings, --allow-single-user in a terminal.',
  }),

  // Options.
  'RL-PATH-OPTION': row<{ field: string; example: string }>({
    status: Status.Unknown,
    title: 'This is not a path of an API.',
    meaning: notAsked,
    remedy: ({ example }) => `Enter a path below the Base URL, such as ${example}.`,
  }),
  'RL-ACCEPT': row<{ name: string; known: string }>({
    status: Status.Unknown,
    field: 'accept',
    title: ({ name }) => `There is no exception "${name}".`,
    meaning: notAsked,
    remedy: ({ known }) => `Known are ${known}.`,
  }),
  'RL-ACCEPT-REASON': row({
    status: Status.Unknown,
    field: 'reason',
    title: 'An exception needs a reason.',
    meaning: `It overrules a judgement about this tenant, and the certificate says who did so and why. ${notAsked}`,
    remedy: 'Say in --reason why the exception is right for this tenant.',
  }),
  'RL-HEADER': row<{ name: string; fault: string }>({
    status: Status.Unknown,
    field: 'extra-headers',
    title: ({ name, fault }) => `The header ${name.replaceAll(/[^\w-]/g, '?').slice(0, 60)} ${fault}.`,
    meaning: notAsked,
    remedy: 'Leave it out, or correct it. The API key has a field of its own.',
  }),
  'RL-CHOICE': row<{ field: string; known: string }>({
    status: Status.Unknown,
    title: ({ field }) => `The value of --${field} is not one of its choices.`,
    meaning: notAsked,
    remedy: ({ known }) => `Use one of ${known}.`,
  }),
};
