/** What is sent back: JSON where `json` is present, else the text. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  /** Which part of which list this is, where it is one. */
  readonly page?: { readonly skip: number; readonly total: number; readonly isNarrowed: boolean };
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

export function bodyOf(answer: Answer): string {
  return answer.json === undefined ? (answer.text ?? '') : JSON.stringify(answer.json);
}
