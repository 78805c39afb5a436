-- People, connectors, runs, syncs, ledger. Instants come from the program's clock, never from now().

create table app (
  id text primary key,
  name text not null,
  created_at timestamptz not null
);

create table local_user (
  id text primary key,
  name text not null,
  created_at timestamptz not null
);

create table sign_in_token (
  hash text primary key,
  user_id text not null references local_user,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table session (
  hash text primary key,
  user_id text not null references local_user,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

-- One instance of one kind of system, as an app sees it. The ledger hangs on it, not on a connector.
create table source (
  id bigint generated always as identity primary key,
  app_id text not null references app,
  connector_type text not null,
  instance_origin text not null,
  created_at timestamptz not null,
  unique (app_id, connector_type, instance_origin)
);

create table connector (
  id text primary key,
  app_id text not null unique references app,
  catalog_id text not null,
  name text not null,
  created_at timestamptz not null,
  -- Set when its first complete sync is applied.
  source_id bigint unique references source,
  -- The sync that is being compared or applied: one at a time.
  ingesting text
);

create table connector_owner (
  connector_id text not null references connector,
  user_id text not null references local_user,
  ordinal integer not null,
  primary key (connector_id, user_id)
);

create table setting (
  connector_id text not null references connector,
  name text not null,
  value jsonb not null,
  primary key (connector_id, name)
);

create table secret (
  connector_id text not null references connector,
  name text not null,
  ciphertext bytea not null,
  last_four text not null,
  set_at timestamptz not null,
  set_by text not null,
  primary key (connector_id, name)
);

create table audit (
  id text primary key,
  connector_id text not null references connector,
  at timestamptz not null,
  actor text not null,
  action text not null,
  detail text not null
);
create index audit_of_connector on audit (connector_id, at desc, id desc);

create table sync_run (
  id text primary key,
  connector_id text not null references connector,
  trigger text not null check (trigger in ('save', 'manual')),
  requested_by text not null,
  requested_at timestamptz not null,
  lease_token text,
  lease_until timestamptz,
  worker text,
  claimed_at timestamptz,
  attempt integer not null default 0,
  ingest_attempt integer not null default 0,
  started_at timestamptz,
  phase text not null default 'queued',
  progress jsonb not null default '{"lists": [], "waiting": null}',
  cancel_requested_at timestamptz,
  -- When the fetch part ended with a file; from then on the run waits for, or is in, ingest.
  ingest_at timestamptz,
  finished_at timestamptz,
  ending text check (ending in ('done', 'failed', 'cancelled')),
  error jsonb,
  sync_id text,
  check ((finished_at is null) = (ending is null))
);
create unique index one_open_run on sync_run (connector_id) where finished_at is null;
create index sync_run_of_connector on sync_run (connector_id, requested_at desc, id desc);

create table run_request (
  run_id text not null references sync_run,
  n integer not null,
  at timestamptz not null,
  method text not null,
  path text not null,
  status integer,
  ms double precision not null,
  rows integer,
  attempt integer not null,
  primary key (run_id, n)
);

create table sync (
  id text primary key,
  connector_id text not null references connector,
  run_id text not null references sync_run,
  connector_type text not null,
  instance_origin text not null,
  verdict text not null check (verdict = 'complete'),
  moment_from timestamptz not null,
  moment_to timestamptz not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  path text not null,
  sha256 text not null,
  content_digest text not null,
  bytes bigint not null,
  certificate text not null,
  signed boolean not null,
  owner_id text not null,
  disposition text not null check (
    disposition in ('pending', 'held', 'applied', 'unchanged', 'confirmed', 'disproved', 'superseded', 'failed')
  ),
  decided_at timestamptz,
  reasons jsonb not null default '[]',
  warnings jsonb not null default '[]',
  comparison jsonb,
  confirmed_at timestamptz
);
create index held_sync on sync (connector_id) where disposition = 'held';

-- The states of a source in their order. A position leaves room before it, so that a late file can be put between two.
create table applied_sync (
  source_id bigint not null references source,
  position bigint not null,
  sync_id text not null unique references sync,
  window_start timestamptz not null,
  window_end timestamptz not null,
  applied_at timestamptz not null,
  confirmed_by text,
  counts jsonb not null,
  primary key (source_id, position)
);
create unique index applied_sync_order on applied_sync (source_id, window_end, sync_id);

-- The ledger. `opened` and `closed` are positions of applied_sync: a row is part of the state at position p when
-- opened <= p and (closed is null or closed > p). Positions past the newest applied one are being prepared and show
-- nowhere. No foreign keys on these columns: only ledger code writes here, in bulk.
create table resource (
  id bigint generated always as identity primary key,
  public_id text not null unique,
  source_id bigint not null references source,
  type text collate "C" not null,
  external_id text collate "C" not null,
  unique (source_id, type, external_id)
);

create table resource_interval (
  resource_id bigint not null,
  opened bigint not null,
  closed bigint check (closed > opened),
  source_id bigint not null,
  trait text not null check (trait in ('user', 'role', 'other')),
  name text not null,
  sort_name text collate "C" generated always as (lower(left(name, 200))) stored,
  email text,
  status text,
  by_flag boolean not null,
  tier text,
  attributes jsonb not null,
  primary key (resource_id, opened)
);
create unique index resource_open_once on resource_interval (resource_id) where closed is null;
create index resource_by_name on resource_interval (source_id, trait, sort_name, resource_id);
create index resource_opened on resource_interval (source_id, opened);
create index resource_closed on resource_interval (source_id, closed) where closed is not null;
create index resource_flagged on resource_interval (source_id) where by_flag;

create table entitlement_interval (
  resource_id bigint not null,
  slug text collate "C" not null,
  opened bigint not null,
  closed bigint check (closed > opened),
  source_id bigint not null,
  external_id text not null,
  name text not null,
  primary key (resource_id, slug, opened)
);
create unique index entitlement_open_once on entitlement_interval (resource_id, slug) where closed is null;
create index entitlement_opened on entitlement_interval (source_id, opened);
create index entitlement_closed on entitlement_interval (source_id, closed) where closed is not null;

create table grant_interval (
  resource_id bigint not null,
  slug text collate "C" not null,
  principal_id bigint not null,
  opened bigint not null,
  closed bigint check (closed > opened),
  source_id bigint not null,
  external_id text not null,
  primary key (resource_id, slug, principal_id, opened)
);
create unique index grant_open_once on grant_interval (resource_id, slug, principal_id) where closed is null;
create index grant_of_principal on grant_interval (principal_id, resource_id);
create index grant_opened on grant_interval (source_id, opened);
create index grant_closed on grant_interval (source_id, closed) where closed is not null;

-- Rows of a file on their way into the ledger; kept while a sync is held.
create table staged_resource (
  sync_id text not null,
  n integer not null,
  type text collate "C" not null,
  external_id text collate "C" not null,
  public_id text not null,
  trait text not null,
  name text not null,
  email text,
  status text,
  by_flag boolean not null,
  tier text,
  attributes jsonb not null,
  primary key (sync_id, n)
);

create table staged_entitlement (
  sync_id text not null,
  n integer not null,
  resource_type text collate "C" not null,
  resource_external_id text collate "C" not null,
  slug text collate "C" not null,
  external_id text not null,
  name text not null,
  primary key (sync_id, n)
);

create table staged_grant (
  sync_id text not null,
  n integer not null,
  resource_type text collate "C" not null,
  resource_external_id text collate "C" not null,
  slug text collate "C" not null,
  principal_type text collate "C" not null,
  principal_external_id text collate "C" not null,
  external_id text not null,
  primary key (sync_id, n)
);
