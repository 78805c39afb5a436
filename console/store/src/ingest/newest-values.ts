import type { StagedResource } from '../inputs.ts';

type Account = NonNullable<StagedResource['account']>;

/** Values of an account that change although nobody changed it. */
export interface NewestValues {
  lastLoginAt: string | null;
  profile: { key: string; value: string }[];
}

/** Attributes that connectors give such values in. */
const VOLATILE = /^(last|latest)[_-]|[_-]last[_-](login|seen|active)$|^(updated|modified|refreshed)[_-](at|on|time)$/i;

/** An account without what would make every sync a change of everybody, and that. */
export function splitAccount({ lastLoginAt, profile, ...account }: Account): {
  lasting: Omit<Account, 'lastLoginAt'>;
  newest: NewestValues;
} {
  const isVolatile = ({ key }: { key: string }): boolean => VOLATILE.test(key);
  return {
    lasting: { ...account, profile: profile.filter((entry) => !isVolatile(entry)) },
    newest: { lastLoginAt, profile: profile.filter(isVolatile) },
  };
}
