// Imports go one way: layers.json, checked against every package.json and against every import.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IRuleSetType } from 'dependency-cruiser';

interface Layers {
  packages: Record<string, string[]>;
  folders: { from: string; to: string[]; instead: string }[];
}

export interface LayerReport {
  /** One sentence each; empty when every import goes the allowed way. */
  violations: string[];
  /** How many source files the checker saw: a checker that saw nothing proves nothing. */
  modules: number;
}

/** Checks the tree at `root`. Throws when the import graph misses source files that are on the disk. */
export async function checkLayers(root: string): Promise<LayerReport> {
  const layers = JSON.parse(readFileSync(join(root, 'layers.json'), 'utf8')) as Layers;
  const allowed = closure(layers.packages);
  const folders = Object.keys(layers.packages).filter((folder) => existsSync(join(root, folder)));
  const violations = [...packageViolations(root, layers.packages, allowed)];

  const { output } = await cruise(
    [...folders, 'tests', 'tools', 'bench'].filter((folder) => existsSync(join(root, folder))),
    {
      baseDir: root,
      validate: true,
      ruleSet: rules(layers, allowed),
      tsPreCompilationDeps: true,
      parser: 'swc',
      exclude: { path: '(^|/)(node_modules|dist)/' },
      doNotFollow: { path: 'node_modules' },
    },
    { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.ts', '.tsx', '.js'] },
  );
  const result = output as ICruiseResult;
  for (const violation of result.summary.violations) {
    violations.push(`${violation.from} imports ${violation.to}: ${violation.comment ?? violation.rule.name}`);
  }

  const seen = new Set(result.modules.map((module) => module.source));
  const sources = folders.flatMap((folder) =>
    globSync(`${folder}/{src,bin,test}/**/*.{ts,tsx}`, { cwd: root }).filter((file) => !file.includes('node_modules')),
  );
  const missed = sources.filter((file) => !seen.has(file) && !file.endsWith('.d.ts'));
  if (missed.length > 0) {
    throw new Error(`The layer check did not see ${missed.length} source files, so it proves nothing: ${missed[0]} …`);
  }
  return { violations, modules: seen.size };
}

/** Package name of each folder, from its package.json. */
function names(root: string, folders: string[]): Map<string, string> {
  return new Map(
    folders
      .filter((folder) => existsSync(join(root, folder, 'package.json')))
      .map((folder) => [manifest(root, folder).name, folder]),
  );
}

function manifest(root: string, folder: string): { name: string; dependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

function* packageViolations(root: string, packages: Layers['packages'], allowed: Map<string, Set<string>>) {
  const byName = names(root, Object.keys(packages));
  for (const [name, folder] of byName) {
    for (const dependency of Object.keys(manifest(root, folder).dependencies ?? {})) {
      const target = byName.get(dependency);
      if (target !== undefined && !allowed.get(folder)?.has(target)) {
        yield `${folder}/package.json: ${name} depends on ${dependency}, which layers.json does not allow`;
      }
      if (target === undefined && dependency.startsWith('@batonkit/')) {
        yield `${folder}/package.json: ${dependency} is in no folder of layers.json`;
      }
    }
  }
}

function rules(layers: Layers, allowed: Map<string, Set<string>>): IRuleSetType {
  const folders = Object.keys(layers.packages);
  const forbidden: NonNullable<IRuleSetType['forbidden']> = folders.map((folder) => ({
    name: `from ${folder}`,
    severity: 'error',
    comment: `${folder} may import only ${[...(allowed.get(folder) ?? [])].sort().join(', ') || 'nothing of ours'} (layers.json). Move the code down, or pass it in.`,
    from: { path: `^${folder}/` },
    to: {
      path: '^(sdk|connectors|console|simulators|tests|tools|bench)/',
      pathNot: [folder, ...(allowed.get(folder) ?? [])].map((to) => `^${to}/`),
    },
  }));
  for (const rule of layers.folders) {
    forbidden.push({
      name: `folder ${rule.from}`,
      severity: 'error',
      comment: rule.instead,
      from: { path: `^${rule.from}/` },
      to: { path: rule.to.map((to) => `^${to}/`) },
    });
  }
  forbidden.push({
    name: 'index only',
    severity: 'error',
    comment: "Another package's inside is its own: import it by its package name, which gives its index.ts.",
    from: { path: '^((?:sdk|connectors|console|simulators)/[^/]+)/' },
    to: {
      path: '^(sdk|connectors|console|simulators)/[^/]+/',
      pathNot: ['^$1/', '^(?:sdk|connectors|console|simulators)/[^/]+/src/index\\.ts$'],
    },
  });
  forbidden.push({
    name: 'no cycle',
    severity: 'error',
    comment: 'Two files that need each other are one thing or three. Split what both need into a third.',
    from: {},
    to: { circular: true },
  });
  return { forbidden };
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
