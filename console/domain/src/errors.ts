import { errorTable, row, Status } from '@batonkit/kernel';

export const fail = errorTable({
  'BK-RUN-DIED': row<{ attempts: number }>({
    status: Status.Unavailable,
    title: ({ attempts }) => `The sync ended ${attempts} times without a result.`,
    meaning: 'The program that reads the tenant was killed or crashed each time. Nothing was applied.',
    remedy: 'Look into the log of this console and whether the machine runs out of memory, then start a sync again.',
  }),
  'BK-FIRST-EMPTY': row<{ what: string }>({
    status: Status.FailedPrecondition,
    title: ({ what }) => `The first sync has no ${what}.`,
    meaning: 'A tenant always has some, so the answer is taken for a fault. Nothing was applied.',
    remedy: 'Check that the key is of this tenant and may read it all, then start a sync again.',
  }),
  'BK-FIRST-OWNER': row({
    status: Status.FailedPrecondition,
    title: 'The first sync lacks the account that the key belongs to.',
    meaning: 'A list without the reader itself is not the whole list. Nothing was applied.',
    remedy: 'Check that the key is of this tenant and may read it all, then start a sync again.',
  }),
});
