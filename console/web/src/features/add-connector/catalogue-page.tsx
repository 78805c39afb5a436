import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { CatalogEntry } from '@batonkit/console-contract';
import { read } from '../../lib/queries.ts';
import { count, listed } from '../../lib/words.ts';
import { Panel } from '../../ui/area.tsx';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Search } from '../../ui/field.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Page, PageHead } from '../../ui/page.tsx';
import { Initial } from '../../ui/text.tsx';
import './catalogue-page.css';

const route = getRouteApi('/in/connectors/add');

/** Connectors that can be added, as cards, with a search. */
export function CataloguePage() {
  const { q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const [query, setQuery] = useState(q);
  const reading = useQuery(read('listCatalog', {}));
  const search = (text: string) => {
    setQuery(text);
    void navigate({ search: text === '' ? {} : { q: text }, replace: true });
  };
  return (
    <Page
      title="Add connector"
      crumbs={[
        { label: 'Integrations' },
        { label: 'Connectors', to: { to: '/connectors' } },
        { label: 'Add connector' },
      ]}
    >
      <PageHead
        title="Add connector"
        lead="A connector reads who has which access. It never changes anything at the source."
      />
      <Loaded reading={reading} what="connectors that can be added">
        {({ items }) => {
          const hits = items.filter((entry) => matches(entry, query));
          return (
            <>
              <div className="filters">
                <Search
                  label="Search connectors"
                  placeholder="Search connectors, for example Runlayer"
                  value={query}
                  onChange={search}
                  large
                  autoFocus
                />
                <span className="small quiet figures" role="status">
                  {query === '' ? count(items.length, 'connector') : `${hits.length} of ${items.length}`}
                </span>
              </div>
              {hits.length === 0 ? (
                <Panel>
                  <Empty
                    title={`No connector is called “${query}”`}
                    action={
                      <Button size="small" onPress={() => search('')}>
                        Clear the search
                      </Button>
                    }
                  />
                </Panel>
              ) : (
                <ul className="cards">
                  {hits.map((entry, index) => (
                    <li key={entry.id}>
                      <Card entry={entry} query={query} first={index === 0} />
                    </li>
                  ))}
                </ul>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Card({ entry, query, first }: { entry: CatalogEntry; query: string; first: boolean }) {
  const titleId = `entry-${entry.id}`;
  return (
    <article className={first && query !== '' ? 'card hit' : 'card'} aria-labelledby={titleId}>
      <div className="row">
        <Initial name={entry.name} />
        <div>
          <h2 id={titleId} className="card-title">
            <Marked text={entry.name} query={query} />
          </h2>
          <p className="fine quiet">{whatItDoes(entry)}</p>
        </div>
      </div>
      <p className="small soft">
        <Marked text={entry.description} query={query} />
      </p>
      <div className="card-foot">
        {entry.helpUrl === '' ? null : (
          <a className="small" href={entry.helpUrl} target="_blank" rel="noreferrer">
            Documentation<span className="unseen"> of {entry.name}, in a new tab</span>
          </a>
        )}
        <span className="push">
          <ButtonLink
            kind={first ? 'primary' : 'plain'}
            to="/connectors/add/$catalogId"
            params={{ catalogId: entry.id }}
            aria-describedby={titleId}
          >
            Add
          </ButtonLink>
        </span>
      </div>
    </article>
  );
}

function whatItDoes({ resourceTypes, version }: CatalogEntry): string {
  const synced = resourceTypes.filter(({ sync }) => sync).map(({ name }) => name);
  const provisions = resourceTypes.some(({ provision }) => provision);
  return [listed(synced), provisions ? 'reads and provisions' : 'read-only', version]
    .filter((part) => part !== '')
    .join(' · ');
}

function matches({ name, description, id }: CatalogEntry, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${name} ${description} ${id}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Where the search hit. */
function Marked({ text, query }: { text: string; query: string }) {
  const at = query === '' ? -1 : text.toLowerCase().indexOf(query.toLowerCase());
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + query.length)}</mark>
      {text.slice(at + query.length)}
    </>
  );
}
