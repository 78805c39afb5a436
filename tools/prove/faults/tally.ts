import type { Verdict } from './run-plan.ts';

/** What many runs show together. */
export class Tally {
  plans = 0;
  complete = 0;
  windows = 0;
  readonly failures: { seed: number; problem: string }[] = [];
  private readonly codes = new Map<string, number>();
  /** By kind of fault: runs in which it fell on a request, and how many of those ended complete. */
  private readonly kinds = new Map<string, { fired: number; complete: number }>();

  /** By form of the API: runs, and how many of those ended complete. */
  private readonly forms = new Map<string, { runs: number; complete: number }>();

  constructor(kinds: readonly string[]) {
    for (const kind of kinds) this.kinds.set(kind, { fired: 0, complete: 0 });
  }

  add({ plan, exit, code, dated, fired, problem }: Verdict): void {
    this.plans++;
    if (exit === 0) this.complete++;
    if (dated === 'window') this.windows++;
    if (problem !== undefined) this.failures.push({ seed: plan.seed, problem });
    if (code !== undefined) this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    for (const behaviour of plan.behaviours) {
      const name = behaviour.split(':')[0] ?? '';
      const form = this.forms.get(name) ?? { runs: 0, complete: 0 };
      form.runs++;
      if (exit === 0) form.complete++;
      this.forms.set(name, form);
    }
    for (const name of new Set(fired)) {
      const kind = this.kinds.get(name) ?? { fired: 0, complete: 0 };
      kind.fired++;
      if (exit === 0) kind.complete++;
      this.kinds.set(name, kind);
    }
  }

  get share(): number {
    return this.complete / Math.max(1, this.plans);
  }

  /** Kinds that never fell on a request. */
  uncovered(): string[] {
    return [...this.kinds].filter(([, { fired }]) => fired === 0).map(([name]) => name);
  }

  report() {
    return {
      plans: this.plans,
      complete: this.complete,
      ofThoseWithWindow: this.windows,
      refusals: Object.fromEntries([...this.codes].sort(([, a], [, b]) => b - a)),
      coverage: Object.fromEntries([...this.kinds].sort(([a], [b]) => (a < b ? -1 : 1))),
      forms: Object.fromEntries([...this.forms].sort(([a], [b]) => (a < b ? -1 : 1))),
      uncovered: this.uncovered(),
      failures: this.failures,
    };
  }
}
