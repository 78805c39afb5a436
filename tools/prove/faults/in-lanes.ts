/** Does work for each number of a range, several at once: most of a run is waiting. */
export async function inLanes<T>(
  from: number,
  count: number,
  lanes: number,
  work: (n: number) => Promise<T>,
  done: (result: T) => void,
): Promise<void> {
  let next = from;
  const lane = async (): Promise<void> => {
    while (next < from + count) done(await work(next++));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
