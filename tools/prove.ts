// `npm run prove -- NAME`: the full figures behind what the documentation claims; they take minutes or hours, and
// leave docs/proof/NAME.json. A sample of each runs in `npm test`.
import { joinSources } from './join-sources.ts';

const proofs: Record<string, () => Promise<{ prove: (args: readonly string[]) => Promise<number> }>> = {
  faults: () => import('./prove/faults/prove-faults.ts'),
  replicas: () => import('./prove/replicas/prove-replicas.ts'),
  soak: () => import('./prove/soak/prove-soak.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const proof = Object.hasOwn(proofs, name) ? proofs[name] : undefined;
if (proof === undefined) {
  process.stderr.write(`There is no proof "${name}". Known: ${Object.keys(proofs).join(', ')}.\n`);
  process.exit(2);
}
// An end that runs the exit handlers: what a proof started ends with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
await joinSources((text) => process.stderr.write(text));
const { prove } = await proof();
process.exit(await prove(args));
