-- A sync may be complete with exceptions, and it may be dated by a window instead of a moment. The columns moment_from
-- and moment_to hold either; `dated` says which.
alter table sync drop constraint sync_verdict_check;
alter table sync add constraint sync_verdict_check check (verdict in ('complete', 'complete with exceptions'));
alter table sync add column exceptions jsonb not null default '[]';
alter table sync add constraint sync_exceptions_check
  check ((verdict = 'complete with exceptions') = (jsonb_array_length(exceptions) > 0));
alter table sync add column dated text not null default 'moment' check (dated in ('moment', 'window'));
-- Nothing was compared with a second reading.
alter table sync add column read_once boolean not null default false;
alter table sync add column plan text;
alter table sync add column key_id text;
alter table sync add constraint sync_signed_check check (signed = (key_id is not null));
