import { readFile } from 'node:fs/promises';
import { errorTable, row, Status } from '@batonkit/kernel';

/** Every error of this connector. */
const fail = errorTable({
  'UX-FILE': row<{ path: string; what: string }>({
    status: Status.DataLoss,
    title: ({ path, what }) => `The file ${path} ${what}.`,
    meaning: 'What is not understood is not guessed. No data was taken over, and existing data is unchanged.',
    remedy: 'Check that this user may read it; pwck and grpck find faults in it.',
  }),
});

/** The entries of such a file, each as its fields. @throws BatonError `UX-FILE` */
export async function readEntries(path: string, fields: number): Promise<string[][]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw fail('UX-FILE', { path, what: 'cannot be read' }, { cause });
  });
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const entries = lines.map((line) => line.split(':'));
  const odd = entries.findIndex((entry) => entry.length !== fields || entry[0] === '');
  if (entries.length === 0) throw fail('UX-FILE', { path, what: 'has no entries' });
  if (odd < 0) return entries;
  throw fail('UX-FILE', { path, what: `has an entry (number ${odd + 1}) without a name or ${fields} fields` });
}
