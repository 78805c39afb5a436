import type { ConnectorDefinition, MemberList, OpenConnector, PageAnswer, PagedList, Plan } from '@batonkit/connector';
import { runlayer } from '@batonkit/baton-runlayer';
import type { FaultRun } from './draw-plan.ts';
import type { Definition } from './run-in-process.ts';

/** A mistake that a reader could make, and the kind of run in which it shows. */
export interface PlantedBug {
  name: string;
  definition: Definition;
  /** Makes a drawn run one in which the mistake can do harm; it harms nothing without it. */
  provoke(run: FaultRun): FaultRun;
}

/** The mistakes that the judge must catch: else a green proof would mean nothing. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'a short page ends a list',
    definition: withPlans((plan) =>
      changeLists(plan, (list) => (list.name === 'users' ? { ...list, page: endsOnShortPage(list) } : list)),
    ),
    // Only where the key's owner stands among the first is the rest not missed; the order decides who does.
    provoke: (run) => ({
      ...run,
      assignments: 'embedded',
      users: 12,
      pageSize: 4,
      maxLimit: 1000,
      behaviours: ['short-pages:3'],
      faults: ['order@1', ...run.faults.filter((fault) => fault.startsWith('reset')), 'status@9:503', 'latency@5:1'],
    }),
  },
  {
    name: 'a 404 is swallowed',
    definition: withPlans((plan) => changeMembers(plan, swallows404)),
    provoke: (run) => ({
      ...run,
      assignments: 'per-user',
      // From the first on that is not one of the connector's looks at the form.
      faults: ['latency@1:1', 'latency@2:1', `status@${2 + (run.seed % 4)}x*:404:/users/{id}/roles`],
    }),
  },
  {
    name: 'one pass is enough',
    definition: withPlans((plan) => changeLists(plan, (list) => ({ ...list, page: remembersPages(list) }))),
    provoke: (run) => ({
      ...run,
      assignments: 'embedded',
      faults: ['move-role@4:/users', 'move-role@5:/users', 'move-role@6:/users'],
    }),
  },
];

function withPlans(change: (plan: Plan) => Plan): Definition {
  const definition: ConnectorDefinition = runlayer as never;
  return {
    ...definition,
    open(values: never, deps: never): OpenConnector {
      const opened = definition.open(values, deps);
      return {
        ...opened,
        plans: async (signal: AbortSignal) => (await opened.plans(signal)).map(change),
      };
    },
  } as never;
}

/** Everything that a plan has, also what it inherits, but its lists. */
function changeLists(plan: Plan, change: (list: PagedList) => PagedList): Plan {
  const lists = plan.lists.map((list) => (list.kind === 'paged' ? change(withMethods(list)) : list));
  return Object.create(plan, { lists: { value: lists } }) as Plan;
}

function changeMembers(plan: Plan, change: (list: MemberList) => MemberList): Plan {
  const lists = plan.lists.map((list) => (list.kind === 'per-member' ? change(withMethods(list)) : list));
  return Object.create(plan, { lists: { value: lists } }) as Plan;
}

const withMethods = <T extends object>(list: T): T => ({ ...list });

/**
 * Believes that a page with less than was asked for is the last. Page after page, as what it believes of one hangs on
 * those before it.
 */
function endsOnShortPage({ page }: PagedList): PagedList['page'] {
  let end = Infinity;
  const read: PagedList['page'] = async (request) => {
    if (request.skip === 0) end = Infinity;
    if (request.skip >= end) return emptyPage(await page({ ...request, skip: 0 }), end);
    const answer = await page(request);
    if (answer.kind !== 'page') return answer;
    if (answer.limit !== undefined && answer.rows.length < answer.limit) end = request.skip + answer.rows.length;
    return { ...answer, count: end === Infinity ? answer.count : end, isMore: false };
  };
  let before: Promise<unknown> = Promise.resolve();
  return (request) => {
    const answer = before.then(() => read(request));
    before = answer.catch(() => {});
    return answer;
  };
}

function emptyPage(answer: PageAnswer, count: number): PageAnswer {
  return answer.kind === 'page' ? { ...answer, rows: [], count, isMore: false } : answer;
}

/** Takes "there is no such user" for "this user has no role". */
function swallows404(list: MemberList): MemberList {
  return {
    ...list,
    page: async (member, request) => {
      const answer = await list.page(member, request);
      if (answer.kind !== 'absent') return answer;
      const at = Date.now();
      return { kind: 'page', rows: [], count: 0, limit: request.limit, sentAt: at, receivedAt: at, retries: 0 };
    },
  };
}

/** Looks at each page once, and believes itself from then on. */
function remembersPages({ page }: PagedList): PagedList['page'] {
  const seen = new Map<string, PageAnswer>();
  return async (request) => {
    const key = `${request.skip} ${request.limit}`;
    const known = seen.get(key);
    // Asked for all the same, so that time goes by; what comes is not looked at.
    const answer = await page(request);
    if (answer.kind !== 'page') return answer;
    if (known?.kind === 'page') return { ...known, sentAt: answer.sentAt, receivedAt: answer.receivedAt };
    seen.set(key, answer);
    return answer;
  };
}
