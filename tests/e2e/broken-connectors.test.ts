import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runConformance } from '@batonkit/conformance';
import { afterAll, expect, test } from 'vitest';
import { isWhole } from '../support/sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'broken-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string =>
  fileURLToPath(new URL(`../../sdk/conformance/test/broken/${name}`, import.meta.url));

/** Compiling its sources is half of what a start costs, and there are dozens. */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url));

/** One line for each check, of a connector that is right but for `fault`. */
async function conformance(fault: string, kind: string | undefined): Promise<{ check: string; verdict: string }[]> {
  const path = join(folder, `${fault}.yaml`);
  writeFileSync(
    path,
    `kind: ${kind ?? 'batonkit'}
name: ${fault}
command: [node, ${at('program.ts')}, ${fault}]
target: [node, ${at('target.ts')}]
proxy: { env: BATON_BASE_URL, to: '\${target.url}' }
env: { BATON_API_KEY: right-key-1234, NODE_COMPILE_CACHE: ${compiled} }
secrets: [BATON_API_KEY]
pageSizes: [3, 5]
positions: ${fault === 'swallow' ? 9 : 1}
seconds: 30
expect: { resources: { user: 12, group: 2 }, entitlements: 2, grants: 12 }
`,
  );
  let said = '';
  const out = { write: (text: string) => (said += text) };
  await runConformance({ argv: [path, '--json'], stdout: out, stderr: out, searchPath: process.env['PATH'] });
  return said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { check: string; verdict: string });
}

const broken: [fault: string, failing: string[], kind?: string][] = [
  ['none', []],
  ['ids', ['id-stability']],
  ['open-secret', ['configuration-json']],
  ['short-pages', ['page-sizes']],
  ['swallow', ['errors-at-every-call']],
  ['leak', ['secrecy']],
  ['sigterm', ['service-mode']],
  ['deaf', ['service-mode']],
  // Connectors of the Go SDK do not hear SIGTERM either.
  ['deaf', [], 'foreign'],
];
// Each is several processes; the whole table runs where samples are whole.
const sample = broken.filter(([fault]) => isWhole || fault === 'none' || fault === 'swallow');

test.each(sample)('of a connector broken at %s, %j fails and all else passes', async (fault, failing, kind) => {
  const outcomes = await conformance(fault, kind);
  expect(outcomes).toHaveLength(9);
  expect(outcomes.filter(({ verdict }) => verdict !== 'passed').map(({ check }) => check)).toEqual(failing);
});
