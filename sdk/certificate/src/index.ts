export { canonicalJson, isCanonicalJson } from './canonical-json.ts';
export { buildCertificate, CERTIFICATE_FORMAT, certificatePath, spanOfCertificate } from './certificate.ts';
export type {
  Certificate,
  CertificateException,
  CertificateInput,
  CertificateList,
  CertificateScope,
  CertificateSpan,
  CertificateVerdict,
} from './certificate.ts';
export { parseCertificate } from './parse-certificate.ts';
export { verifyCertificate } from './verify-certificate.ts';
export type { FileFacts, Verdict } from './verify-certificate.ts';
export { checkSignature, signCertificate } from './sign-certificate.ts';
export type { SignatureState } from './sign-certificate.ts';
export { readSigningKey, readVerifyingKey } from './signing-key.ts';
export type { SigningKey, VerifyingKey } from './signing-key.ts';
