import type { BatonError } from '@batonkit/kernel';
import type { Page } from '../api/read-whole.ts';
import type { Me, Wanted } from '../api/runlayer-api.ts';
import type { PlanName, Settings } from '../settings.ts';
import type { FoundList } from '../tenant/tenant-form.ts';

/** A way that may be there and does not help. */
export interface Unusable {
  plan: PlanName;
  error: BatonError;
}

export type FirstPage = FoundList & { page: Page };

/** What is known of a tenant while the ways to its assignments are looked for. */
export interface FoundLists {
  readonly settings: Settings;
  readonly me: Me;
  readonly users: FirstPage;
  readonly roles: FirstPage | 'catalogue';
  /** Ways that are there and cannot be used, with the reason. */
  readonly unusable: Unusable[];
  /** One of the platform's roles. */
  someRole(): string | undefined;
  /** The first of the paths at which there is a list. Anything but "there is nothing" ends the search. */
  locate(
    name: string,
    paths: readonly string[],
    want: (path: string) => Wanted,
    signal: AbortSignal,
    member?: string,
  ): Promise<FirstPage | undefined>;
  /** Starts what `locate` will ask, if so much may run at once. */
  startLook(name: string, path: string, want: (path: string) => Wanted, member?: string): void;
}
