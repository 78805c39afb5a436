import { describe, expect, test } from 'vitest';
import type { Run } from '@batonkit/console-contract';
import { phasesOf, shareOf } from '../src/features/connector/status/phases.ts';

type Lists = Run['lists'];
const run = (phase: Run['phase'], lists: Lists = []): Run => ({
  id: '0ujsszwN8NRY24YaXiTIE2VWDTS',
  phase,
  requestedAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.000Z',
  attempt: 1,
  lists,
  waiting: null,
  plan: null,
  requests: 0,
});
const list = (name: string, received: number, total: number | null, pass = 1): Lists[number] => ({
  name,
  pass,
  received,
  total,
  pages: received === 0 ? 0 : 1,
  done: received === total,
});

describe('the phases of a run', () => {
  test.each([
    ['nothing', run('validate')],
    ['roles only', run('read', [list('roles', 7, 7)])],
    ['users first', run('read', [list('users', 20, 60), list('roles', 7, 7)])],
    ['all', run('ingest', [list('roles', 7, 7), list('users', 60, 60)])],
  ])('keep their places: %s read', (_what, at) => {
    expect(phasesOf(at).map(({ id }) => id)).toEqual(['access', 'roles', 'users', 'check', 'apply']);
  });
});

describe('what is under way', () => {
  const roles = list('roles', 7, 7);
  const users = list('users', 60, 60);
  test.each([
    ['queued', run('queued'), ['access']],
    ['finding out what the key may see', { ...run('validate'), requests: 29 }, ['access']],
    ['the first list asked for', run('read'), ['roles']],
    ['the second list asked for', run('read', [roles]), ['users']],
    ['the second list half read', run('read', [roles, list('users', 20, 60)]), ['users']],
    ['both at once', run('read', [list('roles', 3, 7), list('users', 20, 60)]), ['roles', 'users']],
    ['all read, the second reading asked for', run('read', [roles, users]), ['check']],
    ['read again', run('prove', [roles, users, list('roles', 7, 7, 2)]), ['check']],
    ['written', run('store', [roles, users]), ['apply']],
    ['compared', run('ingest', [roles, users]), ['apply']],
  ])('%s', (_what, at, now) => {
    const phases = phasesOf(at);
    expect(phases.filter(({ state }) => state === 'now').map(({ id }) => id)).toEqual(now);
    // What is before it is done, what is after it is still to come.
    const order = { done: 0, now: 1, next: 2 };
    const states = phases.map(({ state }) => order[state]);
    expect(states).toEqual(states.toSorted((a, b) => a - b));
  });
});

describe('the share that is done', () => {
  test('is not told before the size of every list is known', () => {
    expect(shareOf(run('read', [list('roles', 7, 7)]))).toBeUndefined();
    expect(shareOf(run('read', [list('roles', 7, 7), list('users', 20, null)]))).toBeUndefined();
  });

  test('counts both readings', () => {
    expect(shareOf(run('read', [list('roles', 10, 10), list('users', 40, 90)]))).toBe(0.25);
    expect(shareOf(run('prove', [list('roles', 10, 10), list('users', 90, 90), list('users', 50, 90, 2)]))).toBe(0.75);
  });
});
