import { errorTable, row, Status } from '@batonkit/kernel';

const nothing = 'Nothing was read and nothing was changed.';

/** Codes of this package. A wrong command line ends with 2, as in the genuine program. */
export const fail = errorTable({
  'BK-CLI-USAGE': row<{ what: string; command: string }>({
    status: Status.Unknown,
    title: ({ what }) => `The command line cannot be understood: ${what}.`,
    meaning: nothing,
    remedy: ({ command }) => `Run "${command} --help" for what it takes.`,
  }),
  'BK-CLI-LATER': row<{ what: string }>({
    status: Status.Unknown,
    title: ({ what }) => `${what} is not part of this release.`,
    meaning: nothing,
    remedy: 'Run "c1z --help" for the views that there are.',
  }),
  'BK-CLI-ROW': row<{ type: string }>({
    status: Status.DataLoss,
    title: ({ type }) => `A ${type} of the file cannot be shown: something in it cannot be parsed.`,
    meaning: 'What was printed before it is not the whole answer.',
    remedy: 'Run "c1z verify", or get the file again from where it was made.',
  }),
  'BK-CLI-DIFF': row<{ path: string; count: number }>({
    status: Status.Unknown,
    title: ({ path, count }) =>
      count === 0 ? `${path} holds no finished full sync.` : `${path} holds one finished full sync only.`,
    meaning: 'There is nothing to compare.',
    remedy: 'Sync into the file again; it keeps the newest two.',
  }),
  'BK-CLI-OUT': row<{ path: string; why: string }>({
    status: Status.Unknown,
    title: ({ path, why }) => `${path} cannot be written: ${why}.`,
    meaning: 'Nothing was exported.',
    remedy: 'Name another place with --out.',
    field: 'out',
  }),
  'BK-ADMINS-NO-ROLES': row<{ path: string }>({
    status: Status.FailedPrecondition,
    title: ({ path }) => `${path} lists no roles.`,
    meaning: 'It does not say who can administer, which is not the same as nobody.',
    remedy: 'Sync again with a connector that lists roles, or look at its grants with "c1z grants".',
  }),
  'BK-ADMINS-PARTIAL': row<{ path: string; type: string }>({
    status: Status.FailedPrecondition,
    title: ({ path, type }) => `${path} holds a sync of type ${type}, which is not the whole tenant.`,
    meaning: 'A list of administrators made from it would leave people out.',
    remedy: 'Make a full sync.',
  }),
  'BK-VERIFY-FAILED': row<{ path: string; count: number }>({
    status: Status.DataLoss,
    title: ({ path, count }) => `${path} did not pass: ${count === 1 ? 'one check' : `${count} checks`} failed.`,
    meaning: 'What it says about access cannot be relied on.',
    remedy: 'Get file and certificate again from where they were made, or sync again.',
  }),
  'BK-VERIFY-UNCERTIFIED': row<{ path: string; certificate: string }>({
    status: Status.NotFound,
    title: ({ path, certificate }) => `${path} is uncertified: there is no ${certificate}.`,
    meaning: 'The file is whole, but nothing says that it shows the whole tenant.',
    remedy: 'Put the certificate that was written with the file beside it, or sync again with BatonKit.',
  }),
  'BK-VERIFY-READ': row<{ certificate: string; why: string }>({
    status: Status.Unknown,
    title: ({ certificate, why }) => `${certificate} cannot be read: ${why}.`,
    meaning: 'Whether the file is certified is not known.',
    remedy: 'Check who may read it, and that it is a certificate.',
  }),
});
