import type { State, States } from './states.ts';

/** What the judge reads of a certificate. */
export interface Claim {
  verdict: string;
  moment?: { from: string; to: string };
  window?: { from: string; to: string };
}

const kinds = ['users', 'roles', 'pairs'] as const;

/**
 * Says what is wrong with a certified file; undefined when nothing is. With a moment, the tenant held exactly these
 * rows at one instant of it. With a window, each row was there at some time in it, and none that was there all along is
 * missing.
 */
export function judge(rows: State, claim: Claim, states: States): string | undefined {
  if (!claim.verdict.startsWith('complete')) return `the verdict is ${claim.verdict}`;
  const span = claim.moment ?? claim.window;
  if (span === undefined) return 'the certificate names neither moment nor window';
  const [from, to] = [Date.parse(span.from), Date.parse(span.to)];
  if (!(from <= to)) return 'the span of the certificate ends before it begins';
  const candidates = states.within(from, to).map((n) => states.after(n));
  if (claim.moment !== undefined) {
    const differences = candidates.map((state) => difference(rows, state));
    return differences.includes(undefined)
      ? undefined
      : `at no instant of its moment did the tenant hold this: ${differences.at(-1)}`;
  }
  for (const kind of kinds) {
    for (const row of rows[kind])
      if (!candidates.some((state) => state[kind].has(row))) return `${kind}: ${row} was never there in the window`;
    for (const row of candidates[0]?.[kind] ?? []) {
      if (!rows[kind].has(row) && candidates.every((state) => state[kind].has(row)))
        return `${kind}: ${row} was there all the time and is missing`;
    }
  }
  return undefined;
}

function difference(rows: State, state: State): string | undefined {
  const parts = kinds.flatMap((kind) => {
    const missing = [...state[kind]].filter((row) => !rows[kind].has(row)).length;
    const extra = [...rows[kind]].filter((row) => !state[kind].has(row)).length;
    return missing + extra === 0 ? [] : [`${kind} ${missing} missing and ${extra} too many`];
  });
  return parts.length === 0 ? undefined : parts.join(', ');
}
