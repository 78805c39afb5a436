// Plain JavaScript for the Node a machine already has (20 or newer): installs what is missing, then
// runs one of our programs under the Node that the lockfile pins.
//
// No pre-scripts (`ignore-scripts=true` would skip them silently) and no shell in between (signals
// would not reach the program); the package.json scripts therefore `exec` this file.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.batonkit-stamp');
const lockFile = join(root, '.install.lock');
const programs = {
  start: 'tools/start.ts',
  test: 'tools/test.ts',
  check: 'tools/check.ts',
  prove: 'tools/prove.ts',
  bench: 'bench/run.ts',
};
const LEAVE_OUT =
  /^(omit|include|only|also|production|optional|dev|global|location|dry_run|package_lock|package_lock_only|workspaces?|install_strategy)$/i;
const say = (text) => process.stderr.write(`${text}\n`);

let child;
let stopping;
// One Ctrl-C arrives up to three times (terminal, npm, this launcher): passing it on must be idempotent.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (stopping === undefined && installing) say('Stopping once npm has put its files in order …');
    stopping ??= signal;
    if (!installing) child?.kill(signal);
  });
}

let installing = false;
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;

if (!isInstalled()) {
  await withInstallLock(async () => {
    if (!isInstalled()) await install();
  });
}
if (stopping !== undefined) process.exit(stopping === 'SIGINT' ? 130 : 143);

const name = process.argv[2];
const program = programs[name];
if (program === undefined || !existsSync(join(root, program))) {
  say(
    `There is no "${name}" here. Known: ${Object.keys(programs)
      .filter((key) => existsSync(join(root, programs[key])))
      .join(', ')}.`,
  );
  process.exit(2);
}
const node = findNode();
const env = {
  ...process.env,
  PATH: `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
  // Our programs run from their TypeScript sources: what Node made of those, it need not make again.
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'),
};
const exit = await run(node, [join(root, program), ...process.argv.slice(3)], { cwd: root, env, stdio: 'inherit' });
process.exit(exit);

/** What the npm above us, or a production machine, says and would leave half of the packages out. */
function hindersInstall(key) {
  if (!/^npm_/i.test(key)) return key === 'NODE_ENV';
  // Registry, proxy, certificates and cache of this machine stay.
  const setting = /^npm_config_(.+)$/i.exec(key)?.[1];
  return setting === undefined || LEAVE_OUT.test(setting);
}

async function install() {
  say('Installing what is missing (once per change of package-lock.json) …');
  const clean = Object.fromEntries(Object.entries(process.env).filter(([key]) => !hindersInstall(key)));
  installing = true;
  const code = await run(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['ci', '--include=optional', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    // Standard output stays clean for `npm start -- --ready-json`.
    { cwd: root, env: clean, stdio: ['ignore', 2, 2], detached: true },
  );
  installing = false;
  if (code !== 0) {
    say(
      `npm ci ended with code ${code}. Nothing was started. Check the network or the registry settings of npm, then run the command again.`,
    );
    rmSync(lockFile, { force: true });
    process.exit(code);
  }
  writeFileSync(stamp, wanted);
}

/** Two launchers at once: the second waits. A lock whose process is gone is taken over. */
async function withInstallLock(work) {
  for (let waits = 0; ; waits += 1) {
    try {
      const fd = openSync(lockFile, 'wx');
      writeFileSync(fd, String(process.pid));
      closeSync(fd);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!isAlive(lockHolder())) rmSync(lockFile, { force: true });
      else {
        if (waits === 3) say(`Another start installs already; waiting for it (${lockFile}) …`);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }
    if (stopping !== undefined) return;
  }
  try {
    await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/** 0: it has made the file and not yet written into it, or has just removed it. */
function lockHolder() {
  try {
    return Number(readFileSync(lockFile, 'utf8') || '0');
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

function isAlive(pid) {
  if (pid === 0) return true;
  // In containers each start has the same pid: it was another one's.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function findNode() {
  const pinned = join(
    root,
    'node_modules',
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  say(
    `BatonKit runs on Node 24 or newer, and no package brings it for ${process.platform}-${process.arch}. Install Node 24 or newer, then run the command again.`,
  );
  return process.exit(1);
}

function run(command, args, options) {
  return new Promise((resolve, reject) => {
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    child = spawn(command, args, options);
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
