import type { PlanDescription } from './plan-description.ts';

/** One request that was answered or failed. No values of the tenant: the path is a template. */
export interface RequestEvent {
  type: 'request';
  /** Milliseconds since the Unix epoch at which it was sent. */
  at: number;
  method: 'GET';
  /** Host and port that were asked; for debug logs only, as they may name the tenant. */
  host?: string;
  /** Template, such as `/users/{id}/roles`. */
  path: string;
  skip?: number;
  limit?: number;
  /** HTTP status; 0 when none came (network, time-out). */
  status: number;
  ms: number;
  rows?: number;
  /** 1 for the first try. */
  attempt: number;
  /** How long is waited before the next try, if there is one. */
  waitMs?: number;
}

/** How far a list is read. */
export interface ListEvent {
  type: 'list';
  at: number;
  list: string;
  pass: number;
  received: number;
  total?: number;
  pages: number;
  done: boolean;
}

/** How the source will be read; told before the first page, if the connector can say it. */
export interface PlanEvent extends PlanDescription {
  type: 'plan';
  at: number;
}

export type ConnectorEvent = RequestEvent | ListEvent | PlanEvent;
export type Observe = (event: ConnectorEvent) => void;
