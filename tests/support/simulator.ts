import { inRepository, startProgram } from './program.ts';

export type KeyKind = 'super_admin' | 'helpdesk' | 'weak' | 'organisation' | 'invalid';

export interface Person {
  id: string;
  name: string | null;
  email: string;
  active: boolean;
  roles: { id: string; slug: string; name: string }[];
}

/** The simulated tenant in a process of its own; it is the truth that everything else is compared with. */
export interface Simulator extends AsyncDisposable {
  baseUrl: string;
  origin: string;
  keys: Readonly<Record<KeyKind, string>>;
  /** The key of a Super Admin. */
  apiKey: string;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  /** Switches exactly these behaviours on. */
  behave(...behaviours: string[]): Promise<void>;
  /** Waits until a request is held. */
  held(): Promise<void>;
  /** `user role`, by Runlayer's ids, sorted. */
  pairs(): Promise<string[]>;
  people(): Promise<Person[]>;
}

interface Ready {
  baseUrl: string;
  origin: string;
  keys: Record<KeyKind, string>;
  admin: { url: string; token: string };
}

/** @param options as one types them: `--users 60 --seed 2` */
export async function startSimulator(options: string): Promise<Simulator> {
  const bin = inRepository('simulators/runlayer/bin/runlayer-simulator.js');
  const program = await startProgram([bin, '--port', '0', '--ready-json', '--end-with-stdin', ...options.split(' ')]);
  const { baseUrl, origin, keys, admin } = program.ready as Ready;
  const call = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const response = await fetch(admin.url + path, { ...init, headers: { authorization: `Bearer ${admin.token}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const simulator: Simulator = {
    baseUrl,
    origin,
    keys,
    apiKey: keys.super_admin,
    get: call,
    post: (path, body) => call(path, { method: 'POST', body: JSON.stringify(body) }),
    behave: async (...behaviours) => {
      await simulator.post('/behaviours', { set: behaviours });
    },
    held: async () => {
      const { held } = await call<{ held: unknown[] }>('/held?timeout=30000');
      if (held.length === 0) throw new Error('No request was held.');
    },
    pairs: async () => {
      const pairs = await call<{ userId: string; roleId: string }[]>('/pairs');
      return pairs.map(({ userId, roleId }) => `${userId} ${roleId}`).sort();
    },
    people: async () => (await call<{ data: Person[] }>('/users?limit=1000')).data,
    [Symbol.asyncDispose]: async () => {
      await program.stop();
    },
  };
  return simulator;
}
