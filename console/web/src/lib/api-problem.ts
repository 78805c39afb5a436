import type { ErrorReport, Problem } from '@batonkit/console-contract';

/** A refusal of the console, with the same texts as everywhere. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }

  /** Findings about fields of a form. */
  get fields(): ErrorReport[] {
    return this.problem.problems ?? [];
  }

  static unreachable(): ApiProblem {
    return ofThisPage(
      'BK-WEB-UNREACHABLE',
      'The console does not answer.',
      'It was stopped, or the connection to it is interrupted. What this page shows may be old.',
      'Start the console again; this page goes on by itself.',
    );
  }

  static unknownAnswer(): ApiProblem {
    return ofThisPage(
      'BK-WEB-ANSWER',
      'The console answered in a form that this page does not know.',
      'Nothing is shown rather than something wrong.',
      'Reload the page; it may be older than the console.',
    );
  }
}

/** Texts for anything thrown. */
export function reportOf(error: unknown): Pick<ErrorReport, 'code' | 'title' | 'meaning' | 'remedy'> {
  if (error instanceof ApiProblem) return error.problem;
  return {
    code: 'BK-WEB-FAULT',
    title: 'This page has a fault.',
    meaning: 'It cannot be shown. Data of the console is not affected.',
    remedy: 'Reload the page. If it comes again, report what you did.',
  };
}

function ofThisPage(code: string, title: string, meaning: string, remedy: string): ApiProblem {
  return new ApiProblem({
    type: `urn:batonkit:error:${code}`,
    title,
    status: 0,
    detail: `${meaning} ${remedy}`,
    code,
    meaning,
    remedy,
  });
}
