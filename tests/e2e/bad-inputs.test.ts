import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connector, ErrorReport } from '@batonkit/console-contract';
import { pairsOf } from '../support/client.ts';
import { startConsole, type Console } from '../support/console.ts';
import { readLedger, type Ledger } from '../support/ledger.ts';
import { isWhole } from '../support/sample.ts';
import { startSimulator, type KeyKind, type Simulator } from '../support/simulator.ts';
import { runInTerminal } from '../support/terminal.ts';

interface BadInput {
  what: string;
  code: string;
  /** Of the program in a terminal. */
  exit: number;
  /** Where a form shows it. */
  field?: 'base-url' | 'api-key';
  /** What the tenant does: at all times, or at each request. */
  behaviour?: string;
  fault?: string;
  url?: string;
  key?: KeyKind;
}

const NOBODY = 'nobody listens here';

const rows: BadInput[] = [
  { what: 'a connection that is refused', url: NOBODY, code: 'RL-NET-REFUSED', exit: 14 },
  { what: '500 that lasts', behaviour: 'server-error', code: 'RL-5XX', exit: 14 },
  { what: 'no URL', url: '', code: 'BK-CONFIG-REQUIRED', exit: 2, field: 'base-url' },
  { what: 'a URL that is none', url: 'acme runlayer', code: 'RL-URL', exit: 2, field: 'base-url' },
  {
    what: 'plain http to another host',
    url: 'http://acme.example/api/v1',
    code: 'RL-URL-HTTP',
    exit: 2,
    field: 'base-url',
  },
  { what: 'a wrong key', key: 'invalid', code: 'RL-AUTH-401', exit: 16, field: 'api-key' },
  { what: 'an organisation key', key: 'organisation', code: 'RL-KEY-ORG', exit: 7, field: 'api-key' },
  { what: 'a weak key', key: 'weak', code: 'RL-WEAK-KEY', exit: 7, field: 'api-key' },
  { what: 'a web page at 200', behaviour: 'html-at-200', code: 'RL-URL-HTML', exit: 2, field: 'base-url' },
  { what: '403 on roles', behaviour: 'roles-403', code: 'RL-PERM-403', exit: 7, field: 'api-key' },
  { what: 'JSON that breaks off', behaviour: 'truncated-json', code: 'RL-JSON', exit: 15 },
  { what: 'a user without id', behaviour: 'user-without-id', code: 'RL-SHAPE', exit: 15 },
  { what: 'a count that lies', behaviour: 'count-lies', code: 'RL-COUNT', exit: 15 },
  // So many that they cannot be looked at one by one, whichever page is answered first.
  { what: 'a tenant that changes at each page', fault: 'move-role@1x1000:/users', code: 'RL-DRIFT', exit: 10 },
];

/** One of each way to be refused: by the form, by the network, for the key, for a right, for what came, at the proof. */
const oneOfEach = [
  'RL-NET-REFUSED',
  'BK-CONFIG-REQUIRED',
  'RL-AUTH-401',
  'RL-PERM-403',
  'RL-JSON',
  'RL-COUNT',
  'RL-DRIFT',
];
const sample = rows.filter(({ code }) => isWhole || oneOfEach.includes(code));

let tenant: Simulator;
let console: Console;
/** It had good data first, so that there is something to lose. */
let connector: Connector;
let before: Ledger;
let nobody: string;

beforeAll(async () => {
  nobody = `http://127.0.0.1:${await freePort()}`;
  tenant = await startSimulator('--users 60 --max-limit 20');
  console = await startConsole([nobody, tenant.origin]);
  connector = await console.settled((await console.connect(tenant)).id);
  expect(connector.state.name).toBe('connected');
  await console.stop();
  before = await readLedger(console.dataDir);
  console = await console.again();
});
afterAll(async () => {
  await console[Symbol.asyncDispose]();
  await tenant[Symbol.asyncDispose]();
});

const shownOf = async ({ app }: Connector) => ({
  accounts: await console.all('listAccounts', { params: { appId: app.id } }),
  pairs: await pairsOf(console, app.id),
  timeline: await console.all('listTimeline', { params: { appId: app.id } }),
});

/** What the console says after the settings were saved: beside the field, or of the sync that they started. */
async function inConsole(values: Record<string, string>): Promise<ErrorReport | undefined> {
  const saving = { params: { connectorId: connector.id }, body: { values } };
  if (values['base-url'] === '') {
    const { status, problems = [] } = await console.fails('saveSettings', saving);
    expect(status).toBe(422);
    expect(problems).toHaveLength(1);
    return problems[0];
  }
  expect((await console.call('saveSettings', saving)).state.name).toBe('syncing');
  const { state } = await console.settled(connector.id);
  expect(state).toMatchObject({ name: 'error', label: 'Error' });
  // The last good data have an age.
  expect(state.reason).toMatch(/Data shown was synced (just now|\d+ minutes? ago)\.$/);
  return state.error;
}

describe('says the same in a terminal and in the console, and changes nothing:', () => {
  test.each(sample)('$what ($code, exit code $exit)', async (row) => {
    await tenant.behave(...(row.behaviour === undefined ? [] : [row.behaviour]));
    await tenant.post('/faults', { set: row.fault === undefined ? [] : Array<string>(40).fill(row.fault) });
    const good = await shownOf(connector);
    expect(good.accounts).toHaveLength(60);
    const values = {
      'base-url': row.url === NOBODY ? nobody : (row.url ?? tenant.baseUrl),
      'api-key': tenant.keys[row.key ?? 'super_admin'],
    };

    const inTerminal = runInTerminal(values);
    // Two readers at once would move the tenant under each other, each at another place than the row means.
    if (row.fault !== undefined) await inTerminal;
    const [terminal, report] = await Promise.all([inTerminal, inConsole(values)]);
    expect({ exit: terminal.code, code: report?.code, field: report?.field }).toEqual({
      exit: row.exit,
      code: row.code,
      field: row.field,
    });
    expect(report?.status).toBe(row.exit);
    for (const text of [report?.code, report?.title, report?.meaning, report?.remedy]) {
      expect(text).not.toBe('');
      expect(withoutNumbers(terminal.said)).toContain(withoutNumbers(text ?? ''));
    }
    expect(terminal.files).toEqual([]);
    expect(terminal.out + terminal.errors + JSON.stringify(report)).not.toContain(values['api-key']);

    const after = await console.call('getConnector', { params: { connectorId: connector.id } });
    expect(after.lastGood).toEqual(connector.lastGood);
    expect(await shownOf(connector)).toEqual(good);
  });
});

test('after all of them every row of the ledger is as it was', async () => {
  await console.stop();
  expect(await readLedger(console.dataDir)).toEqual(before);
  expect(before['grant_interval']?.rows).toBeGreaterThan(60);
});

/** A tenant that moves differs by another number each time. */
const withoutNumbers = (text: string): string => text.replaceAll(/\d+/g, 'n');

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
