import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Connector } from '@batonkit/console-contract';
import { call, type Input } from '../../lib/call.ts';
import { isTouchedBy, read } from '../../lib/queries.ts';

type Action = 'syncNow' | 'cancelSync' | 'confirmChanges' | 'saveSettings' | 'updateConnector';
type Body<A extends Action> = Input<A> extends { body: infer B } ? B : undefined;

/** Does something with a connector. The answer is its new state, which the page shows at once. */
export function useConnectorAction<A extends Action>(connectorId: string, action: A) {
  const client = useQueryClient();
  const { queryKey } = read('getConnector', { params: { connectorId } });
  return useMutation({
    mutationFn: async (body: Body<A>) => {
      const input = { params: { connectorId }, ...(body === undefined ? {} : { body }) };
      return (await call(action, input as unknown as Input<A>)) as Connector;
    },
    onSuccess: async (connector) => {
      // An older answer that is still on its way must not take the place of this one.
      await client.cancelQueries({ queryKey });
      client.setQueryData(queryKey, connector);
      void client.invalidateQueries({ predicate: isTouchedBy({ topic: 'connector', id: connectorId }) });
    },
  });
}
