import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataTable } from '../src/columns.ts';
import { encodeBatch } from '../src/encode-batch.ts';
import { HeadStart } from '../src/head-start.ts';
import type { Batch } from '../src/index.ts';
import { proveFinished } from '../src/prove-finished.ts';
import { RequiredTraits } from '../src/required-traits.ts';
import { WorkDatabase } from '../src/work-database.ts';
import { grant, user, whole } from './samples.ts';

const sync = { id: 's', type: 'full', startedAt: 0 } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c1z-head-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Stores pages as the thread does, which has all the time after each. @returns the digest, and that of nothing ahead */
async function store(batches: Batch[]): Promise<{ steps: number[]; ahead: boolean; digest: string; expected: string }> {
  const path = join(folder, 'db');
  const database = WorkDatabase.begin(path, sync);
  const headStart = new HeadStart();
  const traits = new RequiredTraits();
  const steps = batches.map((batch) => {
    const encoded = encodeBatch(batch, traits, 0);
    headStart.see(Object.keys(encoded.rows) as DataTable[], database);
    database.commit(encoded);
    let count = 0;
    while (headStart.step()) count += 1;
    return count;
  });
  for (const _step of database.end(1));
  const ahead = headStart.end();
  const digest = await proveFinished(path, sync, ahead);
  return { steps, ahead: ahead !== undefined, digest, expected: await proveFinished(path, sync) };
}

describe('what a thread does ahead', () => {
  const many = Array.from({ length: 500 }, (_, index) => user(`many ${index}`));
  const [a, users, c, d, grants] = whole as [Batch, Batch, Batch, Batch, Batch];
  const more: Batch = { resources: many, checkpoint: '' };

  it('is everything but the grants, once the first of them comes', async () => {
    const { steps, ...result } = await store([a, users, more, c, d, grants, { grants: [grant('20')], checkpoint: '' }]);
    // The types; three pages of users; the entitlements.
    expect(steps).toEqual([0, 0, 0, 0, 0, 5, 0]);
    expect(result).toMatchObject({ ahead: true, digest: result.expected });
  });

  it('is forgotten when another user comes after the grants', async () => {
    const result = await store([a, users, c, d, grants, more, { grants: [grant('many 3')], checkpoint: '' }]);
    expect(result.steps).toEqual([0, 0, 0, 0, 3, 0, 0]);
    expect(result).toMatchObject({ ahead: false, digest: result.expected });
  });
});
