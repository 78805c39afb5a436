import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** The usual authorities and these. One that is damaged is left out: then its servers are not trusted. */
export function trusting(ca: readonly string[]): SecureContext {
  const usual = getCACertificates('default');
  try {
    return createSecureContext({ ca: [...usual, ...ca] });
  } catch {
    return createSecureContext({ ca: [...usual, ...ca.filter(isCertificate)] });
  }
}

function isCertificate(pem: string): boolean {
  try {
    void new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
