-- Public halves of the keys that signed certificates. Never removed: without them nobody can check what was signed.
create table certificate_key (
  key_id text primary key,
  public_pem text not null,
  -- The run whose program held the private half; nobody else ever did.
  run_id text not null references sync_run,
  made_at timestamptz not null
);
