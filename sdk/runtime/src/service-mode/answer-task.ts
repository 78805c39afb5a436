import type { BatonError } from '@batonkit/kernel';
import { ListActionSchemasResponseSchema, ListEventFeedsResponseSchema, packAny } from '@batonkit/protocol';
import type { Task } from '@batonkit/protocol/connectorapi';
import { create } from '@bufbuild/protobuf';
import { failC1 } from './errors.ts';
import type { TaskResult } from './finish-task.ts';

type TaskType = Task['taskType'];

/** What a read-only connector answers to everything but hello and sync_full (protocol: runtime 3.7). */
export function answerTask({ taskType }: Task): TaskResult {
  switch (taskType.case) {
    case 'grant':
    case 'revoke':
    case 'createAccount':
    case 'createResource':
    case 'deleteResource':
    case 'rotateCredentials':
    case 'issueCredential':
      return malformed(taskType) ?? failed(failC1('BK-C1-PROVISIONING', {}), true);
    case 'createTicketTask':
    case 'bulkCreateTickets':
    case 'bulkGetTickets':
      return malformed(taskType) ?? failed(failC1('BK-C1-TICKETING', {}), false);
    case 'getTicket':
    case 'listTicketSchemas':
      return failed(failC1('BK-C1-TICKETING', {}), false);
    case 'actionListSchemas': {
      const response = packAny(ListActionSchemasResponseSchema, create(ListActionSchemasResponseSchema));
      return { ok: true, response };
    }
    case 'actionGetSchema':
    case 'actionInvoke':
    case 'actionStatus':
      return failed(failC1('BK-C1-NOT-FOUND', { what: 'action' }), false);
    case 'listEventFeeds': {
      const response = packAny(ListEventFeedsResponseSchema, create(ListEventFeedsResponseSchema));
      return { ok: true, response };
    }
    case 'listEvents':
      return failed(failC1('BK-C1-NOT-FOUND', { what: 'event feed' }), false);
    default:
      // A type that came into the protocol later has no case at all.
      return failed(failC1('BK-C1-UNSUPPORTED', { type: taskTypeName(taskType) }), true);
  }
}

/** As the log of the genuine connectors names it; `unknown` for one of a later protocol. */
export function taskTypeName(taskType: TaskType): string {
  return taskType.case?.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) ?? 'unknown';
}

function failed({ report }: BatonError, isFinal: boolean): TaskResult {
  return { ok: false, report, isFinal };
}

function malformed(taskType: TaskType): TaskResult | undefined {
  const missing = missingIn(taskType);
  if (missing === undefined) return undefined;
  return failed(failC1('BK-C1-MALFORMED', { type: taskTypeName(taskType), missing }), true);
}

function missingIn(taskType: TaskType): string | undefined {
  switch (taskType.case) {
    case 'grant':
      if (taskType.value.entitlement === undefined) return 'entitlement';
      return taskType.value.principal === undefined ? 'principal' : undefined;
    case 'revoke':
      return taskType.value.grant === undefined ? 'grant' : undefined;
    case 'createAccount':
      return taskType.value.accountInfo === undefined ? 'account' : undefined;
    case 'createResource':
      return taskType.value.resource === undefined ? 'resource' : undefined;
    case 'deleteResource':
    case 'rotateCredentials':
      return taskType.value.resourceId === undefined ? 'resource id' : undefined;
    case 'issueCredential':
      return taskType.value.identityId === undefined ? 'identity' : undefined;
    case 'createTicketTask':
      return taskType.value.ticketRequest === undefined ? 'ticket' : undefined;
    case 'bulkCreateTickets':
    case 'bulkGetTickets':
      return taskType.value.ticketRequests.length === 0 ? 'tickets' : undefined;
    default:
      return undefined;
  }
}
