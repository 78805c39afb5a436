import type { Logger } from '../logger.ts';
import type { Screen } from '../screen.ts';
import type { ProgressEvent, ProgressView } from './events.ts';
import { errorBlock, leftText, planText, resumeText } from './text.ts';

/**
 * For runs that nobody watches: progress is in the log, in lines of its own form, and only a failure is
 * printed once more as plain text, as the genuine connectors do.
 */
export function createLogView(logger: Logger, screen: Screen, redact: (text: string) => string): ProgressView {
  return {
    event: (event) => logEvent(logger, event),
    end: (outcome, { milliseconds, problems, proof }) => {
      const took = milliseconds / 1000;
      if (outcome.ok && 'dryRun' in outcome) return screen.print(planText(outcome.plan));
      if (outcome.ok) {
        const { syncId, file, certificate, counts } = outcome;
        logger.info('sync complete', {
          sync_id: syncId,
          file,
          certificate,
          ...(proof === undefined ? {} : { verdict: proof.verdict }),
          duration: took,
          ...counts,
        });
        return;
      }
      const { code, status, title } = outcome.error;
      logger.error('run failed', { code, status, error: title, duration: took });
      screen.print(redact(errorBlock(outcome.error, screen, problems)));
    },
  };
}

/** What happens during a run, as lines of the log. */
export function logEvent(logger: Logger, event: ProgressEvent): void {
  switch (event.type) {
    case 'start':
      logger.info('sync started', { connector: event.connector, version: event.version, sync_id: event.syncId });
      break;
    case 'phase':
      logger.info('phase started', { phase: event.phase });
      break;
    case 'resume':
      logger.info(resumeText(event));
      break;
    case 'left':
      logger.warn(leftText(event));
      break;
    case 'plan':
      logger.info('plan', { plan: event.plan, requests: event.requests });
      break;
    case 'list':
      if (event.done) {
        const { list, pass, received, pages } = event;
        logger.info('list read', { list, pass, received, pages });
      }
      break;
    case 'wait':
      logger.warn('waiting before another try', { wait: event.ms / 1000, reason: event.reason });
      break;
    case 'request':
    case 'stored':
      break;
  }
}
