import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Counts what a run really did, broken files and stray errors included, for the last line that CI reads. */
export class ClosingLine implements Reporter {
  passed = 0;
  failed = 0;
  skipped = 0;
  private ended = false;

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    this.ended = true;
    this.failed += errors.length;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      if (tests.length === 0 || module.errors().length > 0) this.failed += Math.max(1, module.errors().length);
      for (const test of tests) {
        const { state } = test.result();
        if (state === 'passed') this.passed += 1;
        else if (state === 'skipped') this.skipped += 1;
        else this.failed += 1;
      }
    }
  }

  line(): string {
    if (!this.ended || this.passed + this.failed === 0) this.failed += 1;
    return `${this.passed} passed, ${this.failed} failed${this.skipped > 0 ? `, ${this.skipped} skipped` : ''}`;
  }
}
