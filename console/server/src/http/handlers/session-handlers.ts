import { createSession, endSession, listUsers, spendSignInToken } from '@batonkit/console-store';
import { fail } from '../../errors.ts';
import type { Handlers } from '../operation.ts';
import { hashToken, newToken, SESSION_TIME } from '../session.ts';
import type { HandlerContext } from './context.ts';

export function sessionHandlers({
  store: { db },
  clock,
  random,
}: HandlerContext): Pick<Handlers, 'signIn' | 'getSession' | 'signOut' | 'listUsers'> {
  return {
    signIn: async ({ body, session }) => {
      const token = newToken(random);
      const user = await db.transaction(async (tx) => {
        const found = await spendSignInToken(tx, hashToken(body.token));
        if (found === undefined) throw fail('BK-SIGN-IN', {});
        const expiresAt = new Date(clock.now() + SESSION_TIME).toISOString();
        await createSession(tx, { userId: found.id, hash: hashToken(token), expiresAt });
        return found;
      });
      session.start(token);
      return { user };
    },
    getSession: async ({ session }) => ({ user: session.user }),
    signOut: async ({ session }) => {
      const { tokenHash } = session;
      if (tokenHash !== undefined) await db.transaction((tx) => endSession(tx, tokenHash));
      session.end();
    },
    listUsers: () => listUsers(db),
  };
}
