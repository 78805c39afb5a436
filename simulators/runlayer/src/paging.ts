import { detail, json, text, type Answer } from './answer.ts';
import type { Form } from './form/form.ts';
import { positionOf } from './form/present-page.ts';

export interface Paging {
  readonly skip: number;
  readonly limit: number;
}

/** Reads `skip` and `limit`. Of a repeated one the last counts, unknown parameters are ignored, `limit=0` is an empty page. */
export function pagingOf(query: URLSearchParams, form: Form): Paging | Answer {
  const faults: unknown[] = [];
  const refuse = (name: string, input: string, type: string, msg: string): number => {
    faults.push({ type, loc: ['query', name], msg, input });
    return 0;
  };
  const read = (name: string, otherwise: number, most: number | undefined): number => {
    const input = query.getAll(name).at(-1);
    if (input === undefined) return otherwise;
    if (!/^\s*[+-]?\d+(?:\.0+)?\s*$/.test(input))
      return refuse(name, input, 'int_parsing', 'Input should be a valid integer');
    const value = Number(input);
    if (value < 0) return refuse(name, input, 'greater_than_equal', 'Input should be greater than or equal to 0');
    if (most !== undefined && value > most) {
      return refuse(name, input, 'less_than_equal', `Input should be less than or equal to ${most}`);
    }
    return value;
  };
  const { maxLimit, aboveLimit } = form;
  const input = query.getAll('limit').at(-1);
  if (form.isLimitRefused && input !== undefined)
    refuse('limit', input, 'extra_forbidden', 'Extra inputs are not permitted');
  const limit = read('limit', Math.min(100, maxLimit), aboveLimit === 422 ? maxLimit : undefined);
  let skip = form.paging === 'cursor' || form.paging === 'page' ? 0 : read('skip', 0, undefined);
  if (form.paging.startsWith('cursor')) {
    const cursor = query.getAll('cursor').at(-1);
    skip = cursor === undefined ? 0 : (positionOf(cursor) ?? refuse('cursor', cursor, 'value_error', 'Invalid cursor'));
  } else if (form.paging === 'page') {
    skip = Math.max(0, read('page', 1, undefined) - 1) * limit;
  }
  if (faults.length > 0) return json(422, { detail: faults });
  if (limit > maxLimit) {
    return aboveLimit === 500 ? text(500, 'Internal Server Error') : detail(aboveLimit, `limit is above ${maxLimit}`);
  }
  return form.isSkipIgnored ? { skip: 0, limit } : { skip, limit };
}
