import type { Tier } from '@batonkit/console-contract';
import { Icon } from './icon.tsx';
import './tier.css';

const BARS = { critical: 4, high: 3, medium: 2, none: 0 } as const;

/** How much a role can do, as bars; not known is a question mark, because it is not zero. */
export function TierMark({ tier }: { tier: Tier }) {
  if (tier === 'unclassified') {
    return (
      <span className="tier unknown" aria-hidden="true">
        <Icon name="question" />
      </span>
    );
  }
  return (
    <span className="tier" aria-hidden="true">
      {[1, 2, 3, 4].map((bar) => (
        <i key={bar} className={bar <= BARS[tier] ? 'filled' : ''} />
      ))}
    </span>
  );
}
