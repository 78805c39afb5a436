/** Messages and services of c1.connector.v2. */
export * from './messages.ts';
/** Messages of c1.config.v1. */
export * as config from './config.ts';
export { parseResourceBatonId, resourceBatonId } from './baton-id.ts';
export { entitlementId, grantId, resourceKey } from './ids.ts';
export { isKsuid, ksuid, ksuidTime } from './ksuid.ts';
export { filterAny, findAny, isAny, packAny, registry } from './any.ts';
export { ByteWriter } from './encoding/byte-writer.ts';
export { encoderOf } from './encoding/encoder-of.ts';
export { checkConfiguration, checkField } from './check-configuration.ts';
export type { FieldProblem } from './check-configuration.ts';
export type { AnyConfigValue, ConfigMap, ConfigValue } from './config-value.ts';
export { errorToDetail, reportFromDetail } from './error-detail.ts';
export { EVIDENCE_KEY, evidenceFromStruct, evidenceToStruct, spanOf } from './evidence.ts';
export type { Evidence, EvidenceException, EvidenceScope, EvidenceVerdict, ListEvidence, Span } from './evidence.ts';
export {
  acceptedBy,
  announce,
  certificateFromAnnotations,
  certificateToAnnotation,
  progressFromAnnotations,
  progressToAnnotation,
} from './announcement.ts';
export type { Accepted } from './announcement.ts';
