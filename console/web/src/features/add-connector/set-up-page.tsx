import { useState } from 'react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import type { App, CatalogEntry, User } from '@batonkit/console-contract';
import { reportOf } from '../../lib/api-problem.ts';
import { call } from '../../lib/call.ts';
import { read } from '../../lib/queries.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { ErrorNote } from '../../ui/note.tsx';
import { OwnerPicker } from '../../ui/owner-picker.tsx';
import { Page, PageHead } from '../../ui/page.tsx';
import { Initial } from '../../ui/text.tsx';
import { HowToSetUp, type SetUpChoice } from './how-to-set-up.tsx';
import { Steps } from './steps.tsx';
import './set-up-page.css';

const route = getRouteApi('/in/connectors/add/$catalogId');

/** Says where the connector's data belongs and who answers for it; then it exists, without settings. */
export function SetUpPage() {
  const { catalogId } = route.useParams();
  const catalog = useQuery(read('listCatalog', {}));
  const users = useQuery(read('listUsers', {}));
  const apps = useQuery(read('listApps', {}));
  const session = useQuery(read('getSession', {}));
  const entry = catalog.data?.items.find(({ id }) => id === catalogId);
  const title = entry === undefined ? 'Set up a connector' : `Set up ${entry.name}`;
  return (
    <Page
      narrow
      title={title}
      crumbs={[
        { label: 'Connectors', to: { to: '/connectors' } },
        { label: 'Add connector', to: { to: '/connectors/add' } },
        { label: title },
      ]}
    >
      <Steps now="App and owner" />
      <PageHead
        {...(entry === undefined ? {} : { mark: <Initial name={entry.name} large /> })}
        title={title}
        lead="Say where its data belongs and who answers for it. Address and key come next."
      />
      <Loaded reading={catalog} what="the catalogue">
        {() =>
          entry === undefined ? (
            <Empty
              title="This console has no such connector"
              action={<ButtonLink to="/connectors/add">To the connectors that can be added</ButtonLink>}
            />
          ) : (
            <Loaded reading={users} what="the people of this console">
              {({ items: people }) => (
                <Loaded reading={apps} what="apps">
                  {({ items }) => <SetUpForm entry={entry} people={people} apps={items} me={session.data?.user} />}
                </Loaded>
              )}
            </Loaded>
          )
        }
      </Loaded>
    </Page>
  );
}

interface FormProps {
  entry: CatalogEntry;
  people: User[];
  apps: App[];
  me: User | undefined;
}

function SetUpForm({ entry, people, apps, me }: FormProps) {
  const router = useRouter();
  const [choice, setChoice] = useState<SetUpChoice>({ kind: 'new_app' });
  const [ownerIds, setOwnerIds] = useState<string[]>(() => (me === undefined ? [] : [me.id]));
  const create = useMutation({
    mutationFn: () => {
      const setUp =
        choice.kind === 'managed_app' && choice.appId !== undefined
          ? ({ kind: 'managed_app', appId: choice.appId } as const)
          : ({ kind: 'new_app' } as const);
      return call('createConnector', { body: { catalogId: entry.id, setUp, ownerIds } });
    },
    onSuccess: ({ id }) => router.navigate({ to: '/connectors/$connectorId', params: { connectorId: id } }),
  });
  const off = whyNot(choice, ownerIds);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (off === undefined && !create.isPending) create.mutate();
      }}
    >
      <HowToSetUp name={entry.name} apps={apps} choice={choice} onChange={setChoice} />
      <OwnerPicker people={people} me={me?.id} chosen={ownerIds} onChange={setOwnerIds} />
      {create.error === null ? null : <ErrorNote report={reportOf(create.error)} />}
      <div className="form-foot">
        <ButtonLink kind="ghost" to="/connectors/add">
          Back
        </ButtonLink>
        <span className="small quiet push" role="status">
          {off ?? ''}
        </span>
        <Button kind="primary" type="submit" off={off} waiting={create.isPending && 'Creating'}>
          Next
        </Button>
      </div>
    </form>
  );
}

function whyNot(choice: SetUpChoice, ownerIds: string[]): string | undefined {
  if (choice.kind === 'unmanaged_app') return 'No unmanaged app has been found; choose another way.';
  if (choice.kind === 'managed_app' && choice.appId === undefined) return 'Choose an app.';
  return ownerIds.length === 0 ? 'Choose an owner.' : undefined;
}
