// Loaded before a program (`node --import`): says at its end what it used. The file to write comes by the environment.
// Plain JavaScript: an empty process shall not pay for the reading of types.
import { writeFileSync } from 'node:fs';

const file = process.env['BENCH_USAGE'];
if (file !== undefined) {
  process.once('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(file, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, rssMb: maxRSS / 1024 }));
  });
}
