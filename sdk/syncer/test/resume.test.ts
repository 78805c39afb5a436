import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openC1z } from '@batonkit/c1z';
import { BatonError, seededRandom, VirtualClock } from '@batonkit/kernel';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SyncOptions } from '../src/sync-to-file.ts';
import { syncToFile, syncUncertified } from '../src/sync-to-file.ts';
import type { ResumeOptions } from '../src/take-up.ts';
import { hasUnfinishedSync } from '../src/take-up.ts';
import { fakeConnector, small } from './fake-connector.ts';
import type { Page } from './fake-connector.ts';
import { expected, richConnector } from './rich-connector.ts';
import type { RichTenant } from './rich-connector.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syncer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const stop = new BatonError({ code: 'BK-CANCELED', status: 1, title: 'Stopped.', meaning: 'm', remedy: 'r' });
type Decision = Parameters<NonNullable<ResumeOptions['decided']>>[0];

/** One run with the working directory `run/<name>`; what was decided about an earlier one is in `decisions`. */
function optionsOf(name: string, clock = new VirtualClock(), ready: ResumeOptions['ready'] = async () => undefined) {
  const path = join(folder, name, 'sync.c1z');
  const workDir = `${path}.partial`;
  mkdirSync(workDir, { recursive: true });
  const decisions: Decision[] = [];
  return {
    path,
    workDir,
    connector: { type: 'fake', version: '1.0.0' },
    configDigest: 'd'.repeat(64),
    clock,
    random: seededRandom(1),
    signal: new AbortController().signal,
    resume: { maxAgeMs: 3_600_000, ready, decided: (decision: Decision) => void decisions.push(decision) },
    decisions,
  } satisfies Omit<SyncOptions, 'client'> & { decisions: Decision[] };
}

async function contents(path: string) {
  await using reader = await openC1z(path);
  return {
    sync: reader.sync?.id,
    types: [...reader.resourceTypes()].map(({ id }) => id).toSorted(),
    resources: [...reader.resources()].map(({ id }) => `${id?.resourceType}:${id?.resource}`).toSorted(),
    entitlements: [...reader.entitlements()]
      .map(({ id, displayName, resource }) => `${id} ${displayName} ${resource?.displayName}`)
      .toSorted(),
    grants: [...reader.grants()].map(({ id }) => id).toSorted(),
  };
}

/** The working directory as a kill at this moment would leave it: nothing closed, nothing cleaned up. */
const leaveAs = (name: string, workDir: string): void =>
  cpSync(workDir, `${join(folder, name, 'sync.c1z')}.partial`, { recursive: true });

const plain = { pageSize: 2, readingAnswers: 1, typeScopedGrants: false };

const rich: RichTenant = {
  orgs: [2, 1],
  nested: true,
  users: 3,
  templates: ['member', 'admin'],
  typeScoped: 'none',
  siblings: 1,
  pageSize: 2,
};

describe('a kill at any call', () => {
  test('of a connector that proves its lists: the same content, the same certificate, no row twice', async () => {
    // One run that leaves a copy of its working directory at each call: each copy is a killed run.
    const whole = optionsOf('whole');
    const names: string[] = [];
    const { client, calls } = fakeConnector(small, {
      ...plain,
      tamper: (_call, nth) => {
        names.push(`cut-${nth}`);
        leaveAs(`cut-${nth}`, whole.workDir);
      },
    });
    const uncut = await syncToFile({ ...whole, client });
    const rows = await contents(whole.path);
    expect(names.length).toBe(calls().length);
    for (const [index, name] of names.entries()) {
      const cut = optionsOf(name);
      const after = fakeConnector(small, plain);
      // What was written after the last commit and is not yet part of it.
      for (const file of ['types', 'visits', 'children', 'proofs']) appendFileSync(join(cut.workDir, file), 'abc');
      const { summary, certificate } = await syncToFile({ ...cut, client: after.client });
      expect([name, cut.decisions[0]?.isResumed]).toEqual([name, index > 0]);
      expect(await contents(cut.path)).toEqual(rows);
      expect(summary.contentDigest).toBe(uncut.summary.contentDigest);
      expect({ ...certificate, sha256: '' }).toEqual({ ...uncut.certificate, sha256: '' });
      // It goes on: Validate, then what had not been answered yet.
      if (index > 0) expect(after.calls()).toEqual(['Validate', ...calls().slice(index)]);
      expect(readdirSync(join(folder, name)).toSorted()).toContain('sync.c1z.cert.json');
    }
  }, 60_000);

  test('of one with children, templates and further tokens: the same content', async () => {
    const whole = optionsOf('whole');
    let count = 0;
    const { client } = richConnector(rich, {
      around: (answer) => {
        leaveAs(`cut-${count++}`, whole.workDir);
        return answer();
      },
    });
    await syncUncertified({ ...whole, client });
    for (let nth = 0; nth < count; nth += 1) {
      const cut = optionsOf(`cut-${nth}`);
      await syncUncertified({ ...cut, client: richConnector(rich).client, workers: 1 + (nth % 3) });
      expect(cut.decisions).toMatchObject([{ isResumed: true }]);
      const { sync: _, ...rows } = await contents(cut.path);
      expect([nth, rows]).toEqual([nth, expected(rich)]);
    }
  }, 120_000);

  test('while it saves: the rows are not asked for again', async () => {
    const whole = optionsOf('whole');
    const { client } = fakeConnector(small, plain);
    await syncToFile({
      ...whole,
      client,
      observe: (event) => {
        if (event.type === 'phase' && event.phase === 'save') leaveAs('cut', whole.workDir);
      },
    });
    const killed = optionsOf('cut');
    const saving = fakeConnector(small, plain);
    await syncToFile({ ...killed, client: saving.client });
    expect(killed.decisions).toMatchObject([{ isResumed: true }]);
    expect(saving.calls()).toEqual(['Validate', 'Cleanup']);

    const { client: again } = fakeConnector(small, plain);
    const late = optionsOf('late');
    const signal = new AbortController();
    await expect(
      syncToFile({
        ...late,
        client: again,
        signal: signal.signal,
        observe: (event) => {
          if (event.type === 'phase' && event.phase === 'save') signal.abort(stop);
        },
      }),
    ).rejects.toBe(stop);
    const after = fakeConnector(small, plain);
    const on = optionsOf('late');
    await syncToFile({ ...on, client: after.client });
    expect(on.decisions).toMatchObject([{ isResumed: true }]);
    expect(after.calls()).toEqual(['Validate', 'Cleanup']);
  });
});

describe('real processes', () => {
  const program = new URL('./killed-program.ts', import.meta.url).pathname;
  const run = (path: string, workers: number, killAt?: number) =>
    spawnSync(
      process.execPath,
      [program, path, JSON.stringify(many), String(workers), ...(killAt === undefined ? [] : [String(killAt)])],
      { encoding: 'utf8' },
    );
  const many: RichTenant = { ...rich, orgs: [3, 0, 2, 4], users: 9 };

  test.each([1, 4])(
    'killed again and again, with %i workers: the same content in the end',
    async (workers) => {
      const path = join(folder, 'sync.c1z');
      mkdirSync(`${path}.partial`);
      let calls = 0;
      for (const killAt of [12, 17, 23]) {
        const killed = run(path, workers, killAt);
        expect([killed.signal, killed.stderr]).toEqual(['SIGKILL', '']);
        expect(existsSync(path)).toBe(false);
        calls += killAt;
      }
      const last = run(path, workers);
      expect(last.stderr).toBe('');
      expect(last.stdout).toContain('"isResumed":true');
      // Each of them went on: all together they made hardly more calls than one that is left alone.
      calls += Number(/calls (\d+)/.exec(last.stdout)?.[1]);
      const { sync: _, ...rows } = await contents(path);
      expect(rows).toEqual(expected(many));
      const alone = richConnector(many);
      await syncUncertified({ ...optionsOf('alone'), client: alone.client });
      expect(calls).toBeLessThan(alone.calls().length + 3 * (workers + 2));
    },
    60_000,
  );
});

describe('a run that is stopped', () => {
  test('at any call, with several workers, leaves what it has; the next goes on', async () => {
    const { client: counted } = richConnector(rich);
    let all = 0;
    await syncUncertified({
      ...optionsOf('count'),
      client: counted,
      observe: () => (all += 1),
    });
    for (let at = 0; at < all; at += 7) {
      const name = `stop-${at}`;
      const controller = new AbortController();
      let seen = 0;
      const first = optionsOf(name);
      await expect(
        syncUncertified({
          ...first,
          client: richConnector(rich).client,
          workers: 3,
          signal: controller.signal,
          observe: () => {
            if (seen++ === at) controller.abort(stop);
          },
        }),
      ).rejects.toBe(stop);
      expect(existsSync(first.path)).toBe(false);
      const isLeft = hasUnfinishedSync(first.workDir);
      const second = optionsOf(name);
      await syncUncertified({ ...second, client: richConnector(rich).client, workers: 2 });
      if (isLeft) expect(second.decisions).toMatchObject([{ isResumed: true }]);
      const { sync: _, ...rows } = await contents(second.path);
      expect([at, rows]).toEqual([at, expected(rich)]);
    }
  }, 120_000);

  test('a source that stops answering leaves what there is; a fault of the connector leaves nothing', async () => {
    for (const [code, isLeft] of [
      [Code.Unavailable, true],
      [Code.DeadlineExceeded, true],
      [Code.PermissionDenied, false],
      [Code.ResourceExhausted, false],
      [Code.NotFound, false],
    ] as const) {
      const run = optionsOf(`code-${code}`);
      const tamper = (call: string): void => {
        if (call === 'ListGrants') throw new ConnectError('x', code);
      };
      await expect(syncToFile({ ...run, client: fakeConnector(small, { ...plain, tamper }).client })).rejects.toThrow(
        BatonError,
      );
      expect([code, hasUnfinishedSync(run.workDir)]).toEqual([code, isLeft]);
    }
  });
});

describe('begins anew, and says why', () => {
  const cases: [string, (run: ReturnType<typeof optionsOf>) => Partial<SyncOptions> | void, RegExp][] = [
    ['another version', () => ({ connector: { type: 'fake', version: '1.0.1' } }), /another version/],
    ['another connector', () => ({ connector: { type: 'other', version: '1.0.0' } }), /another version/],
    ['other settings', () => ({ configDigest: 'e'.repeat(64) }), /other settings/],
    ['another scope', () => ({ scope: { types: ['user'], skip: [] } }), /another scope/],
    ['61 minutes later', ({ clock }) => clock.advance(61 * 60_000), /more than 60 minutes/],
    ['a clock that was set back', ({ clock }) => clock.advance(-61 * 60_000), /future/],
    ['a damaged database', ({ workDir }) => writeFileSync(join(workDir, 'db'), 'x'.repeat(5000)), /damaged/],
    ['a file that is shorter', ({ workDir }) => truncateSync(join(workDir, 'visits'), 3), /incomplete/],
    ['what the connector says', () => undefined, /the key belongs to somebody else/],
  ];

  test.each(cases)('%s', async (name, change, why) => {
    const clock = new VirtualClock();
    const tamper = (call: string): void => {
      if (call === 'ListGrants') throw new ConnectError('x', Code.Unavailable);
    };
    const first = optionsOf('run', clock);
    await expect(syncToFile({ ...first, client: fakeConnector(small, { ...plain, tamper }).client })).rejects.toThrow();
    const ready = async ({ id, evidence }: Parameters<ResumeOptions['ready']>[0]): Promise<string | undefined> => {
      expect([id.length, evidence?.plan]).toEqual([27, 'embedded']);
      return name === 'what the connector says' ? 'the key belongs to somebody else' : undefined;
    };
    const second = optionsOf('run', clock, ready);
    const changed = change(second) ?? {};
    const { client, calls } = fakeConnector(small, plain);
    await syncToFile({ ...second, ...changed, client }).catch((error: unknown) => {
      // A smaller scope leaves holders out here.
      if (changed.scope === undefined) throw error;
    });
    expect(second.decisions).toEqual([{ isResumed: false, why: expect.stringMatching(why) }]);
    expect(calls().slice(0, 2)).toEqual(['Validate', 'ListResourceTypes']);
    if (changed.scope === undefined) expect((await contents(second.path)).grants).toHaveLength(4);
  });

  test('there is nothing: nothing is said', async () => {
    const run = optionsOf('run');
    await syncToFile({ ...run, client: fakeConnector(small, plain).client });
    expect(run.decisions).toEqual([]);
  });
});

test('a connector that tells of another reading after the resume: no file', async () => {
  const tamper = (call: string): void => {
    if (call === 'ListResources') reads += 1;
    if (reads > 4) throw new ConnectError('x', Code.Unavailable);
  };
  let reads = 0;
  const first = optionsOf('run');
  await expect(syncToFile({ ...first, client: fakeConnector(small, { ...plain, tamper }).client })).rejects.toThrow();
  expect(hasUnfinishedSync(first.workDir)).toBe(true);
  const second = optionsOf('run');
  const evil = fakeConnector(
    { ...small, users: [...small.users, 'u6'] },
    { ...plain, tamper: (_call: string, _nth: number, _page: Page<unknown>) => {} },
  );
  await expect(syncToFile({ ...second, client: evil.client })).rejects.toMatchObject({ code: 'BK-EVIDENCE' });
  expect(second.decisions).toMatchObject([{ isResumed: true }]);
  expect(readdirSync(join(folder, 'run'))).toEqual(['sync.c1z.partial']);
});
