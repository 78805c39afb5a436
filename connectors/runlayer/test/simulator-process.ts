import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../simulators/runlayer/bin/runlayer-simulator.js', import.meta.url));

export type KeyKind =
  | 'super_admin'
  | 'helpdesk'
  | 'security_admin'
  | 'weak'
  | 'organisation'
  | 'deactivated'
  | 'invalid';

/** The simulated tenant, in a process of its own, over real HTTP. */
export interface SimulatorProcess extends AsyncDisposable {
  baseUrl: string;
  origin: string;
  keys: Readonly<Record<KeyKind, string>>;
  get: <T>(path: string) => Promise<T>;
  post: (path: string, body: object) => Promise<unknown>;
  /** Switches exactly these behaviours on. */
  behave: (...behaviours: string[]) => Promise<void>;
}

export async function startSimulator(...options: readonly string[]): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [program, '--port', '0', '--ready-json', '--end-with-stdin', ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => Promise.reject(new Error('the simulator ended before it was ready'))),
  ])) as [string];
  const { baseUrl, origin, keys, admin } = JSON.parse(line) as SimulatorProcess & {
    admin: { url: string; token: string };
  };
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const response = await fetch(admin.url + path, { ...init, headers: { authorization: `Bearer ${admin.token}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const post = (path: string, body: object): Promise<unknown> =>
    call(path, { method: 'POST', body: JSON.stringify(body) });
  return {
    baseUrl,
    origin,
    keys,
    get: <T>(path: string) => call(path) as Promise<T>,
    post,
    behave: async (...behaviours) => {
      await post('/behaviours', { set: behaviours });
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
