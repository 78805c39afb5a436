import { errorTable, row, Status } from '@batonkit/kernel';

const unchanged = 'Nothing was handed on or saved, and existing data is unchanged.';
const report = 'If it stays so, report it to the maintainers of the connector.';

interface OfList {
  list: string;
  path: string;
}

/** Codes of this package. */
export const fail = errorTable({
  'BK-READ-DRIFT': row<{ what: string }>({
    status: Status.Aborted,
    title: ({ what }) => `The source changed while it was read: two readings differ in ${what}.`,
    meaning: `So no reading of it is true for one moment. ${unchanged}`,
    remedy: 'Run it again, best when fewer changes are made.',
  }),
  'BK-READ-COUNT': row<OfList & { count: number; distinct: number }>({
    status: Status.DataLoss,
    title: ({ list, count, distinct }) => `The source says that it has ${count} ${list}, but gives ${distinct}.`,
    meaning: `Some may be missing. ${unchanged}`,
    remedy: `Run it again, with another page size if the connector has such a setting. ${report}`,
  }),
  'BK-READ-REPEAT': row<OfList & { page: number }>({
    status: Status.DataLoss,
    title: ({ list, page }) => `Page ${page} of the ${list} brings nothing but what came before.`,
    meaning: `The end of the list cannot be reached. ${unchanged}`,
    remedy: `Run it again, with another page size if the connector has such a setting. ${report}`,
  }),
  'BK-READ-TOO-MANY': row<OfList & { limit: number }>({
    status: Status.DataLoss,
    title: ({ list, limit }) => `The source has more than ${limit} ${list}.`,
    meaning: `That is more than is believed. ${unchanged}`,
    remedy: 'Check that the address is the right one.',
  }),
  'BK-READ-ORPHANS': row<{ list: string; of: string; members: number }>({
    status: Status.DataLoss,
    title: ({ list, of, members }) => `The ${list} name ${members} of the ${of} that their own list does not have.`,
    meaning: `Each is found by itself, so the list is not whole. ${unchanged}`,
    remedy: `Check that the account that reads may see everybody. ${report}`,
  }),
  'BK-READ-PLAN': row({
    status: Status.DataLoss,
    title: 'No known way of reading fits the form of this source.',
    meaning: unchanged,
    remedy: 'Report it to the maintainers of the connector.',
  }),
  'BK-SPOOL': row<{ code: string }>({
    status: Status.Unknown,
    title: ({ code }) => `The working directory cannot be used (${code}).`,
    meaning: unchanged,
    remedy: 'Check that it exists and may be written to.',
  }),
  'BK-SPOOL-FULL': row({
    status: Status.ResourceExhausted,
    title: 'The disk that holds the working directory is full.',
    meaning: unchanged,
    remedy: 'Free some space, then run it again.',
  }),
  'BK-TYPE': row<{ type: string }>({
    status: Status.NotFound,
    title: ({ type }) => `This connector has no resource type ${type}.`,
    meaning: 'The call was refused.',
    remedy: 'Ask for one of the types that ListResourceTypes names.',
  }),
  'BK-RESOURCE': row<{ type: string }>({
    status: Status.NotFound,
    title: ({ type }) => `A ${type} was asked for that is not part of this sync.`,
    meaning: 'An empty answer would look as if nobody had access to it, so the call was refused.',
    remedy: 'List the resources again in the same sync, then ask for those.',
  }),
  'BK-SCOPE': row<{ type: string }>({
    status: Status.InvalidArgument,
    title: ({ type }) =>
      `Whether rows of the type ${type} are listed by resource or for the whole type was not respected.`,
    meaning: 'An empty answer would look as if nobody had access, so the call was refused.',
    remedy: 'Ask as the annotations of the resource type say.',
  }),
  'BK-TOKEN': row({
    status: Status.InvalidArgument,
    title: 'The page token is not one of this sync.',
    meaning: 'The connector may have been started anew. The call was refused.',
    remedy: 'Start the sync again.',
  }),
  'BK-SYNC-OLD': row({
    status: Status.FailedPrecondition,
    title: 'This sync was begun with an earlier reading.',
    meaning: 'Rows of two readings in one file would look like one, so the call was refused.',
    remedy: 'Remove the unfinished file, or name another one, and start a new sync.',
  }),
  'BK-SYNC': row({
    status: Status.FailedPrecondition,
    title: 'Another sync has begun in this connector.',
    meaning: 'Pages of two syncs do not mix, so the older one was ended.',
    remedy: 'Start the sync again, one at a time.',
  }),
});
