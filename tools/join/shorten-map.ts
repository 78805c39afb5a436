import { readFileSync, writeFileSync } from 'node:fs';

interface SourceMap {
  version: 3;
  sources: string[];
  names: string[];
  /** Lines by `;`, their segments by `,`, each of up to five differences to the segment before. */
  mappings: string;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Leaves of a source map one place for each line of a source of ours, without the text: a tenth of the bytes. */
export function shortenMap(path: string): void {
  const { sources, mappings } = JSON.parse(readFileSync(path, 'utf8')) as SourceMap;
  const isOurs = sources.map((source) => !source.includes('node_modules'));
  let [source, line] = [0, 0];
  let [lastSource, lastLine] = [0, 0];
  const lines = mappings.split(';').map((segments) => {
    let first: [source: number, line: number] | undefined;
    for (const segment of segments.split(',')) {
      const [, bySource, byLine] = decode(segment);
      if (bySource === undefined || byLine === undefined) continue;
      source += bySource;
      line += byLine;
      first ??= [source, line];
    }
    // No place, said: without it a line would have the place of the one before.
    if (first === undefined || !isOurs[first[0]]) return 'A';
    const text = `A${encode(first[0] - lastSource)}${encode(first[1] - lastLine)}A`;
    [lastSource, lastLine] = first;
    return text;
  });
  // Node takes a place without a source at the very end for the one before.
  const short: SourceMap = { version: 3, sources, names: [], mappings: `${lines.join(';')};` };
  writeFileSync(path, JSON.stringify(short));
}

/** Base64 VLQ: five bits a digit, the least first; a set sixth bit: more follow; the lowest bit of all is the sign. */
function decode(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) * 2 ** shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    [value, shift] = [0, 0];
  }
  return numbers;
}

function encode(number: number): string {
  let rest = number < 0 ? -number * 2 + 1 : number * 2;
  let text = '';
  do {
    const bits = rest % 32;
    rest = Math.floor(rest / 32);
    text += DIGITS[rest > 0 ? bits + 32 : bits];
  } while (rest > 0);
  return text;
}
