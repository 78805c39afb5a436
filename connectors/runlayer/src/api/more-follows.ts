/** Keys by which an answer says that rows follow, and not by which request they come. */
const moreKeys = [
  'has_more',
  'hasMore',
  'has_next',
  'hasNext',
  'has_next_page',
  'hasNextPage',
  'nextCursor',
  'nextPage',
  'nextPageToken',
  'next_page_token',
  'next_token',
  'nextToken',
  'next_link',
  'nextLink',
  'next_url',
  '@odata.nextLink',
];
/** More of them, where they stand beside the list. */
const moreKeysBeside = ['next', 'next_cursor', 'next_page'];
/** Where else such keys stand. */
const pagingKeys = ['meta', 'pagination', 'paging', 'page_info', 'pageInfo', 'page', 'links', '_links'];
/** Names of the size of a whole list, without their underlines. */
const totalName =
  /^(?:total(?:count|items?|records?|rows|results?|elements|entries|size|hits)?|count|(?:item|record|row|result)s?(?:count|total)|@odata\.count)$/;
/** Names of the number of rows in a page. */
const sizeName = /^(?:(?:items)?perpage|page(?:size|limit)|limit|maxresults)$/;

/** Whether an answer without a pointer says that rows follow. */
export function saysMore(envelope: Record<string, unknown>): boolean {
  return placesIn(envelope).some((place, index) => {
    const keys = index === 0 ? moreKeys : [...moreKeys, ...moreKeysBeside];
    const isNamed = keys.some((key) => isSaid(place[key]) && isLink(place[key]));
    return isBefore(place) === true || place['last'] === false || hasNextLink(place) || isNamed;
  });
}

/** Whether an answer that does not say that rows follow says that none do. */
export function saysEnd(envelope: Record<string, unknown>): boolean {
  return placesIn(envelope).some((place, index) => {
    const keys = index === 0 ? moreKeys : [...moreKeys, ...moreKeysBeside];
    return isBefore(place) === false || place['last'] === true || keys.some((key) => place[key] !== undefined);
  });
}

/** Whether this is a page before the last, where both have numbers. */
function isBefore(place: Record<string, unknown>): boolean | undefined {
  const page = place['page'] ?? place['current_page'] ?? place['currentPage'];
  const pages = place['total_pages'] ?? place['totalPages'] ?? place['last_page'] ?? place['page_count'];
  // Page 0 is the first where pages are counted from 0.
  return typeof page === 'number' && typeof pages === 'number' ? Math.max(1, page) < pages : undefined;
}

/** The largest number that an answer has under a name for the size of the whole list. */
export function totalIn(envelope: Record<string, unknown>): number | undefined {
  const found = numbersIn(envelope, totalName);
  return found.length === 0 ? undefined : Math.max(...found);
}

/** Whether the answer says how many rows a page has, and this one is full: a list that is not in pages has no such word. */
export function isFullPage(envelope: Record<string, unknown>, rows: number): boolean {
  return rows > 0 && numbersIn(envelope, sizeName).includes(rows);
}

function numbersIn(envelope: Record<string, unknown>, name: RegExp): number[] {
  return placesIn(envelope).flatMap((place) =>
    Object.entries(place)
      .filter(([key]) => name.test(key.replaceAll(/[_-]/g, '').toLowerCase()))
      .map(([, value]) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value))
      .filter((value) => typeof value === 'number'),
  );
}

/** `links: [{ rel: 'next', … }]`. */
function hasNextLink(place: Record<string, unknown>): boolean {
  const { links } = place;
  return Array.isArray(links) && links.some((link) => isObject(link) && link['rel'] === 'next' && isLink(link));
}

/** Not a link that leads nowhere: `{ href: null }`. */
function isLink(value: unknown): boolean {
  return !isObject(value) || value['href'] === undefined || isSaid(value['href']);
}

const placesIn = (envelope: Record<string, unknown>): Record<string, unknown>[] => [
  envelope,
  ...pagingKeys.map((key) => envelope[key]).filter(isObject),
];

/** Not nothing, in any of the forms in which nothing is said. */
export function isSaid(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return ![undefined, null, false, '', 0].includes(value as null);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
