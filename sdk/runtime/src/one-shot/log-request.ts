import type { ConnectorEvent } from '@batonkit/connector';
import type { Logger } from '../logger.ts';

/** A line at debug for each request, with the genuine field names (protocol: runtime 1.9): path template and counts. */
export function logRequest(event: ConnectorEvent, logger: Logger): void {
  if (event.type !== 'request') return;
  logger.debug('http request', {
    'http.method': event.method,
    ...(event.host === undefined ? {} : { 'http.url_details.host': event.host }),
    'http.url_details.path': event.path,
    ...(event.skip === undefined ? {} : { skip: event.skip }),
    ...(event.limit === undefined ? {} : { limit: event.limit }),
    'http.status_code': event.status,
    duration: event.ms / 1000,
    attempt: event.attempt,
    ...(event.rows === undefined ? {} : { rows: event.rows }),
  });
}
