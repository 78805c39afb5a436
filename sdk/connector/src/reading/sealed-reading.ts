import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '@batonkit/protocol';
import { evidenceFromStruct, evidenceToStruct } from '@batonkit/protocol';
import type { JsonObject } from '@bufbuild/protobuf';
import { MemberSet } from './member-set.ts';
import type { PagedList, Plan } from './plan.ts';
import type { Reading } from './prove.ts';
import { groupOf, onDisk, Spool, type SpoolIndex } from './spool.ts';

interface Seal {
  format: 1;
  syncId: string;
  evidence: JsonObject;
  index: SpoolIndex;
  /** Resource types, and ids of rows in the spool that are not served; few. */
  types: [type: string, left: string[]][];
  /** What the connector needs to serve the rows. */
  memory: unknown;
}

const NAME = 'reading.json';

/**
 * Writes beside a proven reading what another process needs to go on serving it.
 *
 * @throws BatonError `BK-SPOOL`, `BK-SPOOL-FULL`; the reading is then disposed of
 */
export function sealReading(directory: string, syncId: string, reading: Reading, memory: unknown): Reading {
  const path = join(directory, NAME);
  const dispose = (): void => {
    rmSync(path, { force: true });
    reading[Symbol.dispose]();
  };
  try {
    writeSeal(path, syncId, reading, memory);
  } catch (error) {
    dispose();
    throw error;
  }
  return { ...reading, [Symbol.dispose]: dispose };
}

function writeSeal(path: string, syncId: string, reading: Reading, memory: unknown): void {
  const seal: Seal = {
    format: 1,
    syncId,
    evidence: evidenceToStruct(reading.evidence),
    index: reading.spool.index(),
    types: [...reading.resources.keys()].map((type) => [type, unserved(reading, type)]),
    memory,
  };
  // Whole or not at all, as a kill may come at any moment.
  onDisk(() => {
    writeFileSync(`${path}.new`, JSON.stringify(seal), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  });
}

/** The reading of that sync that another process proved and left; undefined when there is none that is whole. */
export function reopenReading(directory: string, syncId: string): { reading: Reading; memory: unknown } | undefined {
  let spool: Spool | undefined;
  try {
    const path = join(directory, NAME);
    const seal = JSON.parse(readFileSync(path, 'utf8')) as Seal;
    const evidence = evidenceFromStruct(seal.evidence);
    if (seal.format !== 1 || seal.syncId !== syncId || evidence === undefined) return undefined;
    const opened = new Spool(directory, seal.index.name, seal.index);
    spool = opened;
    const resources = new Map(seal.types.map(([type, left]) => [type, servedIds(opened, type, left)]));
    const reading: Reading = {
      spool: opened,
      evidence,
      resources,
      leave: () => opened.leave(),
      [Symbol.dispose]: () => {
        rmSync(path, { force: true });
        opened[Symbol.dispose]();
      },
    };
    return { reading, memory: seal.memory };
  } catch {
    // Damaged, or of another version: reading anew is always right.
    spool?.leave();
    return undefined;
  }
}

/**
 * Whether the source still looks as it did when the reading was proven: read by the same plan and owner, and the first
 * page of each paged list holds nobody new and gives the same count. Answers what differs, as the end of a sentence.
 *
 * @throws BatonError when the source does not answer
 */
export async function findDifference(
  reading: Reading,
  plans: readonly Plan[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const { evidence } = reading;
  const plan = plans.find(({ name }) => name === evidence.plan);
  if (plan === undefined) return 'the source is now read by another plan';
  const { origin, owner } = plan.facts();
  if (origin !== evidence.origin) return 'it was read from another instance';
  if (owner.id !== evidence.owner.id) return 'the key belongs to somebody else';
  for (const list of plan.lists) {
    if (list.kind === 'paged' && !(await isSameStart(reading, list, signal))) return `the ${list.name} have changed`;
  }
  return undefined;
}

async function isSameStart(
  { evidence, resources, spool }: Reading,
  list: PagedList,
  signal: AbortSignal,
): Promise<boolean> {
  const before = evidence.lists.find(({ name }) => name === list.name);
  if (before === undefined) return false;
  const limit = before.pageSize > 0 ? before.pageSize : undefined;
  const page = await list.page({ skip: 0, limit, retryLimit: () => limit, signal });
  if (page.kind !== 'page' || page.count !== before.count) return false;
  const { chunks } = spool.index();
  // A list whose rows are no resources is known by its count alone.
  const types = [...resources.keys()].filter((type) =>
    chunks.some(([group, places]) => group === groupOf.resources(type) && places[0]?.list === list.name),
  );
  if (types.length === 0) return true;
  const known = page.rows.filter((row) => types.some((type) => resources.get(type)?.has(list.id(row)) === true)).length;
  // Rows put aside are proven and not served: at most as many as there were.
  return page.rows.length - known <= before.serverScoped;
}

function servedIds(spool: Spool, type: string, left: readonly string[]): MemberSet {
  const ids = new MemberSet();
  for (const { id } of spool.records(groupOf.resources(type))) if (id !== undefined) ids.add(id);
  for (const id of left) ids.drop(id);
  return ids;
}

function unserved({ spool, evidence, resources }: Reading, type: string): string[] {
  const { chunks, replaced } = spool.index();
  const places = chunks.find(([group]) => group === groupOf.resources(type))?.[1] ?? [];
  const lists = new Set(places.map(({ list }) => list));
  const rows = places.reduce((sum, chunk) => sum + chunk.rows, 0);
  const proven = evidence.lists.filter(({ name }) => lists.has(name)).reduce((sum, { distinct }) => sum + distinct, 0);
  // As many rows as proven members: nothing was dropped after it was put out, and the rows need not be looked at.
  if (rows === proven && replaced.length === 0) return [];
  const ids = resources.get(type);
  const left: string[] = [];
  for (const { id } of spool.records(groupOf.resources(type))) {
    if (id !== undefined && ids?.has(id) !== true) left.push(id);
  }
  return left;
}

/** Whether two evidences speak of the same reading. */
export function isSameEvidence(one: Evidence, two: Evidence): boolean {
  const text = (evidence: Evidence): string => JSON.stringify(sortKeys(evidenceToStruct(evidence)));
  return text(one) === text(two);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
