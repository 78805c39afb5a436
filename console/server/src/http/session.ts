import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { User } from '@batonkit/console-contract';
import type { Random } from '@batonkit/kernel';
import { fail } from '../errors.ts';

/** Browsers send a cookie to every port of a host: without its port two consoles would sign each other out. */
export const cookieOf = (port: number): string => `batonkit_session_${port}`;
/** Until it ends, in milliseconds. */
export const SESSION_TIME = 12 * 60 * 60 * 1000;
export const SIGN_IN_TIME = 60 * 60 * 1000;

/** Who sends a request. */
export interface Session {
  /** @throws BatonError `BK-SESSION` when nobody is signed in */
  user: User;
  tokenHash: string | undefined;
  start(token: string): void;
  end(): void;
}

export type FindUser = (tokenHash: string) => Promise<User | undefined>;

/**
 * @param cookie its name, from `cookieOf`
 * @param isOpen whether somebody who is not signed in may ask
 * @throws BatonError `BK-SESSION`
 */
export async function sessionOf(
  context: Context,
  cookie: string,
  isOpen: boolean,
  findUser: FindUser,
): Promise<Session> {
  const token = getCookie(context, cookie);
  const tokenHash = token === undefined ? undefined : hashToken(token);
  const user = tokenHash === undefined ? undefined : await findUser(tokenHash);
  if (user === undefined && !isOpen) throw fail('BK-SESSION', {});
  const options = { path: '/', httpOnly: true, sameSite: 'Strict' } as const;
  return {
    get user() {
      if (user === undefined) throw fail('BK-SESSION', {});
      return user;
    },
    tokenHash,
    start: (fresh) => setCookie(context, cookie, fresh, { ...options, maxAge: SESSION_TIME / 1000 }),
    end: () => setCookie(context, cookie, '', { ...options, maxAge: 0 }),
  };
}

export function newToken(random: Random): string {
  return Buffer.from(random.bytes(32)).toString('base64url');
}

/** Only hashes of tokens are stored: who reads the database cannot sign in with it. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
