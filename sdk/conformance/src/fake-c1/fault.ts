import type { MessageInitShape } from '@bufbuild/protobuf';
import type { BatonService } from '@batonkit/protocol/connectorapi';
import type { CallName } from './exchange.ts';

/** What is answered to a method: the init of its response message. */
export type ReplyOf<N extends keyof typeof BatonService.method> = MessageInitShape<
  (typeof BatonService.method)[N]['output']
>;

/**
 * What goes wrong with a call. `after` counts the request's messages that are still read before it happens (default:
 * 1 of a unary call, 0 of an upload; at its end at the latest).
 */
export type Fault =
  /** The call ends with this gRPC status; at the token endpoint use `http`. */
  | { kind: 'status'; code: number; message?: string; after?: number }
  /** What stands before C1 answers instead of it. */
  | { kind: 'http'; status: number; body?: string; contentType?: string }
  /** Another token answer, such as `{ expires_in: 11 }`; members that are not given stay as usual. */
  | { kind: 'token'; json: Record<string, unknown> }
  /** This answer instead of the usual one. Tasks in it are those of the replica that asked. */
  | { kind: 'reply'; message: ReplyOf<'hello' | 'getTask' | 'getTasks' | 'heartbeat' | 'uploadAsset' | 'finishTask'> }
  /** The TCP connection is cut. */
  | { kind: 'cut'; after?: number }
  /** The HTTP/2 stream is reset. */
  | { kind: 'reset'; after?: number }
  /** No answer, ever; the connection stays open. */
  | { kind: 'hang'; after?: number }
  /** The usual answer, this much later. */
  | { kind: 'late'; milliseconds: number }
  /** Each message of the request is read this much after the one before; the sender feels it (flow control). */
  | { kind: 'slow'; milliseconds: number }
  /** An answer whose bytes are no protobuf message. */
  | { kind: 'garbage' }
  /** A frame that announces more bytes than come. */
  | { kind: 'short' }
  /** An answer of this many bytes; clients take 4 MiB. */
  | { kind: 'oversized'; bytes: number }
  /** The stream ends without a status. */
  | { kind: 'no status' }
  /** The usual answer, and the connection says that it takes no more calls. */
  | { kind: 'goaway' };

export interface FaultRule {
  on: CallName | readonly CallName[];
  fault: Fault;
  /** This many matching calls pass before it applies; default 0. */
  skip?: number;
  /** To how many calls it applies; default 1. */
  times?: number;
  /**
   * Only calls of this replica, or about this task. Known once the first message was read; which task a poll is about,
   * once it is dealt with: the answer with that task is lost.
   */
  hostId?: string;
  taskId?: string;
  /** The call is dealt with as usual, and only its answer falls victim: the client cannot know that it counted. */
  dealtWith?: boolean;
}

export interface ActiveFault {
  readonly rule: FaultRule;
  /** How many calls it was applied to. */
  readonly hits: number;
  remove(): void;
}

interface Entry {
  rule: FaultRule;
  seen: number;
  hits: number;
}

/** The fault switches that are on. The first that fits a call applies. */
export class FaultSwitches {
  private entries: Entry[] = [];

  add(rule: FaultRule): ActiveFault {
    const entry: Entry = { rule, seen: 0, hits: 0 };
    this.entries.push(entry);
    return {
      rule,
      get hits() {
        return entry.hits;
      },
      remove: () => {
        this.entries = this.entries.filter((other) => other !== entry);
      },
    };
  }

  clear(): void {
    this.entries = [];
  }

  /**
   * The rule for this call, counted as applied. Asked without a subject when a call begins, for rules about any replica
   * and task, and with one when its first message says whom it is about, for the others.
   */
  take(call: CallName, about?: { hostId?: string; taskId?: string }): FaultRule | undefined {
    for (const entry of this.entries) {
      const { on, skip = 0, times = 1, hostId, taskId } = entry.rule;
      const named = typeof on === 'string' ? on === call : on.includes(call);
      if (!named || entry.hits >= times) continue;
      if ((about !== undefined) !== (hostId !== undefined || taskId !== undefined)) continue;
      if (hostId !== undefined && hostId !== about?.hostId) continue;
      if (taskId !== undefined && taskId !== about?.taskId) continue;
      entry.seen += 1;
      if (entry.seen <= skip) continue;
      entry.hits += 1;
      return entry.rule;
    }
    return undefined;
  }
}
