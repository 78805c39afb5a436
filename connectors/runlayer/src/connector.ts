import type { ConfigValues, ConnectorDefinition, ConnectorDeps, OpenConnector } from '@batonkit/connector';
import { createRunlayerApi } from './api/runlayer-api.ts';
import { config } from './config.ts';
import { connect } from './connect/connect.ts';
import { describeWay } from './connect/describe.ts';
import { Discovery } from './connect/discovery.ts';
import { Doctor } from './doctor/doctor.ts';
import type { Term } from './mapping/assignment.ts';
import { createPresenter, type Late } from './mapping/present.ts';
import { roleType, userType } from './resource-types.ts';
import { readSettings } from './settings.ts';
import { TenantPlan } from './tenant/tenant-plan.ts';

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
  const { clock, network } = deps;
  const most = network?.maxInFlight ?? 4;
  const settings = readSettings(values, new Date(clock.now()).toISOString());
  const api = createRunlayerApi(settings, deps);
  /** Each reading counts anew which exceptions it needs. */
  const discover = (): Discovery => new Discovery(api, { ...settings, exceptions: settings.exceptions.anew() });
  let isKnown = deps.isKnownConfiguration ?? false;
  /** What Validate found out; good for one reading. */
  let connected: Discovery | undefined;
  let served: Late = { byFlag: new Set(), further: new Map() };
  let doctor: Doctor | undefined;

  const validate = async (signal: AbortSignal): Promise<Discovery> => {
    const discovery = discover();
    const form = await connect(discovery, { clock, isKnown, most }, signal);
    discovery.settle(form);
    if (!isKnown) discovery.takeSample();
    isKnown = true;
    return (connected = discovery);
  };

  return {
    validate: async (signal) => {
      await validate(signal);
    },
    plans: async (signal) => {
      const discovery = connected ?? (await validate(signal));
      connected = undefined;
      const form = discovery.form();
      const onProven = (late: Late): void => void (served = late);
      return form.ways.map((way) => {
        const { settings, sample } = discovery;
        return new TenantPlan({ api, form, way, settings, clock, sample, onProven });
      });
    },
    describePlan: async (signal) => {
      const discovery = connected ?? (await validate(signal));
      return describeWay(discovery);
    },
    doctor: (signal) => {
      doctor = new Doctor({ discovery: discover(), clock });
      return doctor.run(signal);
    },
    report: () => doctor?.report() ?? {},
    present: createPresenter(() => served),
    memory: () =>
      ({
        byFlag: [...served.byFlag],
        further: [...served.further].map(([pair, terms]) => [pair, [...terms]]),
      }) satisfies Memory,
    remember: (memory) => {
      const { byFlag, further } = memory as Memory;
      served = { byFlag: new Set(byFlag), further: new Map(further) };
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

/** What was seen late in a reading, as JSON. */
interface Memory {
  byFlag: string[];
  further: [string, Term[]][];
}
