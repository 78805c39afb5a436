import { turned } from '../faults/orders.ts';
import type { Form } from '../form/form.ts';
import { accepted, refused, type Kind } from './behaviour.ts';

const paged = (name: string, says: string, paging: Form['paging']): Kind =>
  accepted('paging', `paging-${name}`, says, (form) => {
    form.paging = paging;
  });

const capped = (name: string, status: 400 | 413 | 422 | 500): Kind =>
  accepted(
    'paging',
    name,
    `A limit above N (default 25) gets ${status}.`,
    (form, { number = 25 }) => {
      form.maxLimit = Math.max(1, number);
      form.aboveLimit = status;
    },
    { form: '[:N]' },
  );

/** How a list is cut into pages. */
export const pagings: readonly Kind[] = [
  paged('next-cursor', 'The next page is ?cursor= with the `next_cursor` of this one; skip is ignored.', 'cursor'),
  paged('next-page', 'The next page is ?page= with the `next_page` of this one (from 1); skip is ignored.', 'page'),
  paged('has-more', 'Each page says `has_more`.', 'has-more'),
  paged('next-url', 'Each page has the whole address of the next under `next`.', 'url'),
  paged('next-url-relative', 'Each page has the path of the next under `next`.', 'url-relative'),
  {
    name: 'short-pages',
    form: '[:N]',
    says: 'No page has more than N rows (default 50), whatever limit was asked for.',
    family: 'paging',
    kind: 'accept',
    ends: 'exact',
    act: ({ number = 50 }) => ({ limit: (limit) => Math.min(limit, Math.max(1, number)) }),
  },
  capped('max-limit', 422),
  capped('max-limit-400', 400),
  capped('max-limit-413', 413),
  capped('max-limit-500', 500),
  accepted('paging', 'limit-refused', 'Any limit at all gets 422; pages have 100 rows.', (form) => {
    form.isLimitRefused = true;
  }),
  accepted('paging', 'unpaged', 'Lists come whole, whatever skip and limit say.', (form) => {
    form.isUnpaged = true;
  }),
  accepted('paging', 'order-other', 'The users stand in an order that follows nothing that they show.', (form) => {
    form.place = turned(0x5bd1e995);
  }),
  accepted(
    'paging',
    'unstable-order',
    'Groups of N users (default 7) have equal sort keys: each page size and each skip orders them in its own way.',
    (form, { number = 7 }) => {
      const size = Math.max(2, number);
      form.place = (position, total, skip, limit) => {
        const group = Math.floor(position / size);
        const here = Math.min(size, total - group * size);
        const turn = Math.floor(skip / Math.max(1, limit)) * 5 + limit * 3 + group;
        return group * size + ((position - group * size + turn) % here);
      };
    },
    { form: '[:N]', ends: 'either' },
  ),
  accepted(
    'paging',
    'count-of-page',
    'The count is that of the page, not of the list.',
    (form) => {
      form.total = 'of-page';
    },
    { ends: 'either' },
  ),
  refused(
    'paging',
    'skip-ignored',
    'Each page is the first one, whatever skip says.',
    (form) => {
      form.isSkipIgnored = true;
    },
    { ends: 'either' },
  ),
  refused(
    'paging',
    'paging-cursor-loops',
    'After the last page the cursor leads to the first again.',
    (form) => {
      form.paging = 'cursor-loop';
    },
    { ends: 'either' },
  ),
  refused('paging', 'paging-next-url-elsewhere', 'The address of the next page is on another host.', (form) => {
    form.paging = 'url-elsewhere';
  }),
];
