import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@batonkit/kernel';
import type { SyncResult } from '@batonkit/syncer';
import { syncToFile } from '@batonkit/syncer';
import { startChildConnector } from '@batonkit/syncer/start-child-connector';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inRepository, runProgram } from '../support/program.ts';
import { startSimulator, type Simulator } from '../support/simulator.ts';

const deps = { clock: systemClock, random: systemRandom, signal: new AbortController().signal };
const connectorProgram = inRepository('connectors/runlayer/bin/baton-runlayer.js');

let tenant: Simulator;
let directory: string;

beforeAll(async () => {
  tenant = await startSimulator('--users 250 --seed 5 --max-limit 50');
  directory = mkdtempSync(join(tmpdir(), 'child-'));
});
afterAll(async () => {
  await tenant[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  BATON_TMPDIR: directory,
  BATON_BASE_URL: tenant.baseUrl,
  BATON_API_KEY: tenant.apiKey,
});

/** Our syncer over gRPC, and the connector as its child, as a stock parent starts it. */
async function syncByChild(env: Record<string, string>): Promise<SyncResult> {
  const options = { ...deps, program: process.execPath, args: [connectorProgram], env, output: 'ignore' } as const;
  await using child = await startChildConnector(options);
  return await syncToFile({
    ...deps,
    client: child.client,
    path: join(directory, 'by-child.c1z'),
    workDir: mkdtempSync(join(directory, 'work-')),
    connector: { type: 'runlayer', version: '0.1.0' },
    configDigest: 'd'.repeat(64),
    workers: 4,
  });
}

describe('baton-runlayer as the child of a parent', () => {
  test('gives the content of a sync in one process, with its proof', async () => {
    const file = join(directory, 'one.c1z');
    const { code } = await runProgram([connectorProgram, '--file', file], environment(), directory);
    expect(code).toBe(0);
    const alone = JSON.parse(readFileSync(`${file}.cert.json`, 'utf8')) as { content_digest: string };
    const { summary, certificate } = await syncByChild(environment());
    expect(summary.contentDigest).toBe(alone.content_digest);
    expect(certificate.verdict).toBe('complete');
    expect(readdirSync(directory).filter((name) => name.startsWith('batonkit-server'))).toEqual([]);
  });

  test('hands its errors through with their code and what to do', async () => {
    const env = { ...environment(), BATON_API_KEY: tenant.keys.invalid };
    await expect(syncByChild(env)).rejects.toMatchObject({ report: { code: 'RL-AUTH-401', status: 16 } });
  });
});
