import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { differences, elsewhere } from './genuine-differences.ts';
import { helpShape, ourCommands, ourFlags, type HelpShape } from './help-shape.ts';
import { runGenuineCase, type GenuineCase, type Seen } from './run-genuine-case.ts';

const recorded = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/runtime/cli.json', import.meta.url), 'utf8'),
) as { shapes: Record<string, unknown>; cases: GenuineCase[] };

/** The descriptions of default fields are ours; the recorded connector names no catalogue. */
function withoutWords(text: string): unknown {
  const { catalogId: _, ...json } = JSON.parse(text) as { catalogId?: string; fields?: Record<string, unknown>[] };
  for (const field of json.fields ?? []) {
    if (field['isOps'] === true && field['name'] !== 'ops-note') delete field['description'];
  }
  return json;
}

function formOf(text: string): string | undefined {
  if (text === '') return undefined;
  if (text.includes('Usage:\n')) return 'help';
  if (text.startsWith('{\n')) return 'json';
  if (/^(#compdef .+\n)?# \w+ completion for/.test(text)) return 'script';
  return text.includes(' version ') ? text : 'lines';
}

function compareOutput({ result }: GenuineCase, seen: Seen): void {
  expect(seen.stdout === '' ? undefined : formOf(seen.stdout)).toBe(result.stdout);
  if (result.help !== undefined)
    expect(helpShape(result.stdout === undefined ? seen.stderr : seen.stdout)).toEqual(
      recorded.shapes[result.help] as HelpShape,
    );
  if (result.json !== undefined) expect(withoutWords(seen.stdout)).toEqual(recorded.shapes[result.json]);
  if (result.candidates !== undefined) {
    const ours = new Set([...ourCommands, ...ourFlags.map((name) => `--${name}`)]);
    const words = seen.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '');
    expect(words.filter((word) => !ours.has(word))).toEqual(result.candidates);
  }
}

describe('each recorded case of the genuine command line', () => {
  const here = recorded.cases.filter(({ name }) => !elsewhere.has(name));

  test.each(here.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    const difference = differences.get(name);
    const { result } = one;
    const genuine = result.exits_seen === undefined ? [result.exit] : Object.keys(result.exits_seen).map(Number);
    if (difference?.exit !== undefined) expect(genuine).not.toContain(difference.exit);
    if (difference?.me !== undefined) expect(difference.me).not.toBe(result.me);

    const seen = await runGenuineCase(one);
    expect(difference?.exit === undefined ? genuine : [difference.exit], seen.stderr).toContain(seen.exit);
    if (seen.exit !== 0) {
      // A failure is told on standard error, and nowhere else.
      expect([seen.stdout, seen.stderr === '']).toEqual(['', false]);
      // What the genuine program refuses before it asks the target, ours does not ask for either.
      if (result.requests === 0) expect(seen.requests).toEqual([]);
    }
    const me = difference?.me ?? result.me;
    if (me !== undefined && seen.me !== undefined) expect(seen.me).toBe(me);
    if (seen.exit !== 0 || difference?.exit !== undefined) return;
    expect(seen.me).toBe(me);
    if (difference?.isSilent === true) expect(seen.stdout).toBe('');
    else compareOutput(one, seen);
    for (const file of result.left ?? []) expect(seen.hasFile(file), file).toBe(true);
  });

  test('423 cases, of which 57 differ on purpose', () => {
    const names = new Set(recorded.cases.map(({ name }) => name));
    expect([...differences.keys(), ...elsewhere.keys()].filter((name) => !names.has(name))).toEqual([]);
    expect([recorded.cases.length, differences.size, elsewhere.size]).toEqual([423, 57, 1]);
    for (const { reason } of differences.values()) expect(reason).toMatch(/\w{3}/);
  });
});
