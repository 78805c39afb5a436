import { z } from '@hono/zod-openapi';
import * as app from './app.ts';
import { CatalogEntry } from './catalog.ts';
import { AsOf, Ksuid, page, Paging } from './common.ts';
import * as connector from './connector.ts';
import { Session, SignIn, User } from './session.ts';

/** One operation of the API: what the server validates, the document describes and the browser calls. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/api/v1`. */
  path: `/${string}`;
  summary: string;
  status: 200 | 201 | 202 | 204;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Absent for 204, and for a file. */
  response?: z.ZodType;
  /** The media type of a file to be kept, with which it answers instead. */
  file?: string;
  /** Needs no session. */
  open?: true;
}

const define = <O extends Operation>(operation: O): O => operation;

const ofConnector = z.object({ connectorId: Ksuid });
const ofApp = z.object({ appId: Ksuid });
const ofSync = z.object({ syncId: Ksuid });
const ofKey = z.object({ keyId: z.string().regex(/^[0-9a-f]{64}$/) });
const asOf = z.object({ asOf: AsOf.optional() });
const list = Paging.extend(asOf.shape);
const search = list.extend({ query: z.string().max(200).optional() });

export const operations = {
  signIn: define({
    method: 'post',
    path: '/session',
    summary: 'Trade the one-time token of the sign-in link for a session',
    status: 201,
    open: true,
    body: SignIn,
    response: Session,
  }),
  getSession: define({ method: 'get', path: '/session', summary: 'Who is signed in', status: 200, response: Session }),
  signOut: define({ method: 'delete', path: '/session', summary: 'End the session', status: 204, open: true }),
  listUsers: define({
    method: 'get',
    path: '/users',
    summary: 'People of this console, for owners',
    status: 200,
    response: page(User),
  }),
  listCatalog: define({
    method: 'get',
    path: '/catalog',
    summary: 'Connectors that can be added',
    status: 200,
    response: page(CatalogEntry),
  }),

  listConnectors: define({
    method: 'get',
    path: '/connectors',
    summary: 'All connectors',
    status: 200,
    query: Paging,
    response: page(connector.ConnectorSummary),
  }),
  createConnector: define({
    method: 'post',
    path: '/connectors',
    summary: 'Create a connector without settings',
    status: 201,
    body: connector.CreateConnector,
    response: connector.Connector,
  }),
  getConnector: define({
    method: 'get',
    path: '/connectors/{connectorId}',
    summary: 'One connector with its state',
    status: 200,
    params: ofConnector,
    response: connector.Connector,
  }),
  updateConnector: define({
    method: 'patch',
    path: '/connectors/{connectorId}',
    summary: 'Change name or owners',
    status: 200,
    params: ofConnector,
    body: connector.UpdateConnector,
    response: connector.Connector,
  }),
  saveSettings: define({
    method: 'put',
    path: '/connectors/{connectorId}/settings',
    summary: 'Save the settings and start a sync',
    status: 200,
    params: ofConnector,
    body: connector.SaveSettings,
    response: connector.Connector,
  }),
  syncNow: define({
    method: 'post',
    path: '/connectors/{connectorId}/sync',
    summary: 'Start a sync now',
    status: 202,
    params: ofConnector,
    response: connector.Connector,
  }),
  cancelSync: define({
    method: 'post',
    path: '/connectors/{connectorId}/cancel',
    summary: 'Stop the sync that runs',
    status: 202,
    params: ofConnector,
    response: connector.Connector,
  }),
  confirmChanges: define({
    method: 'post',
    path: '/connectors/{connectorId}/confirm',
    summary: 'Apply the sync that the guard holds',
    status: 200,
    params: ofConnector,
    body: z.object({ syncId: Ksuid }),
    response: connector.Connector,
  }),
  listSyncs: define({
    method: 'get',
    path: '/connectors/{connectorId}/syncs',
    summary: 'Sync history, newest first',
    status: 200,
    params: ofConnector,
    query: Paging,
    response: page(connector.SyncRecord),
  }),
  listRequests: define({
    method: 'get',
    path: '/connectors/{connectorId}/syncs/{runId}/requests',
    summary: 'Requests of one run, newest first',
    status: 200,
    params: ofConnector.extend({ runId: Ksuid }),
    query: Paging,
    response: page(connector.RequestRecord),
  }),
  listAudit: define({
    method: 'get',
    path: '/connectors/{connectorId}/audit',
    summary: 'Who changed this connector, newest first',
    status: 200,
    params: ofConnector,
    query: Paging,
    response: page(connector.AuditRecord),
  }),
  getCertificate: define({
    method: 'get',
    path: '/syncs/{syncId}/certificate',
    summary: 'The certificate of a sync, as it was written',
    status: 200,
    params: ofSync,
    response: z.record(z.string(), z.unknown()),
  }),
  downloadSync: define({
    method: 'get',
    path: '/syncs/{syncId}/file',
    summary: 'The .c1z of a sync, as it was received',
    status: 200,
    params: ofSync,
    file: 'application/octet-stream',
  }),
  downloadCertificate: define({
    method: 'get',
    path: '/syncs/{syncId}/certificate/file',
    summary: 'The certificate of a sync, to be kept beside its .c1z',
    status: 200,
    params: ofSync,
    file: 'application/json',
  }),
  downloadCertificateKey: define({
    method: 'get',
    path: '/certificate-keys/{keyId}/file',
    summary: 'The public half of a key that signed certificates, as PEM',
    status: 200,
    params: ofKey,
    file: 'application/x-pem-file',
  }),

  listApps: define({
    method: 'get',
    path: '/apps',
    summary: 'Apps',
    status: 200,
    query: Paging,
    response: page(app.App),
  }),
  getApp: define({
    method: 'get',
    path: '/apps/{appId}',
    summary: 'One app',
    status: 200,
    params: ofApp,
    query: asOf,
    response: app.App,
  }),
  listAccounts: define({
    method: 'get',
    path: '/apps/{appId}/accounts',
    summary: 'Accounts, by name',
    status: 200,
    params: ofApp,
    query: search,
    response: app.AccountPage,
  }),
  getAccount: define({
    method: 'get',
    path: '/apps/{appId}/accounts/{accountId}',
    summary: 'One account',
    status: 200,
    params: ofApp.extend({ accountId: Ksuid }),
    query: asOf,
    response: app.AccountDetail,
  }),
  listRoles: define({
    method: 'get',
    path: '/apps/{appId}/roles',
    summary: 'Roles, strongest tier first',
    status: 200,
    params: ofApp,
    query: list,
    response: app.RolePage,
  }),
  listGrants: define({
    method: 'get',
    path: '/apps/{appId}/grants',
    summary: 'Who holds which role',
    status: 200,
    params: ofApp,
    query: search.extend({ roleId: Ksuid.optional() }),
    response: app.GrantPage,
  }),
  listAdministrators: define({
    method: 'get',
    path: '/apps/{appId}/administrators',
    summary: 'Who can administer, strongest tier first',
    status: 200,
    params: ofApp,
    query: search,
    response: app.AdministratorPage,
  }),
  listTimeline: define({
    method: 'get',
    path: '/apps/{appId}/timeline',
    summary: 'Changes among administrators, newest first; of one account with accountId',
    status: 200,
    params: ofApp,
    query: list.extend({ accountId: Ksuid.optional() }),
    response: app.TimelinePage,
  }),
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
/** Those that answer with a file. */
export type FileName = {
  [Name in OperationName]: (typeof operations)[Name] extends { file: string } ? Name : never;
}[OperationName];
