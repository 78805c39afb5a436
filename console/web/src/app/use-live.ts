import { useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { listen } from '../lib/live-events.ts';
import { isTouchedBy } from '../lib/queries.ts';

/** A console that is only started again is back before anybody need be told. */
const PATIENCE = 3_000;

/** Keeps what is shown as new as the console is; true while the console cannot be heard. */
export function useLive(): boolean {
  const client = useQueryClient();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const found = () => {
      clearTimeout(timer);
      timer = undefined;
      setLost(false);
    };
    listen(
      {
        onChange: (event) => void client.invalidateQueries({ predicate: isTouchedBy(event) }),
        onOpen: () => {
          found();
          void client.invalidateQueries();
        },
        onLost: () => {
          timer ??= setTimeout(() => setLost(true), PATIENCE);
        },
        onRefused: () => void client.invalidateQueries(),
      },
      ended.signal,
    );
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [client]);
  return lost;
}
