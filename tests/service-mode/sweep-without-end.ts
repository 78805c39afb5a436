import { systemClock } from '@batonkit/kernel';
import { removeLeftovers } from '../../sdk/runtime/src/service-mode/task-folder.ts';

// Another replica that does nothing but clean up, in the folder that its argument names, until it is killed.
const [directory = ''] = process.argv.slice(2);
process.stdout.write('sweeping\n');
for (;;) removeLeftovers(directory, systemClock);
