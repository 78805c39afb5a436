import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTenant } from './read-tenant.ts';
import { startSimulator, type SimulatorProcess } from './simulator-process.ts';

/** What becomes of a sync when the second page of users is answered so, once. */
const outcomes: Readonly<Record<string, string>> = {
  // Answers
  'status:503': 'exact',
  html: 'RL-HTML',
  waf: 'RL-BLOCKED-403',
  'wrong-content-type': 'RL-HTML',
  redirect: 'RL-REDIRECT',
  'rate-limit': 'exact',
  'not-json': 'RL-JSON',
  'empty-body': 'RL-JSON',
  'no-content': 'RL-HTTP',
  'null-body': 'RL-JSON',
  // On the way
  reset: 'exact',
  cut: 'exact',
  truncated: 'RL-JSON',
  'slow-body:5': 'exact',
  stall: 'exact',
  'no-answer': 'exact',
  'oversized:65': 'RL-JSON',
  'oversized-gzip:65': 'RL-JSON',
  'latency:5': 'exact',
  // JSON
  'duplicate-key': 'RL-JSON',
  'deep:100': 'RL-JSON',
  'wrong-type': 'RL-SHAPE',
  'row-type': 'RL-SHAPE',
  'null-row': 'RL-SHAPE',
  'count-type': 'RL-SHAPE',
  'count-negative': 'RL-SHAPE',
  'count-huge': 'RL-SHAPE',
  'null-list': 'RL-SHAPE',
  'missing-key': 'RL-SHAPE',
  'missing-id': 'RL-SHAPE',
  'null-id': 'RL-SHAPE',
  'empty-id': 'RL-SHAPE',
  'two-arrays': 'RL-SHAPE',
  // Roles that are not on the users are read user by user.
  'roles-absent': 'exact',
  'roles-are-null': 'RL-NULL-ROLES',
  // Pages
  loop: 'RL-PAGING',
  repeat: 'RL-PAGING',
  short: 'exact',
  empty: 'exact',
  'ends-here': 'exact',
  'drop-row': 'exact',
  'lose-row': 'exact',
  'duplicate-row': 'exact',
  'swap-id': 'exact',
  count: 'exact',
  shrink: 'exact',
  order: 'exact',
  'order-back': 'exact',
  ties: 'exact',
  // The tenant itself
  delete: 'exact',
  insert: 'exact',
  rename: 'exact',
  promote: 'exact',
  demote: 'exact',
  replace: 'exact',
  'rename-moves': 'exact',
  'move-role': 'exact',
  deactivate: 'exact',
  flicker: 'exact',
  'add-role': 'exact',
  'delete-role': 'exact',
  // What the key is shown
  narrowed: 'exact',
  'roles-hidden': 'exact',
};

const nameOf = (fault: string): string => fault.split(':')[0] ?? '';

describe('a fault at the second page of users', () => {
  let simulator: SimulatorProcess;
  beforeAll(async () => {
    simulator = await startSimulator('--users', '60', '--custom-roles', '15');
  });
  afterAll(() => simulator[Symbol.asyncDispose]());

  test('each fault of the simulator has an outcome', async () => {
    const { faults } = await simulator.get<{ faults: { name: string }[] }>('/behaviours');
    expect(Object.keys(outcomes).map(nameOf).sort()).toEqual(faults.map(({ name }) => name).sort());
  });

  test.each(Object.entries(outcomes))('%s ends: %s', async (fault, ends) => {
    const [name, argument] = fault.split(':');
    // The first request for users looks at their form, the second reads their first page.
    await simulator.post('/faults', { set: [`${name}@3${argument === undefined ? '' : `:${argument}`}:/users`] });
    const { synced, error, left } = await readTenant({
      'base-url': simulator.baseUrl,
      'api-key': simulator.keys.super_admin,
      'page-size': 20,
      // Only these are waited for.
      ...(['stall', 'no-answer'].includes(name ?? '') ? { 'http-timeout-seconds': 1 } : {}),
    });
    expect(error?.code ?? 'exact').toBe(ends);
    expect(left).toEqual([]);
    const { faults } = await simulator.get<{ faults: { fired: unknown[] }[] }>('/faults');
    expect(faults.map(({ fired }) => fired.length)).toEqual([1]);
    if (ends !== 'exact') return;
    // Whatever changed did so in the first pass: the later ones saw the tenant as it is now.
    const pairs = await simulator.get<{ userId: string; roleId: string }[]>('/pairs');
    expect(synced?.pairs).toEqual(pairs.map(({ userId, roleId }) => `${userId} ${roleId}`).sort());
    expect(synced?.evidence.verdict).toBe('complete');
  });
});
