import type { ConnectorDefinition } from '@batonkit/connector';
import { runlayer } from '../connectors/runlayer/src/index.ts';
import { unixAccounts } from '../connectors/unix-accounts/src/index.ts';

/** The connectors of this repository, by folder: files are generated for each. */
export const connectors: Readonly<Record<string, ConnectorDefinition>> = {
  'connectors/runlayer': runlayer,
  'connectors/unix-accounts': unixAccounts,
};
