import type { Clock } from '@batonkit/kernel';
import type { Task } from '@batonkit/protocol/connectorapi';

export interface TaskPoolOptions {
  /** Tasks at the same time. */
  concurrency: number;
  clock: Clock;
  /** Never rejects. Answers whether C1 has taken a result after which it does not hand out the task again. */
  run: (task: Task) => Promise<boolean>;
  /** Called after a task when no other is here. */
  whenIdle: () => void;
}

/** So long a task that is closed is known, in case an answer of C1 was on its way meanwhile. */
const KNOWN_MS = 10 * 60_000;
const MOST_KNOWN = 1000;

/** Tasks that run and tasks that wait for their turn. No id is in it twice. */
export class TaskPool {
  private readonly options: TaskPoolOptions;
  /** By id, in their order: one answer may hold tens of thousands. */
  private readonly queue = new Map<string, Task>();
  private readonly running = new Map<string, Promise<void>>();
  /** When tasks were closed, by id; oldest first. */
  private readonly closed = new Map<string, number>();
  private changed = Promise.withResolvers<void>();
  private isOpen = true;

  constructor(options: TaskPoolOptions) {
    this.options = options;
  }

  /** Ids of all that is here, running first. */
  get known(): string[] {
    return [...this.running.keys(), ...this.queue.keys()];
  }

  /** False: it is here already, or was closed a moment ago. */
  add(task: Task): boolean {
    this.forget();
    if ([this.closed, this.running, this.queue].some((known) => known.has(task.id))) return false;
    this.queue.set(task.id, task);
    this.next();
    return true;
  }

  /** Resolves when fewer than `count` are here. */
  async whenBelow(count: number, signal: AbortSignal): Promise<void> {
    const stop = (): void => this.change();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (this.running.size + this.queue.size >= count) {
        signal.throwIfAborted();
        await this.changed.promise;
      }
      signal.throwIfAborted();
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Starts nothing any more; answers what has not begun. */
  close(): Task[] {
    this.isOpen = false;
    const left = [...this.queue.values()];
    this.queue.clear();
    this.change();
    return left;
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  private next(): void {
    while (this.isOpen && this.running.size < this.options.concurrency) {
      const [task] = this.queue.values();
      if (task === undefined) return;
      this.queue.delete(task.id);
      const work = this.options.run(task).then((isClosed) => {
        this.running.delete(task.id);
        if (isClosed) this.closed.set(task.id, this.options.clock.monotonic());
        this.next();
        this.change();
        if (this.running.size === 0) this.options.whenIdle();
      });
      this.running.set(task.id, work);
    }
  }

  private change(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers();
  }

  private forget(): void {
    const now = this.options.clock.monotonic();
    for (const [id, at] of this.closed) {
      if (now - at < KNOWN_MS && this.closed.size <= MOST_KNOWN) break;
      this.closed.delete(id);
    }
  }
}
