import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openC1z } from '@batonkit/c1z';
import { parseCertificate } from '@batonkit/certificate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../bin/baton-unix-accounts.js', import.meta.url));
const passwd = `# accounts
root:x:0:0:root:/root:/bin/sh
daemon:x:2:2::/:/usr/sbin/nologin
ada:x:1000:1000:Ada Lovelace,,,:/home/ada:/bin/sh
bob:x:1001:1000:Bob:/home/bob:/bin/sh
`;
const group = `root:x:0:
wheel:x:10:root,ada,ada
staff:x:1000:ada,carol

nobody:x:99:
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unix-accounts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The real program, on these files. */
async function run(files: { passwd?: string; group?: string }, args: string[] = []) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const all = ['--passwd', 'passwd', '--group', 'group', ...args];
  const child = spawn(process.execPath, [program, ...all], { cwd: folder, env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('the accounts of a machine', () => {
  test('become a complete file with its certificate', async () => {
    expect((await run({ passwd, group })).code).toBe(0);
    const path = join(folder, 'sync.c1z');
    await using file = await openC1z(path);
    const names = [...file.resources()].map(
      ({ id, displayName }) => `${id?.resourceType} ${id?.resource} ${displayName}`,
    );
    expect(names.toSorted()).toEqual([
      'group nobody nobody',
      'group root root',
      'group staff staff',
      'group wheel wheel',
      'user ada Ada Lovelace',
      'user bob Bob',
      'user daemon daemon',
      'user root root',
    ]);
    // By name, by primary group, once if both; nobody without an account.
    expect([...file.grants()].map(({ id }) => id).toSorted()).toEqual([
      'group:root:member:user:root',
      'group:staff:member:user:ada',
      'group:staff:member:user:bob',
      'group:wheel:member:user:ada',
      'group:wheel:member:user:root',
    ]);
    const certificate = parseCertificate(readFileSync(`${path}.cert.json`, 'utf8'));
    expect(certificate).toMatchObject({ verdict: 'complete', plan: 'files', notes: { membersWithoutAccount: 1 } });
  });

  test('can be checked by doctor, which makes no file', async () => {
    expect((await run({ passwd, group }, ['doctor'])).code).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual(['group', 'passwd']);
  });
});

describe('what is not understood ends with a code and no file', () => {
  test.each<[string, { passwd?: string; group?: string }, string]>([
    ['no file', { passwd }, 'group cannot be read'],
    ['an empty one', { passwd: '', group }, 'passwd has no entries'],
    ['half an entry', { passwd: `${passwd}eve:x:10`, group }, 'passwd has an entry (number 5)'],
    ['an entry without a name', { passwd, group: `${group}:x:5:` }, 'group has an entry (number 5)'],
  ])('%s', async (_name, files, text) => {
    const { code, output } = await run(files);
    expect(code).toBe(15);
    expect(output).toContain(text);
    expect(output).toContain('UX-FILE');
    expect(readdirSync(folder).filter((name) => name.includes('sync'))).toEqual([]);
  });

  test('an account that stands there twice is no list that can be trusted', async () => {
    const { code } = await run({ passwd: `${passwd}ada:x:0:0::/:/bin/sh\n`, group });
    expect(code).not.toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual(['group', 'passwd']);
  });
});
