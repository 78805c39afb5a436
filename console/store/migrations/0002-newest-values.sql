-- Values that change all the time and mean no change, such as the last login. Each would open an interval a person and
-- sync; so they are kept beside the intervals, in their newest value only. `since` is the position from which on, up to
-- the newest state, the value is true.
create table resource_newest (
  resource_id bigint primary key,
  since bigint not null,
  content jsonb not null
);

alter table staged_resource add column newest jsonb;

insert into resource_newest (resource_id, since, content)
select resource_id, opened, jsonb_build_object('lastLoginAt', attributes -> 'lastLoginAt', 'profile', '[]'::jsonb)
from resource_interval where trait = 'user' and closed is null;

update resource_interval set attributes = attributes - 'lastLoginAt' where trait = 'user';

update staged_resource
set newest = jsonb_build_object('lastLoginAt', attributes -> 'lastLoginAt', 'profile', '[]'::jsonb),
  attributes = attributes - 'lastLoginAt'
where trait = 'user';
