import type { ErrorReport } from '@batonkit/kernel';

/** What a span says of work that failed. */
export const failureAttributes = ({ code, status }: ErrorReport): Record<string, string | number> => ({
  'error.code': code,
  'rpc.grpc.status_code': status,
});
