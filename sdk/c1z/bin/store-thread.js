// Plain JavaScript: a thread has no compile cache of its own, and would load a compiler for the types in its sources
// again, with its 25 MB, unless it is told where the cache of the program is.
import { enableCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';

if (workerData.compileCache !== undefined) enableCompileCache(workerData.compileCache);
await import('../src/store-thread.ts');
