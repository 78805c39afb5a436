import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runConformance } from '@batonkit/conformance';
import { afterAll, describe, expect, test } from 'vitest';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'suite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function conformance(path: string): Promise<{ code: number; failed: string[]; said: string }> {
  let said = '';
  const out = { write: (text: string) => (said += text) };
  const code = await runConformance({
    argv: [path, '--json'],
    stdout: out,
    stderr: out,
    searchPath: process.env['PATH'],
  });
  const outcomes = said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { check: string; verdict: string });
  return { code, said, failed: outcomes.filter(({ verdict }) => verdict === 'failed').map(({ check }) => check) };
}

function yaml(text: string): string {
  const path = join(folder, 'one.yaml');
  writeFileSync(path, text);
  return path;
}

describe('a file alone', () => {
  test('of the Go SDK passes in all its parts', async () => {
    expect(await conformance(here('go-made.yaml'))).toMatchObject({ code: 0, failed: [] });
  });

  test.each([
    ['partial-only.c1z', 'file-run'],
    ['v3-pebble.c1z', 'file-container'],
    ['empty.c1z', 'file-content'],
  ])('%s fails at %s', async (name, check) => {
    const found = await conformance(yaml(`kind: file\nfile: ${here(`../../../tests/fixtures/c1z/${name}`)}`));
    expect(found.code).toBe(1);
    expect(found.failed).toContain(check);
  });

  test('a check that is skipped without a reason fails', async () => {
    const path = here('../../../tests/fixtures/c1z/minimal.c1z');
    const found = await conformance(yaml(`kind: file\nfile: ${path}\nskip: { file-ids: '' }`));
    expect(found).toMatchObject({ code: 1, failed: ['file-ids'] });
  });
});

test.each([
  ['kind: strange', 'kind is none'],
  ['kind: file', 'names no file'],
  ['kind: file\nfile: x\nskip: { nothing: why }', 'no check nothing'],
  ['kind: file\nfile: x\nenvironment: {}', 'nothing is called environment'],
])('a description that says %j begins nothing', async (text, why) => {
  const { code, said } = await conformance(yaml(text));
  expect(code).toBe(2);
  expect(said).toContain(why);
});

test('the example connector conforms', { timeout: 60_000 }, async () => {
  const found = await conformance(here('../../../connectors/unix-accounts/conformance.yaml'));
  expect(found).toMatchObject({ code: 0, failed: [] });
});
