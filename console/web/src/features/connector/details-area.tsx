import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Connector } from '@batonkit/console-contract';
import { reportOf } from '../../lib/api-problem.ts';
import { read } from '../../lib/queries.ts';
import { day } from '../../lib/time.ts';
import { listed, shortId } from '../../lib/words.ts';
import { Area, Facts } from '../../ui/area.tsx';
import { Button } from '../../ui/button.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Field } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { ErrorNote } from '../../ui/note.tsx';
import { OwnerPicker } from '../../ui/owner-picker.tsx';
import { Name, Time } from '../../ui/text.tsx';
import { useConnectorAction } from './use-connector-action.ts';

/** Who answers for the connector, and where its data goes. */
export function DetailsArea({ connector }: { connector: Connector }) {
  const [editing, setEditing] = useState(false);
  if (editing) return <DetailsForm connector={connector} onEnd={() => setEditing(false)} />;
  return (
    <Area
      title="Details"
      side={
        <Button aria-label="Edit details" onPress={() => setEditing(true)}>
          Edit
        </Button>
      }
    >
      <Facts
        of={{
          Owners: <Name>{listed(connector.owners.map(({ name }) => name))}</Name>,
          App: (
            <Link to="/apps/$appId/administrators" params={{ appId: connector.app.id }}>
              <Name>{connector.app.name}</Name>
            </Link>
          ),
          'Connector ID': (
            <Copy text={connector.id} what="connector ID">
              {shortId(connector.id)}
            </Copy>
          ),
          Added: <Time at={connector.createdAt}>{day(connector.createdAt)}</Time>,
        }}
      />
    </Area>
  );
}

function DetailsForm({ connector, onEnd }: { connector: Connector; onEnd: () => void }) {
  const [name, setName] = useState(connector.name);
  const [ownerIds, setOwnerIds] = useState(() => connector.owners.map(({ id }) => id));
  const users = useQuery(read('listUsers', {}));
  const session = useQuery(read('getSession', {}));
  const update = useConnectorAction(connector.id, 'updateConnector');
  const off = name.trim() === '' ? 'A name is needed.' : ownerIds.length === 0 ? 'An owner is needed.' : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (off === undefined) update.mutate({ name, ownerIds }, { onSuccess: onEnd });
      }}
    >
      <Area
        title="Details"
        side={<span className="flag idle">Editing</span>}
        footer={
          <>
            <Button kind="primary" type="submit" off={off} waiting={update.isPending && 'Saving'}>
              Save details
            </Button>
            <Button aria-label="Cancel editing" onPress={onEnd}>
              Cancel
            </Button>
            <span className="small quiet" role="status">
              {off ?? ''}
            </span>
          </>
        }
      >
        {update.error === null ? null : <ErrorNote report={reportOf(update.error)} />}
        <div className="form-column">
          <Field label="Name" value={name} onChange={setName} maxLength={100} autoFocus />
          <Loaded reading={users} what="the people of this console" rows={1}>
            {({ items }) => (
              <div className="field">
                <OwnerPicker people={items} me={session.data?.user.id} chosen={ownerIds} onChange={setOwnerIds} />
              </div>
            )}
          </Loaded>
        </div>
      </Area>
    </form>
  );
}
