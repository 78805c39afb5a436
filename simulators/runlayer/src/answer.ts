/** What is sent back: JSON where `json` is present, else the text. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  /** Which part of which list this is, where it is one. */
  readonly page?: {
    readonly skip: number;
    readonly total: number;
    readonly isNarrowed: boolean;
    /** How far this page goes on in the list, whatever rows it really shows. */
    readonly given: number;
    readonly limit: number;
  };
  /** Only this part of the body is sent, and its length agrees. */
  readonly part?: number;
  readonly transport?: Transport;
}

/** How a body goes over the wire, where it does not simply go. */
export interface Transport {
  /** The connection is reset before anything is sent. */
  readonly reset?: true;
  /** Nothing is ever sent, and the connection stays. */
  readonly silent?: true;
  /** The head is sent, and then nothing. */
  readonly stall?: true;
  /** The connection breaks after this part of the body. */
  readonly cut?: number;
  /** The body takes so many milliseconds. */
  readonly trickle?: number;
  /** White space in front, in bytes. */
  readonly padding?: number;
  readonly gzip?: true;
}

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  json: value,
});

export const detail = (status: number, text: string, headers: Record<string, string> = {}): Answer =>
  json(status, { detail: text }, headers);

export const text = (status: number, body: string, contentType = 'text/plain; charset=utf-8'): Answer => ({
  status,
  headers: { 'content-type': contentType },
  text: body,
});

/** What a self-hosted instance answers on every path that is not its API: its web front end, with status 200. */
export const frontEnd = (): Answer =>
  text(
    200,
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head>' +
      '<body><div id="root"></div><noscript>This web page needs JavaScript.</noscript></body></html>\n',
    'text/html; charset=utf-8',
  );

/** What a web application firewall answers in front of the API. */
export const firewall = (): Answer =>
  text(
    403,
    '<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n</body>\r\n</html>\r\n',
    'text/html',
  );

export function bodyOf(answer: Answer): string {
  const body = answer.json === undefined ? (answer.text ?? '') : JSON.stringify(answer.json);
  return answer.part === undefined ? body : body.slice(0, Math.floor(body.length * answer.part));
}
