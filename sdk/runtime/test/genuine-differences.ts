export interface Difference {
  /** What ours ends with, where it is not the genuine code. */
  exit?: number;
  /** The first request, where other settings are in force. */
  me?: string;
  /** Nothing is printed, where the genuine program prints what must not be seen. */
  isSilent?: true;
  reason: string;
}

interface Group extends Difference {
  cases: readonly string[];
}

/** Where we end otherwise than the genuine program on purpose, by reason. */
const groups: readonly Group[] = [
  {
    exit: 0,
    reason:
      'capabilities needs no configuration and so knows no connector flags, whoever wrote the connector (runtime.md 8)',
    cases: ['capabilities-nodefault-no-config'],
  },
  {
    exit: 2,
    reason:
      'capabilities needs no configuration and so knows no connector flags, whoever wrote the connector (runtime.md 8)',
    cases: ['capabilities-nodefault-with-config', 'capabilities-nodefault-flags-first'],
  },
  {
    exit: 2,
    reason: 'the genuine program starts itself without end',
    cases: ['positional-after-dashes'],
  },
  {
    exit: 2,
    reason: 'the genuine program hangs',
    cases: ['task-concurrency-0'],
  },
  {
    exit: 15,
    reason: 'a list whose pages bring nothing new never ends, so it is not whole (rules.md 1)',
    cases: ['page-size-0', 'oneshot-same-cursor'],
  },
  {
    exit: 2,
    reason: 'a configuration file that was named and is missing or malformed is an error (issue 7, runtime.md 8)',
    cases: [
      'file-missing',
      'file-malformed',
      'file-is-directory',
      'file-scalar',
      'file-list',
      'file-same-base-other-suffix',
      'file-two-documents',
    ],
  },
  {
    me: '/me?only_active=false&page_size=31&region=eu',
    reason: 'the file that was named is read, and no other that lies beside it (issue 7)',
    cases: ['file-two-suffixes'],
  },
  {
    exit: 2,
    reason: 'a value of another kind is an error instead of being cut or left out (runtime.md 8)',
    cases: ['file-int-float', 'file-string-map', 'file-string-list', 'map-file-nested'],
  },
  {
    exit: 2,
    reason: 'an id without a name or with no host that there can be is malformed, and is said to be (issue 7)',
    cases: ['client-id-empty-name', 'client-id-empty-host', 'client-id-two-at'],
  },
  {
    exit: 0,
    reason: 'C1 that is not reached is tried again until the program is stopped, which is a good end (runtime.md 8)',
    cases: [
      'client-id-empty-rest',
      'client-secret-other-prefix',
      'client-secret-trailing-newline',
      'service-refused',
      'service-sigint-at-start',
    ],
  },
  {
    exit: 2,
    reason: 'a file of the third form is refused before the first request (rules.md 4)',
    cases: ['oneshot-second-run', 'oneshot-existing-v3-sqlite', 'oneshot-sigint-existing'],
  },
  {
    exit: 5,
    reason: 'a list that is not there is an error, never an empty one (rules.md 1)',
    cases: ['oneshot-404-users', 'oneshot-404-roles', 'oneshot-404-members', 'oneshot-unknown-engine-log-order'],
  },
  {
    exit: 14,
    reason: 'the genuine program tries for ever; a sync fails after the last try (rules.md 1)',
    cases: ['oneshot-500-users', 'oneshot-429-lasting', 'oneshot-429-no-header'],
  },
  {
    exit: 15,
    reason: 'an unknown form is 15 once the source has answered (rules.md 11)',
    cases: [
      'oneshot-html-users',
      'oneshot-badjson-users',
      'oneshot-emptybody-users',
      'oneshot-wrongtype-users',
      'oneshot-notype-users',
    ],
  },
  {
    exit: 2,
    reason: 'a redirect to another path is not followed (rules.md 1)',
    cases: ['oneshot-redirect'],
  },
  {
    exit: 2,
    reason: 'plain http leads a key to no other machine, so the name is not even asked for (rules.md 1)',
    cases: ['oneshot-unknown-host'],
  },
  {
    exit: 1,
    reason: 'a run that is stopped ends with 1 and can be gone on with (runtime.md 1.5)',
    cases: [
      'oneshot-sigterm',
      'oneshot-sighup',
      'oneshot-sigint-group',
      'oneshot-sigint-sqlite',
      'oneshot-sigint-at-retry',
      'oneshot-sigterm-twice',
    ],
  },
  {
    exit: 0,
    reason: 'nothing limits a page in one process (runtime.md 2.2)',
    cases: ['oneshot-page-over-4-mib'],
  },
  {
    exit: 10,
    reason: 'two passes, each with the same member twice, prove no list (rules.md 1)',
    cases: ['oneshot-duplicate-ids'],
  },
  {
    exit: 15,
    reason: 'an id that is missing fails a sync (rules.md 1)',
    cases: ['oneshot-empty-id'],
  },
  {
    exit: 15,
    reason: 'a member that no list has is no grant to be left out silently (rules.md 1)',
    cases: ['oneshot-unknown-principal', 'oneshot-unknown-principal-sqlite'],
  },
  {
    exit: 0,
    reason: 'the parent is gone; the genuine program races between 0 and 2 when its pipe ends',
    cases: ['child-by-hand-no-stdin'],
  },
  {
    isSilent: true,
    reason: 'bodies hold personal data, which never leaves the file (runtime.md 1.3)',
    cases: ['oneshot-print-bodies'],
  },
];

/** The same by case. */
export const differences: ReadonlyMap<string, Difference> = new Map(
  groups.flatMap(({ cases, ...difference }) => cases.map((name) => [name, difference] as const)),
);

/** Cases that need a real process, and the test that has one. */
export const elsewhere: ReadonlyMap<string, string> = new Map([
  ['oneshot-parent-killed', 'program-failures.test.ts: after kill -9 there is no file, and the next run begins anew'],
]);
