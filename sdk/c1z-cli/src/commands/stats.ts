import type { C1zReader, RowCounts, SyncRun } from '@batonkit/c1z';
import { csvLine } from '../output/csv-line.ts';
import { cellText, jsonText } from '../output/cell-text.ts';
import { printTable } from '../output/print-view.ts';
import type { Style } from '../output/style.ts';
import type { Format } from '../request.ts';
import { inSeconds, syncRecord } from '../views/syncs.ts';
import { cells } from '../views/view.ts';
import type { View } from '../views/view.ts';

type Maps = 'resources_by_resource_type' | 'grants_by_resource_type' | 'entitlements_by_resource_type';

/** As in the `stats` column (protocol: c1z.md 3.4). */
type Stats = Partial<Record<'resource_types' | 'resources' | 'entitlements' | 'grants' | 'assets', number>> &
  Partial<Record<Maps, Record<string, number>>>;

/** What the newest finished run holds, by what its writer noted, or counted where that is no use. */
export async function* printStats(
  reader: C1zReader,
  format: Format,
  style: Style,
  signal: AbortSignal,
): AsyncIterable<string> {
  const { sync } = reader;
  if (sync === undefined || sync.endedAt === null) {
    yield format === 'json' ? '{}\n' : 'No finished sync found in the c1z\n';
    return;
  }
  const stats = noted(sync) ?? counted(reader.counts());
  if (format === 'json') {
    yield `${jsonText({ ...syncRecord(sync), stats: statsRecord(stats) })}\n`;
    return;
  }
  const types = [...new Set(MAPS.flatMap((map) => Object.keys(stats[map] ?? {})))].toSorted();
  const fields: [string, string][] = [
    ['Engine', 'sqlite'],
    ['Sync ID', sync.id],
    ['Sync Type', sync.type],
    ['Parent Sync ID', sync.parentId],
    ['Started At', inSeconds(sync.exact.startedAt)],
    ['Ended At', inSeconds(sync.exact.endedAt)],
    ['Duration', duration(Math.round((sync.endedAt - sync.startedAt) / 1000))],
    ['Sync Token', sync.token],
  ];
  const counts: [string, string][] = [
    ['Resource Types', String(stats.resource_types ?? 0)],
    ['Resources', String(stats.resources ?? 0)],
    ['Entitlements', String(stats.entitlements ?? 0)],
    ['Grants', String(stats.grants ?? 0)],
  ];
  const perType = types.map((type) => [type, ...MAPS_IN_ORDER.map((map) => String(stats[map]?.[type] ?? 0))]);
  if (format === 'csv') {
    yield csvLine(['Name', 'Value']);
    for (const [name, value] of [...fields, ...counts]) yield csvLine([name, cellText(value)]);
    for (const [type = '', ...values] of perType) {
      for (const [index, what] of ['Resources', 'Entitlements', 'Grants'].entries())
        yield csvLine([cellText(`${what} of ${type}`), values[index] ?? '']);
    }
    return;
  }
  yield* printTable(table(['Field', 'Value'], fields), style, signal);
  yield '\n';
  yield* printTable(table(['Type', 'Count'], counts), style, signal);
  if (perType.length === 0) return;
  yield '\n';
  yield* printTable(table(['Resource Type', 'Resources', 'Entitlements', 'Grants'], perType), style, signal);
}

const MAPS = ['resources_by_resource_type', 'grants_by_resource_type', 'entitlements_by_resource_type'] as const;
const MAPS_IN_ORDER = [MAPS[0], MAPS[2], MAPS[1]] as const;

/** Undefined: nothing is noted, or nothing of use, and the rows have to be counted. */
function noted({ stats }: SyncRun): Stats | undefined {
  try {
    const value = JSON.parse(stats ?? '') as Stats | null;
    return typeof value === 'object' && value !== null && (value.resource_types ?? 0) > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}

function counted(counts: RowCounts): Stats {
  return {
    resource_types: counts.resourceTypes,
    resources: counts.resources,
    entitlements: counts.entitlements,
    grants: counts.grants,
    resources_by_resource_type: counts.resourcesByType,
    grants_by_resource_type: counts.grantsByType,
    entitlements_by_resource_type: counts.entitlementsByType,
  };
}

/** `c1.reader.v2.SyncStats` in protobuf JSON: 64-bit numbers as text; what is empty is left out. */
function statsRecord(stats: Stats): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(stats)) {
    const member = camel(name);
    if (typeof value === 'number') {
      if (value !== 0) record[member] = String(value);
    } else if (Object.keys(value).length > 0) {
      record[member] = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asText(inner)]));
    }
  }
  return record;
}

function asText(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camel(name), String(inner)]));
}

function camel(name: string): string {
  return name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

function table(columns: readonly string[], rows: readonly string[][]): View {
  return { columns, rows: () => rows.map((row) => ({ cells: cells(...row), record: () => row })) };
}

/** As the genuine program writes it: `1h2m3s`. */
function duration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}
