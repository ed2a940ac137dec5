-- Run by PostgreSQL's image when its store is made: each service gets a role and a database of
-- its own, which no other role may enter.
\set intake `cat /run/secrets/intake`
\set matching `cat /run/secrets/matching`
\set followup `cat /run/secrets/followup`
\set training `cat /run/secrets/training`
\set reporting `cat /run/secrets/reporting`
\set portal `cat /run/secrets/portal`

create temporary table services as
  values
    ('intake', :'intake'), ('matching', :'matching'), ('followup', :'followup'),
    ('training', :'training'), ('reporting', :'reporting'), ('portal', :'portal');

select format('create role %I login password %L', column1, column2) from services
\gexec
select format(
  'create database %I owner %I template template0 encoding utf8'
  ' locale_provider builtin builtin_locale ''C.UTF-8'' locale ''C''', column1, column1)
from services
\gexec
select format('revoke all on database %I from public', datname)
from pg_database where datname in ('postgres', 'template1') or datname in (select column1 from services)
\gexec
