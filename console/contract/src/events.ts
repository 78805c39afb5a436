import { z } from '@hono/zod-openapi';
import { Ksuid } from './common.ts';

/** Where live events come from, as server-sent events. */
export const EVENTS_PATH = '/events';

/** Says only *what* changed; the page reads it again. */
export const LiveEvent = z.object({ topic: z.enum(['connector', 'app']), id: Ksuid }).openapi('LiveEvent');
export type LiveEvent = z.infer<typeof LiveEvent>;
