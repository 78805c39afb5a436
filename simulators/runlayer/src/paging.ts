import { json, type Answer } from './answer.ts';

export interface Paging {
  readonly skip: number;
  readonly limit: number;
}

/** Reads `skip` and `limit`. Of a repeated one the last counts, unknown parameters are ignored, `limit=0` is an empty page. */
export function pagingOf(query: URLSearchParams, maxLimit: number): Paging | Answer {
  const faults: unknown[] = [];
  const read = (name: string, otherwise: number, most: number | undefined): number => {
    const input = query.getAll(name).at(-1);
    if (input === undefined) return otherwise;
    const fault = (type: string, msg: string): number => {
      faults.push({ type, loc: ['query', name], msg, input });
      return 0;
    };
    if (!/^\s*[+-]?\d+(?:\.0+)?\s*$/.test(input)) return fault('int_parsing', 'Input should be a valid integer');
    const value = Number(input);
    if (value < 0) return fault('greater_than_equal', 'Input should be greater than or equal to 0');
    if (most !== undefined && value > most) {
      return fault('less_than_equal', `Input should be less than or equal to ${most}`);
    }
    return value;
  };
  const skip = read('skip', 0, undefined);
  const limit = read('limit', Math.min(100, maxLimit), maxLimit);
  return faults.length > 0 ? json(422, { detail: faults }) : { skip, limit };
}
