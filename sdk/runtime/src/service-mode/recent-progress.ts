import type { Clock } from '@batonkit/kernel';
import type { JsonObject } from '@bufbuild/protobuf';
import type { ProgressEvent } from '../progress/events.ts';
import { createJsonlView } from '../progress/jsonl-view.ts';

/** What a heartbeat may carry; of more, the oldest give way, requests and waits before what is told once in a sync. */
const MOST_LINES = 200;
const PASSING = 'passing ';

/**
 * What a task's sync has told since it was last passed on, as the lines of docs/progress.md. Of counts that grow only
 * the newest is kept.
 */
export class RecentProgress {
  private readonly lines = new Map<string, JsonObject>();
  private readonly write: (event: ProgressEvent) => void;
  private count = 0;

  constructor(clock: Clock, redact: (text: string) => string) {
    let line: JsonObject | undefined;
    const view = createJsonlView((text) => (line = parse(text)), clock, redact);
    this.write = (event) => {
      view.event(event);
      if (line !== undefined) this.keep(this.nameOf(event), line);
    };
  }

  add(event: ProgressEvent): void {
    this.write(event);
  }

  /** In their order. They stay until `passedOn`. */
  get all(): JsonObject[] {
    return [...this.lines.values()];
  }

  passedOn(told: readonly JsonObject[]): void {
    const gone = new Set(told);
    for (const [name, line] of this.lines) if (gone.has(line)) this.lines.delete(name);
  }

  private keep(name: string, line: JsonObject): void {
    this.lines.delete(name);
    this.lines.set(name, line);
    if (this.lines.size <= MOST_LINES) return;
    const names = [...this.lines.keys()];
    this.lines.delete(names.find((each) => each.startsWith(PASSING)) ?? names[0] ?? name);
  }

  private nameOf(event: ProgressEvent): string {
    if (event.type === 'list') return `list ${event.pass} ${event.list}`;
    if (event.type === 'stored') return event.type;
    this.count += 1;
    return `${event.type === 'request' || event.type === 'wait' ? PASSING : ''}${this.count}`;
  }
}

/** A number may have the digits of a secret; what is left of such a line is no JSON, and it is not told. */
function parse(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}
