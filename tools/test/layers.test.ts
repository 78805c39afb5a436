import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLayers } from '../layers.ts';

// A small tree of its own with the real layers.json, in which each violation is planted.
let root: string;
let packages: string[];

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'layers-'));
  cpSync(new URL('../../layers.json', import.meta.url).pathname, join(root, 'layers.json'));
  const layers = JSON.parse(readFileSync(join(root, 'layers.json'), 'utf8')) as { packages: object };
  packages = Object.keys(layers.packages);
  for (const folder of packages) {
    write(`${folder}/package.json`, JSON.stringify({ name: `@batonkit/${folder.replace('/', '-')}` }));
    write(`${folder}/src/index.ts`, 'export const here = 1;\n');
  }
  write('sdk/c1z/src/read.ts', "import { here } from '../../protocol/src/index.ts';\nexport const read = here;\n");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('checkLayers', () => {
  it('is content with imports that go the allowed way, and sees every file', () => {
    const report = checkLayers(root);
    expect(report.violations).toEqual([]);
    // One in each package, and what is written above.
    expect(report.modules).toBe(packages.length + 1);
  });

  it('lets a package offer parts beside its index.ts', () => {
    const name = '@batonkit/sdk-protocol';
    write('sdk/protocol/package.json', JSON.stringify({ name, exports: { './part': './src/part.ts' } }));
    write('sdk/protocol/src/part.ts', 'export const part = 1;\n');
    write('sdk/protocol/src/other.ts', 'export const other = 1;\n');
    write('sdk/c1z/src/good.ts', `export { part } from '${name}/part';\n`);
    expect(checkLayers(root).violations).toEqual([]);
    write('sdk/c1z/src/bad.ts', `export { other } from '${name}/src/other.ts';\n`);
    expect(checkLayers(root).violations).toHaveLength(1);
  });

  it.each([
    [
      'a value import against the direction',
      'sdk/kernel/src/bad.ts',
      "import { here } from '../../syncer/src/index.ts';\nexport const bad = here;\n",
    ],
    [
      'a type-only import against the direction',
      'sdk/kernel/src/bad.ts',
      "import type { here } from '../../syncer/src/index.ts';\nexport type Bad = typeof here;\n",
    ],
    [
      'the console importing a connector',
      'console/server/src/bad.ts',
      "export { here } from '../../../connectors/runlayer/src/index.ts';\n",
    ],
    [
      'the web app importing the store',
      'console/web/src/bad.tsx',
      "import { here } from '../../store/src/index.ts';\nexport const bad = here;\n",
    ],
    [
      'the simulator importing something of ours',
      'simulators/runlayer/src/bad.ts',
      "import { here } from '../../../sdk/kernel/src/index.ts';\nexport const bad = here;\n",
    ],
    [
      "a connector's sources importing the runtime",
      'connectors/runlayer/src/bad.ts',
      "import { here } from '../../../sdk/runtime/src/index.ts';\nexport const bad = here;\n",
    ],
    [
      "another package's inside",
      'sdk/syncer/src/bad.ts',
      "import { read } from '../../c1z/src/read.ts';\nexport const bad = read;\n",
    ],
    [
      'product code importing a test',
      'sdk/c1z/src/bad.ts',
      "import { here } from '../../../tests/here.ts';\nexport const bad = here;\n",
    ],
    [
      'a cycle',
      'sdk/c1z/src/bad.ts',
      "import { other } from './other.ts';\nexport const bad = (): number => other();\n",
    ],
  ])('is red on %s', (_name, path, text) => {
    write('tests/here.ts', 'export const here = 1;\n');
    write('sdk/c1z/src/other.ts', "import { bad } from './bad.ts';\nexport const other = (): number => bad();\n");
    if (!path.endsWith('c1z/src/bad.ts') || !text.includes('other')) rmSync(join(root, 'sdk/c1z/src/other.ts'));
    write(path, text);
    const report = checkLayers(root);
    expect(report.violations.join('\n')).toContain(path);
  });

  it('is red on a dependency in a package.json that layers.json does not allow', async () => {
    write(
      'sdk/kernel/package.json',
      JSON.stringify({ name: '@batonkit/kernel', dependencies: { '@batonkit/sdk-syncer': '0.1.0' } }),
    );
    const report = checkLayers(root);
    expect(report.violations).toEqual([
      'sdk/kernel/package.json: depends on @batonkit/sdk-syncer, which layers.json does not allow',
    ]);
  });
});
