import { errorTable, row, Status } from '@batonkit/kernel';

/** Codes of this package. */
export const fail = errorTable({
  'BK-CONFORMANCE-YAML': row<{ path: string; what: string }>({
    status: Status.Unknown,
    title: ({ path, what }) => `${path} cannot be used: ${what}.`,
    meaning: 'Nothing was started.',
    remedy: 'See the README of @batonkit/conformance for what such a file holds.',
  }),
  'BK-CONFORMANCE-TARGET': row<{ why: string }>({
    status: Status.Unavailable,
    title: ({ why }) => `The target of the program could not be started: ${why}.`,
    meaning: 'No check was made.',
    remedy: 'Run the command under target.command by hand; its first line has to be JSON.',
  }),
});
