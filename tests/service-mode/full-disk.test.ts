import { readdirSync, readlinkSync } from 'node:fs';
import type { FakeC1 } from '@batonkit/conformance';
import { startFakeC1 } from '@batonkit/conformance';
import { describe, expect, test } from 'vitest';
import type { SmallDisk } from '../support/small-disk.ts';
import { canMount, mountSmallDisk, NEEDS_MOUNT } from '../support/small-disk.ts';
import { fastClock } from './fast-clock.ts';
import { scriptedConnector } from './scripted-connector.ts';
import { Service } from './service.ts';

interface TaskEnd {
  status: number;
  code: string | undefined;
  isFinal: boolean;
}

/** Has a sync made and says how C1 heard of its end. */
async function sync(c1: FakeC1): Promise<TaskEnd> {
  const id = `2N0tTest000000000000000${String(c1.tasks.size).padStart(4, '0')}`;
  // With a debug log, which is written in the same folder.
  c1.add({ id, debug: true, taskType: { case: 'syncFull', value: {} } });
  await c1.until(({ tasks }) => tasks.get(id)?.done === true);
  const { status, finalState } = c1.tasks.get(id)?.finishes.at(-1)?.request ?? {};
  return {
    status: status?.code ?? 0,
    code: /\((BK-[A-Z-]+)\)$/.exec(status?.message ?? '')?.[1],
    isFinal: finalState?.case === 'error' && finalState.value.nonRetryable,
  };
}

/** What lies in the disk, and what of it this process holds open, removed or not. */
function leftIn({ path }: SmallDisk): string[] {
  const open = readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      return target.startsWith(path) ? [`open: ${target}`] : [];
    } catch {
      return [];
    }
  });
  return [...readdirSync(path), ...open];
}

async function withServiceOn(body: (c1: FakeC1, disk: SmallDisk) => Promise<void>): Promise<void> {
  using disk = mountSmallDisk();
  const clock = fastClock(20);
  await using c1 = await startFakeC1({ clock, nextPollMs: 100 });
  const argv = ['--users', '1500'];
  const service = new Service(scriptedConnector(clock, { nameBytes: 400 }), c1, { clock, tempDir: disk.path, argv });
  try {
    await body(c1, disk);
    expect(await service.stop()).toBe(0);
  } finally {
    await service.stop();
  }
}

const well: TaskEnd = { status: 0, code: undefined, isFinal: false };

describe.skipIf(!canMount())(`a temporary directory in which nobody can write${NEEDS_MOUNT}`, () => {
  test('for want of bytes: each task fails with 8 wherever it got to, and the first that has room ends well', async () => {
    await withServiceOn(async (c1, disk) => {
      const seen: (string | undefined)[] = [];
      for (const kibibytes of [4, 64, 96, 160, 1024, 2048, 3072]) {
        disk.resize(kibibytes);
        const end = await sync(c1);
        expect(end, `${kibibytes} KiB`).toMatchObject({ status: 8, isFinal: false });
        expect(leftIn(disk), `${kibibytes} KiB`).toEqual([]);
        seen.push(end.code);
      }
      expect(new Set(seen)).toEqual(new Set(['BK-DISK', 'BK-SPOOL-FULL']));
      disk.resize(16_384);
      expect(await sync(c1)).toEqual(well);
      expect(leftIn(disk)).toEqual([]);
    });
  });

  test('for want of entries: the same, although SQLite says of it only that it cannot open', async () => {
    await withServiceOn(async (c1, disk) => {
      for (let entries = 1; entries <= 12; entries += 1) {
        disk.resize(16_384, entries);
        expect(await sync(c1), `${entries} entries`).toEqual({ status: 8, code: 'BK-DISK', isFinal: false });
        expect(leftIn(disk), `${entries} entries`).toEqual([]);
      }
      disk.resize(16_384);
      expect(await sync(c1)).toEqual(well);
    });
  });

  test('as it became read-only: the task fails and says so, and the next one is done once it can be written', async () => {
    await withServiceOn(async (c1, disk) => {
      expect(await sync(c1)).toEqual(well);
      disk.setReadOnly(true);
      expect(await sync(c1)).toEqual({ status: 2, code: 'BK-TASK-DIR', isFinal: false });
      const { message } = [...c1.tasks.values()].at(-1)?.finishes[0]?.request.status ?? {};
      expect(message).toContain('the file system is read-only');
      disk.setReadOnly(false);
      expect(await sync(c1)).toEqual(well);
      expect(leftIn(disk)).toEqual([]);
    });
  });
});
