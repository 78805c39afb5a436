/** Prints what a floor measured, as one line of JSON. */
export function report(facts: Record<string, number>): void {
  process.stdout.write(`${JSON.stringify(facts)}\n`);
}

/** Milliseconds of processor time since `before`, of all threads. */
export function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
