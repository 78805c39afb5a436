import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { start } from '../../../simulators/runlayer/src/start.ts';
import { runReplicas, type ReplicasVerdict } from './run-replicas.ts';

/** Mistakes of a client that the judge has to see; `none` shows that he sees none where there is none. */
export const plantedClients = [
  'none',
  'finishes twice',
  'uploads nothing',
  'uploads another tenant',
  'prints its key',
] as const;
export type PlantedClient = (typeof plantedClients)[number];

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A few tasks done by one replica with that mistake, without any trouble from outside. */
export async function runPlanted(mistake: PlantedClient, seed = 7): Promise<ReplicasVerdict> {
  const directory = mkdtempSync(join(tmpdir(), 'prove-planted-'));
  const users = mistake === 'uploads another tenant' ? 59 : 60;
  const saved = {
    seed,
    users,
    customRoles: 3,
    assignments: 'embedded',
    maxLimit: 25,
    port: 0,
    adminToken: 'p',
  } as const;
  const tenant = await start(saved, [], undefined, () => new Date());
  try {
    const file = join(directory, 'good.c1z');
    await runConnector(file, `${tenant.origin}/api/v1`, tenant.tenant.keys.super_admin);
    return await runReplicas({
      seed,
      tasks: 3,
      kills: 0,
      replicas: 1,
      leaseMs: 2000,
      limitMs: 6000,
      noTroubles: true,
      program: [path('./planted-client.ts')],
      environment: { PLANTED: mistake, PLANTED_FILE: file },
    });
  } finally {
    await tenant.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The simulator lives in this process, so it must not be held up. */
async function runConnector(file: string, baseUrl: string, apiKey: string): Promise<void> {
  const bin = path('../../../connectors/runlayer/bin/baton-runlayer.js');
  await promisify(execFile)(process.execPath, [bin, '--base-url', baseUrl, '--file', file], {
    env: { BATON_API_KEY: apiKey },
  });
}
