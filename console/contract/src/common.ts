import { z } from '@hono/zod-openapi';

/** A KSUID: 27 characters of base 62. Every id of the console's own is one; row numbers never leave the database. */
export const Ksuid = z
  .string()
  .regex(/^[0-9A-Za-z]{27}$/)
  .openapi({ example: '36Qy0bVg2kWmD3T0Yz1xq7Jm9Ac', format: 'ksuid' });

/** RFC 3339, UTC, milliseconds. */
export const Instant = z.iso.datetime({ offset: true }).openapi({ example: '2026-11-24T10:02:00.000Z' });

/** An RFC 3339 instant, or a bare date, which means its end in UTC. Absent: now. */
export const AsOf = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  // The calendar has no year 0, and nothing was read before this century.
  .refine((text) => text >= '2000', 'Earlier than any sync')
  .openapi({
    description: 'An RFC 3339 instant, or a bare date, which means its end in UTC. Absent: now. From 2000 on.',
    example: '2026-06-30',
  });

/** What happened, what it means, what to do: the same texts in a terminal and on a screen. */
export const ErrorReport = z
  .object({
    code: z.string(),
    status: z.number().int().min(1).max(16),
    title: z.string(),
    meaning: z.string(),
    remedy: z.string(),
    field: z.string().optional(),
  })
  .openapi('ErrorReport');
export type ErrorReport = z.infer<typeof ErrorReport>;

/** RFC 9457 problem details; every answer that is not a success has this form. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    meaning: z.string(),
    remedy: z.string(),
    field: z.string().optional(),
    /** All findings about fields of a form, where there are several. */
    problems: z.array(ErrorReport).optional(),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof Problem>;

/** Query of every list: an opaque cursor and how many rows. */
export const Paging = z.object({
  cursor: z.string().max(1024).optional(),
  limit: z.coerce.number().int().min(1).max(200).optional(),
});

/** One page of a list. `next` is the cursor of the next one; null at the end. */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });

/**
 * When what a sync read is true. `moment`: the tenant held exactly this at one instant in it. `window`: the tenant
 * changed while it was read; each thing was there at some time in it, and nothing that was there all along is missing.
 */
export const Span = z.object({ kind: z.enum(['moment', 'window']), from: Instant, to: Instant }).openapi('Span');
export type Span = z.infer<typeof Span>;

/** Both are read completely; `complete with exceptions` names what of the tenant's form was overruled. */
export const Verdict = z.enum(['complete', 'complete with exceptions']);
export type Verdict = z.infer<typeof Verdict>;

/** A judgement about the form of the tenant that somebody overruled, with the reason. */
export const Exception = z
  .object({ name: z.string(), reason: z.string(), by: z.string(), at: Instant })
  .openapi('Exception');
export type Exception = z.infer<typeof Exception>;

/** What a list rests on: the applied sync that it was read from. */
export const Proof = z
  .object({
    syncId: Ksuid,
    verdict: Verdict,
    /** None, unless the verdict says so. */
    exceptions: z.array(Exception),
    span: Span,
    appliedAt: Instant,
    /** Who confirmed it, when the guard had held it. */
    confirmedBy: z.string().nullable(),
    signed: z.boolean(),
  })
  .openapi('Proof');
export type Proof = z.infer<typeof Proof>;

/** A change lies after `after` (null: it began before the first sync) and not later than `before`. */
export const Bound = z.object({ after: Instant.nullable(), before: Instant, syncId: Ksuid }).openapi('Bound');
export type Bound = z.infer<typeof Bound>;

/** When something was held; `to` null: still. */
export const Interval = z.object({ from: Bound, to: Bound.nullable() }).openapi('Interval');
export type Interval = z.infer<typeof Interval>;

export const Tier = z.enum(['critical', 'high', 'medium', 'none', 'unclassified']);
export type Tier = z.infer<typeof Tier>;
