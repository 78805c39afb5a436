/** SQL: what became of the run `r`, with its sync `s` joined from the left. */
export const OUTCOME = `case when r.finished_at is null then 'running' when r.ending = 'done' then s.disposition else r.ending end`;
