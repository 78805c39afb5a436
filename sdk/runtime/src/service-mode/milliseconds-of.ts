import type { Duration } from '@bufbuild/protobuf/wkt';

/** A duration of C1 in milliseconds, brought between the two; an absent one is 0. */
export function millisecondsOf(duration: Duration | undefined, least: number, most: number): number {
  const { seconds = 0n, nanos = 0 } = duration ?? {};
  const milliseconds = Number(seconds) * 1000 + nanos / 1e6;
  return Math.min(Math.max(milliseconds, least), most);
}
