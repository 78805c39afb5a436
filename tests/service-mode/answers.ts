import { eventually } from '../support/eventually.ts';

/** Asks until it is answered so. */
export async function answers(url: string, status: number): Promise<void> {
  let seen = 'no answer';
  await eventually(
    async () => {
      const response = await fetch(url).catch(() => undefined);
      seen = response === undefined ? 'no answer' : `${response.status} ${await response.text()}`;
      return (response?.status ?? 0) === status;
    },
    () => `${url}: ${seen}, not ${status}`,
  );
}
