import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import type { Form, Row } from './form.ts';

/** How many there are in all, as this tenant says it. */
export function totalOf(form: Form, count: unknown, rows: unknown): Row {
  switch (form.total) {
    case 'count':
      return { count };
    case 'total':
      return { total: count };
    case 'total_count':
      return { total_count: count };
    case 'meta':
      return { meta: { total: count } };
    case 'text':
      return { count: String(count) };
    case 'of-page':
      return { count: Array.isArray(rows) ? rows.length : count };
    case 'none':
      return {};
    default:
      return {};
  }
}

/** How to go on, as this tenant says it. */
export function nextOf(form: Form, exchange: Exchange, answer: Answer): Row {
  const { skip, total, given, limit } = answer.page!;
  const next = skip + given;
  const isMore = next < total;
  switch (form.paging) {
    case 'cursor':
      return { next_cursor: isMore ? cursorOf(next) : null };
    case 'cursor-loop':
      return { next_cursor: cursorOf(isMore ? next : 0) };
    case 'page':
      return { next_page: isMore && limit > 0 ? Math.floor(skip / limit) + 2 : null };
    case 'has-more':
      return { has_more: isMore };
    case 'url':
      return { next: isMore ? `${exchange.scheme}://${exchange.host}${address(exchange, next, limit)}` : null };
    case 'url-relative':
      return { next: isMore ? address(exchange, next, limit) : null };
    case 'url-elsewhere':
      return { next: isMore ? `https://elsewhere.example${address(exchange, next, limit)}` : null };
    case 'skip':
      return {};
    default:
      return {};
  }
}

function address({ path }: Exchange, skip: number, limit: number): string {
  return `${path}?skip=${skip}&limit=${limit}`;
}

const cursorOf = (position: number): string => Buffer.from(`after ${position}`).toString('base64url');

/** The place that a cursor stands for; undefined if it is none of ours. */
export function positionOf(cursor: string): number | undefined {
  const found = /^after (\d{1,10})$/.exec(Buffer.from(cursor, 'base64url').toString());
  return found ? Number(found[1]) : undefined;
}
