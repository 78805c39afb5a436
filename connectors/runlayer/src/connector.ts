import type { ConnectorDefinition, ConnectorDeps, OpenConnector } from '@batonkit/connector';
import type { ConfigValues } from '@batonkit/connector';
import { parseBaseUrl } from './address.ts';
import { parseApiKey } from './api-key.ts';
import { createRunlayerApi, type Me } from './api/runlayer-api.ts';
import { config } from './config.ts';
import { fail } from './errors.ts';
import { createPresenter } from './mapping/present.ts';
import { readUserId } from './mapping/user.ts';
import { roleType, userType } from './resource-types.ts';
import { TenantPlan } from './tenant-plan.ts';

/** The Runlayer connector. */
export const runlayer: ConnectorDefinition<typeof config.fields> = {
  name: 'baton-runlayer',
  id: 'runlayer',
  displayName: 'Runlayer',
  description: 'Users, platform roles and role assignments of a Runlayer tenant, read-only.',
  version: '0.1.0',
  helpUrl: 'https://docs.runlayer.com/platform-api',
  config,
  resourceTypes: [userType, roleType],
  open,
};

function open(values: ConfigValues<typeof config.fields>, deps: ConnectorDeps): OpenConnector {
  const baseUrl = parseBaseUrl(values['base-url']);
  const key = parseApiKey(values['api-key']);
  const api = createRunlayerApi(baseUrl, key, deps);
  const allowSingleUser = values['allow-single-user'];
  let known: Me | undefined;
  let tried: readonly TenantPlan[] = [];

  const validate = async (signal: AbortSignal): Promise<Me> => {
    const me = await api.me(signal);
    // Two rows are enough to see whether there is anybody else.
    const first = await api.users({ skip: 0, limit: 2, retryLimit: () => 2, signal });
    if (first.kind !== 'page') throw first.error;
    const isAlone = first.count === 1 && first.rows.length === 1 && readUserId(first.rows[0]) === me.id;
    if (isAlone && !allowSingleUser) throw fail('RL-WEAK-KEY', {});
    return (known = me);
  };

  return {
    validate: async (signal) => {
      await validate(signal);
    },
    plans: async (signal) => {
      const me = known ?? (await validate(signal));
      known = undefined;
      const pageSize = values['page-size'];
      const now = deps.clock.now();
      const plan = (form: 'embedded' | 'per-user'): TenantPlan =>
        new TenantPlan({ api, me, form, allowSingleUser, pageSize, now });
      tried = [plan('embedded'), plan('per-user')];
      return tried;
    },
    // The one that was not dropped is the only one that can know of flags.
    present: createPresenter(() => tried.findLast((plan) => plan.byFlag.size > 0)?.byFlag ?? none),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

const none: ReadonlySet<string> = new Set();
