import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue } from 'node:sqlite';
import { create } from '@bufbuild/protobuf';
import { ResourceSchema } from '@batonkit/protocol';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COLUMNS } from '../src/columns.ts';
import { ContentDigest, contentDigest } from '../src/content-digest.ts';
import { openC1z } from '../src/index.ts';
import type { Batch } from '../src/index.ts';
import { INDEXES, TABLES } from '../src/schema.ts';
import { fixtures, grant, rawDatabase, types, user, whole, write } from './samples.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'c1z-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The definition, in the plainest code. */
function digestOf(database: DatabaseSync, syncId: string): string {
  const hash = createHash('sha256');
  for (const [table, columns] of Object.entries(COLUMNS)) {
    hash.update(`${table}\0`);
    for (const row of database.prepare(`SELECT * FROM ${table} WHERE sync_id = ? ORDER BY external_id`).all(syncId)) {
      hash.update(Buffer.of(1));
      for (const column of columns) {
        // What an older file does not have is what a newer one would say.
        const value = row[column] ?? (column === 'needs_expansion' ? 0 : null);
        const kind = value === null ? 0 : typeof value === 'string' ? 1 : value instanceof Uint8Array ? 2 : 3;
        const bytes = value instanceof Uint8Array ? value : Buffer.from(value === null ? '' : String(value));
        const length = Buffer.alloc(4);
        length.writeUInt32BE(bytes.length);
        hash.update(Buffer.of(kind)).update(length).update(bytes);
      }
    }
    hash.update(Buffer.of(0));
  }
  return hash.digest('hex');
}

describe('the content digest', () => {
  it('is of the content alone, whatever the order of rows, the pages, the sync id and the time', async () => {
    const first = (await write(folder, whole)).summary.contentDigest;
    const [a, users, roles, c, d] = whole as [Batch, Batch, Batch, Batch, Batch];
    const resources = [...(users.resources ?? []), ...(roles.resources ?? [])];
    let seed = 2;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(resources, { minLength: resources.length }),
        fc.shuffledSubarray([...(d.grants ?? [])], { minLength: 12 }),
        fc.integer({ min: 1, max: 30 }),
        async (shuffled, grants, size) => {
          const pages: Batch[] = [];
          for (let start = 0; start < shuffled.length; start += size)
            pages.push({ resources: shuffled.slice(start, start + size), checkpoint: 'x' });
          seed += 1;
          const { summary, path } = await write(folder, [a, ...pages, c, { grants, checkpoint: 'x' }], {
            name: `${seed}.c1z`,
            seed,
          });
          expect(summary.contentDigest).toBe(first);
          await using reader = await openC1z(path);
          expect(await reader.contentDigest()).toBe(first);
          expect(reader.sha256).toBe(summary.sha256);
        },
      ),
      { numRuns: 10 },
    );
  });

  it.each(['minimal', 'rich', 'expandable', 'old-sdk-v0.2.51'])('is what its definition says, of %s', async (name) => {
    const path = join(fixtures, `${name}.c1z`);
    await using reader = await openC1z(path);
    using raw = rawDatabase(folder, path).database;
    expect(await reader.contentDigest()).toBe(digestOf(raw, reader.sync!.id));
  });

  it('holds for texts of any length, and more than fit into one piece', async () => {
    const names = ['ä', 'x'.repeat(47), 'x'.repeat(48), `${'x'.repeat(30)}ö`, 'ö'.repeat(300), '🧸'.repeat(200)];
    const users = Array.from({ length: 1500 }, (_, index) => user(`${names[index % names.length]}${index}`));
    const wide = create(ResourceSchema, { ...user('wide'), description: 'w'.repeat(600_000) });
    const { summary, path } = await write(folder, [...whole, { resources: [...users, wide], checkpoint: '' }]);
    using raw = rawDatabase(folder, path).database;
    expect(summary.contentDigest).toBe(digestOf(raw, summary.syncId));
  });

  it('is what its definition says, of whatever stands in the columns', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('', '\0', 'a\0b', 'ä', '🧸', 'NULL'),
      fc.integer({ min: 1020, max: 1027 }).map((length) => 'é'.repeat(length / 2) + 'x'.repeat(length % 2)),
      fc.constant('w'.repeat(70_000)),
    );
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(new Uint8Array(1024).fill(255)));
    const row = fc.record({
      text,
      bytes,
      expansion: fc.option(bytes),
      number: fc.maxSafeInteger(),
      parent: fc.option(text),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 30 }), fc.constantFrom(1, 7, 20), async (rows, times) => {
        using database = new DatabaseSync(':memory:');
        for (const sql of [...TABLES, ...INDEXES]) database.exec(sql);
        const insert = (table: string, count: number): ((...values: SQLInputValue[]) => void) => {
          const statement = database.prepare(`INSERT INTO ${table} VALUES (NULL${', ?'.repeat(count)}, 's', '')`);
          return (...values) => void statement.run(...values);
        };
        const resource = insert('v1_resources', 5);
        const grants = insert('v1_grants', 9);
        for (let time = 0; time < times; time += 1) {
          for (const [index, { text: a, bytes: b, expansion, number, parent }] of rows.entries()) {
            resource(a, `${a}${time} ${index}`, parent, parent, b);
            grants(a, parent ?? '', a, a, parent ?? '', `${time} ${index}${a}`, expansion, number, b);
          }
        }
        expect(await contentDigest(database, 's')).toBe(digestOf(database, 's'));
      }),
      { numRuns: 60 },
    );
  });

  it('takes every row of an id that a damaged file holds many times', async () => {
    using database = new DatabaseSync(':memory:');
    for (const sql of [...TABLES, ...INDEXES]) database.exec(sql.replace('UNIQUE', ''));
    const insert = database.prepare("INSERT INTO v1_resource_types VALUES (NULL, ?, ?, 's', '')");
    for (let row = 0; row < 900; row += 1) insert.run(`id ${row % 3 === 0 ? 'same' : row}`, Buffer.from(`${row}`));
    expect(await contentDigest(database, 's')).toBe(digestOf(database, 's'));
  });

  it('may be begun with one connection and ended with another, wherever it is left', async () => {
    const users = Array.from({ length: 700 }, (_, index) => user(`more ${index}`));
    const { summary, path } = await write(folder, [...whole, { resources: users, checkpoint: '' }]);
    const { database, file } = rawDatabase(folder, path);
    database.close();
    const steps = (taken: ContentDigest, most: number, end?: 'v1_grants'): number => {
      using connection = new DatabaseSync(file, { readOnly: true });
      let count = 0;
      for (const _step of taken.take(connection, end)) {
        count += 1;
        if (count === most) break;
      }
      return count;
    };
    for (let left = 0; left < 12; left += 1) {
      const taken = new ContentDigest(summary.syncId);
      if (left > 0) steps(taken, left, 'v1_grants');
      expect(steps(taken, Infinity)).toBeGreaterThan(0);
      expect(taken.end()).toBe(summary.contentDigest);
    }
  });

  it('differs for any other content', async () => {
    const digests = new Set<string>();
    const variants: Batch[][] = [
      whole,
      whole.slice(0, 4),
      [...whole, { grants: [grant('20')], checkpoint: '' }],
      [...whole, { resources: [user('25')], checkpoint: '' }],
      [{ resourceTypes: [types[0]!, { ...types[1]!, displayName: 'R' }], checkpoint: '' }, ...whole.slice(1)],
    ];
    for (const [index, batches] of variants.entries()) {
      digests.add((await write(folder, batches, { name: `${index}.c1z` })).summary.contentDigest);
    }
    expect(digests.size).toBe(variants.length);
  });
});
