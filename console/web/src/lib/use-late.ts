import { useEffect, useState } from 'react';

/** Turns true after a while: what is there sooner needs no words about the waiting. */
export function useLate(after = 300): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), after);
    return () => clearTimeout(timer);
  }, [after]);
  return late;
}
