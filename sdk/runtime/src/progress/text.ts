import type { PlanDescription } from '@batonkit/connector';
import type { ErrorReport } from '@batonkit/kernel';
import type { ProgressEvent } from './events.ts';
import type { Screen } from '../screen.ts';

export const number = (value: number): string => value.toLocaleString('en-US');

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export function duration(milliseconds: number): string {
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A text as a shell takes it for one word, so that a line can be copied. */
export function shellWord(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Breaks at spaces; a word longer than the width stays whole, so that an address can be copied. */
export function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one) => `${indent}${one}\n`).join('');
}

/** The last thing a person reads after a failure: what happened, what it means, what to do, the code. */
export function errorBlock(error: ErrorReport, screen: Screen, problems: readonly ErrorReport[] = []): string {
  const several = problems.length > 1;
  const parts = [`${screen.red('✗')} ${screen.bold(error.title)}\n`];
  if (several) {
    for (const problem of problems) {
      const field = problem.field === undefined ? '' : `--${problem.field}: `;
      parts.push(wrap(`• ${field}${problem.title} ${problem.remedy} (${problem.code})`, 100, '  '));
    }
  } else {
    parts.push(wrap(error.meaning, 100, '  '), wrap(error.remedy, 100, '  '));
  }
  parts.push(`  ${screen.dim(`${error.code}, exit code ${error.status}`)}\n`);
  return parts.join('');
}

/** The plan of a run that will not be made. */
export function planText({ plan, requests, lists }: PlanDescription): string {
  const lines = lists.map(({ name, path, count, requests }) => {
    const rows = count === null ? 'count unknown' : plural(count, 'row');
    return `  ${name.padEnd(14)} ${path.padEnd(28)} ${rows.padStart(16)}   ${plural(requests, 'request')}\n`;
  });
  return `Plan: ${plan}, ${plural(requests, 'request')} or more\n${lines.join('')}`;
}

export function resumeText(event: Extract<ProgressEvent, { type: 'resume' }>): string {
  return event.isResumed
    ? 'Going on where an earlier run ended.'
    : `An earlier run ended half-way; this one begins anew, as ${event.why}.`;
}

export function leftText({ directory, minutes }: Extract<ProgressEvent, { type: 'left' }>): string {
  return `What was read waits in ${directory}; a run within ${plural(minutes, 'minute')} goes on from there.`;
}
