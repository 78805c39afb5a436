import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectInMemory, createConnectorService, type ConnectorEvent } from '@batonkit/connector';
import { seededRandom, systemClock, type Clock, type ErrorReport } from '@batonkit/kernel';
import {
  evidenceFromStruct,
  findAny,
  reportFromDetail,
  type ConfigValue,
  type Entitlement,
  type Evidence,
  type Grant,
  type Resource,
} from '@batonkit/protocol';
import { toJson, type JsonObject } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { ConnectError } from '@connectrpc/connect';
import { runlayer } from '../src/index.ts';

export interface Synced {
  users: Resource[];
  roles: Resource[];
  entitlements: Entitlement[];
  grants: Grant[];
  evidence: Evidence;
  /** `user role`, sorted. */
  pairs: string[];
}

export interface Outcome {
  synced?: Synced;
  error?: ErrorReport;
  /** The text that crosses the wire beside the report. */
  message?: string;
  events: ConnectorEvent[];
  /** The content of all files of the run while they were there. */
  spool: string;
  /** Names of files that were left. */
  left: string[];
}

/** Makes all calls of a full sync, as a syncer does, with the services in this process. */
export async function readTenant(
  values: Readonly<Record<string, ConfigValue>>,
  clock: Clock = createQuickClock(),
): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'runlayer-'));
  const events: ConnectorEvent[] = [];
  const outcome: Outcome = { events, spool: '', left: [] };
  try {
    await using services = createConnectorService(runlayer, values, {
      clock,
      random: seededRandom(1),
      spoolDir: directory,
      observe: (event) => events.push(event),
    });
    const client = connectInMemory(services);
    const activeSyncId = 'sync';
    const pages = async <T>(
      call: (pageToken: string) => Promise<{ list: T[]; nextPageToken: string }>,
    ): Promise<{ rows: T[]; last: { list: T[] } }> => {
      const rows: T[] = [];
      for (let token = ''; ;) {
        const page = await call(token);
        rows.push(...page.list);
        token = page.nextPageToken;
        if (token === '') return { rows, last: page };
      }
    };
    await client.connector.validate({});
    const users = await pages((pageToken) =>
      client.resources.listResources({ resourceTypeId: 'user', pageToken, activeSyncId }),
    );
    outcome.spool = readdirSync(directory)
      .map((name) => readFileSync(join(directory, name), 'utf8'))
      .join('\n');
    const roles = await pages((pageToken) =>
      client.resources.listResources({ resourceTypeId: 'role', pageToken, activeSyncId }),
    );
    const entitlements: Entitlement[] = [];
    const grants: Grant[] = [];
    for (const resource of roles.rows) {
      entitlements.push(
        ...(await pages((pageToken) => client.entitlements.listEntitlements({ resource, pageToken, activeSyncId })))
          .rows,
      );
      grants.push(
        ...(await pages((pageToken) => client.grants.listGrants({ resource, pageToken, activeSyncId }))).rows,
      );
    }
    await client.connector.cleanup({});
    const struct = findAny(
      (users.last as { list: Resource[]; annotations: Parameters<typeof findAny>[0] }).annotations,
      StructSchema,
    );
    const evidence = struct && evidenceFromStruct(toJson(StructSchema, struct) as JsonObject);
    if (evidence === undefined) throw new Error('no evidence on the last page');
    const pairs = grants
      .map(({ principal, entitlement }) => `${principal?.id?.resource} ${entitlement?.resource?.id?.resource}`)
      .sort();
    outcome.synced = { users: users.rows, roles: roles.rows, entitlements, grants, evidence, pairs };
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const [detail] = error.findDetails(StructSchema);
    const report = detail && reportFromDetail(toJson(StructSchema, detail) as JsonObject);
    if (report === undefined) throw error;
    outcome.error = report;
    outcome.message = error.message;
  } finally {
    outcome.left = readdirSync(directory);
    rmSync(directory, { recursive: true });
  }
  return outcome;
}

/** Real time, but nobody waits for the next try: the time of a wait has passed at once. */
export function createQuickClock(): Clock {
  let skipped = 0;
  return {
    now: () => systemClock.now() + skipped,
    monotonic: () => systemClock.monotonic() + skipped,
    sleep: async (milliseconds, signal) => {
      const wait = Math.min(milliseconds, 5);
      await systemClock.sleep(wait, signal);
      skipped += milliseconds - wait;
    },
  };
}
