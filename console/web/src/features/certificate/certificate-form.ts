import type { Span as ContractSpan } from '@batonkit/console-contract';
import { z } from 'zod';

const Span = z.object({ from: z.string(), to: z.string() });

/** What of a certificate is shown. A form that this does not know is shown as its raw text, not guessed at. */
export const CertificateForm = z.object({
  format: z.literal('batonkit certificate v1'),
  sync_id: z.string(),
  sha256: z.string(),
  content_digest: z.string(),
  origin: z.string(),
  connector: z.object({ type: z.string(), version: z.string() }),
  owner: z.object({ id: z.string(), roles: z.array(z.string()) }),
  plan: z.string(),
  moment: Span.optional(),
  window: Span.optional(),
  lists: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      count: z.number().nullable(),
      distinct: z.number(),
      pages: z.number(),
      passes: z.number(),
      retries: z.number(),
      vanished: z.number(),
      server_scoped: z.number(),
    }),
  ),
  scope: z.literal('full'),
  verdict: z.enum(['complete', 'complete with exceptions']),
  exceptions: z.array(z.object({ name: z.string(), reason: z.string(), by: z.string(), at: z.string() })),
  notes: z.record(z.string(), z.number()),
  key_id: z.string().optional(),
  signature: z.string(),
});
export type CertificateForm = z.infer<typeof CertificateForm>;

/** When what it says is true. */
export function spanOf({ moment, window }: CertificateForm): ContractSpan | undefined {
  if (moment !== undefined) return { kind: 'moment', ...moment };
  return window === undefined ? undefined : { kind: 'window', ...window };
}
