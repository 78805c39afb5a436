-- A secret may be several values by name. The names are not secret: they are shown, the values never.
alter table secret add column names jsonb;
