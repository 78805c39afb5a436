import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Judgement } from '../src/index.ts';
import { fixtures } from './samples.ts';

const LIST_VIEWS = ['resource-types', 'resources', 'grants'] as const;

interface Measured {
  files: Record<string, { tolerant: Record<string, number | string>; strict: Judgement; ms: number }>;
  /** Bytes. */
  peak: number;
}

function measure(folder: string): Measured {
  const program = fileURLToPath(new URL('measure-reading.ts', import.meta.url));
  const files = readdirSync(folder).filter((name) => name.endsWith('.c1z'));
  const paths = files.map((name) => join(folder, name));
  return JSON.parse(execFileSync(process.execPath, [program, ...paths], { encoding: 'utf8' })) as Measured;
}

interface Recorded {
  files: Record<string, Record<string, { exit: number; rows: number | null }>>;
}
const recorded = (path: string): Recorded => JSON.parse(readFileSync(join(fixtures, path), 'utf8')) as Recorded;

describe('a damaged or odd file', () => {
  const folder = join(fixtures, 'damaged');
  let measured: Measured;
  beforeAll(() => {
    measured = measure(folder);
  });

  const DAMAGED = 'BK-C1Z-DAMAGED';
  const CONTENT = 'BK-C1Z-CONTENT';
  /** Strictly: what each is refused for, or how many resources and grants a healthy one has. */
  const verdicts: Record<string, [code: string, how: string] | { resources: number; grants: number }> = {
    'bad-blob-grant': ['rows', 'a row of v1_grants cannot be parsed'],
    'bad-blob-resource': ['rows', 'a row of v1_resources cannot be parsed'],
    'bad-checksum': [DAMAGED, 'its checksum is wrong'],
    'bad-magic': ['BK-C1Z-MAGIC', 'is not a .c1z file'],
    'bomb-declared-1tib': [DAMAGED, 'end too early or are corrupt'],
    'bomb-undeclared-1gib': [DAMAGED, 'not a SQLite database'],
    'flipped-byte-mid': [DAMAGED, 'its checksum is wrong'],
    'future-schema-v2-tables': [CONTENT, 'the table v1_grants is missing'],
    'future-user-version': [CONTENT, 'user_version 99'],
    gzip: [DAMAGED, 'its content is not zstd'],
    'huge-window-1gib': [DAMAGED, 'a larger window'],
    'invalid-utf8-in-blob': ['rows', 'a row of v1_resources cannot be parsed'],
    'magic-c1z2': ['BK-C1Z-MAGIC', 'is not a .c1z file'],
    'magic-only': [DAMAGED, 'its database is empty'],
    // Older SDKs have neither, and nothing about access stands in them.
    'missing-table-assets': { resources: 2, grants: 1 },
    'missing-table-connector_sessions': { resources: 2, grants: 1 },
    'missing-table-entitlements': [CONTENT, 'the table v1_entitlements is missing'],
    'missing-table-grants': [CONTENT, 'the table v1_grants is missing'],
    'missing-table-resource_types': [CONTENT, 'the table v1_resource_types is missing'],
    'missing-table-resources': [CONTENT, 'the table v1_resources is missing'],
    'missing-table-sync_runs': [CONTENT, 'the table v1_sync_runs is missing'],
    'no-finished-sync': ['rows', 'no finished sync'],
    'no-sync-rows': ['rows', 'no finished sync'],
    'not-zstd': [DAMAGED, 'its content is not zstd'],
    'short-magic': [DAMAGED, 'it ends too early'],
    'sqlite-corrupt-page': ['container and database', 'its database is malformed'],
    'sqlite-plain-no-zstd': [DAMAGED, 'its content is not zstd'],
    'sqlite-truncated': [DAMAGED, 'its database is malformed'],
    'trailing-garbage': [DAMAGED, 'something follows the compressed data'],
    'truncated-last-bytes': [DAMAGED, 'end too early or are corrupt'],
    'truncated-zstd': [DAMAGED, 'end too early or are corrupt'],
    'unknown-magic-c1z4': ['BK-C1Z-MAGIC', 'is not a .c1z file'],
    'v1-magic-v3-body': [DAMAGED, 'its content is not zstd'],
    'v3-magic-only': ['BK-C1Z-V3', 'version 3 (pebble)'],
    'v3-magic-v1-body': ['BK-C1Z-V3', 'version 3 (pebble)'],
    'v3-truncated': ['BK-C1Z-V3', 'version 3 (pebble)'],
    'zero-bytes': [DAMAGED, 'it is empty'],
    'zstd-empty-payload': [DAMAGED, 'its database is empty'],
    'zstd-not-sqlite': [DAMAGED, 'its content is not a SQLite database'],
  };

  it('has its row in the table', () => {
    expect(Object.keys(measured.files).toSorted()).toEqual(Object.keys(verdicts).toSorted());
    expect(Object.keys(verdicts)).toHaveLength(39);
  });

  it.each(Object.keys(verdicts))('%s: its strict verdict', (name) => {
    const expected = verdicts[name]!;
    const { strict } = measured.files[name]!;
    if (!Array.isArray(expected)) expect(strict).toMatchObject({ healthy: true, counts: expected });
    else {
      const [where, how] = expected;
      expect(strict).toMatchObject({ healthy: false, why: expect.stringContaining(how) as string });
      expect(strict).toMatchObject(where.startsWith('BK-') ? { code: where } : { check: where });
    }
  });

  it('is never empty and healthy', () => {
    for (const [name, { strict }] of Object.entries(measured.files))
      if (strict.healthy)
        expect([name, strict.counts.resources > 0, strict.counts.grants > 0]).toEqual([name, true, true]);
  });

  it('gives a tolerant reader as many rows as the genuine program shows, and an error where that cannot open it', () => {
    for (const [file, views] of Object.entries(recorded('damaged/expected.json').files)) {
      const { tolerant } = measured.files[file.replace('.c1z', '')]!;
      const opens = Object.values(views).some(({ exit }) => exit === 0);
      for (const view of LIST_VIEWS) {
        const { exit, rows } = views[view]!;
        if (exit === 0) expect([file, view, tolerant[view]]).toEqual([file, view, rows]);
        else if (!opens) expect([file, view, tolerant[view]]).toEqual([file, view, expect.stringMatching(/^BK-C1Z-/)]);
      }
    }
  });

  it('takes less than a second, and all of them less than 200 MB', () => {
    for (const [name, { ms }] of Object.entries(measured.files)) expect([name, ms < 1000]).toEqual([name, true]);
    expect(measured.peak).toBeLessThan(200e6);
  });
});

describe('a healthy but unusual file', () => {
  const REFUSED: Record<string, string> = {
    epoch: 'BK-C1Z-CONTENT',
    'garbage-time': 'BK-C1Z-CONTENT',
    'zstd-long31': 'BK-C1Z-DAMAGED',
  };

  it('is read as the genuine program reads it, and refused where that refuses it', () => {
    const { files, peak } = measure(join(fixtures, 'variants'));
    const all = recorded('variants/verdicts.json').files;
    expect(Object.keys(files).map((name) => `${name}.c1z`)).toEqual(Object.keys(all).toSorted());
    for (const [file, views] of Object.entries(all)) {
      const name = file.replace('.c1z', '');
      const { tolerant, strict } = files[name]!;
      for (const view of LIST_VIEWS)
        expect([name, view, tolerant[view]]).toEqual([name, view, REFUSED[name] ?? views[view]?.rows]);
      expect([name, views.grants!.exit === 0]).toEqual([name, REFUSED[name] === undefined]);
      expect([name, strict.healthy]).toEqual([name, REFUSED[name] === undefined]);
    }
    expect(peak).toBeLessThan(200e6);
  });
});
