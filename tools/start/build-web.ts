import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from './program.ts';

/** Builds the console's web app if its sources are newer than what was built last. */
export async function buildWeb(root: string, say: (text: string) => void): Promise<void> {
  const web = join(root, 'console/web');
  if (!existsSync(join(web, 'index.html'))) {
    say('There is no web app in this clone yet; the console answers its API only.');
    return;
  }
  const built = join(web, 'dist/index.html');
  const sources = [
    'src',
    'public',
    'index.html',
    'vite.config.ts',
    'package.json',
    '../contract/src',
    '../../package-lock.json',
    '../../tools/start',
  ];
  const newest = Math.max(...sources.map((source) => newestIn(join(web, source))));
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return;
  say('Building the web app …');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const code = await runToEnd([vite, 'build', '--logLevel', 'warn'], web);
  if (code !== 0) throw new Error('The web app cannot be built; the lines above say why.');
}

function newestIn(path: string): number {
  if (!existsSync(path)) return 0;
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
