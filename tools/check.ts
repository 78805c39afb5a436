// `npm run check`: types, lint, format, layers, side by side; well under 30 s.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { checkLayers } from './layers.ts';

interface Outcome {
  name: string;
  ok: boolean;
  output: string;
  seconds: number;
}

const root = new URL('..', import.meta.url).pathname;
const bin = (name: string) => `${root}node_modules/.bin/${name}`;

const results = await Promise.all([
  command('types', bin('tsc'), ['-p', '.']),
  ...(existsSync(`${root}console/web/src`) ? [command('types of the web app', bin('tsc'), ['-p', 'console/web'])] : []),
  command('lint', bin('oxlint'), ['--type-aware', '--deny-warnings']),
  command('format', bin('oxfmt'), ['--check']),
  command('lockfile', 'npm', ['ls', '--all', '--silent']),
  Promise.resolve(layers()),
]);
for (const result of results) {
  process.stdout.write(`${result.ok ? 'ok  ' : 'FAIL'} ${result.name} (${result.seconds.toFixed(1)} s)\n`);
  if (!result.ok) process.stdout.write(`${result.output.trimEnd()}\n`);
}
process.exitCode = results.every((result) => result.ok) ? 0 : 1;

function command(name: string, program: string, args: string[]): Promise<Outcome> {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const end = (ok: boolean) => resolve({ name, ok, output, seconds: (performance.now() - start) / 1000 });
    child.on('error', (error) => {
      output += error.message;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

function layers(): Outcome {
  const start = performance.now();
  const report = checkLayers(root);
  return {
    name: `layers, ${report.modules} modules seen`,
    ok: report.violations.length === 0,
    output: report.violations.join('\n'),
    seconds: (performance.now() - start) / 1000,
  };
}
