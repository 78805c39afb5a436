import type { ErrorReport } from '@batonkit/kernel';
import type { Certificate } from './certificate.ts';
import { fail } from './errors.ts';
import { checkSignature } from './sign-certificate.ts';
import type { VerifyingKey } from './signing-key.ts';

/** What is known of a file by looking at the file alone. */
export interface FileFacts {
  syncId: string;
  sha256: string;
  contentDigest: string;
}

export type Verdict = { ok: true } | { ok: false; reason: ErrorReport };

/**
 * Whether a certificate is of this file. The first difference found is the reason.
 *
 * @param keys public halves that are trusted. A signature by one of them must be right; one that is missing or by
 *   another key is no difference here: `checkSignature` tells them apart.
 */
export function verifyCertificate(
  certificate: Certificate,
  file: FileFacts,
  keys: readonly VerifyingKey[] = [],
): Verdict {
  if (checkSignature(certificate, keys) === 'invalid')
    return { ok: false, reason: fail('BK-CERT-SIGNATURE', {}).report };
  if (certificate.sync_id !== file.syncId) return { ok: false, reason: fail('BK-CERT-SYNC', {}).report };
  if (certificate.sha256 !== file.sha256) return { ok: false, reason: fail('BK-CERT-FILE', {}).report };
  if (certificate.content_digest !== file.contentDigest)
    return { ok: false, reason: fail('BK-CERT-CONTENT', {}).report };
  return { ok: true };
}
