export interface StringRule {
  minLen?: number;
  maxLen?: number;
  minBytes?: number;
  maxBytes?: number;
  in?: readonly string[];
  pattern?: string;
  prefix?: string;
  email?: boolean;
  uri?: boolean;
  ignoreEmpty?: boolean;
}

export interface NumberRule {
  gt?: number;
  gte?: number;
  lte?: number;
  ignoreEmpty?: boolean;
}

export interface BytesRule {
  len?: number;
  minLen?: number;
  maxLen?: number;
}

/** What one value must be. Lengths of strings count characters, `…Bytes` their UTF-8. */
export interface ValueRule {
  string?: StringRule;
  bytes?: BytesRule;
  uint32?: NumberRule;
  int64?: NumberRule;
  enum?: { definedOnly: boolean };
  /** In seconds, both inclusive. */
  duration?: { gte: number; lte: number };
}

export interface FieldRule extends ValueRule {
  /** The message must be there. */
  required?: boolean;
  repeated?: { minItems?: number; maxItems?: number; unique?: boolean; items?: ValueRule };
  map?: { minPairs?: number; maxPairs?: number; keys?: ValueRule; values?: ValueRule };
}

/** By full name of the message: its limited fields by their protobuf names, and oneofs of which one must be set. */
export type RuleTable = Readonly<
  Record<string, { fields?: Readonly<Record<string, FieldRule>>; oneofs?: readonly string[] }>
>;
