/**
 * Lets only so many requests run at once. Halved when the server says that it is too much, and let
 * grow by one for each full round that went well.
 */
export class InFlight {
  private readonly most: number;
  private allowed: number;
  private running = 0;
  private successes = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(most: number) {
    this.most = most;
    this.allowed = most;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    while (this.running >= this.allowed) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running++;
    try {
      return await work();
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }

  slowDown(): void {
    this.allowed = Math.max(1, Math.floor(this.allowed / 2));
    this.successes = 0;
  }

  wentWell(): void {
    if (this.allowed === this.most || ++this.successes < this.allowed) return;
    this.successes = 0;
    this.allowed++;
    this.waiting.shift()?.();
  }
}
