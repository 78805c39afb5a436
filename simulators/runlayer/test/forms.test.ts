import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { kinds } from '../src/behaviours/index.ts';
import { catalogue } from '../src/catalogue.ts';
import { assignmentLooks } from './looks-assignments.ts';
import { fieldLooks } from './looks-fields.ts';
import { listLooks } from './looks-lists.ts';
import { pathLooks } from './looks-paths.ts';
import { restLooks } from './looks-rest.ts';
import { readTolerantly } from './reader.ts';
import { simulator, truePairs } from './simulator.ts';

const looks = { ...pathLooks, ...assignmentLooks, ...listLooks, ...fieldLooks, ...restLooks };

/** What stands behind the name where a behaviour needs an argument, or would take long without one. */
const argument: Readonly<Record<string, string>> = { hold: ':1', slow: ':60000' };

test('every behaviour has a row in the table, and every row a behaviour', () => {
  expect(Object.keys(looks).sort()).toEqual(kinds.map(({ name }) => name).sort());
});

test('the document names every behaviour and fault, in the words of --help', () => {
  const text = readFileSync(new URL('../docs/behaviours.md', import.meta.url), 'utf8').replaceAll('\\|', '|');
  const lines = text.split('\n');
  for (const { name, form, says, kind } of catalogue.behaviours) {
    const start = `| \`${name}${form}\` | ${kind} |`;
    expect(lines.filter((line) => line.startsWith(start) && line.endsWith(`| ${says} |`))).toHaveLength(1);
  }
  for (const { name, form, says } of catalogue.faults) {
    const start = `| \`${name}@n[xK]${form}\``;
    expect(lines.filter((line) => line.startsWith(start) && line.endsWith(`| ${says} |`))).toHaveLength(1);
  }
});

describe('as seen raw', () => {
  test.each(Object.entries(looks))('%s', async (name, look) => {
    await using from = await simulator({}, [name + (argument[name] ?? '')]);
    await look(from);
  });
});

/** Forms in which this plain reader, which proves nothing, may well lose somebody. */
const needsProof = ['ties', 'unstable-order', 'count-of-page'];

describe('a tolerant reader ends with the exact pairs', () => {
  test.each(kinds.filter(({ kind }) => kind === 'accept').map(({ name }) => name))('%s', async (name) => {
    await using from = await simulator({ users: 90 }, [name]);
    const pairs = await readTolerantly(from);
    expect(pairs.length).toBeGreaterThan(60);
    if (needsProof.includes(name)) return;
    expect(pairs).toEqual(await truePairs(from));
  });

  test.each([
    ['per-role-users', 'user-id-number', 'role-id-slug', 'envelope-members', 'paging-next-cursor'],
    ['flat-nested', 'user-id-text', 'role-id-number', 'envelope-assignments', 'total-none', 'sources-several'],
    ['embedded-fga-roles', 'item-role-id-name', 'role-id-role-id', 'users-path-slash', 'unpaged', 'envelope-bare'],
    ['per-user-fga-roles', 'item-slug-folded', 'user-id-case', 'envelope-results', 'paging-next-url', 'max-limit:20'],
    [
      'per-user-role-assignments',
      'item-label',
      'role-label-title',
      'roles-path-users',
      'expires-past',
      'short-pages:9',
    ],
    ['per-role-user-nested', 'roles-fold-alike', 'server-admin-listed', 'server-rows-scope', 'role-id-role-id'],
    ['per-role-user-id-key', 'server-rows-platform-role', 'user-id-uuid', 'roles-path-fga', 'paging-next-page'],
  ])('combined: %s', async (...names) => {
    await using from = await simulator({ users: 90 }, names);
    expect(await readTolerantly(from)).toEqual(await truePairs(from));
  });
});
