#!/bin/bash
# Run once, on an empty disk: a database and a role for each service, that no other may enter.
set -euo pipefail
for name in intake matching followup training reporting portal; do
  password="POSTGRES_PASSWORD_${name^^}"
  psql --set ON_ERROR_STOP=1 --set role="$name" --set password="${!password}" <<'SQL'
    create role :"role" login nosuperuser nocreatedb nocreaterole password :'password';
    create database :"role" owner :"role" template template0;
    revoke all on database :"role" from public;
SQL
done
psql --set ON_ERROR_STOP=1 <<'SQL'
  revoke all on database postgres, template1 from public;
SQL
