import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
// The browser cannot import the kernel, and the simulator must not.
const files = globSync('{sdk,connectors,console}/*/src/**/*.ts', { cwd: root }).filter(
  (file) => !/^(sdk\/kernel|console\/web)\/|\/gen\//.test(file),
);

/** Lines that hold a form, without comments. */
function uses(form: RegExp): string[] {
  return files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => form.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
}

describe('everything is passed in', () => {
  it('sees the sources', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(uses(/\bimport\b/).length).toBeGreaterThan(100);
  });

  it('nobody but the kernel reads the clock', () => {
    expect(uses(/\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/)).toEqual([]);
  });

  it('nobody but the kernel makes random numbers', () => {
    expect(uses(/\bMath\.random\(|\brandomBytes\(|\brandomUUID\(|\bgetRandomValues\(/)).toEqual([]);
  });

  it('nobody but a program reads the environment', () => {
    expect(uses(/\bprocess\.env\b/)).toEqual([]);
  });

  it('a read-only connector has no verb but GET', () => {
    const verbs = /['"](POST|PUT|PATCH|DELETE)['"]/;
    expect(uses(verbs).filter((line) => /^(sdk\/connector\/src\/http|connectors)\//.test(line))).toEqual([]);
  });
});
