export { addAudit, listAudit } from './audit.ts';
export {
  createConnector,
  readSecrets,
  readValues,
  removeSecret,
  saveSecret,
  saveValues,
  updateConnector,
} from './connectors.ts';
export type { NewConnector } from './connectors.ts';
export { connectorsOfApps, getConnector, listConnectors } from './connector-views.ts';
export type * from './db.ts';
export { fail as storeFailure } from './errors.ts';
export { finishSync } from './finish-sync.ts';
export {
  getCertificate,
  getCertificateKey,
  getSyncPath,
  lastCertificate,
  listRequests,
  listSyncs,
  newestRuns,
} from './history.ts';
export { applySync, confirmHeld, holdSync } from './ingest/apply.ts';
export { compareSync } from './ingest/compare.ts';
export { stageSync } from './ingest/stage.ts';
export type * from './inputs.ts';
export { getAccount, listAccounts } from './ledger/accounts.ts';
export { listAdministrators } from './ledger/administrators.ts';
export { getApp, listApps } from './ledger/apps.ts';
export { listGrants } from './ledger/grants.ts';
export { listRoles } from './ledger/roles.ts';
export { listTimeline } from './ledger/timeline.ts';
export { openStore } from './open-store.ts';
export type { Store, StoreOptions } from './open-store.ts';
export {
  addSignInToken,
  createSession,
  createUser,
  endSession,
  listUsers,
  readSession,
  spendSignInToken,
} from './people.ts';
export {
  cancelRun,
  claimRun,
  endCancelledRun,
  failRun,
  recordProgress,
  recordRequests,
  releaseRun,
  renewLease,
  requestRun,
} from './runs.ts';
export type * from './views.ts';
