import type { DoctorStep } from '@batonkit/connector';
import { BatonError, type Clock, type Status } from '@batonkit/kernel';
import { judge } from '../connect/connect.ts';
import { describeWay } from '../connect/describe.ts';
import type { Discovery } from '../connect/discovery.ts';
import { withoutIds } from '../connect/forms-seen.ts';
import { askOwner, askSecondWay } from '../connect/second-opinion.ts';
import type { Way } from '../tenant/tenant-form.ts';
import { lookForUsers } from './look-for-users.ts';
import { profileOf } from './profile.ts';
import { readOpenApi, type OpenApiFound } from './read-open-api.ts';

type Found = Pick<DoctorStep, 'verdict' | 'detail' | 'remedy' | 'profile'>;

interface Check {
  name: string;
  /** Without it later checks make no sense. */
  isNeeded: boolean;
  run(signal: AbortSignal): Promise<Found>;
}

/** Checks all that a sync needs, and tells what works, what does not, and with which flags it would. */
export class Doctor {
  private readonly discovery: Discovery;
  private readonly clock: Clock;
  private readonly steps: DoctorStep[] = [];
  private openApi: OpenApiFound | undefined;

  constructor({ discovery, clock }: { discovery: Discovery; clock: Clock }) {
    this.discovery = discovery;
    this.clock = clock;
  }

  async *run(signal: AbortSignal): AsyncGenerator<DoctorStep> {
    let failed: string | undefined;
    for (const check of this.checks()) {
      const start = this.clock.monotonic();
      let step: DoctorStep;
      if (failed !== undefined && check.isNeeded) {
        step = { check: check.name, verdict: 'skipped', ms: 0, detail: `It needs "${failed}".` };
      } else {
        step = { check: check.name, ms: 0, ...(await this.attempt(check, signal)) };
        step.ms = Math.round(this.clock.monotonic() - start);
        if (step.verdict === 'failed' && check.isNeeded) failed = check.name;
      }
      this.steps.push(step);
      yield step;
    }
  }

  /** For the maintainers: forms, keys, types, counts and times, and no value of the tenant. */
  report(): Record<string, unknown> {
    return {
      format: 'batonkit runlayer report v1',
      forms: this.discovery.seen.toJSON(),
      openApi: this.openApi ?? null,
      unusable: this.discovery.unusable.map(({ plan, error }) => ({ plan, code: error.code })),
      profile:
        this.steps
          .findLast(({ profile }) => profile !== undefined)
          ?.profile?.map((part) => (part.startsWith('/') ? withoutIds(part) : part)) ?? null,
    };
  }

  private checks(): Check[] {
    const { discovery } = this;
    const { api } = discovery;
    return [
      {
        name: 'Instance',
        // It fails only where nothing answers at all.
        isNeeded: true,
        run: async (signal) => {
          const answer = await api.document('/utils/health-check/', false, signal);
          if (answer.ok) return { verdict: 'ok', detail: 'It answers its health check.' };
          const { failure } = answer;
          if (failure.kind === 'network')
            throw api.explain(failure, { path: '/utils/health-check/', what: 'its health' });
          return { verdict: 'warning', detail: 'It answers, but not to its health check.' };
        },
      },
      {
        name: 'OpenAPI document',
        isNeeded: false,
        run: async (signal) => {
          this.openApi = await readOpenApi(api, signal);
          return this.openApi === undefined
            ? { verdict: 'skipped', detail: 'The instance shows none.' }
            : { verdict: 'ok', detail: describeOpenApi(this.openApi) };
        },
      },
      {
        name: 'API key',
        isNeeded: true,
        run: async (signal) => {
          await discovery.findMe(signal);
          return {
            verdict: 'ok',
            detail: `Runlayer takes the key as ${api.style === 'bearer' ? 'a bearer token' : 'x-runlayer-api-key'}.`,
          };
        },
      },
      {
        name: 'Users list',
        isNeeded: true,
        run: async (signal) => {
          const { path, count } = await discovery.findUsers(signal);
          return { verdict: 'ok', detail: `${sayCount(count)} at ${path}.` };
        },
      },
      {
        name: 'Roles list',
        isNeeded: true,
        run: async (signal) => {
          const found = await discovery.findRoles(signal);
          return found === 'catalogue'
            ? { verdict: 'warning', detail: 'There is none; the documented roles are taken, as you accepted.' }
            : { verdict: 'ok', detail: `${sayCount(found.count)} at ${found.path}.` };
        },
      },
      {
        name: 'Role assignments',
        isNeeded: true,
        run: async (signal) => {
          const ways = await discovery.findAssignments(signal);
          const { plan, requests } = describeWay(discovery);
          const all = ways.map(sayWay).join('; ');
          return { verdict: 'ok', detail: `Found: ${all}. A sync would use ${plan}, with about ${requests} requests.` };
        },
      },
      { name: 'Second way to the roles', isNeeded: true, run: (signal) => this.compare(signal) },
      {
        name: 'Profile',
        isNeeded: true,
        run: async () => {
          const profile = profileOf(discovery);
          const detail = profile.length === 0 ? 'No further flags are needed.' : `Use ${profile.join(' ')}.`;
          return await Promise.resolve({ verdict: 'ok', detail, profile });
        },
      },
    ];
  }

  private async compare(signal: AbortSignal): Promise<Found> {
    const { discovery, clock } = this;
    const byOwner = await askOwner(discovery, clock.now(), signal);
    const opinion =
      byOwner !== undefined && byOwner.differ > 0 ? byOwner : await askSecondWay(discovery, clock.now(), signal);
    if (opinion === undefined) return { verdict: 'skipped', detail: 'There is only one way, so nothing to compare.' };
    const { first, second, compared, differ, unreadable } = opinion;
    if (unreadable !== undefined) {
      return {
        verdict: 'warning',
        detail: `${first} and ${second} cannot be compared (${unreadable.code}).`,
      };
    }
    if (differ === 0) return { verdict: 'ok', detail: `${first} and ${second} say the same of ${compared} people.` };
    if (discovery.settings.plan !== undefined) {
      return {
        verdict: 'warning',
        detail: `${first} and ${second} differ for ${differ} of ${compared} people; you chose ${first}.`,
      };
    }
    const way = judge(discovery, opinion);
    discovery.settle(discovery.form(way));
    return {
      verdict: 'warning',
      detail: `${first} and ${second} differ for ${differ} of ${compared} people; as you accepted, ${way?.plan ?? first} is taken.`,
    };
  }

  /** Where the list that was not found may be, as sentences. */
  private async findPlaces(check: string, signal: AbortSignal): Promise<string> {
    const places = check === 'Users list' ? await lookForUsers(this.discovery, signal) : [];
    if (places.length > 0) {
      return ` There is a list at ${places.join(', ')}: if it holds all users, use --users-path ${places[0]}.`;
    }
    return this.openApi === undefined ? '' : suggest(check, this.openApi);
  }

  private async attempt(check: Check, signal: AbortSignal): Promise<Found & { code?: string; status?: Status }> {
    try {
      return await check.run(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BatonError)) throw error;
      const { code, status, title, meaning, remedy } = error.report;
      const hint = code === 'RL-PATH-404' ? await this.findPlaces(check.name, signal) : '';
      return { verdict: 'failed', code, status, detail: `${title} ${meaning}`, remedy: `${remedy}${hint}` };
    }
  }
}

const sayCount = (count: number | null): string => (count === null ? 'Found, without a count,' : `${count} found`);

function sayWay(way: Way): string {
  return way.plan === 'embedded' ? `embedded (on the users, as ${way.key})` : `${way.plan} (${way.path})`;
}

function describeOpenApi({ at, paths }: OpenApiFound): string {
  return `It is at ${at} and names ${paths.length} paths about users and roles.`;
}

/** Paths of the document that may be what was looked for. */
function suggest(check: string, { paths }: OpenApiFound): string {
  const words = { 'Users list': /users|members/, 'Roles list': /roles/, 'Role assignments': /roles|assignments/ }[
    check
  ];
  const option = { 'Users list': 'users-path', 'Roles list': 'roles-path', 'Role assignments': 'assignments-path' }[
    check
  ];
  const fitting = words === undefined ? [] : paths.filter((path) => words.test(path)).slice(0, 5);
  return fitting.length === 0 ? '' : ` The OpenAPI document names ${fitting.join(', ')}: try one as --${option}.`;
}
