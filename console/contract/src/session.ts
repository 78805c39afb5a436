import { z } from '@hono/zod-openapi';
import { Ksuid } from './common.ts';

export const User = z.object({ id: Ksuid, name: z.string() }).openapi('User');
export type User = z.infer<typeof User>;

export const Session = z.object({ user: User }).openapi('Session');
export type Session = z.infer<typeof Session>;

/** The one-time token from the fragment of the sign-in link. */
export const SignIn = z.object({ token: z.string().min(1).max(200) }).openapi('SignIn');
