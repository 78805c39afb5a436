import type { ConnectorEvent } from '@batonkit/connector';
import type { Logger } from '../logger.ts';

/** A line at debug for each request: path template and counts, nothing of the source. */
export function logRequest(event: ConnectorEvent, logger: Logger): void {
  if (event.type !== 'request') return;
  logger.debug('http request', {
    'http.method': event.method,
    'http.url_details.path': event.path,
    ...(event.skip === undefined ? {} : { skip: event.skip }),
    ...(event.limit === undefined ? {} : { limit: event.limit }),
    'http.status_code': event.status,
    duration: event.ms / 1000,
    attempt: event.attempt,
    ...(event.rows === undefined ? {} : { rows: event.rows }),
  });
}
