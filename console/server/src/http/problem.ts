import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Problem } from '@batonkit/console-contract';
import { BatonError, reportOf, Status, type ErrorReport } from '@batonkit/kernel';

/** Several findings about the fields of one form, in one answer. */
export class FieldProblems extends Error {
  override readonly name = 'FieldProblems';
  readonly problems: ErrorReport[];

  constructor(problems: ErrorReport[]) {
    super(problems.map(({ code }) => code).join(', '));
    this.problems = problems;
  }
}

const BY_CODE: Record<string, ContentfulStatusCode> = {
  'BK-REQUEST-TYPE': 415,
  'BK-REQUEST-SIZE': 413,
  'BK-API-METHOD': 405,
  'BK-HOST': 421,
  'BK-CURSOR': 400,
};

const BY_STATUS: Record<Status, ContentfulStatusCode> = {
  [Status.Canceled]: 409,
  [Status.Unknown]: 422,
  [Status.InvalidArgument]: 400,
  [Status.DeadlineExceeded]: 504,
  [Status.NotFound]: 404,
  [Status.AlreadyExists]: 409,
  [Status.PermissionDenied]: 403,
  [Status.ResourceExhausted]: 507,
  [Status.FailedPrecondition]: 409,
  [Status.Aborted]: 409,
  [Status.OutOfRange]: 400,
  [Status.Unimplemented]: 501,
  [Status.Internal]: 500,
  [Status.Unavailable]: 503,
  [Status.DataLoss]: 500,
  [Status.Unauthenticated]: 401,
};

/** RFC 9457 problem details of anything thrown. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof FieldProblems) return problemOfFields(thrown.problems);
  const report = reportOf(thrown);
  const ours = thrown instanceof BatonError;
  const status = BY_CODE[report.code] ?? BY_STATUS[report.status];
  return {
    ...toProblem(report, status),
    // The general text for a fault of ours speaks to someone at a terminal.
    ...(ours ? {} : { remedy: 'Try again. If it comes again, report it with the log of the console.' }),
  };
}

function problemOfFields(problems: ErrorReport[]): Problem {
  const [first] = problems;
  if (problems.length === 1 && first !== undefined) return { ...toProblem(first, 422), problems };
  return {
    ...toProblem(
      {
        code: 'BK-CONFIG-SEVERAL',
        status: Status.Unknown,
        title: `${problems.length} settings are missing or wrong.`,
        meaning: 'Nothing was saved.',
        remedy: 'Correct each of them, then save again.',
      },
      422,
    ),
    problems,
  };
}

function toProblem(report: ErrorReport, status: ContentfulStatusCode): Problem {
  const { code, title, meaning, remedy, field } = report;
  return {
    type: `urn:batonkit:error:${code}`,
    title,
    status,
    detail: `${meaning} ${remedy}`.trim(),
    code,
    meaning,
    remedy,
    ...(field === undefined ? {} : { field }),
  };
}

export function sendProblem(context: Context, thrown: unknown): Response {
  const problem = problemOf(thrown);
  return context.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  });
}
