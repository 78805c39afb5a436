import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../src/http/json-answer.ts';
import { countMembers, countParsedMembers } from '../src/http/scan-json.ts';
import { failureOf, json, served } from './served.ts';

const packers = { gzip: gzipSync, 'x-gzip': gzipSync, br: brotliCompressSync, zstd: zstdCompressSync };

describe('a packed body', () => {
  test.each(Object.entries(packers))('%s is unpacked, whole', async (encoding, pack) => {
    const value = { data: Array.from({ length: 5000 }, (_, id) => ({ id, name: `nö ${id}` })) };
    await using from = await served((_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding })
        .end(pack(JSON.stringify(value))),
    );
    expect(await from.get()).toMatchObject({ ok: true, json: value, retries: 0 });
  });

  test.each(Object.entries(packers))('%s: a small body that unpacks to too much is cut', async (encoding, pack) => {
    const bomb = pack(`"${'x'.repeat(3_000_000)}"`);
    expect(bomb.length).toBeLessThan(10_000);
    await using from = await served(
      (_, response) =>
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(bomb),
      { maxBodyBytes: 100_000 },
    );
    expect(failureOf(await from.get())).toEqual({ kind: 'too-large', bytes: 100_000 });
  });

  test.each(Object.entries(packers))('%s: half of it is a failure, never half a list', async (encoding, pack) => {
    const whole = pack(JSON.stringify(Array.from({ length: 3000 }, (_, n) => `${n} ${n * n}`)));
    await using from = await served((_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding })
        .end(whole.subarray(0, whole.length / 2)),
    );
    expect(failureOf(await from.get())).toMatchObject({ kind: 'bad-json' });
    expect(from.seen).toHaveLength(1);
  });

  test.each(['compress', 'gzip, br', 'zstd'])('what calls itself %s and is not is a failure', async (encoding) => {
    await using from = await served((_, response) => json(response, {}, 200, { 'content-encoding': encoding }));
    expect(failureOf(await from.get())).toEqual({ kind: 'bad-json', reason: 'encoding' });
  });

  test('a connection that breaks in the middle is tried again', async () => {
    const whole = gzipSync(JSON.stringify(Array.from({ length: 3000 }, (_, n) => n * n)));
    await using from = await served((request, response, n) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'content-length': whole.length,
      });
      if (n > 1) return response.end(whole);
      response.write(whole.subarray(0, 100));
      setImmediate(() => request.socket.destroy());
      return response;
    });
    expect(await from.get()).toMatchObject({ ok: true, retries: 1 });
  });

  test('an error in a packing that is not known is still that error', async () => {
    await using from = await served((_, response) => json(response, {}, 404, { 'content-encoding': 'lzma' }));
    expect(failureOf(await from.get())).toMatchObject({ kind: 'status', status: 404 });
  });
});

describe('a key that stands twice in one object', () => {
  const judge = (text: string) => readJson(Buffer.from(text), 'application/json', true);
  test.each([
    '{"id":1,"id":1}',
    '{"data":[{"id":"a","roles":[],"roles":["admin"]}]}',
    String.raw`{"id":1,"\u0069d":2}`,
    '{"__proto__":1,"__proto__":2}',
    '[{"a":{"b":{"c":1,"c":2}}}]',
  ])('%s is refused', (text) => expect(judge(text)).toEqual({ kind: 'bad-json', reason: 'duplicate-key' }));

  test.each([
    '{"id":1,"Id":1}',
    '[{"id":1},{"id":1}]',
    '{"a":{"a":{"a":1}}}',
    String.raw`{"a:\"b\":":":,{}[]","b":"\\"}`,
    '{"__proto__":{"x":1},"constructor":1}',
    '{"":1," ":2}',
  ])('%s is fine', (text) => expect(judge(text)).toEqual({ json: JSON.parse(text) as unknown }));

  test('a text of more parts than can be held is not parsed', () => {
    // No JSON: that is seen before.
    expect(judge('{},'.repeat(16_000_000) + ',')).toEqual({ kind: 'bad-json', reason: 'too-many' });
    // Those inside of strings are none.
    expect(judge('"a,:"'.repeat(9_000_000))).toEqual({ kind: 'bad-json', reason: 'broken' });
  });

  test('the two counts agree for any value, however it is written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 4 }), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(countMembers(Buffer.from(text), 64)).toBe(countParsedMembers(JSON.parse(text)));
      }),
    );
  });
});
