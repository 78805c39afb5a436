/** How far an expansion is. */
export interface ExpansionProgress {
  isDone: boolean;
  /** Grants that it made. */
  made: number;
  /** Grants that were read, and have further sources now. */
  merged: number;
}
