import type { Queryable, Transaction } from './db.ts';
import type { Instant } from '@batonkit/console-domain';
import type { Page, UserView } from './views.ts';

export async function createUser(tx: Transaction, name: string): Promise<UserView> {
  const user = { id: tx.newId(), name };
  await tx.query('insert into local_user (id, name, created_at) values ($1, $2, $3)', [user.id, name, tx.now()]);
  return user;
}

/** All people of this console; there are few. */
export async function listUsers(q: Queryable): Promise<Page<UserView>> {
  return { items: await q.query<UserView>('select id, name from local_user order by created_at, id'), next: null };
}

/** Keeps only the token's hash. Earlier ones of this person that nobody used are void from now on. */
export async function addSignInToken(
  tx: Transaction,
  token: { userId: string; hash: string; expiresAt: Instant },
): Promise<void> {
  await tx.query('delete from sign_in_token where user_id = $1 and used_at is null', [token.userId]);
  await tx.query('insert into sign_in_token (hash, user_id, created_at, expires_at) values ($1, $2, $3, $4)', [
    token.hash,
    token.userId,
    tx.now(),
    token.expiresAt,
  ]);
}

/** Uses a token up. Undefined: not known, used before, or expired; the three look the same from outside. */
export async function spendSignInToken(tx: Transaction, hash: string): Promise<UserView | undefined> {
  const [user] = await tx.query<UserView>(
    `update sign_in_token t set used_at = $2 from local_user u
     where t.hash = $1 and t.used_at is null and t.expires_at > $2 and u.id = t.user_id
     returning u.id, u.name`,
    [hash, tx.now()],
  );
  return user;
}

/** Keeps only the hash of the session's secret. */
export async function createSession(
  tx: Transaction,
  session: { userId: string; hash: string; expiresAt: Instant },
): Promise<void> {
  await tx.query('delete from session where expires_at <= $1', [tx.now()]);
  await tx.query('insert into session (hash, user_id, created_at, expires_at) values ($1, $2, $3, $4)', [
    session.hash,
    session.userId,
    tx.now(),
    session.expiresAt,
  ]);
}

/** Who a session belongs to; undefined when it is not known or over. */
export async function readSession(q: Queryable, hash: string): Promise<UserView | undefined> {
  const [user] = await q.query<UserView>(
    'select u.id, u.name from session s join local_user u on u.id = s.user_id where s.hash = $1 and s.expires_at > $2',
    [hash, q.now()],
  );
  return user;
}

export async function endSession(tx: Transaction, hash: string): Promise<void> {
  await tx.query('delete from session where hash = $1', [hash]);
}
