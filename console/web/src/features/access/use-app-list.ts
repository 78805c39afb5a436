import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useSettled } from '../../lib/use-settled.ts';
import { without } from '../../lib/without.ts';

const route = getRouteApi('/in/apps/$appId');

/** The app, the moment and the search of a list, all from the address, so that a link shows the same. */
export function useAppList(q: string | undefined) {
  const { appId } = route.useParams();
  const { asOf } = route.useSearch();
  const navigate = useNavigate();
  const [query, setQuery] = useState(q ?? '');
  const settled = useSettled(query.trim());
  const search = (text: string) => {
    setQuery(text);
    void navigate({
      to: '.',
      search: (now) => ({ ...without(now, 'q'), ...(text.trim() === '' ? {} : { q: text.trim() }) }),
      replace: true,
    });
  };
  return { appId, asOf, query, settled, search };
}

/** What a list is asked for; the same question without a search has the same key. */
export function listQuery(asOf: string | undefined, query = ''): { asOf?: string; query?: string; limit: number } {
  return { limit: 100, ...(asOf === undefined ? {} : { asOf }), ...(query === '' ? {} : { query }) };
}
