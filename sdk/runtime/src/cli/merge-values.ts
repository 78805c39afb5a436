import type { FlagValue } from './flag.ts';

/** Lists and maps grow with each value that is given; of everything else the last one counts. */
export function mergeValues(before: FlagValue | undefined, value: FlagValue): FlagValue {
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...(value as string[])];
  if (isMap(before) && isMap(value)) return { ...before, ...value };
  return value;
}

const isMap = (value: FlagValue | undefined): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && !Array.isArray(value);
