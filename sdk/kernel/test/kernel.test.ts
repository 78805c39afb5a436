import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  acquireOsLock,
  BatonError,
  createRedactor,
  errorTable,
  isErrorReport,
  linkAbort,
  reportOf,
  row,
  seededRandom,
  Status,
  VirtualClock,
} from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('errors', () => {
  const fail = errorTable({
    'BK-PLAIN': row({ status: Status.Unknown, title: 'A.', meaning: 'B.', remedy: 'C.', field: 'base-url' }),
    'BK-FACTS': row<{ count: number }>({
      status: Status.DataLoss,
      title: ({ count }) => `${count} lost.`,
      meaning: 'B.',
      remedy: 'C.',
    }),
  });

  it('makes texts of facts and keeps the cause inside the process', () => {
    const error = fail('BK-FACTS', { count: 3 }, { cause: new Error('rl_secret_key'), field: 'api-key' });
    expect(error.report).toEqual({
      code: 'BK-FACTS',
      status: 15,
      title: '3 lost.',
      meaning: 'B.',
      remedy: 'C.',
      field: 'api-key',
    });
    expect(JSON.stringify(error.report)).not.toContain('rl_secret');
    expect(error.message).toBe('3 lost. B. C. (BK-FACTS)');
    expect(fail('BK-PLAIN', {}).report.field).toBe('base-url');
  });

  it('tells nothing of a stray error but that it is ours', () => {
    expect(reportOf(new Error('ines@example.test'))).toMatchObject({ code: 'BK-INTERNAL', status: 13 });
    expect(JSON.stringify(reportOf(new Error('ines@example.test')))).not.toContain('ines');
    expect(reportOf(new DOMException('x', 'AbortError'))).toMatchObject({ code: 'BK-CANCELED', status: 1 });
  });

  it('takes a report from another process only in the right form', () => {
    const { report } = fail('BK-PLAIN', {});
    expect(isErrorReport(JSON.parse(JSON.stringify(report)))).toBe(true);
    for (const key of ['code', 'status', 'title', 'meaning', 'remedy'])
      expect(isErrorReport({ ...report, [key]: null })).toBe(false);
    expect(isErrorReport({ ...report, status: 17 })).toBe(false);
    expect(isErrorReport(null)).toBe(false);
  });
});

describe('redaction', () => {
  it('leaves no form of a secret in any text', () => {
    const secretText = fc
      .string({ minLength: 4, maxLength: 40, unit: 'grapheme-ascii' })
      .filter((text) => text.trim().length >= 4);
    fc.assert(
      fc.property(secretText, fc.string(), fc.string(), (secret, before, after) => {
        const redact = createRedactor([secret]);
        for (const form of [
          secret,
          encodeURIComponent(secret),
          Buffer.from(secret).toString('base64'),
          Buffer.from(secret).toString('base64url'),
        ]) {
          const rest = redact(`${before}${form}${after}`).replaceAll('[redacted]', '');
          if (!`${before}${after}`.includes(secret))
            expect(rest.length).toBeLessThan(before.length + after.length + form.length);
        }
        expect(redact(JSON.stringify({ key: secret }))).not.toContain(`"${secret}"`);
      }),
    );
  });

  it('finds a secret inside of what was encoded with it', () => {
    const secret = 'a b/c"d\\e+fäg=hij';
    const redact = createRedactor([secret]);
    const inBase64 = (text: string): string => Buffer.from(text).toString('base64');
    const hides = (text: string): void => expect(redact(text)).toContain('[redacted]');
    for (const user of ['u', 'us', 'use', 'user']) {
      hides(inBase64(`${user}:${secret}`));
      hides(Buffer.from(`${user}:${secret}:x`).toString('base64url'));
    }
    hides(JSON.stringify({ body: JSON.stringify({ key: secret }) }));
    hides(new URLSearchParams({ key: secret }).toString());
    hides(encodeURIComponent(secret).toLowerCase());
  });

  it.each([
    'secret-token:conductorone.com:v1:eyJrdHkiOiJPS1AifQ',
    'eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl',
    'Authorization: Bearer 0123456789abcdef0123',
  ])('knows %s by its form', (text) => {
    const clean = createRedactor([])(`before ${text} after`);
    expect(clean).toMatch(/^before (Authorization: Bearer )?\[redacted\] after$/);
  });

  it('leaves ordinary words alone', () => {
    const text = 'The bearer of this key is refused; secret-token: is its prefix. eyJ is not.';
    expect(createRedactor(['abcd'])(text)).toBe(text);
  });

  it('finds what is left of a secret in a text that was cut', () => {
    const redact = createRedactor(['Kx93canaryQQ7761zzAB']);
    expect(redact('The role "zzKx93canaryQQ77" is not known')).toBe('The role "zz[redacted]" is not known');
    expect(redact('It says: yyKx93canary…')).toBe('It says: yy[redacted]…');
    expect(redact(JSON.stringify({ error: 'no "Kx93canaryQ"' }))).toBe(String.raw`{"error":"no \"[redacted]\""}`);
    expect(redact('Kx93canaryQQ7761zz')).toBe('[redacted]');
    expect(redact('Kx93canaries, Kx93cana and Kx93c')).toBe('Kx93canaries, Kx93cana and Kx93c');
  });

  it('knows a Runlayer key by its form, configured or not', () => {
    expect(createRedactor([])('key rl_user_abc123DEF, world rl_ x')).toBe('key [redacted], world rl_ x');
  });
});

describe('linkAbort', () => {
  it('aborts with the reason of the first signal, and lets go when disposed', () => {
    const one = new AbortController();
    const two = new AbortController();
    const linked = linkAbort(one.signal, undefined, two.signal);
    two.abort('two');
    expect(linked.signal.reason).toBe('two');
    {
      using other = linkAbort(one.signal);
      expect(other.signal.aborted).toBe(false);
      linked[Symbol.dispose]();
      one.abort('one');
      expect(other.signal.reason).toBe('one');
    }
    expect(linkAbort(one.signal).signal.reason).toBe('one');
  });
});

describe('VirtualClock', () => {
  it('moves by its waits and stops at an abort', async () => {
    const clock = new VirtualClock(1000);
    await clock.sleep(500);
    expect([clock.now(), clock.monotonic(), clock.slept]).toEqual([1500, 500, [500]]);
    await expect(clock.sleep(1, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});

describe('seededRandom', () => {
  it('repeats per seed', () => {
    expect([...seededRandom(7).bytes(8)]).toEqual([...seededRandom(7).bytes(8)]);
    expect([...seededRandom(7).bytes(8)]).not.toEqual([...seededRandom(8).bytes(8)]);
  });
});

describe('acquireOsLock', () => {
  const path = join(folder, 'lock');
  const take = `import { acquireOsLock } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    try { acquireOsLock(process.argv[1], 'the file'); console.log('taken'); process.kill(process.pid, 'SIGKILL'); }
    catch (error) { console.log(error.report.code, error.report.status); }`;
  const other = () =>
    spawnSync(process.execPath, ['--input-type=module', '-e', take, path], { encoding: 'utf8' }).stdout.trim();

  it('keeps another process out until it is given back, and is free after a kill', () => {
    const held = acquireOsLock(path, 'the file');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(other()).toBe('BK-LOCK 9');
    expect(() => acquireOsLock(path, 'the file')).toThrow(BatonError);
    held[Symbol.dispose]();
    // The second takes it and is killed while it holds it.
    expect(other()).toBe('taken');
    acquireOsLock(path, 'the file')[Symbol.dispose]();
  });
});
