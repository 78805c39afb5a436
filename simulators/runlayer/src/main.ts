import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { readyJson, readyText } from './announce.ts';
import { readCommandLine, type Asked } from './command-line.ts';
import { DataDirectory, UnusableData, type Saved } from './data-directory.ts';
import { start, type Started } from './start.ts';
import { RefusedChange } from './tenant.ts';

const asked = readCommandLine(process.argv.slice(2));
try {
  await run();
} catch (error) {
  if (error instanceof RefusedChange) {
    process.stderr.write(`The changes kept in ${asked.data} do not fit its tenant: ${error.message}\n`);
    process.exit(2);
  }
  if (!(error instanceof UnusableData)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(error.exitCode);
}

async function run(): Promise<void> {
  const data = asked.data === undefined ? undefined : new DataDirectory(asked.data);
  const before = data?.settings();
  const settings = settle(before);
  const started = await listen(settings, data, before !== undefined && !asked.port);
  const saved = { ...settings, port: started.port };
  data?.saveSettings(saved);

  const end = (): void => {
    data?.close();
    process.exit(0);
  };
  // Not once: a second signal on the way out would end it in the default way, with another exit code.
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  if (asked.endWithStdin) process.stdin.on('end', end).on('error', end).resume();

  const { origin, tenant } = started;
  if (asked.readyJson) process.stdout.write(`${readyJson(origin, saved.adminToken, tenant.keys)}\n`);
  else process.stdout.write(readyText(origin, saved, tenant.count, tenant.changes.length, tenant.keys));
}

/** The command line goes first, then the data directory, then the defaults; what would make another tenant is refused. */
function settle(before: Saved | undefined): Saved {
  for (const [name, flag] of [
    ['seed', '--seed'],
    ['users', '--users'],
    ['customRoles', '--custom-roles'],
  ] as const) {
    if (before && asked[name] !== undefined && asked[name] !== before[name]) {
      throw new UnusableData(
        2,
        `${asked.data} holds a tenant made with ${flag} ${before[name]}, not ${asked[name]}. ` +
          `Leave ${flag} out, or name another directory with --data.`,
      );
    }
  }
  const given = <K extends keyof Saved & keyof Asked>(name: K, otherwise: Saved[K]): Saved[K] =>
    (asked[name] as Saved[K] | undefined) ?? before?.[name] ?? otherwise;
  return {
    seed: given('seed', 1),
    users: given('users', 1000),
    customRoles: given('customRoles', 3),
    assignments: given('assignments', 'embedded'),
    maxLimit: given('maxLimit', 1000),
    // Port 0 with a data directory means the port of last time, so that pasted addresses go on working.
    port: asked.port ? asked.port : (before?.port ?? asked.port ?? 8080),
    adminToken: given('adminToken', randomBytes(24).toString('base64url')),
  };
}

function tlsOf(): { cert: string; key: string } | undefined {
  const { tlsCertificate, tlsKey } = asked;
  if (tlsCertificate === undefined || tlsKey === undefined) return undefined;
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      throw new UnusableData(2, `${file} cannot be read.`);
    }
  };
  return { cert: read(tlsCertificate), key: read(tlsKey) };
}

/** Listens; where the port was only remembered and is taken now, a free one does as well. */
async function listen(settings: Saved, data: DataDirectory | undefined, isRemembered: boolean): Promise<Started> {
  const now = (): Date => new Date();
  const extra = { faults: asked.fault, faultSeed: asked.faultPlan, latency: asked.latency, tls: tlsOf() };
  try {
    return await start(settings, asked.behaviour ?? [], data, now, extra);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new UnusableData(9, `Port ${settings.port} may not be used by this account. Choose one above 1023.`);
    }
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (!isRemembered) {
      throw new UnusableData(
        9,
        `Port ${settings.port} on 127.0.0.1 is taken by another program. Choose another with --port, or --port 0 for a free one.`,
      );
    }
    process.stderr.write(`Port ${settings.port} of last time is taken; using a free one.\n`);
    return start({ ...settings, port: 0 }, asked.behaviour ?? [], data, now, extra);
  }
}
