import { ButtonLink } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';

/** For an address that no page has. */
export function NothingHere() {
  return (
    <main className="page narrow">
      <Empty
        heading="h1"
        title="There is no page at this address."
        action={<ButtonLink to="/connectors">To the connectors</ButtonLink>}
      >
        The link may be mistyped, or what it led to was removed.
      </Empty>
    </main>
  );
}
