import { errorTable, row, Status } from '@batonkit/kernel';

const seeHelp = ({ program }: { program: string }): string => `Run "${program} --help" for the list.`;

/** The runtime's codes: command line, configuration, and the ways in which a run ends. */
export const fail = errorTable({
  'BK-CLI-FLAG': row<{ flag: string; near?: string | undefined; program: string }>({
    status: Status.Unknown,
    title: ({ flag }) => `There is no flag ${flag} here.`,
    meaning: 'Nothing was read and nothing was written.',
    remedy: ({ near, program }) => (near === undefined ? seeHelp({ program }) : `Did you mean ${near}?`),
  }),
  'BK-CLI-COMMAND': row<{ word: string; near?: string | undefined; program: string }>({
    status: Status.Unknown,
    title: ({ word, program }) => `"${word}" is not a command of ${program}.`,
    meaning: 'Nothing was read and nothing was written.',
    remedy: ({ near, program }) =>
      near === undefined
        ? `A value belongs to its flag, as in --file sync.c1z. ${seeHelp({ program })}`
        : `Did you mean "${near}"?`,
  }),
  'BK-CLI-VALUE': row<{ flag: string }>({
    status: Status.Unknown,
    title: ({ flag }) => `The flag ${flag} has no value.`,
    meaning: 'Nothing was read and nothing was written.',
    remedy: ({ flag }) => `Write the value after it, as in ${flag} VALUE or ${flag}=VALUE.`,
  }),
  'BK-CONFIG-VALUE': row<{ source: string; expected: string }>({
    status: Status.Unknown,
    title: ({ source, expected }) => `${source} is not ${expected}.`,
    meaning: 'The program does not guess what was meant, so it did nothing.',
    remedy: ({ expected }) => `Give ${expected}.`,
  }),
  'BK-CONFIG-SECRET-FILE': row<{ variable: string; reason: string }>({
    status: Status.Unknown,
    title: ({ variable, reason }) => `The file that ${variable} names ${reason}.`,
    meaning: 'The secret is read from that file, so nothing could start.',
    remedy: 'Check the path, that this user may read the file, and that it holds the secret and nothing else.',
  }),
  'BK-CONFIG-SECRET-TWICE': row<{ variable: string }>({
    status: Status.Unknown,
    title: ({ variable }) => `Both ${variable} and ${variable}_FILE are set.`,
    meaning: 'They may hold different secrets, and nothing says which one is meant.',
    remedy: 'Unset one of them.',
  }),
  'BK-CONFIG-SEVERAL': row<{ count: number; list: string }>({
    status: Status.Unknown,
    title: ({ count }) => `${count} settings are missing or wrong.`,
    meaning: ({ list }) => list,
    remedy: 'Correct them all, then run it again.',
  }),
  'BK-CONFIG-YAML': row<{ path: string; reason: string }>({
    status: Status.Unknown,
    title: ({ path, reason }) => `The configuration file ${path} ${reason}.`,
    meaning: 'Settings that stand only there would be missing, so nothing was started.',
    remedy: 'Correct the file or its rights, move it away, or name another one in BATON_CONFIG_PATH.',
  }),
  'BK-CONFIG-YAML-ADDRESS': row<{ path: string; setting: string; secret: string }>({
    status: Status.Unknown,
    title: ({ path, setting, secret }) => `${path} sets ${setting}, and ${secret} comes from elsewhere.`,
    meaning:
      'Nobody named this file; it lay in the current folder. A secret is not sent to an address that was merely found.',
    remedy: ({ path, setting }) => `Give --${setting} yourself, or name the file: BATON_CONFIG_PATH=${path}.`,
  }),
  'BK-CONFIG-STDIN': row<{ variables: string }>({
    status: Status.Unknown,
    title: ({ variables }) => `${variables} all name standard input.`,
    meaning: 'It can be read only once, so nothing was started.',
    remedy: 'Give all but one of them in another way.',
  }),
  'BK-CONFIG-TYPE': row<{ type: string; program: string; known: string }>({
    status: Status.Unknown,
    field: 'sync-resource-types',
    title: ({ type, program }) => `${program} has no resource type ${JSON.stringify(type)}.`,
    meaning: 'Nothing was read and nothing was written.',
    remedy: ({ known }) => `Give some of ${known}.`,
  }),
  'BK-CA': row<{ variable: string; path: string }>({
    status: Status.Unknown,
    title: ({ variable, path }) => `${variable} names ${path}, from which no certificates can be read.`,
    meaning: 'The source would not be trusted without them, so nothing was started.',
    remedy: 'Check the path and that it holds certificates as PEM, or unset the variable.',
  }),
  'BK-PROXY': row<{ variable: string }>({
    status: Status.Unknown,
    title: ({ variable }) => `${variable} names no proxy that this program can use.`,
    meaning: 'Going around a proxy is not for this program to decide, so nothing was started.',
    remedy: 'Give it as http://host:port or https://host:port, with user:password@ before the host if it needs them.',
  }),
  'BK-CERT-KEY-FILE': row<{ path: string; reason: string }>({
    status: Status.Unknown,
    title: ({ path, reason }) => `The key file ${path} ${reason}.`,
    meaning: 'The certificate could not be signed, so nothing was started.',
    remedy: 'Name a file with a private Ed25519 key as PEM, made by: openssl genpkey -algorithm ed25519',
  }),
  'BK-REPORT': row<{ path: string }>({
    status: Status.Unknown,
    title: ({ path }) => `The report ${path} cannot be written.`,
    meaning: 'The checks were made, but their report is missing.',
    remedy: 'Name a file in a folder that exists and that this user may write to.',
  }),
  'BK-TEMP-DIR': row<{ path: string; why: string }>({
    status: Status.Unknown,
    title: ({ path, why }) => `The directory for temporary files, ${path}, ${why}.`,
    meaning: 'Nothing was read and nothing was written.',
    remedy: 'Make it and let this user write there, or name another with --c1z-temp-dir or BATON_TMPDIR.',
  }),
  'BK-OPERATION': row<{ what: string; program: string }>({
    status: Status.Unimplemented,
    title: ({ what, program }) => `${program} only reads: ${what} is nothing that it can do.`,
    meaning: 'Nothing was changed, and no sync was made.',
    remedy: 'Leave the flag out for a sync.',
  }),
  'BK-OPERATION-ABSENT': row<{ what: string; program: string }>({
    status: Status.NotFound,
    title: ({ what, program }) => `${program} has no ${what.replace(/^an? /, '')}.`,
    meaning: 'It only reads access into a file. No sync was made.',
    remedy: 'Leave the flag out for a sync.',
  }),
  'BK-LOG-PATH': row<{ path: string }>({
    status: Status.Unknown,
    title: ({ path }) => `The log file ${path} cannot be written.`,
    meaning: 'The run would leave no trace there, so it did not start.',
    remedy: 'Name a file in a folder that exists and that this user may write to.',
  }),
  'BK-OTEL': row<{ flag: string; reason: string }>({
    status: Status.Unknown,
    title: ({ flag, reason }) => `${flag} ${reason}.`,
    meaning: 'Traces and logs would not arrive, so nothing was started.',
    remedy: 'Correct it, or leave the collector out.',
  }),
  'BK-HEALTH-LISTEN': row<{ address: string; reason: string }>({
    status: Status.Unknown,
    field: 'health-check-port',
    title: ({ address }) => `The health checks cannot be served at ${address}.`,
    meaning: ({ reason }) => `${reason} Whoever watches this program would take it for dead, so it did not start.`,
    remedy: 'Choose another port with --health-check-port or another address with --health-check-bind-address.',
  }),
  'BK-HEALTH-ENDPOINT': row<{ endpoint: string }>({
    status: Status.Unknown,
    field: 'endpoint',
    title: ({ endpoint }) => `There is no health endpoint ${JSON.stringify(endpoint)}.`,
    meaning: 'Nothing was asked.',
    remedy: 'Give health (the target), ready (C1) or live (the process).',
  }),
  'BK-HEALTH-UNREACHABLE': row<{ url: string; reason: string }>({
    status: Status.Unavailable,
    title: ({ url }) => `The health server at ${url} does not answer.`,
    meaning: ({ reason }) => `${reason} Whether the connector works is not known.`,
    remedy:
      'Start the connector in service mode with --health-check, and give the same --health-check-port and ' +
      '--health-check-bind-address here.',
  }),
  'BK-HEALTH-TIMEOUT': row<{ url: string; seconds: number }>({
    status: Status.DeadlineExceeded,
    title: ({ url, seconds }) => `The health server at ${url} did not answer within ${seconds} seconds.`,
    meaning: 'Whether the connector works is not known.',
    remedy: 'Allow it more with --timeout, in seconds.',
  }),
  'BK-HEALTH-NAME': row<{ host: string }>({
    status: Status.InvalidArgument,
    field: 'health-check-bind-address',
    title: ({ host }) => `There is no host named ${host}.`,
    meaning: 'Nothing was asked.',
    remedy: 'Correct --health-check-bind-address.',
  }),
  'BK-HEALTH-FAILED': row<{ url: string; status: number; said: string }>({
    status: Status.Unknown,
    title: ({ url, status }) => `${url} answers with status ${status}.`,
    meaning: ({ said }) => said,
    remedy: 'The log of the connector says more.',
  }),
  'BK-NOT-IN-RELEASE': row<{ what: string; why: string; instead: string }>({
    status: Status.Unknown,
    title: ({ what }) => `${what} is not in this release.`,
    meaning: ({ why }) => why,
    remedy: ({ instead }) => instead,
  }),
  'BK-HOSTED-SECRETS': row<{ reason: string }>({
    status: Status.Unknown,
    title: ({ reason }) => `The secrets on descriptor 3 ${reason}.`,
    meaning: 'A hosted run takes its secrets only from there, so it did not start.',
    remedy: 'Start the program through the console; the flag --hosted is not for people.',
  }),
  'BK-WRITE': row<{ path: string; reason: string }>({
    status: Status.Unknown,
    title: ({ path }) => `${path} cannot be written.`,
    meaning: ({ reason }) => `${reason} Nothing was saved or changed.`,
    remedy: 'Choose another place with --file, or give this user the right to write there.',
  }),
  'BK-WORK': row<{ path: string; what: string }>({
    status: Status.Unknown,
    title: ({ path, what }) => `${path}, where this run would work, is ${what}.`,
    meaning: 'The program deletes all that lies there, so it touches only folders that it made. Nothing was changed.',
    remedy: 'Move it away, or choose another place with --file.',
  }),
  'BK-DISK': row<{ path: string }>({
    status: Status.ResourceExhausted,
    title: ({ path }) => `The disk that holds ${path} is full.`,
    meaning: 'The sync could not be stored. Nothing was saved or changed.',
    remedy: 'Free some space, then run it again.',
  }),
  'BK-CANCELED': row<{ by: string }>({
    status: Status.Canceled,
    title: ({ by }) => `The run was stopped by ${by}.`,
    meaning: 'No file was saved, and none has changed.',
    remedy: 'Start it again when you are ready.',
  }),
  'BK-ROW-SIZE': row<{ limit: number }>({
    status: Status.ResourceExhausted,
    title: ({ limit }) => `One row of this connector is larger than ${Math.floor(limit / 2 ** 20)} MiB.`,
    meaning:
      'No message between two processes may be so large, so the call was refused; leaving it out would hide access.',
    remedy: 'Run the sync in one process, without a server in between, or look what the source holds in such a row.',
  }),
  'BK-CHILD': row<{ what: string }>({
    status: Status.Unknown,
    title: ({ what }) => `This connector was started as a child, and ${what}.`,
    meaning: 'Nothing is served.',
    remedy: 'Only a parent process uses the command _connector-service; to serve it yourself, use serve.',
  }),
  'BK-SERVE': row<{ what: string }>({
    status: Status.Unknown,
    title: ({ what }) => `The connector cannot be served: ${what}.`,
    meaning: 'It is served over mutual TLS only, as it hands out who has access to what.',
    remedy: 'Give --listen, --tls-cert, --tls-key and --tls-client-ca.',
  }),
});
