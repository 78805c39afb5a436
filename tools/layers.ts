// Imports go one way: layers.json, checked against every package.json and against every import.
// Our own checker and not a library's: see docs/adr/0001-layer-check.md.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

interface Layers {
  packages: Record<string, string[]>;
  folders: { from: string; to: string[]; instead: string }[];
}

interface Import {
  from: string;
  /** Path from the root, or a bare name of somebody else's package. */
  to: string;
}

export interface LayerReport {
  /** One sentence each, with what to do instead; empty when every import goes the allowed way. */
  violations: string[];
  /** How many source files were read. */
  modules: number;
}

/** Checks the tree at `root`. */
export function checkLayers(root: string): LayerReport {
  const layers = JSON.parse(readFileSync(join(root, 'layers.json'), 'utf8')) as Layers;
  const allowed = closure(layers.packages);
  const folders = Object.keys(layers.packages).filter((folder) => existsSync(join(root, folder, 'package.json')));
  const names = new Map(folders.map((folder) => [manifest(root, folder).name, folder]));
  const files = globSync('{sdk,connectors,console,simulators,tests,tools,bench}/**/*.{ts,tsx}', { cwd: root }).filter(
    (file) => !/(^|\/)(node_modules|dist)\//.test(file),
  );
  const imports = files.flatMap((file) => importsOf(root, file, names));
  const folderOf = (path: string): string | undefined =>
    Object.keys(layers.packages).find((folder) => path.startsWith(`${folder}/`));

  const violations: string[] = [];
  for (const folder of folders) {
    for (const dependency of Object.keys(manifest(root, folder).dependencies ?? {})) {
      const target = names.get(dependency);
      if (target !== undefined && !allowed.get(folder)?.has(target)) {
        violations.push(`${folder}/package.json: depends on ${dependency}, which layers.json does not allow`);
      }
    }
  }
  for (const { from, to } of imports) {
    const [source, target] = [folderOf(from), folderOf(to)];
    const say = (instead: string): number => violations.push(`${from} imports ${to}: ${instead}`);
    if (source === undefined) continue;
    if (/^(tests|tools|bench)\//.test(to)) say('tests, tools and bench may import anything, and nobody imports them.');
    if (target === undefined || target === source) continue;
    if (!allowed.get(source)?.has(target)) {
      say(
        `${source} may import only ${[...(allowed.get(source) ?? [])].sort().join(', ') || 'nothing of ours'}. Move the code down, or pass it in.`,
      );
    }
    if (!entries(root, target).has(to)) {
      say(`the inside of ${target} is its own. Import it by its package name, which gives its index.ts.`);
    }
    for (const rule of layers.folders) {
      if (from.startsWith(`${rule.from}/`) && rule.to.includes(target)) say(rule.instead);
    }
  }
  for (const cycle of cycles(imports)) {
    violations.push(`${cycle.join(' imports ')}: a cycle. Split what both need into a file of its own.`);
  }
  return { violations, modules: files.length };
}

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  exports?: Record<string, string>;
}

function manifest(root: string, folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
}

/** What a package offers: its index.ts, and the parts that its manifest names because few need them. */
function entries(root: string, folder: string): Set<string> {
  const parts = Object.values(manifest(root, folder).exports ?? {}).filter((path) => path.endsWith('.ts'));
  return new Set(['src/index.ts', ...parts].map((path) => normalize(`${folder}/${path}`)));
}

// The formatter keeps these statements regular: `from '…'` ends an import or export, `import('…')` and
// `import '…'` stand alone. Type-only ones count: a type, too, ties two packages together.
const SPECIFIER = /(?:^|[\s}*])from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gm;

function importsOf(root: string, file: string, names: Map<string, string>): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(SPECIFIER)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    if (specifier.startsWith('.')) return { from: file, to: normalize(join(dirname(file), specifier)) };
    const folder = names.get(specifier) ?? [...names].find(([name]) => specifier.startsWith(`${name}/`))?.[1];
    if (folder === undefined) return { from: file, to: specifier };
    const inside = [...names.keys()].find((name) => specifier.startsWith(`${name}/`));
    if (inside === undefined) return { from: file, to: `${folder}/src/index.ts` };
    const path = specifier.slice(inside.length + 1);
    const entry = manifest(root, folder).exports?.[`./${path}`];
    return { from: file, to: normalize(`${folder}/${entry ?? path}`) };
  });
}

function cycles(imports: Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const found: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push([...path.slice(start), file]);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const to of next.get(file) ?? []) visit(to);
    path.pop();
    done.add(file);
  };
  for (const file of next.keys()) visit(file);
  return found;
}

function closure(packages: Layers['packages']): Map<string, Set<string>> {
  const reach = (folder: string, seen = new Set<string>()): Set<string> => {
    for (const next of packages[folder] ?? []) {
      if (!seen.has(next)) reach(next, seen.add(next));
    }
    return seen;
  };
  return new Map(Object.keys(packages).map((folder) => [folder, reach(folder)]));
}
