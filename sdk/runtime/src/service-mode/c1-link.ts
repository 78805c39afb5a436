import type { ServiceState } from '../health/service-state.ts';

/** Whether C1 is there, as the calls of the service find it. */
export class C1Link implements ServiceState {
  private hasBeenThere = false;
  private error: string | undefined;

  get c1(): ServiceState['c1'] {
    if (!this.hasBeenThere) return 'connecting';
    return this.error === undefined ? 'connected' : 'lost';
  }

  get c1Error(): string {
    return this.error ?? '';
  }

  /** The first Hello, or a poll, was answered. */
  works(): void {
    this.hasBeenThere = true;
    this.error = undefined;
  }

  /** @param said why, in words without secrets */
  fails(said: string): void {
    this.error = said;
  }
}
