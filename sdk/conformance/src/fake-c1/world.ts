import type { Clock } from '@batonkit/kernel';
import type { Credential } from './credential.ts';
import type { Exchange } from './exchange.ts';
import type { FaultSwitches } from './fault.ts';
import type { TaskBook } from './task-book.ts';

/** What the parts of a fake share. */
export interface World {
  clock: Clock;
  now: () => number;
  book: TaskBook;
  switches: FaultSwitches;
  exchanges: Exchange[];
  credentials: Credential[];
  tokens: Map<string, { until: number; clientId: string }>;
  nonces: Map<string, number>;
  nextPollMs: (poll: number) => number;
  holdMs: number;
  heartbeatMs: number;
  tokenSeconds: number;
  directory: string;
  counters: { tokens: number; polls: number; uploads: number };
  /** To be called after anything that somebody may wait for. */
  changed: () => void;
  /** Resolves at the next change, or when the signal aborts. */
  nextChange: (signal: AbortSignal) => Promise<void>;
}
