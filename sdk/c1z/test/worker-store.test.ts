import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { seededRandom, VirtualClock } from '@batonkit/kernel';
import { ksuid } from '@batonkit/protocol';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createC1z, openC1z, resumeC1z } from '../src/index.ts';
import type { Batch } from '../src/index.ts';
import { packRows, unpackRows } from '../src/packed-rows.ts';
import { grant, rawDatabase, types, user, whole, write } from './samples.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c1z-thread-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a sync that another thread stores', () => {
  it('ends in the same file', async () => {
    const local = await write(folder, whole, { name: 'local.c1z' });
    const other = await write(folder, whole, { name: 'other.c1z', localRows: 0 });
    expect(other.summary).toEqual({ ...local.summary, sha256: other.summary.sha256, bytes: other.summary.bytes });
    const rows = (path: string): unknown[] => {
      using raw = rawDatabase(folder, path).database;
      const tables = [
        'sqlite_master',
        'v1_sync_runs',
        'v1_resource_types',
        'v1_resources',
        'v1_entitlements',
        'v1_grants',
      ];
      return tables.map((table) => raw.prepare(`SELECT * FROM ${table}`).all());
    };
    expect(rows(other.path)).toEqual(rows(local.path));
    expect(readdirSync(other.workDir)).toEqual([]);
  });

  it('may move there half-way', async () => {
    const local = await write(folder, whole, { name: 'local.c1z' });
    const other = await write(folder, whole, { name: 'other.c1z', localRows: 10 });
    expect(other.summary.contentDigest).toBe(local.summary.contentDigest);
  });

  it('ends without it while that is still being loaded, and stops it', async () => {
    const stopped = vi.spyOn(Worker.prototype, 'terminate');
    const local = await write(folder, whole, { name: 'local.c1z' });
    expect(stopped).toHaveBeenCalledTimes(0);
    const other = await write(folder, whole, { name: 'other.c1z', localRows: 60 });
    expect(other.summary.contentDigest).toBe(local.summary.contentDigest);
    expect(stopped).toHaveBeenCalledTimes(1);
    stopped.mockRestore();
  });

  it('may list more users after grants', async () => {
    const [a, users, c, d, grants] = whole as [Batch, Batch, Batch, Batch, Batch];
    const late = { resources: [user('late'), user('0 late')], checkpoint: '' };
    const more = { grants: [grant('late')], checkpoint: '' };
    const local = await write(folder, [a, users, c, d, grants, late, more], { name: 'local.c1z' });
    const other = await write(folder, [a, users, c, d, grants, late, more], { name: 'other.c1z', localRows: 0 });
    expect(other.summary.contentDigest).toBe(local.summary.contentDigest);
  });

  it.each<[string, string, Batch]>([
    ['a grant held by somebody who was not listed', 'BK-C1Z-DANGLING', { grants: [grant('99')], checkpoint: '' }],
    ['one user twice', 'BK-C1Z-DUPLICATE', { resources: [user('1')], checkpoint: '' }],
    ['a grant twice', 'BK-C1Z-DUPLICATE', { grants: [grant('1')], checkpoint: '' }],
    ['a user without id', 'BK-C1Z-ID', { resources: [user('')], checkpoint: '' }],
  ])('fails as in one thread, with %s', async (_name, code, batch) => {
    await expect(write(folder, [...whole, batch], { localRows: 0 })).rejects.toMatchObject({ code, status: 15 });
    expect(existsSync(join(folder, 'sync.c1z'))).toBe(false);
    for (const left of readdirSync(folder)) expect(readdirSync(join(folder, left))).toEqual([]);
  });

  it('fails for one user twice before the first grant', async () => {
    const [a, users, c, d, grants] = whole as [Batch, Batch, Batch, Batch, Batch];
    const batches = [a, users, { resources: [user('1')], checkpoint: '' }, c, d, grants];
    await expect(write(folder, batches, { localRows: 0 })).rejects.toMatchObject({ code: 'BK-C1Z-DUPLICATE' });
  });

  it.each([
    ['before grants', 3, 'c'],
    ['with its first grants', 5, '{"version":1}'],
  ])('is taken up again after it was left %s', async (_name, pages, checkpoint) => {
    const uncut = await write(folder, whole, { name: 'uncut.c1z' });
    const clock = new VirtualClock(Date.UTC(2026, 10, 24));
    const workDir = mkdtempSync(join(folder, 'work-'));
    const options = { path: join(folder, 'sync.c1z'), workDir, clock, localRows: 0 };
    {
      const sync = { id: ksuid(clock, seededRandom(3)), type: 'full', startedAt: clock.now() } as const;
      await using writer = await createC1z({ ...options, sync });
      for (const batch of whole.slice(0, pages)) await writer.commit(batch);
      await writer.leave();
    }
    const resumed = await resumeC1z(options);
    expect(resumed?.checkpoint).toBe(checkpoint);
    await using writer = resumed!.writer;
    for (const batch of whole.slice(pages)) await writer.commit(batch);
    const { contentDigest } = await writer.finish({ endedAt: clock.now() });
    expect(contentDigest).toBe(uncut.summary.contentDigest);
  });
});

describe('a kill', () => {
  it.each([0, 1_000_000])('leaves whole pages and their checkpoint (local up to %i rows)', async (localRows) => {
    mkdirSync(join(folder, 'work'));
    const program = fileURLToPath(new URL('write-until-killed.ts', import.meta.url));
    const child = spawn(process.execPath, [program, folder, String(localRows)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (data) => {
      said += String(data);
      if (said.split('\n').length > 20) child.kill('SIGKILL');
    });
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
    using database = new DatabaseSync(join(folder, 'work', 'db'));
    const count = Number(database.prepare('SELECT count(*) AS n FROM v1_resources').get()?.['n']);
    database.close();
    const clock = new VirtualClock(Date.UTC(2036, 0));
    const resumed = await resumeC1z({ path: join(folder, 'sync.c1z'), workDir: join(folder, 'work'), clock });
    const pages = Number(resumed?.checkpoint);
    // Of the pages that were on their way some may be lost, with their checkpoints.
    expect(pages).toBeGreaterThan(10);
    expect(count).toBe(pages * 50);
    await using writer = resumed!.writer;
    const { counts } = await writer.finish({ endedAt: clock.now() });
    await writer.save();
    expect(counts).toMatchObject({ resourceTypes: types.length, resources: count });
    await using reader = await openC1z(join(folder, 'sync.c1z'));
    expect(reader.integrityProblems()).toEqual([]);
  });
});

describe('rows on their way', () => {
  const messages = { bytes: Uint8Array.of(1), ends: Uint32Array.of(1) };

  it('come out as they went in', () => {
    const value = fc.oneof(fc.constantFrom('a', 'b', '', null, 0, 1), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(value, { maxLength: 80 }), (width, values) => {
        expect(unpackRows(packRows({ values, messages }, width), width)).toEqual({ values, messages });
      }),
    );
  });

  it('hold a text once while it stays the same', () => {
    const values = ['role', 'r', 'u1', 'role', 'r', 'u2'];
    expect(packRows({ values, messages }, 3).text).toBe('roleru1u2');
  });
});
