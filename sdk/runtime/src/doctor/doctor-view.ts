import type { ConnectorDefinition, DoctorStep } from '@batonkit/connector';
import type { Clock, ErrorReport } from '@batonkit/kernel';
import { duration, plural, shellWord, wrap } from '../progress/text.ts';
import type { Screen } from '../screen.ts';

export interface DoctorEnd {
  exitCode: number;
  counts: Record<DoctorStep['verdict'], number>;
  profile?: readonly string[];
  milliseconds: number;
}

/** Shows what `doctor` finds. */
export interface DoctorView {
  start(connector: Pick<ConnectorDefinition, 'name' | 'version'>): void;
  step(step: DoctorStep): void;
  end(end: DoctorEnd): void;
  /** Instead of `end`: nothing could be checked to its end. */
  refuse(error: ErrorReport): void;
}

/** One JSON object a line, for programs. The schema is docs/doctor.md. */
export function createDoctorLines(
  write: (text: string) => void,
  clock: Clock,
  redact: (text: string) => string,
): DoctorView {
  const line = (type: string, rest: object): void =>
    write(`${redact(JSON.stringify({ v: 1, type, at: new Date(clock.now()).toISOString(), ...rest }))}\n`);
  return {
    start: ({ name, version }) => line('start', { connector: name, version }),
    step: (step) => line('step', step),
    end: ({ exitCode, counts, profile }) =>
      line('result', { ok: exitCode === 0, exitCode, counts, ...(profile === undefined ? {} : { profile }) }),
    refuse: (error) => line('result', { ok: false, exitCode: error.status, error }),
  };
}

/** A line for each step as soon as it is done, for people. */
export function createDoctorTable(
  screen: Screen,
  redact: (text: string) => string,
  refuse: (error: ErrorReport) => void,
): DoctorView {
  const print = (text: string): void => screen.print(redact(text));
  let program = '';
  const marks = {
    ok: screen.green('✓'),
    warning: screen.bold('!'),
    failed: screen.red('✗'),
    skipped: screen.dim('-'),
  };
  return {
    start: ({ name, version }) => {
      program = name;
      print(`${screen.bold(name)} ${version}\n`);
    },
    step: ({ check, verdict, ms, detail, remedy, code }) => {
      const time = verdict === 'skipped' ? '' : duration(ms);
      const [first = '', ...more] = wrap(detail, 96, '').trimEnd().split('\n');
      const lines = [`  ${marks[verdict]} ${check.padEnd(24)} ${screen.dim(time.padStart(8))}  ${first}`];
      const indent = ' '.repeat(39);
      lines.push(...more.map((line) => indent + line));
      if (remedy !== undefined) lines.push(...wrap(remedy, 134, indent).trimEnd().split('\n'));
      if (code !== undefined) lines.push(indent + screen.dim(code));
      print(`${lines.join('\n')}\n`);
    },
    end: ({ counts, profile, milliseconds, exitCode }) => {
      const parts = [plural(counts.ok, 'check') + ' passed'];
      if (counts.warning > 0) parts.push(plural(counts.warning, 'warning'));
      if (counts.failed > 0) parts.push(`${counts.failed} failed`);
      if (counts.skipped > 0) parts.push(`${counts.skipped} left out`);
      print(`\n${parts.join(', ')} in ${duration(milliseconds)}.\n`);
      if (exitCode !== 0) return;
      const flags = (profile ?? []).map(shellWord).join(' ');
      print(flags === '' ? 'A sync needs no further settings.\n' : `Sync with: ${program} ${flags}\n`);
    },
    refuse,
  };
}
