import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;

// A map that shows streets which are not there is worse than none.
describe.each(['ARCHITECTURE.md', 'README.md', 'CONTRIBUTING.md', 'SECURITY.md'])('%s', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const paths = [...text.matchAll(/`([\w.-]+(?:\/[\w.<>*-]+)+\/?)`/g)]
    .map((match) => match[1] ?? '')
    .filter((path) => /^(sdk|connectors|console|simulators|proto|tests|tools|docs|deploy|bench)\//.test(path));

  it('names only files and folders that exist', () => {
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('has links that lead somewhere', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });
});

it('ARCHITECTURE.md names every package', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const { packages } = JSON.parse(readFileSync(join(root, 'layers.json'), 'utf8')) as { packages: object };
  expect(Object.keys(packages).filter((folder) => !text.includes(`\`${folder}`))).toEqual([]);
});
