import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseCertificate } from '@batonkit/certificate';
import { describe, expect, test } from 'vitest';
import { Child } from './child.ts';
import { ProgramFolder, key, lines, url } from './program-folder.ts';

const folder = new ProgramFolder();

describe('hosted', () => {
  const hosted = (more: Record<string, string> = {}, secrets = JSON.stringify({ 'api-key': key })) => {
    mkdirSync(join(folder.path, 'run'));
    return new Child(['--hosted', '--file', join(folder.path, 'run/sync.c1z')], {
      cwd: folder.path,
      env: { BATON_BASE_URL: url, ...more },
      secrets,
      noStdin: false,
    });
  };

  test('secrets from descriptor 3, progress on standard output, JSON log on standard error', async () => {
    const child = hosted();
    const ended = await child.end();
    expect(ended.code).toBe(0);
    expect(lines(ended.stdout).at(-1)).toMatchObject({ type: 'result', ok: true });
    if (ended.stderr !== '') lines(ended.stderr);
    expect(readdirSync(join(folder.path, 'run')).toSorted()).toEqual(['sync.c1z', 'sync.c1z.cert.json']);
    folder.expectNoKey(ended);
  });

  test('whoever starts it says with which settings a sync was complete before', async () => {
    const path = join(folder.path, 'run/sync.c1z.cert.json');
    const certificate = async (known?: string) => {
      const child = hosted(known === undefined ? {} : { BATON_HOSTED_KNOWN_CONFIG: known });
      expect((await child.end()).code).toBe(0);
      const made = parseCertificate(readFileSync(path, 'utf8'));
      rmSync(join(folder.path, 'run'), { recursive: true });
      return made;
    };
    const { config_digest: digest, role_id: first } = await certificate();
    expect([first, (await certificate(digest)).role_id, (await certificate('0'.repeat(64))).role_id]).toEqual([
      'id',
      'known',
      'id',
    ]);
  });

  test('no secret in the argument list or the environment of the process', async () => {
    const child = hosted({ BATON_BEHAVIOUR: 'hold' });
    await child.says('"phase":"read"');
    for (const file of ['cmdline', 'environ'])
      expect(readFileSync(`/proc/${child.process.pid}/${file}`, 'utf8')).not.toContain(key);
    child.closeControl();
    await child.end();
  });

  test('closing the control pipe ends it and leaves nothing', async () => {
    const child = hosted({ BATON_BEHAVIOUR: 'hold' });
    await child.says('"phase":"read"');
    child.closeControl();
    const { code, stdout } = await child.end();
    expect(code).toBe(1);
    expect(lines(stdout).at(-1)).toMatchObject({ type: 'result', ok: false, error: { code: 'BK-CANCELED' } });
    expect(readdirSync(join(folder.path, 'run'))).toEqual([]);
  });

  test('an error of the connector arrives whole, without the key', async () => {
    const ended = await hosted({ BATON_BEHAVIOUR: 'refuse' }).end();
    expect(ended.code).toBe(16);
    expect(lines(ended.stdout).at(-1)).toMatchObject({
      type: 'result',
      ok: false,
      error: { code: 'FX-AUTH', status: 16, title: 'The key [redacted] was refused.', field: 'api-key' },
    });
    folder.expectNoKey(ended);
  });

  test.each([['not JSON'], ['[]'], ['{"api-key":7}']])('secrets that are %s', async (secrets) => {
    const { code, stdout } = await hosted({}, secrets).end();
    expect(code).toBe(2);
    expect(lines(stdout)).toMatchObject([{ type: 'result', ok: false, error: { code: 'BK-HOSTED-SECRETS' } }]);
  });

  test('a missing setting is one result line', async () => {
    const { code, stdout } = await hosted({}, '{}').end();
    expect(code).toBe(2);
    expect(lines(stdout)).toMatchObject([
      { type: 'result', ok: false, error: { code: 'BK-CONFIG-REQUIRED', field: 'api-key' } },
    ]);
  });
});
