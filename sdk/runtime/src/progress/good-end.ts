import type { Screen } from '../screen.ts';
import type { EndDetails, RunResult } from './events.ts';
import { duration, plural, shellWord, size } from './text.ts';

type Proof = NonNullable<EndDetails['proof']>;

/** The last lines of a run that went well: what was proven, and what there is now. */
export function goodEnd(result: RunResult, details: EndDetails, screen: Screen): string {
  const { proof, milliseconds, bytes, prefix = '', keyId } = details;
  const { counts } = result;
  const signedBy = keyId === undefined ? 'unsigned' : `signed, key ${keyId.slice(0, 16)}`;
  const types = Object.entries(counts.resourcesByType).map(([type, count]) => plural(count, type));
  const rows: [string, string][] = [
    ['File', bytes === undefined ? result.file : `${result.file} (${size(bytes)})`],
    ['Certificate', `${result.certificate} (${signedBy})`],
    ['Holds', [...types, plural(counts.entitlements, 'entitlement'), plural(counts.grants, 'grant')].join(', ')],
  ];
  if (proof?.moment !== undefined) rows.push(['True at', momentText(proof.moment)]);
  if (proof?.window !== undefined) rows.push(['True', `between ${proof.window.from} and ${proof.window.to}`]);
  if (proof !== undefined && proof.scope !== 'full') rows.push(['Asked for', scopeText(proof.scope)]);
  for (const { name, reason, by } of proof?.exceptions ?? []) rows.push(['Exception', `${name}: ${reason} (${by})`]);
  rows.push(['Took', duration(milliseconds)], ['Look', `${prefix}c1z admins -f ${shellWord(result.file)}`]);
  const table = rows.map(([name, value]) => `  ${screen.dim(name.padEnd(12))} ${value}\n`).join('');
  const verdict = proof?.verdict ?? 'complete';
  return `${screen.green('✓')} ${screen.bold(titles[verdict])}: ${claim(proof)}\n${table}`;
}

const titles: Record<Proof['verdict'], string> = {
  complete: 'Complete',
  'complete with exceptions': 'Complete with exceptions',
  narrowed: 'Narrowed',
};

function claim(proof: Proof | undefined): string {
  if (proof?.isReadOnce === true)
    return 'every page came. It was read only once, so what changed meanwhile is not known.';
  if (proof?.window !== undefined) return 'it changed while it was read, and what differed was settled one by one.';
  return 'exactly what was there at one moment, proven by reading it again.';
}

function scopeText({ types, skip }: Exclude<Proof['scope'], 'full'>): string {
  return skip.length === 0 ? types.join(', ') : `${types.join(', ')}, without ${skip.join(' and ')}`;
}

function momentText({ from, to }: { from: string; to: string }): string {
  return from === to ? from : `one instant between ${from} and ${to}`;
}
