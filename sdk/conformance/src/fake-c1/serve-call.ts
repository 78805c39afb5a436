import { fromBinary, toBinary, type DescMethod, type Message } from '@bufbuild/protobuf';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { join } from 'node:path';
import { BatonService, type BatonServiceUploadAssetRequest } from '@batonkit/protocol/connectorapi';
import { validate } from '@batonkit/protocol/validation';
import { answer, Refused, tasksOf, type UnaryRequest } from './answer.ts';
import type { CallName, Exchange, Outcome, Received } from './exchange.ts';
import type { Fault, FaultRule } from './fault.ts';
import type { Connection } from './front-door.ts';
import { BadFrame, frame, readFrames, sendMessage, sendStatus } from './grpc-frames.ts';
import { serveToken, TOKEN_PATH } from './serve-token.ts';
import { takeUpload, UploadRefused } from './take-upload.ts';
import type { World } from './world.ts';

/** Thrown where a fault takes over; the client gets what the fault says. */
class Fallen extends Error {
  readonly rule: FaultRule;

  constructor(rule: FaultRule) {
    super(rule.fault.kind);
    this.rule = rule;
  }
}

/** Serves one HTTP/2 stream: a token request or a call of BatonService. */
export async function serveCall(
  world: World,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  connection: Connection,
): Promise<void> {
  const path = headers[':path'] ?? '';
  const method = BatonService.methods.find(({ name }) => path === `/${BatonService.typeName}/${name}`);
  if (path === TOKEN_PATH) return serveToken(world, { stream, headers }, connection);
  if (method === undefined || headers[':method'] !== 'POST') return sendStatus(stream, 12, 'unknown method', true);

  const exchange: Exchange = {
    call: method.name as CallName,
    began: world.now(),
    connection: connection.number,
    httpVersion: '2',
    metadata: metadataOf(headers),
    messages: [],
  };
  world.exchanges.push(exchange);
  world.changed();
  const end = (outcome: Outcome): void => {
    Object.assign(exchange, { ended: world.now(), outcome });
    world.changed();
  };
  const refuse = (code: number, message: string, outcome: Outcome): void => {
    exchange.status = { code, message };
    sendStatus(stream, code, message, method.methodKind === 'client_streaming');
    end(outcome);
  };
  const gone = new AbortController();
  stream.once('close', () => gone.abort());
  try {
    const reply = await deal({ world, stream, method, exchange, signal: gone.signal });
    if (gone.signal.aborted) return end('client left');
    exchange.reply = reply;
    sendMessage(stream, frame(toBinary(method.output, reply)));
    if (exchange.fault === 'goaway') connection.session?.goaway();
    end('answered');
  } catch (error) {
    if (error instanceof Fallen) return fall(error.rule.fault, { world, stream, connection, exchange, refuse, end });
    if (gone.signal.aborted) return end('client left');
    if (error instanceof Refused || error instanceof BadFrame || error instanceof UploadRefused)
      return refuse(error.code, error.message, 'refused');
    refuse(13, 'the stand-in for C1 failed', 'refused');
  }
}

interface Visit {
  world: World;
  stream: ServerHttp2Stream;
  method: DescMethod;
  exchange: Exchange;
  signal: AbortSignal;
}

async function deal(visit: Visit): Promise<Message> {
  const { world, method, exchange, signal } = visit;
  const fate = new Fate(visit);
  await fate.meet(0);
  authorise(world, exchange);
  const messages = receive(visit, fate);
  let request: UnaryRequest | undefined;
  if (method.methodKind === 'client_streaming') {
    world.counters.uploads += 1;
    const path = join(world.directory, `upload-${world.counters.uploads}`);
    const parts = messages as AsyncGenerator<BatonServiceUploadAssetRequest>;
    exchange.upload = await takeUpload(parts, path, world.book, (taken) => {
      exchange.upload = taken;
      world.changed();
    });
  } else {
    for await (const message of messages) {
      if (request !== undefined) throw new Refused(13, 'more than one message');
      request = message as UnaryRequest;
    }
    if (request === undefined) throw new Refused(13, 'no message');
  }
  const { fault } = fate;
  const reply = await answer(world, method, request, signal, fault?.kind === 'reply' ? fault.message : undefined);
  fate.meetAnswer(reply);
  if (fault?.kind === 'late') await world.clock.sleep(fault.milliseconds, signal);
  fate.fallNow();
  return reply;
}

/** What the fault switches have in store for one call. */
class Fate {
  private readonly visit: Visit;
  private rule: FaultRule | undefined;

  constructor(visit: Visit) {
    this.visit = visit;
  }

  get fault(): Fault | undefined {
    return this.rule?.fault;
  }

  /** @param read how many messages have been read; `about` with the first */
  async meet(read: number, about?: Subject): Promise<void> {
    const { world, exchange, method, signal } = this.visit;
    if (this.rule === undefined && read <= 1) {
      this.rule = world.switches.take(exchange.call, about);
      if (this.rule !== undefined) exchange.fault = this.rule.fault.kind;
    }
    const { fault } = this;
    if (fault?.kind === 'slow' && read > 0) await world.clock.sleep(fault.milliseconds, signal);
    const least = method.methodKind === 'client_streaming' ? 0 : 1;
    const after = fault !== undefined && 'after' in fault ? (fault.after ?? least) : least;
    if (read >= after) this.fallUnlessDealtWith();
  }

  /** What a poll is about shows in its answer only. */
  meetAnswer(reply: Message): void {
    for (const { id } of tasksOf(reply))
      this.rule ??= this.visit.world.switches.take(this.visit.exchange.call, { taskId: id });
    if (this.rule !== undefined) this.visit.exchange.fault = this.rule.fault.kind;
  }

  fallUnlessDealtWith(): void {
    if (this.rule?.dealtWith !== true) this.fallNow();
  }

  fallNow(): void {
    if (this.rule !== undefined && takesPlace(this.rule.fault)) throw new Fallen(this.rule);
  }
}

interface Subject {
  hostId?: string;
  taskId?: string;
}

async function* receive({ world, stream, method, exchange }: Visit, fate: Fate): AsyncGenerator<Message> {
  for await (const bytes of readFrames(stream)) {
    let message: Message;
    try {
      message = fromBinary(method.input, bytes);
    } catch {
      throw new Refused(13, 'the message cannot be read');
    }
    const read = exchange.messages.push(noted(message, bytes));
    world.changed();
    await fate.meet(read, read === 1 ? subjectOf(message) : undefined);
    const broken = validate(method.input, message);
    if (broken !== undefined) throw new Refused(3, broken);
    yield message;
  }
  fate.fallUnlessDealtWith();
}

function authorise(world: World, { metadata }: Exchange): void {
  const token = /^Bearer (.+)$/.exec(metadata['authorization'] ?? '')?.[1];
  const known = token === undefined ? undefined : world.tokens.get(token);
  if (known === undefined || known.until < world.now()) throw new Refused(16, 'the access token is not good');
}

const takesPlace = ({ kind }: Fault): boolean => !['token', 'reply', 'late', 'slow', 'goaway'].includes(kind);

interface Falling {
  world: World;
  stream: ServerHttp2Stream;
  connection: Connection;
  exchange: Exchange;
  refuse: (code: number, message: string, outcome: Outcome) => void;
  end: (outcome: Outcome) => void;
}

function fall(fault: Fault, { stream, connection, exchange, refuse, end }: Falling): void {
  switch (fault.kind) {
    case 'status':
      return refuse(fault.code, fault.message ?? '', 'faulted');
    case 'http':
      exchange.http = { status: fault.status };
      if (!stream.destroyed && !stream.closed) {
        stream.respond({ ':status': fault.status, 'content-type': fault.contentType ?? 'text/html' });
        stream.end(fault.body ?? '');
      }
      return end('faulted');
    case 'cut':
      connection.socket.destroy();
      return end('faulted');
    case 'reset':
      stream.close(INTERNAL_ERROR);
      return end('faulted');
    case 'garbage':
      // Field 1 announces 127 bytes and has none.
      sendMessage(stream, frame(Buffer.from([0x0a, 0x7f])));
      return end('faulted');
    case 'short':
      sendMessage(stream, frame(Buffer.from([0x0a]), 100));
      return end('faulted');
    case 'oversized':
      sendMessage(stream, frame(unknownField(fault.bytes)));
      return end('faulted');
    case 'no status':
      sendMessage(stream, frame(Buffer.alloc(0)), false);
      return end('faulted');
    default:
      // hang: the stream stays open until the client gives up.
      stream.once('close', () => end('faulted'));
  }
}

const INTERNAL_ERROR = 2;

/** A message of that many bytes that every receiver can read: one field that none of them knows. */
function unknownField(bytes: number): Buffer {
  const head = Buffer.from([0xfa, 0xff, 0x01]);
  const length: number[] = [];
  for (let rest = bytes; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([head, Buffer.from(length), Buffer.alloc(bytes, 0x20)]);
}

function noted(message: Message, bytes: Uint8Array): Received {
  const { msg } = message as Partial<BatonServiceUploadAssetRequest>;
  if (msg?.case !== 'data') return { message, size: bytes.length, bytes: Uint8Array.from(bytes) };
  const shell = { ...message, msg: { case: 'data', value: { ...msg.value, data: new Uint8Array() } } } as Message;
  const dataBytes = msg.value.data.length;
  return { message: shell, size: bytes.length, bytes: Uint8Array.from(bytes.subarray(0, 16)), dataBytes };
}

function subjectOf(message: Message): Subject {
  const { msg } = message as Partial<BatonServiceUploadAssetRequest>;
  const subject = msg?.case === 'metadata' ? msg.value : message;
  const { hostId, taskId } = subject as { hostId?: string; taskId?: string };
  return { ...(hostId === undefined ? {} : { hostId }), ...(taskId === undefined ? {} : { taskId }) };
}

function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith(':') || name === ':authority');
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
