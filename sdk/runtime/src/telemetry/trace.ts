/** Work that has ended. Names, counts, times and codes only: no value of the tenant, no secret. */
export interface EndedWork {
  name: string;
  /** Milliseconds since the Unix epoch. */
  startedAt: number;
  endedAt: number;
  isWell: boolean;
  attributes?: Record<string, string | number>;
}

/** Where work is told as spans. What is told belongs to the work under way where it is told, however deep in its calls. */
export interface Trace {
  /** Does work as a span: a part of the work under way, or, where there is none, a trace of its own. */
  within<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** A request that the work under way made. */
  request(work: EndedWork): void;
  /** The work under way has these, too. */
  note(attributes: Record<string, string | number>): void;
  /** The work under way does not end well, although it throws nothing. */
  fail(attributes: Record<string, string | number>): void;
}

/** Where nobody collects them. */
export const noTrace: Trace = {
  within: (_name, work) => work(),
  request: () => {},
  note: () => {},
  fail: () => {},
};
