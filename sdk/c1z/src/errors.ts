import { dirname } from 'node:path';
import { BatonError, errorTable, isDiskFull, row, Status } from '@batonkit/kernel';

const unchanged = 'Nothing was read from it, and it was not changed.';
const again = 'Get the file again from where it was made.';
type File = { path: string };
const expansionFaults = {
  gives: 'whose entitlement was not listed',
  names: 'whose members are those of an entitlement that was not listed',
  foreign: 'whose members are those of another resource',
  deep: 'that is in a chain of more than 20 entitlements',
};

/** Codes of this package. */
export const fail = errorTable({
  'BK-C1Z-EXISTS': row<File & { why: string }>({
    status: Status.Unknown,
    title: ({ path, why }) => `${path} is there already, and nothing can be added to it: ${why}.`,
    meaning: 'A sync joins the runs that a file holds, and never replaces what it cannot keep. The file is as it was.',
    remedy: 'Move the file and its certificate away, or name another with --file.',
    field: 'file',
  }),
  'BK-C1Z-WRITE': row<File & { why: string }>({
    status: Status.Unknown,
    title: ({ path, why }) => `${path} cannot be written: ${why}.`,
    meaning: 'Nothing was requested and nothing was saved.',
    remedy: 'Name a folder that exists and that this user may write to, with --file.',
    field: 'file',
  }),
  'BK-DISK': row<File>({
    status: Status.ResourceExhausted,
    title: ({ path }) => `The disk that holds ${path} is full.`,
    meaning: 'Nothing was saved.',
    remedy: 'Free some space, then run it again.',
  }),
  'BK-C1Z-ID': row<{ what: string }>({
    status: Status.DataLoss,
    title: ({ what }) => `The connector gave ${what}.`,
    meaning: 'Such a row cannot be told from others, so nothing was saved.',
    remedy: 'Report it to the maintainers of the connector.',
  }),
  'BK-C1Z-ROW': row<{ what: string }>({
    status: Status.DataLoss,
    title: ({ what }) => `The connector gave ${what}.`,
    meaning: 'Other readers would refuse the file or read it wrong, so nothing was saved.',
    remedy: 'Report it to the maintainers of the connector.',
  }),
  'BK-C1Z-DUPLICATE': row<{ table: string }>({
    status: Status.DataLoss,
    title: ({ table }) => `The connector gave two different rows with one id among the ${table}.`,
    meaning: 'One of them would have been lost, so nothing was saved.',
    remedy: 'Report it to the maintainers of the connector.',
  }),
  'BK-C1Z-DANGLING': row<{ count: number; what: string }>({
    status: Status.DataLoss,
    title: ({ count, what }) => `${count} ${what}.`,
    meaning: 'A part of the tenant was not read, so nothing was saved.',
    remedy: 'Run it again; if it stays, report it to the maintainers of the connector.',
  }),
  'BK-C1Z-EXPANSION': row<{ fault: 'gives' | 'names' | 'foreign' | 'deep' }>({
    status: Status.DataLoss,
    title: ({ fault }) => `The connector gave a grant to a group ${expansionFaults[fault]}.`,
    meaning: 'Members of the group would have been left out, or others let in, so nothing was saved.',
    remedy: 'Report it to the maintainers of the connector.',
  }),
  'BK-C1Z-FRAME': row<File>({
    status: Status.DataLoss,
    title: ({ path }) => `${path} did not read back as it was written.`,
    meaning: 'The disk or the compressor lost something, so nothing was saved.',
    remedy: 'Check the disk, then run it again.',
  }),
  'BK-C1Z-MISSING': row<File>({
    status: Status.NotFound,
    title: ({ path }) => `There is no file ${path}.`,
    meaning: 'There is nothing to read.',
    remedy: 'Check the path, or run a sync that writes it.',
  }),
  'BK-C1Z-READ': row<File & { why: string }>({
    status: Status.Unknown,
    title: ({ path, why }) => `${path} cannot be read: ${why}.`,
    meaning: unchanged,
    remedy: 'Check who may read it.',
  }),
  'BK-C1Z-MAGIC': row<File>({
    status: Status.Unknown,
    title: ({ path }) => `${path} is not a .c1z file.`,
    meaning: unchanged,
    remedy: 'Check the path.',
  }),
  'BK-C1Z-V3': row<File>({
    status: Status.Unknown,
    title: ({ path }) => `${path} is a .c1z of version 3 (pebble), which this release does not read.`,
    meaning: 'It was not looked into any further.',
    remedy: 'Run the connector with --storage-engine sqlite, which writes version 1.',
  }),
  'BK-C1Z-DAMAGED': row<File & { how: string }>({
    status: Status.Unknown,
    title: ({ path, how }) => `${path} is damaged: ${how}.`,
    meaning: unchanged,
    remedy: again,
  }),
  'BK-C1Z-TOO-LARGE': row<File & { limit: number }>({
    status: Status.ResourceExhausted,
    title: ({ path, limit }) => `${path} unpacks to more than ${Math.round(limit / 1048576)} MiB.`,
    meaning: unchanged,
    remedy: 'If the file is to be trusted, raise the limit.',
  }),
  'BK-C1Z-NO-SYNC': row<File & { syncId: string }>({
    status: Status.NotFound,
    title: ({ path, syncId }) => `${path} holds no sync with the id ${syncId}.`,
    meaning: 'There is nothing to show.',
    remedy: 'Run "c1z syncs" for the ids that there are.',
    field: 'sync-id',
  }),
  'BK-C1Z-CONTENT': row<File & { how: string }>({
    status: Status.DataLoss,
    title: ({ path, how }) => `${path} does not hold what a .c1z must: ${how}.`,
    meaning: 'What it says about access cannot be relied on.',
    remedy: again,
  }),
});

/**
 * Errors of SQLite and of the file system that a user can do something about; anything else stays as it is.
 *
 * @param folder where it was written, if not beside `path`
 */
export function explainWrite(error: unknown, path: string, folder = dirname(path)): unknown {
  if (error instanceof BatonError) return error;
  return isDiskFull(error, folder) ? fail('BK-DISK', { path }, { cause: error }) : error;
}

/** What SQLite says about a file that is read. */
export function explainSqlite(error: unknown, path: string): unknown {
  const errcode = error instanceof Error && 'errcode' in error ? Number(error.errcode) % 256 : 0;
  if (errcode === 26)
    return fail('BK-C1Z-DAMAGED', { path, how: 'its content is not a SQLite database' }, { cause: error });
  if (errcode === 11) return fail('BK-C1Z-DAMAGED', { path, how: 'its database is malformed' }, { cause: error });
  if (error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE')
    return fail('BK-C1Z-CONTENT', { path, how: 'a number in it is too large' }, { cause: error });
  if (errcode === 19)
    return fail('BK-C1Z-CONTENT', { path, how: 'a row of it is not one that the schema takes' }, { cause: error });
  if (errcode === 1) return fail('BK-C1Z-CONTENT', { path, how: 'a column is missing' }, { cause: error });
  return error;
}
