import { errorTable, row, Status } from '@batonkit/kernel';

/** Codes of this package. */
export const fail = errorTable({
  'BK-EVIDENCE': row<{ what: string }>({
    status: Status.DataLoss,
    title: ({ what }) => `The connector's evidence cannot be read: ${what}.`,
    meaning: 'Without it nobody can say that the lists were read completely, so nothing was saved.',
    remedy: 'Use matching versions of connector and SDK; if they match, report it to the maintainers of the connector.',
  }),
});
