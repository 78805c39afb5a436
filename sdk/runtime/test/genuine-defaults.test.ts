import { readFileSync } from 'node:fs';
import { create } from '@bufbuild/protobuf';
import { config } from '@batonkit/protocol';
import { expect, test } from 'vitest';
import { defaultFlags } from '../src/cli/default-flags.ts';
import { commandNamed } from '../src/cli/commands.ts';
import type { Flag } from '../src/cli/flag.ts';
import { helpText } from '../src/cli/help.ts';
import { configJson } from '../src/cli/print-config.ts';

interface Genuine {
  exportedFields: Record<string, unknown>[];
  flags: { name: string; short?: string; type: string; default?: string }[];
}
const genuine = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/runtime/defaults.json', import.meta.url), 'utf8'),
) as Genuine;

test('every visible default flag of the genuine program is accepted in its form', () => {
  // `help` and `version` are no settings; the storage engine is the one default that differs.
  const expected = genuine.flags.filter(({ name }) => name !== 'help' && name !== 'version');
  expect(expected.length).toBeGreaterThan(20);
  for (const { name, short, type, default: value } of expected) {
    const ours = defaultFlags.find((flag) => flag.name === name);
    expect(ours, name).toMatchObject({ type, ...(short === undefined ? {} : { short }) });
    expect(ours?.hidden, name).toBeUndefined();
    const shown = ours?.default === undefined || ours.default === 0 ? undefined : JSON.stringify(ours.default);
    expect(shown, name).toBe(value);
  }
});

test('`config` prints the default fields first, in the genuine order and form', () => {
  const configuration = create(config.ConfigurationSchema, {
    displayName: 'Test',
    fields: [
      { name: 'base-url', isRequired: true, field: { case: 'stringField', value: { rules: { isRequired: true } } } },
    ],
  });
  const text = configJson(configuration, defaultFlags);
  const printed = JSON.parse(text) as { fields: Record<string, unknown>[] };
  const withoutTexts = printed.fields.map(({ description, ...field }) => {
    if (field['isOps'] === true) expect(description).toMatch(/\w/);
    return field;
  });
  expect(withoutTexts).toEqual([
    ...genuine.exportedFields,
    { name: 'base-url', isRequired: true, stringField: { rules: { isRequired: true } } },
  ]);
  expect(text).toMatch(/^\{\n {2}"fields": \[\n {4}\{\n/);
  expect(text.endsWith('}')).toBe(true);
  expect(configuration.fields).toHaveLength(1);
});

test('help has the genuine layout', () => {
  const own: Flag[] = [
    { name: 'api-key', type: 'string', help: 'The key', required: true, secret: true },
    { name: 'page-size', type: 'int', help: 'Rows a page', default: 100 },
    { name: 'only-active', type: 'bool', help: '' },
  ];
  const lines = helpText('baton-test', { defaults: defaultFlags, own }).split('\n');
  expect(lines.slice(0, 7)).toEqual([
    'baton-test',
    '',
    'Usage:',
    '  baton-test [flags]',
    '  baton-test [command]',
    '',
    'Available Commands:',
  ]);
  expect(lines.at(-2)).toBe('Use "baton-test [command] --help" for more information about a command.');
  const flags = lines.filter((line) => /^ {2}(-\w, | {4})--/.test(line));
  const names = flags.map((line) => /--([\w-]+)/.exec(line)?.[1]);
  expect(names).toEqual(names.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)));
  expect(names).toContain('help');
  expect(names).not.toContain('hosted');
  // One column: every text begins at the same place.
  expect(
    new Set(flags.map((line) => /^(?: {2}(?:-\w, | {4})--[\w-]+(?: (?:strings?|int))?) +/.exec(line)?.[0].length)).size,
  ).toBe(1);
  const flag = (name: string) =>
    flags
      .find((line) => line.includes(`--${name}`))
      ?.replaceAll(/ {2,}/g, ' ')
      .trim();
  expect(flag('api-key')).toBe('--api-key string required: The key ($BATON_API_KEY or $BATON_API_KEY_FILE)');
  expect(flag('page-size')).toBe('--page-size int Rows a page ($BATON_PAGE_SIZE) (default 100)');
  expect(flag('only-active')).toBe('--only-active ($BATON_ONLY_ACTIVE)');
  expect(flag('file')).toMatch(/^-f, --file string .*\(\$BATON_FILE\) \(default "sync\.c1z"\)$/);
});

test('help of a command lists the default flags as global ones', () => {
  const text = helpText('baton-test', { defaults: defaultFlags, own: [] }, commandNamed('config'));
  expect(text).toContain(
    'Usage:\n  baton-test config [flags]\n\nFlags:\n  -h, --help   help for config\n\nGlobal Flags:\n',
  );
});
