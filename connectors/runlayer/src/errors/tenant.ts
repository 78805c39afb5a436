import { row, Status } from '@batonkit/kernel';
import { kept, report, type At } from './sentences.ts';

/** How a judgement about the form of a tenant is overruled. */
const accept = (exception: string): string => `--accept ${exception} with --reason`;

/** Answers that are not understood: an error, never an empty list. */
export const tenant = {
  'RL-PATH-404': row<At & { what: string; option?: string; exception?: string }>({
    status: Status.DataLoss,
    title: ({ what }) => `This Runlayer has no list of ${what} where it is looked for.`,
    meaning: ({ path }) =>
      `There is nothing at ${path}; the instance may be older or newer than this connector. ${kept}`,
    remedy: ({ option, exception }) => {
      const first = option === undefined ? 'Update the instance or the connector' : `Name the path in --${option}`;
      return `${first}${exception === undefined ? '' : `, or use ${accept(exception)}`}. The command doctor shows what there is. ${report}`;
    },
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
  'RL-STALE': row<At & { seconds: number }>({
    status: Status.DataLoss,
    title: ({ path, seconds }) => `The answer to ${path} came out of a cache and is ${seconds} seconds old.`,
    meaning: `Something between this machine and Runlayer keeps old answers, though new ones are asked for. ${kept}`,
    remedy: 'Let that proxy keep no answers of Runlayer, or go around it.',
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
  'RL-NULL-ROLES': row<{ where: string }>({
    status: Status.DataLoss,
    title: ({ where }) => `${where} has roles that are null, which is not the same as none.`,
    meaning: `Nobody can say whether this person holds no role or the key may not see it. ${kept}`,
    remedy: `If null means no roles at this tenant, use ${accept('null-roles=none')}.`,
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
    remedy: `Use the key of an active user who may see all users. If the list leaves such users out by design, use ${accept('owner-not-listed')}.`,
  }),
  'RL-SCOPE': row<{ where: string; scope: string }>({
    status: Status.DataLoss,
    title: ({ where, scope }) => `${where} has the scope "${scope}", which is not known.`,
    meaning: `Whether it counts for the whole platform cannot be told. ${kept}`,
    remedy: `Update the connector. If you know what it means, use ${accept('unknown-scope=platform')} or ${accept('unknown-scope=apart')}.`,
  }),
  'RL-ROLE-ID': row<{ first: string; other?: string }>({
    status: Status.DataLoss,
    title: ({ first, other }) =>
      other === undefined ? `A role has no ${first}.` : `Some roles are named by ${first}, others by ${other}.`,
    meaning: `Without one kind of id, roles cannot be told apart from sync to sync. ${kept}`,
    remedy: `Name in --role-id a key that every role has. ${report}`,
  }),
  'RL-ROLE-UNKNOWN': row<{ role: string }>({
    status: Status.DataLoss,
    title: ({ role }) => `Somebody holds the role "${role}", which is not in the list of roles.`,
    meaning: `Leaving it out would look like a revocation. ${kept}`,
    remedy: `Check in Runlayer under Admin > Roles whether this role exists, then try again. If it should be synced all the same, use ${accept('unknown-role=placeholder')}.`,
  }),
  'RL-ROLE-AMBIGUOUS': row<{ role: string }>({
    status: Status.DataLoss,
    title: ({ role }) => `The assigned role "${role}" may be one of several.`,
    meaning: `Nobody can say which of them is held. ${kept}`,
    remedy: 'Give the roles names in Runlayer that differ in more than case, spaces and hyphens.',
  }),
  'RL-PLAN': row<{ plan: string; why: string }>({
    status: Status.DataLoss,
    field: 'plan',
    title: ({ plan, why }) => `The roles of people cannot be read by the plan ${plan}: ${why}.`,
    meaning: kept,
    remedy: 'Leave --plan empty, or choose one that the command doctor finds.',
  }),
  'RL-DISAGREE': row<{ first: string; second: string; people: number; of: number }>({
    status: Status.DataLoss,
    field: 'plan',
    title: ({ first, second, people, of }) =>
      `Two ways of reading the roles disagree: ${first} and ${second} differ for ${people} of ${of} people.`,
    meaning: `They were read again and still differ, so one of them does not show everything. ${kept}`,
    remedy: ({ first, second }) => {
      const right = [first, second].filter((way) => !way.startsWith('/')).map((way) => `disagreement=${way}`);
      return `Compare a few people with Runlayer under Admin > Users. Then choose the right one with --plan, or use ${accept(right.join(' or '))}.`;
    },
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
    meaning: `The end of the list cannot be reached: it may be paged in a way that is not known. ${kept}`,
    remedy: `Another --page-size helps only where pages overlap. ${report}`,
  }),
  'RL-ORPHANS': row<{ members: number }>({
    status: Status.DataLoss,
    title: ({ members }) => `${members} people hold roles and are not in the list of users, though they exist.`,
    meaning: `So the list of users is not the whole one. ${kept}`,
    remedy: `Use the key of somebody who may see all users. ${report}`,
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
};
