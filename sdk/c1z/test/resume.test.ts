import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, VirtualClock } from '@batonkit/kernel';
import { ksuid } from '@batonkit/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createC1z, lookAtUnfinished, openC1z, resumeC1z } from '../src/index.ts';
import { user, whole, write } from './samples.ts';

let folder: string;
let workDir: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c1z-resume-'));
  workDir = mkdtempSync(join(folder, 'work-'));
  path = join(folder, 'sync.c1z');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clock = new VirtualClock(Date.UTC(2026, 10, 24, 3, 45, 20, 120));
const sync = { id: ksuid(clock, seededRandom(3)), type: 'full', startedAt: clock.now() } as const;

/** Commits the first so many batches, and stops as a killed process does: without a word. */
async function stopAfter(count: number): Promise<void> {
  await using writer = await createC1z({ path, workDir, sync, clock });
  for (const batch of whole.slice(0, count)) await writer.commit(batch);
  await writer.leave();
}

describe('a sync that was left unfinished', () => {
  it.each(whole.map((_batch, index) => index))('goes on after %i commits and ends as if uncut', async (count) => {
    const uncut = await write(folder, whole, { name: 'uncut.c1z' });
    await stopAfter(count);
    const checkpoint = count === 0 ? '' : whole[count - 1]?.checkpoint;
    expect(lookAtUnfinished(workDir)).toEqual({ sync, checkpoint });
    const resumed = await resumeC1z({ path, workDir, clock });
    expect(resumed).toMatchObject({ sync, checkpoint });
    await using writer = resumed!.writer;
    for (const batch of whole.slice(count)) await writer.commit(batch);
    const summary = await writer.finish({ endedAt: clock.now() });
    expect([summary.syncId, summary.contentDigest]).toEqual([sync.id, uncut.summary.contentDigest]);
    await writer.save();
    await using reader = await openC1z(path);
    expect([reader.schemaDifferences(), reader.integrityProblems()]).toEqual([[], []]);
  });

  it('goes on from its end, when it was stopped between the end and the rename', async () => {
    {
      await using writer = await createC1z({ path, workDir, sync, clock });
      for (const batch of whole) await writer.commit(batch);
      await writer.finish({ endedAt: clock.now() });
      await writer.leave();
    }
    const resumed = await resumeC1z({ path, workDir, clock });
    await using writer = resumed!.writer;
    await writer.commit({ resources: [user('late')], checkpoint: 'late' });
    const summary = await writer.finish({ endedAt: clock.now() });
    await writer.save();
    expect(summary.counts.resources).toBe(27);
    await using reader = await openC1z(path);
    expect(reader.sync).toMatchObject({ id: sync.id, token: 'late' });
    expect(Array.from(reader.resources()).length).toBe(27);
  });

  it('is not there in an empty or a damaged working folder', async () => {
    expect(await resumeC1z({ path, workDir, clock })).toBeUndefined();
    await stopAfter(3);
    truncateSync(join(workDir, 'db'), 5000);
    expect(lookAtUnfinished(workDir)).toBeUndefined();
    writeFileSync(join(workDir, 'db'), 'something else, longer than the header of a database'.repeat(20));
    expect(await resumeC1z({ path, workDir, clock })).toBeUndefined();
  });

  it('leaves nothing behind once it is disposed of instead', async () => {
    await stopAfter(3);
    const resumed = await resumeC1z({ path, workDir, clock });
    await resumed?.writer[Symbol.asyncDispose]();
    expect(readdirSync(workDir)).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });
});
