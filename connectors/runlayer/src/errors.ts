import { errorTable, row, Status } from '@batonkit/kernel';

const kept = 'Nothing was saved, and existing data is unchanged.';
const report = 'If it stays so, report it to the maintainers of this connector.';
const newKey = 'Create a key in Runlayer under Settings > Personal API keys and enter it here.';

interface At {
  /** Path template, such as `/users/{id}/roles`. */
  path: string;
}
interface Host {
  host: string;
}

/** Every error that this connector has words for. What it names is never a key, a person or a whole address. */
export const fail = errorTable({
  // The address.
  'RL-URL': row<{ why: string; suggestion: string | undefined }>({
    status: Status.Unknown,
    field: 'base-url',
    title: ({ why }) => `The Base URL ${why}.`,
    meaning: 'Runlayer was not asked. Existing data is unchanged.',
    remedy: ({ suggestion = 'https://your-tenant.runlayer.com/api/v1' }) => `Enter an address such as ${suggestion}.`,
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
    meaning: 'Runlayer was not asked. Existing data is unchanged.',
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
      'Use the key of a user with a role such as Helpdesk, Security Admin or Super Admin. If this tenant really has one user, set --allow-single-user.',
  }),

  // No good answer.
  'RL-NET-DNS': row<Host>({
    status: Status.Unavailable,
    field: 'base-url',
    title: ({ host }) => `The name ${host} is not known.`,
    meaning: kept,
    remedy: 'Check the Base URL, and that this machine can resolve names.',
  }),
  'RL-NET-REFUSED': row<Host>({
    status: Status.Unavailable,
    title: ({ host }) => `Nothing listens at ${host}.`,
    meaning: `The connection was refused at each of 5 tries. ${kept}`,
    remedy: 'Check the Base URL with its port, and that the instance runs.',
  }),
  'RL-NET-TIMEOUT': row<Host>({
    status: Status.Unavailable,
    title: ({ host }) => `${host} does not answer in time.`,
    meaning: `It was tried 5 times. ${kept}`,
    remedy:
      'Check that this machine may reach it (VPN, firewall). For a slow instance try a smaller --page-size, as it waits 30 seconds for the beginning of an answer.',
  }),
  'RL-NET-RESET': row<Host>({
    status: Status.Unavailable,
    title: ({ host }) => `${host} breaks the connection off.`,
    meaning: `It was tried 5 times. ${kept}`,
    remedy: 'Try again later. If it stays so, ask the operator of the instance what stands between.',
  }),
  'RL-NET-TLS': row<Host & { reason: string }>({
    status: Status.Unavailable,
    title: ({ host }) => `The certificate of ${host} is not trusted.`,
    meaning: ({ reason }) => `The reason is ${reason}. The key was not sent. Existing data is unchanged.`,
    remedy:
      'If the instance uses a certificate authority of your own, name its file in SSL_CERT_FILE. Else check the Base URL.',
  }),
  'RL-NET-PROXY': row<Host & { reason: string }>({
    status: Status.Unavailable,
    title: ({ host, reason }) => `The proxy ${host} does not let the request through (${reason}).`,
    meaning: 'Runlayer was not reached, and the key was not sent. Existing data is unchanged.',
    remedy: 'Check HTTPS_PROXY, its user name and password, or add the host of Runlayer to NO_PROXY.',
  }),
  'RL-NET-ADDRESS': row<Host>({
    status: Status.Unknown,
    field: 'base-url',
    title: ({ host }) => `${host} leads to an address that is not allowed here.`,
    meaning: 'The key was not sent. Existing data is unchanged.',
    remedy: 'Check the Base URL, or ask who runs this program to allow the address.',
  }),
  'RL-NET': row<Host & { reason: string }>({
    status: Status.Unavailable,
    title: ({ host }) => `${host} cannot be reached.`,
    meaning: ({ reason }) => `The reason is ${reason}. ${kept}`,
    remedy: 'Check the Base URL and the network of this machine.',
  }),
  'RL-5XX': row<At & { status: number }>({
    status: Status.Unavailable,
    title: 'Runlayer is not answering properly.',
    meaning: ({ status, path }) =>
      `It answered ${status} at ${path}, 5 times. That is not about your settings. ${kept}`,
    remedy: 'Try again later. If it stays so, ask the operator of the instance.',
  }),
  'RL-RATE-429': row<At>({
    status: Status.Unavailable,
    title: 'Runlayer asks for more patience than this run has.',
    meaning: ({ path }) =>
      `It answered "too many requests" at ${path} after 5 tries, or wants a wait of over 15 minutes. ${kept}`,
    remedy: 'Try again later, when less else uses this key.',
  }),
  'RL-STALLED': row<{ minutes: number }>({
    status: Status.Unavailable,
    title: ({ minutes }) => `There was no progress for ${minutes} minutes.`,
    meaning: kept,
    remedy: 'Try again later. If it stays so, ask the operator of the instance.',
  }),
  'RL-HTTP': row<At & { status: number; detail: string }>({
    status: Status.DataLoss,
    title: ({ status, path }) => `Runlayer refused a request with status ${status} at ${path}.`,
    meaning: ({ detail }) => `${detail}${kept}`,
    remedy: `Check that the Base URL is the one of a Runlayer instance. ${report}`,
  }),

  // Answers that are not understood: an error, never an empty list.
  'RL-PATH-404': row<At & { what: string }>({
    status: Status.DataLoss,
    title: ({ what }) => `This Runlayer has no list of ${what} where it is looked for.`,
    meaning: ({ path }) =>
      `There is nothing at ${path}; the instance may be older or newer than this connector. ${kept}`,
    remedy: `Update the instance or the connector. ${report}`,
  }),
  'RL-HTML': row<At>({
    status: Status.DataLoss,
    title: ({ path }) => `Runlayer answered ${path} with a web page.`,
    meaning: `Sign-in pages and proxies do that. ${kept}`,
    remedy: `Check what stands between this machine and Runlayer. ${report}`,
  }),
  'RL-JSON': row<At & { fault: string }>({
    status: Status.DataLoss,
    title: ({ path, fault }) => `The answer to ${path} ${fault}.`,
    meaning: `It may have been cut on the way. ${kept}`,
    remedy: `Try again. ${report}`,
  }),
  'RL-REDIRECT': row<At>({
    status: Status.DataLoss,
    title: ({ path }) => `Runlayer redirects ${path} to a place that is not followed.`,
    meaning: `The key is sent to the address you entered and nowhere else. ${kept}`,
    remedy: report,
  }),
  'RL-SHAPE': row<{ where: string; fault: string }>({
    status: Status.DataLoss,
    title: ({ where, fault }) => `${where} has a form that is not known: ${fault}.`,
    meaning: `What is not understood is not guessed. ${kept}`,
    remedy: 'Update the connector. If there is no newer one, report this message to its maintainers.',
  }),
  'RL-EMPTY': row<{ what: string }>({
    status: Status.DataLoss,
    title: ({ what }) => `Runlayer returned no ${what}.`,
    meaning: `That cannot be, as the owner of the key exists. ${kept}`,
    remedy: `Try again. ${report}`,
  }),
  'RL-OWNER': row({
    status: Status.DataLoss,
    title: 'The owner of the key is not in the list of users.',
    meaning: `So the list is not the whole one. ${kept}`,
    remedy: 'Use the key of an active user who may see all users.',
  }),
  'RL-SCOPE': row<{ where: string; scope: string }>({
    status: Status.DataLoss,
    title: ({ where, scope }) => `${where} has the scope "${scope}", which is not known.`,
    meaning: `Whether it counts for the whole platform cannot be told. ${kept}`,
    remedy: 'Update the connector. If there is no newer one, report this message to its maintainers.',
  }),
  'RL-ROLE-ID': row<{ first: string; other: string }>({
    status: Status.DataLoss,
    title: ({ first, other }) => `Some roles are named by ${first}, others by ${other}.`,
    meaning: `Without one kind of id, roles cannot be told apart from sync to sync. ${kept}`,
    remedy: report,
  }),
  'RL-ROLE-UNKNOWN': row<{ role: string }>({
    status: Status.DataLoss,
    title: ({ role }) => `Somebody holds the role "${role}", which is not in the list of roles.`,
    meaning: `Leaving it out would look like a revocation. ${kept}`,
    remedy: `Check in Runlayer under Admin > Roles whether this role exists, then try again. ${report}`,
  }),
  'RL-ROLE-AMBIGUOUS': row<{ role: string }>({
    status: Status.DataLoss,
    title: ({ role }) => `The assigned role "${role}" may be one of several.`,
    meaning: `Nobody can say which of them is held. ${kept}`,
    remedy: 'Give the roles names in Runlayer that differ in more than case, spaces and hyphens.',
  }),
  'RL-COUNT': row<{ list: string; count: number; distinct: number }>({
    status: Status.DataLoss,
    title: ({ list, count, distinct }) => `Runlayer says that there are ${count} ${list}, but gives ${distinct}.`,
    meaning: `Two readings say the same, so some are missing or the count is wrong. ${kept}`,
    remedy: `Try another --page-size. ${report}`,
  }),
  'RL-PAGING': row<{ list: string; page: number }>({
    status: Status.DataLoss,
    title: ({ list, page }) => `Page ${page} of the ${list} brings only what came before.`,
    meaning: `The end of the list cannot be reached. ${kept}`,
    remedy: `Try another --page-size. ${report}`,
  }),
  'RL-TOO-MANY': row<{ list: string; limit: number }>({
    status: Status.DataLoss,
    title: ({ list, limit }) => `There are more than ${limit} ${list}.`,
    meaning: `That is more than is believed. ${kept}`,
    remedy: 'Check that the Base URL is the one of your Runlayer instance.',
  }),
  'RL-DRIFT': row<{ what: string }>({
    status: Status.Aborted,
    title: 'The tenant changes faster than it can be read.',
    meaning: ({ what }) => `Two readings differ in ${what}, so neither is true for one moment. ${kept}`,
    remedy: 'Try again, best when fewer changes are made.',
  }),
});
