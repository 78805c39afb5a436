import { errorTable, row, Status } from '@batonkit/kernel';

const nothingSaved = 'The file would not be what the tenant holds, so nothing was saved.';
const tellAuthor = 'Report it to the authors of the connector.';

/** The syncer's codes: what a connector may not do, and what ends a sync. */
export const fail = errorTable({
  'BK-SYNC-STUCK': row<{ call: string; what: string }>({
    status: Status.Internal,
    title: ({ call, what }) => `The connector's ${call} goes round in a circle: ${what}.`,
    meaning: `The list has no end that could be trusted. ${nothingSaved}`,
    remedy: tellAuthor,
  }),
  'BK-SYNC-NO-TYPES': row({
    status: Status.FailedPrecondition,
    title: 'The connector has no resource types.',
    meaning: 'Without types there is nothing to read, which is never a true answer. Nothing was saved.',
    remedy: tellAuthor,
  }),
  'BK-SYNC-SCOPE': row<{ type: string }>({
    status: Status.Unknown,
    field: 'sync-resource-types',
    title: ({ type }) => `The connector has no resource type ${type}.`,
    meaning: 'What was asked for cannot be read. Nothing was saved.',
    remedy: 'Look at the output of capabilities for the types it has.',
  }),
  'BK-SYNC-TARGET': row({
    status: Status.InvalidArgument,
    field: 'sync-resources',
    title: 'A resource to be synced by itself is named without type or id.',
    meaning: 'What was asked for cannot be read. Nothing was requested.',
    remedy: 'Name each by its Baton id, such as bid:r:role/admin.',
  }),
  'BK-SYNC-ROW': row<{ call: string; fault: string }>({
    status: Status.DataLoss,
    title: ({ call, fault }) => `The connector's ${call} answered ${fault}.`,
    meaning: nothingSaved,
    remedy: tellAuthor,
  }),
  'BK-SYNC-EXCLUSION': row<{ call: string; fault: string }>({
    status: Status.DataLoss,
    title: ({ call, fault }) => `The connector's ${call} answered ${fault}.`,
    meaning: `Which of them may be held together cannot be told. ${nothingSaved}`,
    remedy: tellAuthor,
  }),
  'BK-SYNC-FORM': row<{ call: string; form: string }>({
    status: Status.Unimplemented,
    title: ({ call, form }) => `The connector's ${call} uses ${form}, which this release does not understand.`,
    meaning: `Leaving it out would lose access from the file. ${nothingSaved}`,
    remedy: 'Sync this connector with its own program.',
  }),
  'BK-EVIDENCE': row<{ fault: string }>({
    status: Status.DataLoss,
    title: ({ fault }) => `The proof that this sync is complete does not hold: ${fault}.`,
    meaning: 'A partial read could be taken for the whole, so nothing was saved.',
    remedy: 'Run it again; if it happens twice, report it to the authors of the connector.',
  }),
  'BK-NO-PROGRESS': row<{ minutes: number }>({
    status: Status.Unavailable,
    title: ({ minutes }) => `Nothing has arrived for ${minutes} minutes.`,
    meaning: 'The system that is read does not answer any more. Nothing was saved.',
    remedy: 'Check that it is up and that this machine reaches it, then run it again.',
  }),
  'BK-CERT-WRITE': row<{ path: string; why: string }>({
    status: Status.Unknown,
    field: 'file',
    title: ({ path, why }) => `${path} cannot be written: ${why}.`,
    meaning: 'The certificate belongs there, and no file is saved without one. Nothing was requested.',
    remedy: 'Move away what is there, or name another file with --file.',
  }),
  'BK-DISK': row<{ path: string }>({
    status: Status.ResourceExhausted,
    title: ({ path }) => `The disk that holds ${path} is full.`,
    meaning: 'The certificate could not be stored beside the file. Nothing was saved.',
    remedy: 'Free some space, then run it again.',
  }),
  'BK-REMOTE': row<{ where: string; why: string }>({
    status: Status.Unavailable,
    title: ({ where, why }) => `The connector at ${where} cannot be used: ${why}.`,
    meaning: 'Nothing was asked for and nothing was saved.',
    remedy: 'Check the address, that the connector is served there, and the certificates of both sides.',
  }),
  'BK-CHILD-ENDED': row<{ how: string }>({
    status: Status.Unavailable,
    title: ({ how }) => `The program of the connector ended by itself, ${how}.`,
    meaning: 'What it had not answered is missing, so nothing was saved.',
    remedy: 'Look at what it wrote on standard error, then run it again.',
  }),
  'BK-CANCELED': row({
    status: Status.Canceled,
    title: 'The sync was stopped.',
    meaning: 'Nothing was saved, and no file has changed.',
    remedy: 'Start it again when you are ready.',
  }),
  'BK-CONNECTOR': row<{ status: Status; call: string }>({
    status: Status.Unknown,
    title: ({ status, call }) => `The connector's ${call} failed: ${reasons[status]}.`,
    meaning: 'One failed call makes the read incomplete, so nothing was saved.',
    remedy: ({ status }) => remedies[status] ?? 'Look at the log of the connector, then run it again.',
  }),
});

const reasons: Record<Status, string> = {
  1: 'it was stopped',
  2: 'it gave no reason',
  3: 'it refuses what it was asked',
  4: 'it took too long',
  5: 'it does not find what it was asked for',
  6: 'something exists already',
  7: 'its credentials may not read this',
  8: 'it ran out of a resource',
  9: 'it is not in a state to answer',
  10: 'it gave up in the middle',
  11: 'it was asked beyond an end',
  12: 'it does not have this call',
  13: 'it made a mistake of its own',
  14: 'the system behind it does not answer',
  15: 'data was lost on the way',
  16: 'its credentials were refused',
};

const remedies: Partial<Record<Status, string>> = {
  4: 'Run it again when the system that is read is less busy.',
  7: 'Use credentials that may list users, roles and assignments.',
  14: 'Check that the system that is read is up, then run it again.',
  16: 'Check the credentials in the configuration of the connector.',
};
