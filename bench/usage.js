// Loaded before a program (`node --import`): says at its end what it used. The file to write comes by the environment.
// Plain JavaScript: an empty process shall not pay for the reading of types.
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env['BENCH_USAGE'];
if (file !== undefined) {
  process.once('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    // `maxRSS` would be that of the bench itself where that is larger.
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    writeFileSync(file, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, rssMb: Number(peak) / 1024 }));
  });
}
