import { z } from 'zod';
import { Instant } from '@batonkit/console-contract';
import { isErrorReport, type ErrorReport } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import { isDatable, isStorable } from '../storable.ts';

/** What a column of the database can hold. */
const whole = z.number().int().min(0).max(2_147_483_647);
const milliseconds = z.number().min(0).max(86_400_000);
const text = (length: number) => z.string().max(length).refine(isStorable);
const name = text(200);
/** In UTC: the database knows fewer zones than RFC 3339, and no year 0. */
const instant = Instant.refine(isDatable).transform((at) => new Date(at).toISOString());
const base = { v: z.literal(1), at: instant };
const report = z.custom<ErrorReport>(
  (value) =>
    isErrorReport(value) &&
    [value.code, value.title, value.meaning, value.remedy, value.field ?? ''].every(
      (part) => part.length <= 4_000 && isStorable(part),
    ),
);

/** The lines of a hosted child (sdk/runtime/docs/progress.md). A child is not trusted: everything is checked. */
const Line = z.discriminatedUnion('type', [
  z.object({ ...base, type: z.literal('start'), connector: name, version: name, syncId: name }),
  z.object({ ...base, type: z.literal('phase'), phase: z.enum(['validate', 'read', 'prove', 'store', 'save']) }),
  z.object({
    ...base,
    type: z.literal('list'),
    list: name,
    pass: whole,
    received: whole,
    total: whole.nullish(),
    pages: whole,
    done: z.boolean(),
  }),
  z.object({
    ...base,
    type: z.literal('request'),
    method: name,
    path: text(500),
    status: whole.nullish(),
    ms: milliseconds,
    rows: whole.nullish(),
    attempt: whole,
  }),
  z.object({ ...base, type: z.literal('plan'), plan: name, requests: whole }),
  z.object({ ...base, type: z.literal('wait'), ms: milliseconds, reason: text(500) }),
  z.object({
    ...base,
    type: z.literal('stored'),
    resourceTypes: whole,
    resources: whole,
    entitlements: whole,
    grants: whole,
  }),
]);
const Result = z.discriminatedUnion('ok', [
  z.object({
    ...base,
    type: z.literal('result'),
    ok: z.literal(true),
    syncId: z.string().regex(/^[0-9A-Za-z]{27}$/),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    contentDigest: z.string().max(200),
  }),
  z.object({ ...base, type: z.literal('result'), ok: z.literal(false), error: report }),
]);

export type ProgressLine = z.infer<typeof Line>;
export type ResultLine = z.infer<typeof Result>;

/**
 * One line of a child's output; undefined for a type that is not known, as later releases may say more.
 *
 * @throws BatonError `BK-RUN-PROTOCOL`
 */
export function parseProgress(text: string): ProgressLine | ResultLine | undefined {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail('BK-RUN-PROTOCOL', { what: 'A line of its output is not JSON.' });
  }
  const type = (value as { type?: unknown } | null)?.type;
  if (type === 'result') {
    const result = Result.safeParse(value);
    if (!result.success) throw fail('BK-RUN-PROTOCOL', { what: 'Its result has an unknown form.' });
    return result.data;
  }
  const line = Line.safeParse(value);
  if (line.success) return line.data;
  if (typeof type === 'string' && !KNOWN.has(type)) return undefined;
  throw fail('BK-RUN-PROTOCOL', { what: `A line of its output of type "${String(type)}" has an unknown form.` });
}

const KNOWN = new Set(['start', 'phase', 'plan', 'list', 'request', 'wait', 'stored']);
