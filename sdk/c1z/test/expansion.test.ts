import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { create, toJson } from '@bufbuild/protobuf';
import { BatonError, VirtualClock } from '@batonkit/kernel';
import {
  EntitlementSchema,
  GrantExpandableSchema,
  GrantSchema,
  packAny,
  ResourceSchema,
  ResourceTypeSchema,
  registry,
} from '@batonkit/protocol';
import type { Grant } from '@batonkit/protocol';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createC1z, openC1z, resumeC1z } from '../src/index.ts';
import type { C1zWriter } from '../src/index.ts';
import { expand } from './expand-by-force.ts';
import type { Graph } from './expand-by-force.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'expansion-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const clock = new VirtualClock(Date.UTC(2026, 0, 1));
const sync = { id: '3MXLPZcQ983B1kLiOvsyTEzCxZq', type: 'full', startedAt: clock.now() } as const;

async function begin(localRows?: number): Promise<C1zWriter> {
  rmSync(join(folder, 'out.c1z'), { force: true });
  mkdirSync(join(folder, 'work'), { recursive: true });
  const more = localRows === undefined ? {} : { localRows };
  return await createC1z({ path: join(folder, 'out.c1z'), workDir: join(folder, 'work'), sync, clock, ...more });
}

async function finish(writer: C1zWriter): Promise<{ made: number; merged: number }> {
  let progress = await writer.expand();
  while (!progress.isDone) progress = await writer.expand();
  await writer.finish({ endedAt: clock.now() });
  await writer.save();
  await writer[Symbol.asyncDispose]();
  expect(readdirSync(join(folder, 'work'))).toEqual([]);
  return progress;
}

const ref = (resourceType: string, resource: string) => ({ id: { resourceType, resource } });
const member = (group: number): string => `group:g${group}:member`;

async function store(writer: C1zWriter, graph: Graph, change: (grants: Grant[]) => void = () => {}): Promise<void> {
  const groups = Array.from({ length: graph.groups }, (_, group) => ref('group', `g${group}`));
  const people = graph.kinds.map((kind, person) => ref(kind, `p${person}`));
  const grant = (
    group: number,
    principal: { id: { resourceType: string; resource: string } },
    annotations: Grant['annotations'] = [],
  ): Grant =>
    create(GrantSchema, {
      id: `${member(group)}:${principal.id.resourceType}:${principal.id.resource}:${annotations.length}`,
      entitlement: { id: member(group), resource: groups[group] ?? {} },
      principal,
      annotations,
    });
  const grants = [
    ...graph.direct.map(([group, person]) => grant(group, people[person] ?? ref('user', ''))),
    ...graph.edges.map(({ src, dst, shallow, kinds }, index) => {
      const expandable = create(GrantExpandableSchema, {
        entitlementIds: [member(src)],
        shallow,
        resourceTypeIds: kinds,
      });
      const made = grant(dst, groups[src] ?? ref('group', ''), [packAny(GrantExpandableSchema, expandable)]);
      return { ...made, id: `edge-${index}` };
    }),
  ];
  change(grants);
  await writer.commit({
    resourceTypes: ['group', 'user', 'bot'].map((id) => create(ResourceTypeSchema, { id, displayName: id })),
    checkpoint: '{}',
  });
  await writer.commit({
    resources: [...groups, ...people].map((one) => create(ResourceSchema, one)),
    checkpoint: '{}',
  });
  await writer.commit({
    entitlements: groups.map((resource, group) =>
      create(EntitlementSchema, { id: member(group), resource, slug: 'member' }),
    ),
    checkpoint: '{}',
  });
  await writer.commit({ grants, checkpoint: '{}' });
}

/** Who holds what, with the sources, in a form that can be compared. */
async function found(): Promise<string[]> {
  await using reader = await openC1z(join(folder, 'out.c1z'));
  return [...reader.grants()]
    .map(({ entitlement, principal, sources, annotations }) => {
      const from = Object.entries(sources?.sources ?? {}).map(([id, { isDirect }]) => `${id}=${isDirect}`);
      const isMade = annotations.some(({ typeUrl }) => typeUrl.endsWith('GrantImmutable'));
      return `${entitlement?.id} ${principal?.id?.resourceType}:${principal?.id?.resource} ${isMade ? 'made' : 'read'} ${from.toSorted().join(',')}`;
    })
    .toSorted();
}

const graphs = fc.integer({ min: 2, max: 7 }).chain((groups) =>
  fc.array(fc.constantFrom('user', 'bot'), { minLength: 1, maxLength: 5 }).chain((kinds) => {
    const group = fc.nat(groups - 1);
    return fc.record<Graph>({
      groups: fc.constant(groups),
      kinds: fc.constant(kinds),
      direct: fc.uniqueArray(fc.tuple(group, fc.nat(kinds.length - 1)), { maxLength: 12, selector: String }),
      edges: fc.array(
        fc.record({
          src: group,
          dst: group,
          shallow: fc.boolean(),
          kinds: fc.constantFrom([], ['user'], ['bot'], ['user', 'bot'], ['group', 'user'], ['nobody']),
        }),
        { maxLength: 12 },
      ),
    });
  }),
);

/** Of two edges between the same groups the deeper one counts; chance hardly ever draws that. */
const twice: Graph = {
  groups: 3,
  kinds: ['user'],
  direct: [[0, 0]],
  edges: [
    { src: 0, dst: 1, shallow: false, kinds: [] },
    { src: 1, dst: 2, shallow: true, kinds: [] },
    { src: 1, dst: 2, shallow: false, kinds: [] },
  ],
};

describe('members of groups hold what the groups hold', () => {
  test('as the genuine SDK stores it, byte for byte', async () => {
    const fixture = new URL('../../../tests/fixtures/c1z/expandable.c1z', import.meta.url).pathname;
    const rowsOf = async (path: string): Promise<unknown[]> => {
      await using reader = await openC1z(path);
      return [...reader.grants()].map((grant) => toJson(GrantSchema, grant, { registry }));
    };
    const writer = await begin();
    {
      await using reader = await openC1z(fixture);
      await writer.commit({ resourceTypes: [...reader.resourceTypes()], checkpoint: '{}' });
      await writer.commit({ resources: [...reader.resources()], checkpoint: '{}' });
      await writer.commit({ entitlements: [...reader.entitlements()], checkpoint: '{}' });
      const expandable = create(GrantExpandableSchema, {
        entitlementIds: ['group:eng:member'],
        resourceTypeIds: ['user'],
      });
      const grants = [...reader.grants()]
        .filter(({ annotations }) => annotations.length === 0)
        .map((grant) => {
          const { sources: _sources, ...read } = grant;
          return grant.principal?.id?.resourceType === 'group'
            ? { ...read, annotations: [packAny(GrantExpandableSchema, expandable)] }
            : read;
        });
      expect(grants).toHaveLength(5);
      await writer.commit({ grants, checkpoint: '{}' });
    }
    expect(await finish(writer)).toMatchObject({ made: 2, merged: 1 });
    expect(await rowsOf(join(folder, 'out.c1z'))).toEqual(await rowsOf(fixture));
    await using made = await openC1z(join(folder, 'out.c1z'));
    await using genuine = await openC1z(fixture);
    expect(await made.contentDigest()).toBe(await genuine.contentDigest());
  });

  test.each([
    ['in this thread', undefined],
    ['in another', 0],
  ])('any graph, with cycles and shallow edges, against a search by force, %s', async (_name, localRows) => {
    await fc.assert(
      fc.asyncProperty(graphs, async (graph) => {
        const writer = await begin(localRows);
        await store(writer, graph);
        await finish(writer);
        expect(await found()).toEqual(expand(graph));
      }),
      { numRuns: localRows === undefined ? 150 : 15, examples: [[twice]] },
    );
  });

  test('after a stop at any step, too', async () => {
    const graph: Graph = {
      groups: 3,
      kinds: Array.from({ length: 2500 }, () => 'user'),
      direct: Array.from({ length: 2500 }, (_, person) => [0, person]),
      edges: [
        { src: 0, dst: 1, shallow: false, kinds: [] },
        { src: 1, dst: 2, shallow: false, kinds: [] },
        { src: 2, dst: 1, shallow: false, kinds: [] },
      ],
    };
    let writer = await begin();
    await store(writer, graph);
    let steps = 0;
    for (;;) {
      const { isDone } = await writer.expand();
      steps += 1;
      await writer.leave();
      const resumed = await resumeC1z({ path: join(folder, 'out.c1z'), workDir: join(folder, 'work'), clock });
      if (resumed === undefined) throw new Error('there is nothing to go on with');
      writer = resumed.writer;
      if (isDone) break;
    }
    expect(steps).toBeGreaterThan(8);
    expect(await finish(writer)).toMatchObject({ made: 5003 });
    expect(await found()).toEqual(expand(graph));
  });
});

describe('is refused, as members would be left out', () => {
  const chain = (length: number): Graph => ({
    groups: length + 1,
    kinds: ['user'],
    direct: [[0, 0]],
    edges: Array.from({ length }, (_, index) => ({ src: index, dst: index + 1, shallow: false, kinds: [] })),
  });
  const failure = async (graph: Graph, change?: (grants: Grant[]) => void): Promise<unknown> => {
    const writer = await begin();
    await using _writer = writer;
    await store(writer, graph, change);
    const thrown = await finish(writer).catch((error: unknown) => error);
    return thrown instanceof BatonError ? thrown.report.title : thrown;
  };

  test('a chain of more than 20', async () => {
    expect(await failure(chain(20))).toMatchObject({ made: 210 });
    expect(await failure(chain(21))).toMatch(/more than 20/);
  });

  test('an entitlement that is not there, or is of another resource', async () => {
    const naming =
      (id: string) =>
      (grants: Grant[]): void => {
        const expandable = create(GrantExpandableSchema, { entitlementIds: [id] });
        const last = grants.at(-1);
        if (last !== undefined) last.annotations = [packAny(GrantExpandableSchema, expandable)];
      };
    expect(await failure(chain(1), naming('group:gone:member'))).toMatch(/was not listed/);
    expect(await failure(chain(2), naming(member(0)))).toMatch(/another resource/);
  });
});

test('an annotation that names no entitlement leaves nothing', async () => {
  const writer = await begin();
  const graph: Graph = { groups: 1, kinds: ['user'], direct: [[0, 0]], edges: [] };
  await store(writer, graph, (grants) => {
    const blank = create(GrantExpandableSchema, { entitlementIds: [' ', ''] });
    for (const grant of grants) grant.annotations = [packAny(GrantExpandableSchema, blank)];
  });
  await writer.leave();
  using database = new DatabaseSync(join(folder, 'work', 'db'));
  expect(database.prepare('SELECT expansion, needs_expansion FROM v1_grants').all()).toEqual([
    { expansion: null, needs_expansion: 0 },
  ]);
});
