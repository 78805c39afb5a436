import { describe, expect, test } from 'vitest';

import { faultKinds } from '../src/faults/index.ts';
import { FaultPlan } from '../src/faults/fault-plan.ts';
import type { Extra } from '../src/start.ts';
import { faultLooks } from './looks-faults.ts';
import { simulator, type Simulator } from './simulator.ts';

interface Report {
  readonly seed: number | null;
  readonly requests: number;
  readonly faults: { spec: string; name: string; fired: { n: number; request: number; path: string; at: string }[] }[];
}

const report = async (from: Simulator): Promise<Report> => (await from.admin('/faults')).json as Report;

const statuses = async (from: Simulator, ...paths: string[]): Promise<number[]> => {
  const seen = [];
  for (const path of paths) seen.push((await from.get(path)).status);
  return seen;
};

test('every fault has a row in the table, and every row a fault', () => {
  const names = new Set(faultLooks.map(([spec]) => spec.slice(0, spec.indexOf('@'))));
  expect([...names].sort()).toEqual(faultKinds.map(({ name }) => name).sort());
});

describe('a fault', () => {
  test.each(faultLooks)('%s', async (spec, look) => {
    await using from = await simulator({}, [], { faults: [spec] });
    await look(from);
    const { faults } = await report(from);
    if (faults[0]?.spec === spec) expect(faults[0].fired).toHaveLength(1);
  });
});

describe('a plan', () => {
  test('counts requests, or those to a path, since it was set, and tells what fell where', async () => {
    await using from = await simulator({}, [], { faults: ['status@2:503', 'status@2x2:500:/roles'] });
    expect(await statuses(from, '/users', '/roles', '/users', '/roles', '/roles', '/roles')).toEqual([
      200, 503, 200, 500, 500, 200,
    ]);
    expect(await report(from)).toMatchObject({
      seed: null,
      requests: 6,
      faults: [
        { spec: 'status@2:503', name: 'status', fired: [{ n: 2, request: 2, path: '/api/v1/roles' }] },
        {
          name: 'status',
          fired: [
            { n: 2, request: 4 },
            { n: 3, request: 5 },
          ],
        },
      ],
    });
    await from.admin('/faults', { set: ['status@1x*:404'] });
    expect(await statuses(from, '/users', '/roles', '/users/me')).toEqual([404, 404, 404]);
    expect(await report(from)).toMatchObject({ requests: 3, faults: [{ fired: [{ n: 1, request: 7 }, {}, {}] }] });
    await from.admin('/faults', { set: [] });
    expect(await statuses(from, '/users')).toEqual([200]);
  });

  test('waits with a fault of lists until a list is asked for', async () => {
    await using from = await simulator({}, [], { faults: ['null-list@1'] });
    expect(await statuses(from, '/users/me', '/utils/health-check/')).toEqual([200, 200]);
    expect((await from.get('/roles')).json).toEqual({ data: null, count: 10 });
    expect(await report(from)).toMatchObject({ faults: [{ fired: [{ n: 3, request: 3 }] }] });
  });

  test('can carry several faults at one request, in any form of the API', async () => {
    await using from = await simulator({}, ['envelope-results', 'user-id-number'], {
      faults: ['short@1', 'count@1:7', 'wrong-content-type@1'],
    });
    const answer = await from.get('/users');
    expect(answer.json).toMatchObject({ results: { length: 30 }, count: 67 });
    expect(answer.headers.get('content-type')).toBe('text/html');
  });

  test('of a seed does the same each time, to the last change', async () => {
    const run = async (extra: Extra): Promise<unknown> => {
      await using from = await simulator({}, [], extra);
      const seen: unknown[] = [];
      for (let n = 0; n < 12; n++) {
        const path = n % 3 === 0 ? '/roles' : `/users?skip=${(n % 3) * 20}&limit=20`;
        seen.push(
          await from.get(path).then(
            ({ status, text }) => [status, text.length],
            () => 'broken',
          ),
        );
      }
      const changes = (await from.admin('/changes')).json as Record<string, unknown>[];
      const { faults } = await report(from);
      return [
        seen.map((entry) => JSON.stringify(entry)),
        changes.map(({ n, by, kind, userId, role, request }) => [n, by, kind, userId, role, request]),
        faults.map(({ spec, fired }) => [spec, fired.map(({ n, request }) => [n, request])]),
      ];
    };
    for (const faultSeed of [1, 2, 3, 4, 5]) {
      const once = await run({ faultSeed });
      expect(await run({ faultSeed })).toEqual(once);
      expect(await run({ faults: FaultPlan.drawn(faultSeed, 1).specs })).toEqual(once);
    }
    expect(await run({ faultSeed: 1 })).not.toEqual(await run({ faultSeed: 2 }));
  });

  test('of many seeds has at least three faults, covers all that are drawn, and can be written down', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 400; seed++) {
      const { specs } = FaultPlan.drawn(seed, 1);
      expect(specs.length).toBeGreaterThanOrEqual(3);
      expect(FaultPlan.of(specs, 1).specs).toEqual(specs);
      for (const spec of specs) seen.add(spec.split('@')[0]!);
    }
    const drawn = faultKinds.filter((kind) => kind.drawn).map(({ name }) => name);
    expect([...seen].sort()).toEqual(drawn.sort());
  });

  test('drawn at run time starts at its first request', async () => {
    await using from = await simulator();
    await from.get('/users');
    const { json } = await from.admin('/faults', { seed: 9, set: ['waf@1'], span: 5 });
    expect(json).toMatchObject({ seed: 9, requests: 0 });
    expect((json as Report).faults.at(-1)).toMatchObject({ spec: 'waf@1', fired: [] });
    expect((json as Report).faults.length).toBeGreaterThanOrEqual(4);
  });

  test.each([
    'no-such@1',
    'status',
    'status@0:500',
    'status@1',
    'status@1:999',
    'html@1:x',
    'rate-limit@1:sometimes',
    'reset@x',
    'cut@1:200',
    'delete@1:0',
  ])('with %s is refused with a sentence, and the plan in force stays', async (spec) => {
    await using from = await simulator({}, [], { faults: ['waf@1'] });
    const answer = await from.admin('/faults', { set: [spec] });
    expect([answer.status, answer.json]).toEqual([422, { error: expect.stringMatching(/\.$/) }]);
    expect((await from.get('/users')).status).toBe(403);
  });
});

test('any two faults can fall on one request, in any form', async () => {
  await using from = await simulator();
  const waits = ['stall', 'no-answer', 'oversized', 'oversized-gzip', 'latency', 'slow-body'];
  const specs = faultLooks
    .map(([spec]) => spec.replace(/@\d+/, '@1'))
    .filter((spec) => !waits.includes(spec.split('@')[0]!));
  const forms = [
    [],
    ['envelope-bare'],
    ['per-user-roles', 'user-id-case'],
    ['flat-nested'],
    ['paging-next-cursor', 'item-slug'],
  ];
  const paths = ['/users?limit=30', '/roles', '/role-assignments', `/users/${from.tenant.person(0)!.id}/roles`];
  let n = 0;
  for (const [at, a] of specs.entries()) {
    await from.admin('/behaviours', { set: forms[at % forms.length] });
    for (let step = 1; step < 8; step++) {
      const b = specs[(at + step * step) % specs.length]!;
      await from.admin('/faults', { set: [a, b] });
      const text = await from.get(paths[n++ % paths.length]!).then(
        (answer) => answer.text,
        () => 'broken',
      );
      expect([a, b, text.includes('simulator itself')]).toEqual([a, b, false]);
    }
  }
  expect(n).toBeGreaterThan(400);
});
