import { systemClock, type Random } from '@batonkit/kernel';
import { certificatePem, createCertificateAuthority } from '@batonkit/kernel/certificate-authority';

/** What a TLS server of a test shows, and what its clients have to trust. All PEM. */
export interface MadeCertificate {
  authority: string;
  certificate: string;
  key: string;
}

/**
 * An authority of its own and one server certificate, signed by it, for this machine (localhost, 127.0.0.1, ::1) and
 * these names.
 * Valid by the system's clock: that is what TLS asks, whatever clock a test runs on.
 */
export function makeCertificate(random: Random, names: readonly string[] = []): MadeCertificate {
  const authority = createCertificateAuthority({ commonName: 'Test authority' }, { clock: systemClock, random });
  const { cert, privateKey } = authority.issue({
    commonName: 'localhost',
    hosts: ['localhost', '127.0.0.1', '::1', ...names],
  });
  return {
    authority: certificatePem(authority.cert),
    certificate: certificatePem(cert),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
