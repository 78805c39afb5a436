import { readFileSync } from 'node:fs';
import {
  ConnectorService,
  EntitlementsService,
  GrantsService,
  ResourceGetterService,
  ResourcesService,
  ResourceTypesService,
} from '@batonkit/protocol';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf';
import type { Transport } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import type { ConnectorClient } from '../src/connector-client.ts';
import { clientOver } from './client-over.ts';

type Call = [method: string, request: string, answer: string | null, code?: number];

const recorded = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/child/calls.json', import.meta.url), 'utf8'),
) as Record<string, Call[]>;

/** What a connector on the genuine SDK was asked by its genuine parent, and what it answered: bytes. */
export const scenarios = Object.keys(recorded);

/** Answers the recorded bytes to the recorded requests, and nothing else; sync ids differ and are overlooked. */
export function recordedConnector(scenario: string): { client: ConnectorClient; unasked: () => string[] } {
  const calls = recorded[scenario] ?? [];
  const asked = new Set<string>();
  const keyOf = (method: string, input: DescMessage, bytes: Uint8Array): string => {
    const request = fromBinary(input, bytes) as Record<string, unknown>;
    if ('activeSyncId' in request) request['activeSyncId'] = '';
    return `${method} ${Buffer.from(toBinary(input, request as never)).toString('hex')}`;
  };
  const answers = new Map<string, Call>();
  const transport: Transport = {
    unary: async (method, _signal, _timeoutMs, _header, message) => {
      const path = `/${method.parent.typeName}/${method.name}`;
      if (answers.size === 0) fill();
      const input = create(method.input, message as MessageInitShape<typeof method.input>);
      const key = keyOf(path, method.input, toBinary(method.input, input));
      const call = answers.get(key);
      if (call === undefined) throw new ConnectError(`not recorded: ${key}`, Code.OutOfRange);
      asked.add(key);
      const [, , answer, code] = call;
      if (answer === null || code !== undefined) throw new ConnectError('recorded', code as Code);
      return {
        stream: false,
        service: method.parent,
        method,
        header: new Headers(),
        trailer: new Headers(),
        message: fromBinary(method.output, Buffer.from(answer, 'hex')),
      };
    },
    stream: () => Promise.reject(new Error('there are no streams')),
  };
  const services = [
    ConnectorService,
    ResourceTypesService,
    ResourcesService,
    ResourceGetterService,
    EntitlementsService,
    GrantsService,
  ];
  const fill = (): void => {
    for (const call of calls) {
      const method = services
        .flatMap(({ methods }) => [...methods])
        .find(({ parent, name }) => `/${parent.typeName}/${name}` === call[0]);
      if (method === undefined) continue;
      // What was asked again after a failure is answered as it was the first time.
      const key = keyOf(call[0], method.input, Buffer.from(call[1], 'hex'));
      if (!answers.has(key)) answers.set(key, call);
    }
  };
  return {
    client: clientOver(transport),
    unasked: () => [...answers.keys()].filter((key) => !asked.has(key)),
  };
}
