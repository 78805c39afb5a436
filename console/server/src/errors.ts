import { errorTable, row, Status } from '@batonkit/kernel';

/** The console server's codes. */
export const fail = errorTable({
  'BK-REQUEST': row<{ where: string; what: string }>({
    status: Status.InvalidArgument,
    title: 'The request has a form that the console does not know.',
    meaning: ({ where, what }) => `In the ${where}: ${what} Nothing was changed.`,
    remedy: 'Compare it with /api/v1/openapi.json.',
  }),
  'BK-REQUEST-JSON': row({
    status: Status.InvalidArgument,
    title: 'The body of the request is not JSON.',
    meaning: 'Nothing was changed.',
    remedy: 'Send one JSON value with the header Content-Type: application/json.',
  }),
  'BK-REQUEST-TYPE': row({
    status: Status.InvalidArgument,
    title: 'The body of the request is not declared as JSON.',
    meaning: 'Other forms could be sent by another web site, so they are refused. Nothing was changed.',
    remedy: 'Send the header Content-Type: application/json.',
  }),
  'BK-REQUEST-SIZE': row<{ limit: string }>({
    status: Status.InvalidArgument,
    title: 'The body of the request is too large.',
    meaning: ({ limit }) => `At most ${limit} are taken. Nothing was changed.`,
    remedy: 'Send less.',
  }),
  'BK-NOT-FOUND': row<{ what: string }>({
    status: Status.NotFound,
    title: ({ what }) => `There is no such ${what}.`,
    meaning: 'It was removed, or the address is mistyped.',
    remedy: 'Start again from the list.',
  }),
  'BK-API-PATH': row({
    status: Status.NotFound,
    title: 'There is nothing at this address of the API.',
    meaning: 'No operation has this path.',
    remedy: 'The operations are listed in /api/v1/openapi.json.',
  }),
  'BK-API-METHOD': row<{ allowed: string }>({
    status: Status.Unimplemented,
    title: 'This address of the API does not take that method.',
    meaning: ({ allowed }) => `It takes ${allowed}.`,
    remedy: 'The operations are listed in /api/v1/openapi.json.',
  }),
  'BK-HOST': row({
    status: Status.PermissionDenied,
    title: 'The request names a host that is not this console.',
    meaning: 'A foreign web site may be trying to reach it through your browser.',
    remedy: 'Open the address that the console printed when it started.',
  }),
  'BK-ORIGIN': row({
    status: Status.PermissionDenied,
    title: 'The request comes from another web site.',
    meaning: 'The console only takes changes from its own pages. Nothing was changed.',
    remedy: 'Open the address that the console printed when it started.',
  }),
  'BK-SESSION': row({
    status: Status.Unauthenticated,
    title: 'You are not signed in.',
    meaning: 'There is no session, or it has ended.',
    remedy: 'Open the sign-in link that the console prints when it starts.',
  }),
  'BK-SIGN-IN': row({
    status: Status.Unauthenticated,
    title: 'This sign-in link does not work any more.',
    meaning: 'It was used once already, or it is older than an hour.',
    remedy: 'Start the console again and open the link that it prints.',
  }),
  'BK-CONTRACT': row({
    status: Status.Internal,
    title: 'The console made an answer that its own description does not allow.',
    meaning: 'Nothing is shown rather than something wrong. Stored data is not affected.',
    remedy: 'Reload the page. If it comes again, report it with the log of the console.',
  }),
  'BK-CATALOG': row<{ program: string; reason: string }>({
    status: Status.FailedPrecondition,
    title: ({ program }) => `The connector program ${program} does not describe itself.`,
    meaning: ({ reason }) => `${reason} Without its description the console cannot offer it, so it did not start.`,
    remedy: 'Run the program with "config" and with "capabilities" and see what it prints.',
  }),
  'BK-CATALOG-GONE': row<{ id: string }>({
    status: Status.FailedPrecondition,
    title: ({ id }) => `The console was started without the connector program "${id}".`,
    meaning: 'Its settings cannot be checked and no sync can start. The data of earlier syncs is unchanged.',
    remedy: 'Start the console with --connector and the path of that program.',
  }),
  'BK-SECRET-AGAIN': row<{ label: string; because: string }>({
    status: Status.InvalidArgument,
    title: ({ label }) => `Enter the ${label} again.`,
    meaning: ({ because }) =>
      `The ${because} has changed. The stored secret belongs to the address it was entered for and is not sent to another one. Nothing was saved.`,
    remedy: 'Paste the secret that belongs to the new address, and save again.',
  }),
  'BK-CONFIG-KIND': row<{ label: string; expected: string }>({
    status: Status.Unknown,
    title: ({ label, expected }) => `${label} is not ${expected}.`,
    meaning: 'Nothing was saved.',
    remedy: ({ expected }) => `Enter ${expected}.`,
  }),
  'BK-ACCEPT-REASON': row({
    status: Status.InvalidArgument,
    title: 'The exceptions have no reason.',
    meaning: 'Whoever reads the certificate must see why they are right for this tenant. Nothing was saved.',
    remedy: 'Say why, in a sentence.',
  }),
  'BK-ADDRESS': row<{ label: string; origin: string }>({
    status: Status.PermissionDenied,
    title: ({ label }) => `The ${label} points to the machine that the console runs on.`,
    meaning: ({ origin }) =>
      `A connector could reach services there that only this machine may use, so ${origin} was not saved.`,
    remedy: 'Enter the address of your instance, or start the console with --allow-origin and this origin.',
  }),
  'BK-NOT-CONFIGURED': row<{ missing: string }>({
    status: Status.FailedPrecondition,
    title: 'The connector has no complete settings.',
    meaning: ({ missing }) => `${missing} No sync was started.`,
    remedy: 'Open Settings, fill in what is missing and save.',
  }),
  'BK-SECRET-STORE': row({
    status: Status.DataLoss,
    title: 'A stored secret cannot be read.',
    meaning: 'The key file of the data directory is not the one it was stored with, or the database was changed.',
    remedy: 'Put the right key file back, or enter the secret again in Settings.',
  }),
  'BK-KEY-MODE': row<{ path: string }>({
    status: Status.FailedPrecondition,
    title: ({ path }) => `Other users of this machine can read ${path}.`,
    meaning: 'With it the stored secrets can be read, so the console did not start.',
    remedy: 'Make it readable for its owner only (chmod 600), and replace the stored API keys.',
  }),
  'BK-KEY-FORM': row<{ path: string }>({
    status: Status.DataLoss,
    title: ({ path }) => `${path} does not hold a key.`,
    meaning: 'Stored secrets cannot be read without it, so the console did not start.',
    remedy: 'Put the right key file back from your backup.',
  }),
  'BK-KEY-LOST': row<{ path: string }>({
    status: Status.DataLoss,
    title: ({ path }) => `${path} is missing, but there is a database beside it.`,
    meaning: 'Stored secrets cannot be read without it, so the console did not start.',
    remedy: 'Put the key file back from your backup.',
  }),
  'BK-DATA-FOREIGN': row<{ path: string }>({
    status: Status.FailedPrecondition,
    title: ({ path }) => `${path} holds something that is not a console's.`,
    meaning: 'A console locks its data directory for everybody else, so it takes none that is used otherwise.',
    remedy: 'Name another directory with --data: a new one, an empty one, or that of an earlier start.',
  }),
  'BK-DATA-OWNER': row<{ path: string }>({
    status: Status.FailedPrecondition,
    title: ({ path }) => `Others can look into ${path}, and it belongs to another user.`,
    meaning: 'Only its owner may lock it, and secrets must not lie where others can read. The console did not start.',
    remedy: 'Let its owner take the rights of others away (chmod 700), or name another directory with --data.',
  }),
  'BK-RUN-STALLED': row<{ minutes: number }>({
    status: Status.Unavailable,
    title: ({ minutes }) => `The sync made no progress for ${minutes} minutes.`,
    meaning: 'The connector program was ended. Nothing was applied; the data of earlier syncs is unchanged.',
    remedy: 'See in the request log what it was waiting for, then choose Sync now.',
  }),
  'BK-START': row<{ reason: string }>({
    status: Status.Internal,
    title: 'The console could not be started.',
    meaning: ({ reason }) => `The system said ${reason}.`,
    remedy: 'Check that the data directory can be written and has free space, then start again.',
  }),
  'BK-PORT': row<{ port: number }>({
    status: Status.FailedPrecondition,
    title: ({ port }) => `Port ${port} on 127.0.0.1 is taken by another program.`,
    meaning: 'The console did not start.',
    remedy: 'Choose another one with --port, or --port 0 for a free one.',
  }),
  'BK-RUN-START': row({
    status: Status.Unavailable,
    title: 'The connector program could not be started.',
    meaning: 'No sync took place. The data of earlier syncs is unchanged.',
    remedy: 'Look at the log of the console; the program may have been moved or removed.',
  }),
  'BK-RUN-PROTOCOL': row<{ what: string }>({
    status: Status.DataLoss,
    title: 'The connector program reported in a form that the console does not know.',
    meaning: ({ what }) => `${what} Nothing was applied; the data of earlier syncs is unchanged.`,
    remedy: 'Use a connector program of the same release as the console.',
  }),
  'BK-RUN-INCOMPLETE': row<{ reason: string }>({
    status: Status.DataLoss,
    title: 'The sync has no certificate of a complete reading.',
    meaning: ({ reason }) => `${reason} Nothing was applied; the data of earlier syncs is unchanged.`,
    remedy: 'Choose Sync now. If it comes again, report it with the log of the console.',
  }),
  'BK-RUN-NARROWED': row({
    status: Status.FailedPrecondition,
    title: 'The sync holds only a part of the tenant.',
    meaning:
      'Some resource types or grants were left out on purpose. The console would take them for removed, so nothing was applied.',
    remedy: 'Set the connector to read everything, then choose Sync now.',
  }),
  'BK-FILE-GONE': row<{ syncId: string }>({
    status: Status.NotFound,
    title: ({ syncId }) => `The file of sync ${syncId} is no longer here.`,
    meaning: 'Somebody removed it from the data directory. What the console shows of that sync is unchanged.',
    remedy: 'Put it back from a backup of artefacts/; its certificate can still be had.',
  }),
  'BK-INGEST': row<{ what: string }>({
    status: Status.DataLoss,
    title: 'The file of the sync holds something that the console does not know.',
    meaning: ({ what }) => `${what} Nothing was applied; the data of earlier syncs is unchanged.`,
    remedy: 'Use a connector program of the same release as the console.',
  }),
});
