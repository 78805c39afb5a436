import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom, type Clock, type Random } from '@batonkit/kernel';
import { credentialFrom, makeCredential, type Credential } from './credential.ts';
import type { Exchange } from './exchange.ts';
import { FaultSwitches, type ActiveFault, type FaultRule } from './fault.ts';
import { openFrontDoor } from './front-door.ts';
import { makeCertificate } from './make-certificate.ts';
import { serveCall } from './serve-call.ts';
import { serveToken } from './serve-token.ts';
import { TaskBook, type TaskInit, type TaskRecord } from './task-book.ts';
import type { World } from './world.ts';

export interface FakeC1Options {
  clock?: Clock;
  random?: Random;
  /** Default: one that is free. */
  port?: number;
  /** An existing pair, such as that of a recorded conversation; default: one is made for this host and port. */
  credential?: { clientId: string; clientSecret: string };
  /** By which clients come to it other than straight, as through a proxy; its certificate has them. */
  names?: readonly string[];
  tasks?: readonly TaskInit[];
  /** `next_poll` of an answer, by its number from 0; default 1000 ms. */
  nextPollMs?: number | ((poll: number) => number);
  /** How long a poll without a task is held open; default not at all. */
  holdMs?: number;
  /** `next_heartbeat`; default 30,000 ms. */
  heartbeatMs?: number;
  /** A task whose heartbeats stop this long is given to another; default 120,000 ms. */
  leaseMs?: number;
  /** `expires_in`; default 3600 s. */
  tokenSeconds?: number;
  /** Where uploads go; default: a directory of its own, removed at the end. */
  directory?: string;
}

/** A stand-in for C1 on this machine: token endpoint and BatonService on one TLS port. */
export interface FakeC1 extends AsyncDisposable {
  port: number;
  /** `127.0.0.1:PORT` */
  host: string;
  credential: Credential;
  /** PEM of the authority that clients have to trust, and a file with it. */
  authority: string;
  authorityFile: string;
  /** What a connector's environment needs to find and trust it. */
  environment: Record<string, string>;
  /** Where uploads and the authority's file are. */
  directory: string;
  /** Every call so far, in the order in which they began. */
  exchanges: readonly Exchange[];
  tasks: ReadonlyMap<string, TaskRecord>;
  add(task: TaskInit): TaskRecord;
  /** The task's next heartbeat is answered with `cancelled`. */
  cancel(taskId: string): void;
  fault(rule: FaultRule): ActiveFault;
  /** All fault switches off. */
  heal(): void;
  /** TCP connections made so far. */
  readonly connections: number;
  /** Connections are refused, existing ones cut, until `accept`. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** Cuts every connection; new ones are taken. */
  cut(): void;
  /** What a client may not use from now on: another credential takes its place. */
  rotate(): Credential;
  /** The credential that was before goes on working, or no longer. */
  revoke(clientSecret: string): void;
  /** Access tokens given out so far are no longer good. */
  expireTokens(): void;
  /** Milliseconds since it was started: the time in all records. */
  now(): number;
  /**
   * Resolves once `met` holds; it is asked after everything that happens.
   * @throws Error after `milliseconds` (default 60,000, enough for a ping to find a dead connection) of the system's clock
   */
  until(met: (c1: FakeC1) => boolean, milliseconds?: number): Promise<void>;
}

export async function startFakeC1(options: FakeC1Options = {}): Promise<FakeC1> {
  const { clock = systemClock, random = systemRandom } = options;
  const own = options.directory === undefined;
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'fake-c1-'));
  mkdirSync(directory, { recursive: true });
  const certificate = makeCertificate(random, options.names);
  const authorityFile = join(directory, 'authority.pem');
  writeFileSync(authorityFile, certificate.authority);

  const start = clock.monotonic();
  const now = (): number => Math.round(clock.monotonic() - start);
  const waiting = new Set<() => void>();
  const nextPollMs = options.nextPollMs ?? 1000;
  const world: World = {
    clock,
    now,
    book: new TaskBook(now, options.leaseMs ?? 120_000),
    switches: new FaultSwitches(),
    exchanges: [],
    credentials: [],
    tokens: new Map(),
    nonces: new Map(),
    nextPollMs: typeof nextPollMs === 'number' ? () => nextPollMs : nextPollMs,
    holdMs: options.holdMs ?? 0,
    heartbeatMs: options.heartbeatMs ?? 30_000,
    tokenSeconds: options.tokenSeconds ?? 3600,
    directory,
    counters: { tokens: 0, polls: 0, uploads: 0 },
    changed: () => {
      for (const wake of waiting) wake();
    },
    nextChange: (signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        if (signal.aborted) wake();
        else signal.addEventListener('abort', wake);
      }),
  };
  for (const task of options.tasks ?? []) world.book.add(task);

  const door = await openFrontDoor(certificate, options.port ?? 0, {
    stream: (stream, headers, connection) => {
      void serveCall(world, stream, headers, connection);
    },
    http1: (request, response, connection) => {
      void serveToken(world, { request, response }, connection);
    },
  });
  const host = `127.0.0.1:${door.port}`;
  const given = options.credential;
  const credential =
    given === undefined ? makeCredential(`localhost:${door.port}`) : credentialFrom(given.clientId, given.clientSecret);
  world.credentials.push(credential);

  const c1: FakeC1 = {
    port: door.port,
    host,
    credential,
    authority: certificate.authority,
    authorityFile,
    environment: {
      BATON_CLIENT_ID: credential.clientId,
      BATON_CLIENT_SECRET: credential.clientSecret,
      BATON_C1_API_HOST: host,
      SSL_CERT_FILE: authorityFile,
    },
    directory,
    exchanges: world.exchanges,
    tasks: world.book.records,
    add: (task) => {
      const record = world.book.add(task);
      world.changed();
      return record;
    },
    cancel: (taskId) => {
      const record = world.book.records.get(taskId);
      if (record !== undefined) record.cancelled = true;
    },
    fault: (rule) => world.switches.add(rule),
    heal: () => world.switches.clear(),
    get connections() {
      return door.made;
    },
    refuse: () => door.shut(),
    accept: () => door.reopen(),
    cut: () => door.cut(),
    rotate: () => {
      const { clientId } = credential;
      const name = clientId.slice(0, clientId.indexOf('@'));
      const made = makeCredential(/@([^/]+)\//.exec(clientId)?.[1] ?? host, name);
      world.credentials.push({ ...made, clientId });
      return { ...made, clientId };
    },
    revoke: (clientSecret) => {
      world.credentials = world.credentials.filter((one) => one.clientSecret !== clientSecret);
    },
    expireTokens: () => world.tokens.clear(),
    now,
    until: async (met, milliseconds = 60_000) => {
      const over = new AbortController();
      const limit = setTimeout(() => over.abort(), milliseconds);
      try {
        while (!met(c1)) {
          if (over.signal.aborted) throw new Error(`It did not happen within ${milliseconds} ms. ${describeCalls(c1)}`);
          await world.nextChange(over.signal);
        }
      } finally {
        clearTimeout(limit);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]();
      world.changed();
      if (own) rmSync(directory, { recursive: true, force: true });
    },
  };
  return c1;
}

function describeCalls({ exchanges }: FakeC1): string {
  const last = exchanges.slice(-12).map(({ call, outcome = 'open' }) => `${call} ${outcome}`);
  return `The last calls: ${last.join(', ') || 'none'}.`;
}
