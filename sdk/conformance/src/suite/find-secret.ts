import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openC1z } from '@batonkit/c1z';

/** The forms in which a secret could stand somewhere. */
export function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  // In base64 of a longer text it begins at one of three places; the characters shared with its neighbours are cut off.
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + bytes.length) * 8) / 6);
    return text.slice(from, to);
  });
  const url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [...new Set([secret, encodeURIComponent(secret), ...base64, ...url])].map((text) => Buffer.from(text));
}

const holds = (bytes: Buffer, forms: readonly Buffer[]): boolean => forms.some((form) => bytes.includes(form));

/** Where in these texts and below this folder the secret stands; a `.c1z` is looked into. */
export async function findSecret(
  secret: string,
  texts: Readonly<Record<string, string>>,
  folder: string,
  given: readonly string[] = [],
): Promise<string[]> {
  const forms = formsOf(secret);
  const found = Object.keys(texts).filter((name) => holds(Buffer.from(texts[name] ?? ''), forms));
  const look = async (below: string, name: (path: string) => string): Promise<void> => {
    for (const entry of await readdir(below, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (holds(Buffer.from(entry.name), forms)) found.push(`the name of ${name(path)}`);
      if (!entry.isFile() || given.includes(entry.name)) continue;
      if (holds(await readFile(path), forms)) found.push(name(path));
      if (!entry.name.endsWith('.c1z')) continue;
      const inner = join(below, `${entry.name}.unpacked`);
      await mkdir(inner);
      try {
        await using _file = await openC1z(path, { workDir: inner, mode: 'tolerant' });
        for (const part of await readdir(inner, { recursive: true, withFileTypes: true }))
          if (part.isFile() && holds(await readFile(join(part.parentPath, part.name)), forms)) found.push(name(path));
      } finally {
        await rm(inner, { recursive: true, force: true });
      }
    }
  };
  await look(folder, (path) => path.slice(folder.length + 1));
  return found;
}
