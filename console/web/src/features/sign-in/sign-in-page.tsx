import { useEffect, useState } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { reportOf } from '../../lib/api-problem.ts';
import { call } from '../../lib/call.ts';
import { read } from '../../lib/queries.ts';
import { useTitle } from '../../lib/use-title.ts';
import { ErrorNote } from '../../ui/note.tsx';
import './sign-in-page.css';

/** Trades the one-time token of the link for a session. The token stands in the fragment, which is sent to nobody. */
export function SignInPage() {
  useTitle('Sign in');
  const [token] = useState(takeToken);
  const client = useQueryClient();
  const router = useRouter();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (given: string) => call('signIn', { body: { token: given } }),
    onSuccess: async (session) => {
      client.setQueryData(read('getSession', {}).queryKey, session);
      await router.navigate({ to: '/connectors', replace: true });
    },
  });
  useEffect(() => {
    // After the effects of strict mode have run twice: a token works once.
    const start = setTimeout(() => token !== '' && mutate(token));
    return () => clearTimeout(start);
  }, [token, mutate]);
  return (
    <main className="sign-in">
      <img src="/logo.svg" alt="BatonKit" height="32" />
      {error !== null ? (
        <>
          <h1>That link did not sign you in.</h1>
          <ErrorNote report={reportOf(error)} />
        </>
      ) : isPending || token !== '' ? (
        <>
          <h1>Signing in</h1>
          <p className="soft" role="status">
            With the link that the console printed.
          </p>
        </>
      ) : (
        <>
          <h1>Sign in with the link of the console</h1>
          <p className="soft">
            The console prints a link when it starts. It works once, for an hour. For a new one, stop the console and
            start it again; data and settings stay.
          </p>
          <pre className="mono">npm start</pre>
        </>
      )}
    </main>
  );
}

/** Takes the token out of the address at once, so that it does not stay in the history. */
function takeToken(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  if (token !== '') history.replaceState(history.state, '', location.pathname);
  return token;
}
