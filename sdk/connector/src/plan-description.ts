/** How a sync would read. */
export interface PlanDescription {
  /** Name of the plan, such as `embedded`. */
  plan: string;
  /** Requests of the whole sync, all passes; at least this many. */
  requests: number;
  lists: readonly {
    name: string;
    /** Template below the base URL. */
    path: string;
    /** Rows, as the source says; null when it does not. */
    count: number | null;
    /** Requests for this list, all passes. */
    requests: number;
  }[];
}
