import { errorTable, row, Status } from '@batonkit/kernel';

/** Codes of service mode: credentials, C1 itself, and the ways in which a task ends. */
export const failC1 = errorTable({
  'BK-C1-ID': row({
    status: Status.Unknown,
    field: 'client-id',
    title: 'The client id is not of the form name@host/rest.',
    meaning: 'It says which C1 is asked for tasks, so nothing was started.',
    remedy: 'Copy it again from where the credential was made, without quotes, spaces or other characters around it.',
  }),
  'BK-C1-SECRET': row<{ fault: string }>({
    status: Status.Unknown,
    field: 'client-secret',
    title: ({ fault }) => `The client secret ${fault}.`,
    meaning: 'Nothing was sent, and nothing was started.',
    remedy: 'Copy it again, whole: it begins with secret-token: and has four parts with colons between them.',
  }),
  'BK-C1-HOST': row({
    status: Status.Unknown,
    title: 'BATON_C1_API_HOST is not a host with or without a port.',
    meaning: 'Nothing was started.',
    remedy: 'Give it as host or host:port, without https:// and without a path, or unset it.',
  }),
  'BK-TASK-DIR': row<{ path: string; reason: string }>({
    status: Status.Unknown,
    field: 'c1z-temp-dir',
    title: ({ path, reason }) => `${path} cannot be worked in: ${reason}.`,
    meaning: 'A sync writes its file there before it is uploaded.',
    remedy: 'Name another folder with --c1z-temp-dir or BATON_TMPDIR, or mount one that can be written there.',
  }),
  'BK-C1-TOKEN': row<{ status: number; skew: string }>({
    status: Status.Unauthenticated,
    title: ({ status }) => `C1 gives no access token for these credentials: its answer is ${status}.`,
    meaning: ({ skew }) => (skew === '' ? 'No task can be asked for.' : skew),
    remedy: ({ skew }) =>
      skew === ''
        ? 'Check that client id and secret belong together and were not revoked.'
        : 'Set the clock of this machine; if that does not help, check client id and secret.',
  }),
  'BK-C1-TOKEN-FORM': row({
    status: Status.Unauthenticated,
    title: 'What answers in place of C1 sends no access token.',
    meaning: 'Its answer is not that of a token endpoint, so no task can be asked for.',
    remedy: 'Check the host in the client id and BATON_C1_API_HOST, and whether a proxy answers instead.',
  }),
  'BK-C1-DOWN': row<{ why: string }>({
    status: Status.Unavailable,
    title: ({ why }) => `C1 cannot be reached: ${why}.`,
    meaning: 'Tasks wait until it is back.',
    remedy: 'Check name resolution, firewall, proxy and the trusted authorities (SSL_CERT_FILE, SSL_CERT_DIR).',
  }),
  'BK-C1-REFUSED': row<{ call: string; said: string }>({
    status: Status.Unauthenticated,
    title: ({ call, said }) => `C1 refuses ${call}${said === '' ? '' : `: ${said}`}.`,
    meaning: 'It would refuse it again, so the service does not go on.',
    remedy: 'Check that the credential is one of a connector and was not revoked.',
  }),
  'BK-C1-CALL': row<{ said: string }>({
    status: Status.Unknown,
    title: ({ said }) => `C1 refused a call${said === '' ? '' : `: ${said}`}.`,
    meaning: 'The task could not go on.',
    remedy: 'Run the task again.',
  }),
  'BK-C1-SILENT': row<{ call: string; seconds: number }>({
    status: Status.DeadlineExceeded,
    title: ({ call, seconds }) => `C1 did not answer ${call} within ${seconds} seconds.`,
    meaning: 'The call is given up.',
    remedy: 'It is tried again.',
  }),
  'BK-C1-CANCELED': row({
    status: Status.Canceled,
    title: 'C1 canceled the task.',
    meaning: 'The sync was stopped, and nothing was uploaded.',
    remedy: 'Nothing is to be done.',
  }),
  'BK-C1-LEASE': row<{ times: number }>({
    status: Status.Canceled,
    title: ({ times }) => `${times} heartbeats in a row failed.`,
    meaning: 'C1 may have given the task to another process, so it was stopped here.',
    remedy: 'C1 hands it out again.',
  }),
  'BK-C1-STOPPED': row({
    status: Status.Unavailable,
    title: 'The connector is being stopped.',
    meaning: 'The task was not finished within the grace period. Nothing of it was applied.',
    remedy: 'Run the task again, here or in another process.',
  }),
  'BK-C1-UNSUPPORTED': row<{ type: string }>({
    status: Status.Unknown,
    title: ({ type }) => `This connector does not support the task type ${type}.`,
    meaning: 'Nothing was done.',
    remedy: 'Do not send it to this connector.',
  }),
  'BK-C1-MALFORMED': row<{ type: string; missing: string }>({
    status: Status.Unknown,
    title: ({ type, missing }) => `The task ${type} is malformed: it has no ${missing}.`,
    meaning: 'Nothing was done.',
    remedy: 'Send it with all that it needs.',
  }),
  'BK-C1-PROVISIONING': row({
    status: Status.FailedPrecondition,
    title: 'Provisioning is not enabled: this connector only reads.',
    meaning: 'Nothing was changed.',
    remedy: 'Make the change in the system itself.',
  }),
  'BK-C1-TICKETING': row({
    status: Status.Unknown,
    title: 'Ticketing is not enabled: this connector has no tickets.',
    meaning: 'Nothing was done.',
    remedy: 'Do not send tasks about tickets to this connector.',
  }),
  'BK-C1-NOT-FOUND': row<{ what: string }>({
    status: Status.NotFound,
    title: ({ what }) => `This connector has no such ${what}.`,
    meaning: 'Nothing was done.',
    remedy: 'Ask for the list of what it has.',
  }),
  'BK-C1-ENGINE': row({
    status: Status.Unknown,
    field: 'storage-engine',
    title: 'The task asks for a storage engine that is not known.',
    meaning: 'Nothing was read.',
    remedy: 'Ask for sqlite, or for none.',
  }),
  'BK-C1-UPLOAD': row<{ attempts: number; said: string }>({
    status: Status.Unavailable,
    title: ({ attempts, said }) => `C1 did not take the file in ${attempts} attempts${said === '' ? '' : `: ${said}`}.`,
    meaning: 'The sync was complete, but C1 does not have it.',
    remedy: 'Run the task again.',
  }),
});
