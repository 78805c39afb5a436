import type { EndedWork } from './trace.ts';

interface MadeRequest {
  method: string;
  /** Template. */
  path: string;
  status: number;
  ms: number;
  attempt: number;
}

/** A request to the target as a span: what was asked as a template, and what came of it. */
export function requestSpan({ method, path, status, ms, attempt }: MadeRequest, endedAt: number): EndedWork {
  return {
    name: `${method} ${path}`,
    startedAt: endedAt - ms,
    endedAt,
    isWell: status >= 200 && status < 300,
    attributes: {
      'http.request.method': method,
      'http.response.status_code': status,
      'http.request.resend_count': attempt - 1,
    },
  };
}
