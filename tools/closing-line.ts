import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** In the name of a test: what no script can install, as the machine's owner gives it. */
const NEEDS_RIGHT = '(needs the right to mount)';

/** Counts what a run really did, broken files and stray errors included, for the last line that CI reads. */
export class ClosingLine implements Reporter {
  passed = 0;
  failed = 0;
  readonly skipped: string[] = [];
  private readonly skipsFail: boolean;
  private ended = false;

  constructor(options: { skipsFail: boolean }) {
    this.skipsFail = options.skipsFail;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    this.ended = true;
    this.failed += errors.length;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      // A file that broke before its first test has none to count.
      if (tests.length === 0 || module.errors().length > 0) this.failed += Math.max(1, module.errors().length);
      for (const test of tests) {
        const { state } = test.result();
        if (state === 'passed') this.passed += 1;
        else if (state !== 'skipped') this.failed += 1;
        else {
          this.skipped.push(test.fullName);
          if (this.skipsFail && !test.fullName.includes(NEEDS_RIGHT)) this.failed += 1;
        }
      }
    }
  }

  /** The skipped tests by name, then the closing line. */
  report(): string {
    // A run that never ended, or in which nothing ran, proved nothing.
    if (!this.ended || this.passed + this.failed === 0) this.failed += 1;
    const names = this.skipped.map((name) => `skipped: ${name}`);
    const counted = this.skipsFail || this.skipped.length === 0 ? '' : `, ${this.skipped.length} skipped`;
    return [...names, `${this.passed} passed, ${this.failed} failed${counted}`].join('\n');
  }
}
