import type { Message } from '@bufbuild/protobuf';

/** A call to C1: the token endpoint, or a method of its BatonService. */
export type CallName =
  | 'token'
  | 'Hello'
  | 'GetTask'
  | 'GetTasks'
  | 'Heartbeat'
  | 'UploadAsset'
  | 'FinishTask'
  | 'StartDebugging';

/** One gRPC message as it arrived. */
export interface Received {
  message: Message;
  /** Bytes of the message on the wire, without its frame. */
  size: number;
  /** Those bytes; of a `data` message of an upload the first 16 only, as files may be large. */
  bytes: Uint8Array;
  /** For a `data` message of an upload: how many bytes of the file it carries. */
  dataBytes?: number;
}

/** How an exchange ended. */
export type Outcome = 'answered' | 'refused' | 'faulted' | 'client left';

/** One call, from its headers to its answer. Times are milliseconds since the fake was started. */
export interface Exchange {
  call: CallName;
  began: number;
  /** Undefined while it goes on. */
  ended?: number;
  outcome?: Outcome;
  /** Number of the TCP connection it came on, from 1. */
  connection: number;
  httpVersion: '1.1' | '2';
  /** Headers, or gRPC metadata with `:authority`. */
  metadata: Record<string, string>;
  messages: Received[];
  /** Of a token request. */
  token?: TokenRequest;
  /** What was answered: a message, or a status other than 0, or an HTTP status. */
  reply?: Message;
  status?: { code: number; message: string };
  http?: { status: number; json?: unknown };
  /** The fault that a switch applied. */
  fault?: string;
  /** Of an upload: hash of what arrived, and bytes of it. */
  upload?: { sha256: string; bytes: number };
}

export interface TokenRequest {
  keysInOrder: string[];
  form: Record<string, string>;
  /** The client assertion decoded, undefined if it cannot be. */
  assertion?: { header: Record<string, unknown>; claims: Record<string, unknown>; signatureBytes: number };
  /** Why it was refused, undefined if it was not. */
  refused?: string;
}
