import type { ServerHttp2Stream } from 'node:http2';

const MOST = 4 * 1024 * 1024;

/** What is wrong with the bytes of a request. */
export class BadFrame extends Error {
  /** gRPC status. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The messages of a request stream, one at a time: what is not asked for stays in the sender (flow control).
 * @throws BadFrame on compressed, oversized and truncated frames
 */
export async function* readFrames(stream: ServerHttp2Stream): AsyncGenerator<Uint8Array> {
  let parts: Buffer[] = [];
  let held = 0;
  const take = (count: number): Buffer => {
    const all = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    parts = [all.subarray(count)];
    held -= count;
    return all.subarray(0, count);
  };
  let wanted: number | undefined;
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    parts.push(chunk);
    held += chunk.length;
    for (;;) {
      if (wanted === undefined) {
        if (held < 5) break;
        const head = take(5);
        if (head[0] !== 0) throw new BadFrame(12, 'compressed messages are not understood');
        wanted = head.readUInt32BE(1);
        if (wanted > MOST) throw new BadFrame(8, `a message of ${wanted} bytes is too large`);
      }
      if (held < wanted) break;
      const message = take(wanted);
      wanted = undefined;
      yield message;
    }
  }
  if (held > 0 || wanted !== undefined) throw new BadFrame(13, 'the last message is cut short');
}

/** A message with its frame. `announced` says another length than it has. */
export function frame(message: Uint8Array, announced = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(announced, 1);
  return Buffer.concat([head, message]);
}

const HEAD = { ':status': 200, 'content-type': 'application/grpc' };

/** One message and status 0, or that message and no status at all. */
export function sendMessage(stream: ServerHttp2Stream, framed: Uint8Array, withStatus = true): void {
  if (stream.destroyed || stream.closed) return;
  if (withStatus) {
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  } else {
    stream.respond(HEAD);
  }
  stream.end(framed);
}

/** A status other than 0, and nothing else. */
export function sendStatus(stream: ServerHttp2Stream, code: number, message: string, streaming: boolean): void {
  if (stream.destroyed || stream.closed || stream.headersSent) return;
  stream.respond({ ...HEAD, 'grpc-status': String(code), 'grpc-message': percent(message) }, { endStream: true });
  // What is still on its way is not wanted; without this a sender in the middle of an upload waits for ever.
  if (streaming && !stream.readableEnded) stream.close(0);
  else stream.resume();
}

/** gRPC's percent-encoding of status messages. */
const percent = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`,
    )
    .join('');
