export type { ConnectorDefinition, ConnectorDeps, DoctorStep, OpenConnector, Presenter } from './definition.ts';
export type { PlanDescription } from './plan-description.ts';
export type { ConnectorEvent, ListEvent, Observe, PlanEvent, RequestEvent } from './events.ts';
export {
  boolField,
  defineConfig,
  environmentName,
  intField,
  mapField,
  sliceField,
  stringField,
} from './config/define-config.ts';
export type {
  ConfigDefinition,
  ConfigValues,
  FieldConstraint,
  FieldDeclaration,
  FieldDeclarations,
} from './config/define-config.ts';
export { isSecretField, toConfiguration } from './config/to-configuration.ts';
export { createHttpClient } from './http/http-client.ts';
export type {
  GetRequest,
  HttpAnswer,
  HttpClient,
  HttpClientOptions,
  NetworkSettings,
  Query,
} from './http/http-client.ts';
export { defaultPolicy, guestPolicy, isLoopback } from './http/address-guard.ts';
export type { AddressPolicy, Destination } from './http/address-guard.ts';
export { parseProxy, proxyFor } from './http/proxy.ts';
export { trusting } from './http/trusting.ts';
export { tunnel } from './http/tunnel.ts';
export { networkFailure } from './http/failure.ts';
export type { ProxySettings } from './http/proxy.ts';
export { headerFault } from './http/request-headers.ts';
export type { HttpFailure, JsonFault, NetworkReason, TlsFault } from './http/failure.ts';
export { statusOfFailure } from './http/status-of-failure.ts';
export { fetchPage } from './http/fetch-page.ts';
export type { PageEndpoint } from './http/fetch-page.ts';
export { resourceType } from './building/resource-type.ts';
export type { ResourceTypeOptions } from './building/resource-type.ts';
export { groupResource, roleResource, userResource } from './building/resource.ts';
export type { ResourceRef, UserDescription } from './building/resource.ts';
export { assignmentEntitlement, assignmentGrant } from './building/assignment.ts';
export type { AssignmentOptions } from './building/assignment.ts';
export { localPages } from './building/local-page.ts';
export { prove } from './reading/prove.ts';
export type { ProveOptions, Reading } from './reading/prove.ts';
export { differencesInWords } from './reading/explain-reading.ts';
export type {
  FetchPage,
  FirstPass,
  MemberList,
  Out,
  PageAnswer,
  PagedList,
  PagedMemberList,
  PageRequest,
  Plan,
  PlanFacts,
  ReadingException,
  ReadingProblem,
  Settled,
  Taken,
} from './reading/plan.ts';
export { capabilitiesOf, createConnectorService } from './service.ts';
export { toConnectError } from './to-connect-error.ts';
export { openConnector, SDK_VERSION } from './open-connector.ts';
export type { OpenDeps } from './open-connector.ts';
export type { SyncRecord } from './current-reading.ts';
export type { ConnectorServices, ServiceDeps } from './service.ts';
export { connectInMemory } from './connect-in-memory.ts';
export type { ConnectorClient } from './connect-in-memory.ts';
