export { canonicalJson, isCanonicalJson } from './canonical-json.ts';
export { buildCertificate, CERTIFICATE_FORMAT, certificatePath } from './certificate.ts';
export type { Certificate, CertificateInput, CertificateList, CertificateSpan } from './certificate.ts';
export { parseCertificate } from './parse-certificate.ts';
export { verifyCertificate } from './verify-certificate.ts';
export type { FileFacts, Verdict } from './verify-certificate.ts';
