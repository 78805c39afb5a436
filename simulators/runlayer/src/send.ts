import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { bodyOf, type Answer } from './answer.ts';

const never = new AbortController().signal;

/** Sends an answer, in the way that a fault may have asked for. Ends early with the client. */
export async function send(response: ServerResponse, answer: Answer, gone: AbortSignal = never): Promise<void> {
  if (response.destroyed) return;
  const { status, headers, transport } = answer;
  if (transport?.silent) return;
  if (transport?.reset) {
    // Not a polite end: the other side sees ECONNRESET.
    response.socket?.resetAndDestroy();
    return;
  }
  let body = Buffer.from(bodyOf(answer));
  if (status === 204) {
    response.writeHead(status, headers).end();
    return;
  }
  if (transport?.padding) body = Buffer.concat([Buffer.alloc(transport.padding, 0x20), body]);
  if (transport?.gzip) body = gzipSync(body, { level: 1 });
  const encoding = transport?.gzip ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(status, { ...headers, ...encoding, 'content-length': body.length });
  if (transport?.stall) {
    response.flushHeaders();
  } else if (transport?.cut !== undefined) {
    await cut(response, body.subarray(0, Math.floor(body.length * transport.cut)));
  } else if (transport?.trickle !== undefined) {
    await trickle(response, body, transport.trickle, gone);
  } else {
    response.end(body);
  }
}

async function cut(response: ServerResponse, part: Buffer): Promise<void> {
  response.flushHeaders();
  if (part.length > 0) await new Promise<void>((resolve) => response.write(part, () => resolve()));
  response.destroy();
}

async function trickle(response: ServerResponse, body: Buffer, milliseconds: number, gone: AbortSignal): Promise<void> {
  const steps = 20;
  const size = Math.max(1, Math.ceil(body.length / steps));
  for (let at = 0; at < body.length && !gone.aborted; at += size) {
    await pause(milliseconds / steps, undefined, { signal: gone }).catch(() => {});
    if (!gone.aborted) response.write(body.subarray(at, at + size));
  }
  if (!gone.aborted) response.end();
}
