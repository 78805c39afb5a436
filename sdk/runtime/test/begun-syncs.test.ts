import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom, VirtualClock } from '@batonkit/kernel';
import { ksuid } from '@batonkit/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBegunSyncs } from '../src/server/begun-syncs.ts';

const start = Date.UTC(2026, 10, 30, 12);
const minute = 60_000;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'begun-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const serverAt = (time: number) => openBegunSyncs(folder, new VirtualClock(time));
const syncAt = (time: number): string => ksuid(new VirtualClock(time), systemRandom);

test('a sync younger than its server may begin, and an older one only if it has begun and no row has left', () => {
  const sync = syncAt(start + minute);
  expect(serverAt(start + 2 * minute).mayBegin(sync)).toBe(false);
  expect(serverAt(start).mayBegin(sync)).toBe(true);
  const next = serverAt(start + 2 * minute);
  expect(next.mayBegin(sync)).toBe(true);
  next.rowsLeave(sync);
  expect(serverAt(start + 3 * minute).mayBegin(sync)).toBe(false);
});

test('a sync whose rows have left is not begun again by a server whose clock is behind that of its parent', () => {
  const sync = syncAt(start + 5 * minute);
  const server = serverAt(start);
  expect(server.mayBegin(sync)).toBe(true);
  server.rowsLeave(sync);
  expect(serverAt(start + 2 * minute).mayBegin(sync)).toBe(false);
});

test('what is a week old is taken away', () => {
  const server = serverAt(Date.now());
  server.rowsLeave(syncAt(Date.now()));
  expect(readdirSync(folder)).toHaveLength(1);
  serverAt(Date.now() + 8 * 24 * 60 * minute);
  expect(readdirSync(folder)).toEqual([]);
});
