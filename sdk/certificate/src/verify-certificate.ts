import type { ErrorReport } from '@batonkit/kernel';
import type { Certificate } from './certificate.ts';
import { fail } from './errors.ts';

/** What is known of a file by looking at the file alone. */
export interface FileFacts {
  syncId: string;
  sha256: string;
  contentDigest: string;
}

export type Verdict = { ok: true } | { ok: false; reason: ErrorReport };

/** Whether a certificate is of this file. The first difference found is the reason. */
export function verifyCertificate(certificate: Certificate, file: FileFacts): Verdict {
  if (certificate.sync_id !== file.syncId) return { ok: false, reason: fail('BK-CERT-SYNC', {}).report };
  if (certificate.sha256 !== file.sha256) return { ok: false, reason: fail('BK-CERT-FILE', {}).report };
  if (certificate.content_digest !== file.contentDigest)
    return { ok: false, reason: fail('BK-CERT-CONTENT', {}).report };
  return { ok: true };
}
