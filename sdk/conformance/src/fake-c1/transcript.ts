import { fromJson, toBinary, toJson, type JsonValue, type Message } from '@bufbuild/protobuf';
import { BatonService } from '@batonkit/protocol/connectorapi';
import { completeRegistry } from '@batonkit/protocol/complete';
import type { CallName, Exchange } from './exchange.ts';
import type { Fault, FaultRule } from './fault.ts';

/** One call of a recorded conversation with C1, in the order in which they ended. */
export interface TranscriptEntry {
  t_ms: number;
  call: CallName;
  metadata?: Record<string, string>;
  http?: unknown;
  assertion?: unknown;
  /** Protobuf JSON and exact bytes of a unary request. */
  request?: unknown;
  request_hex?: string;
  reply?: unknown;
  reply_hex?: string;
  reply_status?: { code: number; message: string };
  client_went_away_while_waiting?: boolean;
  /** Of an upload. */
  messages?: { kind: string; data_bytes?: number; message_bytes?: number; hex?: string; value?: unknown }[];
  bytes?: number;
  data_messages?: number;
  eof_sha256?: string;
  sha256_of_received?: string;
  eof_sha256_matches?: boolean;
  result?: string;
}

/** What was recorded by a fake, in the form of a recorded conversation, so that two of them can be compared. */
export function toTranscript(exchanges: readonly Exchange[]): TranscriptEntry[] {
  const ended = exchanges.filter((exchange) => exchange.ended !== undefined);
  const order = [...ended].sort((a, b) => (a.ended ?? 0) - (b.ended ?? 0));
  return order.map((exchange) => ({ t_ms: exchange.ended ?? 0, call: exchange.call, ...partsOf(exchange) }));
}

function partsOf(exchange: Exchange): Partial<TranscriptEntry> {
  const { call, metadata, messages, reply, status, token, http, upload, outcome } = exchange;
  if (call === 'token') {
    return {
      http: { version: exchange.httpVersion, headers: metadata, form_keys_in_order: token?.keysInOrder },
      assertion: token?.assertion,
      reply: http,
    };
  }
  const method = BatonService.methods.find(({ name }) => name === call);
  if (method === undefined) return {};
  const answered = {
    ...(reply === undefined
      ? {}
      : { reply: json(method.output, reply), reply_hex: hex(toBinary(method.output, reply)) }),
    ...(status === undefined ? {} : { reply_status: status }),
    ...(outcome === 'client left' ? { client_went_away_while_waiting: true } : {}),
  };
  if (call !== 'UploadAsset') {
    const [first] = messages;
    const asked = first && { request: json(method.input, first.message), request_hex: hex(first.bytes) };
    return { metadata, ...asked, ...answered };
  }
  const eof = messages.findLast(({ message }) => kindOf(message) === 'eof');
  const claimed = eof === undefined ? '' : hex(eof.bytes.subarray(-32));
  return {
    metadata,
    messages: messages.map(({ message, size, bytes, dataBytes }) => {
      const kind = kindOf(message);
      if (dataBytes !== undefined) return { kind, data_bytes: dataBytes, message_bytes: size };
      return { kind, hex: hex(bytes), value: json(method.input, message) };
    }),
    data_messages: messages.filter(({ dataBytes }) => dataBytes !== undefined).length,
    bytes: upload?.bytes ?? 0,
    eof_sha256: claimed,
    sha256_of_received: upload?.sha256 ?? '',
    eof_sha256_matches: claimed !== '' && claimed === upload?.sha256,
    ...answered,
  };
}

/** The fault switches that make a fake answer as C1 did in a recorded conversation, call by call. */
export function rulesOf(entries: readonly TranscriptEntry[]): FaultRule[] {
  // A call that a rule took is not seen by the rules after it, so only those that no rule takes are passed over.
  const usual = new Map<CallName, number>();
  return entries.flatMap((entry) => {
    const skip = usual.get(entry.call) ?? 0;
    const fault = faultOf(entry);
    if (fault !== undefined) return [{ on: entry.call, skip, times: 1, fault }];
    usual.set(entry.call, skip + 1);
    return [];
  });
}

function faultOf(entry: TranscriptEntry): Fault | undefined {
  const { call, reply, reply_status: status } = entry;
  if (call === 'token') {
    const { status: code = 200, json: body } = reply as { status?: number; json?: Record<string, unknown> };
    if (code !== 200) return { kind: 'http', status: code };
    const { expires_in, token_type } = body ?? {};
    return { kind: 'token', json: { expires_in, token_type } };
  }
  if (status !== undefined) return { kind: 'status', ...status };
  if (entry.client_went_away_while_waiting === true) return { kind: 'hang' };
  if (call === 'UploadAsset') {
    const after = entry.messages?.length ?? 0;
    if (entry.result?.startsWith('connection dropped') === true) return { kind: 'cut', after };
    const code = /^status (\d+)/.exec(entry.result ?? '')?.[1];
    return code === undefined ? undefined : { kind: 'status', code: Number(code), after };
  }
  const method = BatonService.methods.find(({ name }) => name === call);
  if (method === undefined || reply === undefined) return undefined;
  const message = fromJson(method.output, reply as JsonValue, { registry: completeRegistry });
  return { kind: 'reply', message: message as never };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const kindOf = (message: Message): string => (message as { msg?: { case?: string } }).msg?.case ?? '';
const json = (schema: (typeof BatonService.methods)[number]['input'], message: Message): unknown =>
  toJson(schema, message, { registry: completeRegistry });
