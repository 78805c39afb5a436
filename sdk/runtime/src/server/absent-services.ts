import { Readable } from 'node:stream';
import {
  AccountManagerService,
  ActionService,
  AssetService,
  CredentialManagerService,
  EventService,
  GrantManagerService,
  ResourceDeleterService,
  ResourceManagerService,
  TicketsService,
} from '@batonkit/protocol';
import type { ConnectRouter } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import { checkRequest } from './check-requests.ts';

const answerWith = (code: Code, message: string) => (): never => {
  throw new ConnectError(message, code);
};

/**
 * The services that every genuine connector registers and one that only reads has no use for, with the codes of the
 * genuine answers (recorded). A peer reads the codes: Unimplemented of GetResource, for one, makes it go on.
 */
export function routeAbsentServices({ service }: ConnectRouter): void {
  const readOnly = answerWith(Code.FailedPrecondition, 'This connector only reads: provisioning is not enabled.');
  const noTickets = answerWith(Code.Unknown, 'This connector has no tickets: ticketing is not enabled.');
  service(AssetService, {
    // An empty stream, as a genuine connector answers.
    getAsset: (request) => {
      checkRequest(AssetService.method.getAsset, request);
      return Readable.from([]);
    },
  });
  service(EventService, {
    listEventFeeds: () => ({}),
    listEvents: answerWith(Code.NotFound, 'This connector has no event feeds.'),
  });
  const noAction = answerWith(Code.NotFound, 'This connector has no actions.');
  service(ActionService, {
    listActionSchemas: () => ({}),
    getActionSchema: noAction,
    invokeAction: noAction,
    getActionStatus: noAction,
  });
  service(TicketsService, {
    createTicket: noTickets,
    getTicket: noTickets,
    listTicketSchemas: noTickets,
    getTicketSchema: noTickets,
    bulkCreateTickets: noTickets,
    bulkGetTickets: noTickets,
  });
  service(GrantManagerService, { grant: readOnly, revoke: readOnly });
  service(ResourceManagerService, { createResource: readOnly, deleteResource: readOnly });
  service(ResourceDeleterService, { deleteResourceV2: readOnly });
  service(AccountManagerService, { createAccount: readOnly });
  service(CredentialManagerService, { rotateCredential: readOnly, issueCredential: readOnly });
}
