import type { DescField, DescMessage, Message, MessageShape } from '@bufbuild/protobuf';
import { create, toBinary } from '@bufbuild/protobuf';
import type { Interceptor } from '@connectrpc/connect';
import { toConnectError } from '@batonkit/connector';
import { fail } from '../errors.ts';

/** The largest message that a stock peer takes: its library's default (protocol: runtime.md 2.3). */
export const LARGEST_MESSAGE = 4 * 2 ** 20;

interface Page extends Message {
  list: Message[];
  nextPageToken: string;
}

/**
 * Keeps every answer under the limit of the peer. A page that is larger is cut between two rows; the rest comes under
 * the token of that page with the number of rows that were sent, `rows:3#120`. Annotations stand on the last piece,
 * as they speak of the page or of the whole list.
 *
 * @param largest bytes of one message
 */
export function cutPages(largest = LARGEST_MESSAGE): Interceptor {
  return (next) => async (request) => {
    if (request.stream || !hasToken(request.message)) return await next(request);
    const asked = request.message.pageToken;
    const [, token = asked, sent = '0'] = /^(rows:\d{1,9})#(\d{1,9})$/.exec(asked) ?? [];
    const message = token === asked ? request.message : { ...request.message, pageToken: token };
    const response = await next({ ...request, message });
    if (response.stream || !isPage(response.message)) return response;
    const page = cutPage(request.method.output, response.message, Number(sent), asked, largest);
    return page === response.message ? response : { ...response, message: page };
  };
}

function cutPage(schema: DescMessage, page: Page, from: number, asked: string, largest: number): Message {
  const field = schema.fields.find(({ localName }) => localName === 'list');
  if (field?.fieldKind !== 'list' || field.listKind !== 'message') return page;
  if (from === 0 && toBinary(schema, page as MessageShape<DescMessage>).length <= largest) return page;
  const rest = page.list.slice(from);
  const frame = toBinary(schema, { ...page, list: [] } as MessageShape<DescMessage>).length;
  // The token, the tags and lengths of the rows are counted with them; this is for what is left.
  const room = largest - frame - 64;
  const count = fitting(field, rest, room);
  if (count === 0 && rest.length > 0) throw toConnectError(fail('BK-ROW-SIZE', { limit: largest }));
  if (count === rest.length) return { ...page, list: rest } as Message;
  // A page that was not asked for as such is the first: `rows:0` belongs to this reading, unlike an empty token.
  const base = /^rows:\d+/.exec(asked)?.[0] ?? 'rows:0';
  return create(schema, { list: rest.slice(0, count), nextPageToken: `${base}#${from + count}` });
}

function fitting(field: DescField & { fieldKind: 'list' }, rows: readonly Message[], room: number): number {
  let left = room;
  for (const [index, row] of rows.entries()) {
    left -= toBinary(field.message as DescMessage, row as MessageShape<DescMessage>).length + 6;
    if (left < 0) return index;
  }
  return rows.length;
}

const hasToken = (message: object): message is { pageToken: string } =>
  'pageToken' in message && typeof message.pageToken === 'string';
const isPage = (message: object): message is Page =>
  'list' in message && Array.isArray(message.list) && 'nextPageToken' in message;
