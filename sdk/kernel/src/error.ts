/** gRPC status numbers; a program's exit code is the status of the error that ended it (protocol: runtime 1.5). */
export const Status = {
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** What crosses a process: enough for a screen to show an error of a program it has never seen. */
export interface ErrorReport {
  /** Stable, searchable, such as `RL-AUTH-401`. */
  code: string;
  status: Status;
  /** What happened, one sentence. */
  title: string;
  /** What it means for the data. */
  meaning: string;
  /** What to do. */
  remedy: string;
  /** The configuration field that the error is about, by its flag name. */
  field?: string;
}

export interface ErrorDetails {
  field?: string;
  /** For the debugger and debug logs of our own process only; never serialised. */
  cause?: unknown;
}

/** The one error class. Its texts are written for the person who runs the program. */
export class BatonError extends Error {
  override readonly name = 'BatonError';
  readonly report: ErrorReport;

  constructor(report: ErrorReport, cause?: unknown) {
    super(
      `${report.title} ${report.meaning} ${report.remedy} (${report.code})`.replace(/ +/g, ' '),
      cause === undefined ? {} : { cause },
    );
    this.report = report;
  }

  get code(): string {
    return this.report.code;
  }

  get status(): Status {
    return this.report.status;
  }
}

type Text<A> = string | ((facts: A) => string);

/** One row of a package's table of codes. `A` is what its texts are made of. */
export interface ErrorRow<A> {
  status: Status;
  title: Text<A>;
  meaning: Text<A>;
  remedy: Text<A>;
  field?: string;
}

/** Declares a row; the type parameter says which facts its texts need. */
export function row<A extends object = object>(definition: ErrorRow<A>): ErrorRow<NoInfer<A>> {
  return definition;
}

// The rows of one table need different facts; `never` lets any of them in.
type Table = Record<string, ErrorRow<never>>;
type Facts<R> = R extends ErrorRow<infer A> ? A : never;

/**
 * Makes the constructor of a package's errors from its table.
 *
 *     const fail = errorTable({ 'BK-LOCK': row<{ pid: number }>({ … }) });
 *     throw fail('BK-LOCK', { pid: 7 });
 */
export function errorTable<T extends Table>(table: T) {
  const make = <C extends keyof T & string>(code: C, facts: Facts<T[C]>, details: ErrorDetails = {}): BatonError => {
    const definition = table[code] as unknown as ErrorRow<object>;
    const text = (part: Text<object>): string => (typeof part === 'function' ? part(facts as object) : part);
    const field = details.field ?? definition.field;
    return new BatonError(
      {
        code,
        status: definition.status,
        title: text(definition.title),
        meaning: text(definition.meaning),
        remedy: text(definition.remedy),
        ...(field === undefined ? {} : { field }),
      },
      details.cause,
    );
  };
  return Object.assign(make, { codes: Object.keys(table) as (keyof T & string)[], table });
}

/** Whether a value read from another process is a report; everything else is that process's fault. */
export function isErrorReport(value: unknown): value is ErrorReport {
  if (typeof value !== 'object' || value === null) return false;
  const { code, status, title, meaning, remedy, field } = value as Record<string, unknown>;
  return (
    [code, title, meaning, remedy].every((part) => typeof part === 'string') &&
    Number.isInteger(status) &&
    (status as number) >= 1 &&
    (status as number) <= 16 &&
    (field === undefined || typeof field === 'string')
  );
}

/**
 * Turns anything thrown into a report. What is not a BatonError is a fault of ours: its text stays in
 * this process, as nobody has checked it for secrets and personal data.
 */
export function reportOf(thrown: unknown): ErrorReport {
  if (thrown instanceof BatonError) return thrown.report;
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return {
      code: 'BK-CANCELED',
      status: Status.Canceled,
      title: 'The run was stopped.',
      meaning: 'Nothing was saved.',
      remedy: 'Start it again when you are ready.',
    };
  }
  return {
    code: 'BK-INTERNAL',
    status: Status.Internal,
    title: 'The program made a mistake of its own.',
    meaning: 'Nothing was saved or changed.',
    remedy: 'Run it again with --log-level debug and report what it prints.',
  };
}
