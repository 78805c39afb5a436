import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChildConnector } from '@batonkit/syncer/start-child-connector';
import { describe, expect, it } from 'vitest';
import { childOptions, NODE_COMPILE_CACHE, program, settings } from './child-by-hand.ts';
import { credentialsOf, newAuthority, newFolder, syncTo } from './served.ts';

describe('a parent of any connector', () => {
  const write = (folder: string, source: string): string[] => {
    const path = join(folder, 'odd.mjs');
    writeFileSync(path, source);
    return [path];
  };

  it.each([
    ['ends with 3 before it serves', 'process.exit(3)', 'BK-CHILD-ENDED', /exit code 3/],
    ['ends with 0 before it serves', 'process.exit(0)', 'BK-CHILD-ENDED', /exit code 0/],
    ['never serves', 'setInterval(() => {}, 1000)', 'BK-REMOTE', /does not answer/],
    [
      'serves no TLS',
      "(await import('node:net')).createServer((s) => s.end('no')).listen({ fd: 3 })",
      'BK-REMOTE',
      /./,
    ],
  ])('gives up on one that %s', async (_, source, code, title) => {
    using folder = newFolder();
    await expect(
      startChildConnector({ ...childOptions, args: write(folder.path, source), startMs: 1500 }),
    ).rejects.toMatchObject({
      report: { code, title: expect.stringMatching(title) as string },
    });
  });

  it('gives up on a program that is not there, and on one that shows another certificate', async () => {
    using folder = newFolder();
    await expect(startChildConnector({ ...childOptions, program: join(folder.path, 'none') })).rejects.toMatchObject({
      report: { code: 'BK-CHILD-ENDED' },
    });
    const { cert, key } = credentialsOf(newAuthority());
    const source = `(await import('node:tls')).createServer(${JSON.stringify({ cert, key })}).listen({ fd: 3 })`;
    await expect(startChildConnector({ ...childOptions, args: write(folder.path, source) })).rejects.toMatchObject({
      report: { code: 'BK-REMOTE', title: expect.stringMatching(/not of the authority/) as string },
    });
  });

  it('says so when the child dies in the midst of a sync, and no file appears', async () => {
    using folder = newFolder();
    const pidFile = join(folder.path, 'pid');
    const source = `import { writeFileSync } from 'node:fs';
      process.on('SIGUSR2', () => process.exit(7));
      writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
      await import(${JSON.stringify(program)});`;
    const env = { NODE_COMPILE_CACHE, BATON_TMPDIR: folder.path, ...settings, BATON_BEHAVIOUR: 'hold' };
    await using remote = await startChildConnector({ ...childOptions, args: write(folder.path, source), env });
    const sync = syncTo(folder.path, {
      ...remote.client,
      resources: {
        // The first of these calls waits for a reading that never ends.
        listResources: (request, options) => {
          process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGUSR2');
          return remote.client.resources.listResources(request, options);
        },
      },
    });
    await expect(sync).rejects.toMatchObject({
      report: { code: 'BK-CHILD-ENDED', title: expect.stringMatching(/exit code 7/) as string },
    });
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.c1z'))).toEqual([]);
  });
});
