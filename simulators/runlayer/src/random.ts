import { createHash } from 'node:crypto';

/** A stream of numbers that depends on nothing but the seed, an index and a purpose, so that any user can be made alone. */
export type Draw = (index: number, purpose: number) => number;

/** Makes a draw of 32-bit numbers. The same seed always gives the same numbers. */
export function drawFrom(seed: number | string): Draw {
  const word = createHash('sha256').update(`tenant ${seed}`).digest().readUInt32BE(0);
  return (index, purpose) => {
    let h = word ^ Math.imul(index + 1, 0x9e3779b1);
    h = scramble(h) ^ Math.imul(purpose + 1, 0x85ebca6b);
    return scramble(h) >>> 0;
  };
}

/** Turns an index into another 32-bit number and never two into the same. */
export function shuffleIndex(draw: Draw, index: number): number {
  let left = index >>> 16;
  let right = index & 0xffff;
  for (let round = 0; round < 4; round++) {
    [left, right] = [right, left ^ (draw(right, 900 + round) & 0xffff)];
  }
  return ((left << 16) | right) >>> 0;
}

/** The way back from `shuffleIndex`: this is how a user is found by id without a table of ids. */
export function unshuffleIndex(draw: Draw, shuffled: number): number {
  let left = shuffled >>> 16;
  let right = shuffled & 0xffff;
  for (let round = 3; round >= 0; round--) {
    [left, right] = [right ^ (draw(left, 900 + round) & 0xffff), left];
  }
  return ((left << 16) | right) >>> 0;
}

/** Bytes for things that are few: role ids and keys. */
export function digestOf(seed: number, what: string): Buffer {
  return createHash('sha256').update(`tenant ${seed}\n${what}`).digest();
}

/** Formats 32 hexadecimal digits as a version 4 UUID. */
export function asUuid(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function scramble(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

/** Numbers one after the other, for plans: the same seed always gives the same. */
export interface Random {
  /** A whole number from 0 up to, but not, `below`. */
  readonly below: (below: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
}

export function randomFrom(seed: number | string): Random {
  const draw = drawFrom(seed);
  let turn = 0;
  const below = (below: number): number => draw(turn++, 700) % below;
  return { below, pick: (from) => from[below(from.length)]! };
}
