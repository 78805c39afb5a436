import type { Clock } from '@batonkit/kernel';
import type { ProgressView } from './events.ts';

/** One JSON object a line, for programs. The schema is docs/progress.md. */
export function createJsonlView(
  write: (line: string) => void,
  clock: Clock,
  redact: (text: string) => string,
): ProgressView {
  const line = (type: string, rest: object): void => {
    write(`${redact(JSON.stringify({ v: 1, type, at: new Date(clock.now()).toISOString(), ...rest }))}\n`);
  };
  return {
    event: ({ type, ...rest }) => line(type, rest),
    end: (outcome) => line('result', outcome),
  };
}
