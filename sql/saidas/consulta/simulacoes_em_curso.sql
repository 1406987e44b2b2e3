-- How far the caller's own simulations are (audit_interno.anunciar_simulacao). Only connections of the same login are believed: anybody may
-- choose an application name. The name is cut at 63 characters, and a long rule's name with it.
create or replace function audit.simulacoes_em_curso()
returns table (processo integer, etapa text, regra text, feitas bigint, total bigint)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
  select a.pid, p.partes[1], (
      select r.nome from audit.regras r where p.partes[4] <> '' and starts_with(r.nome, p.partes[4]) order by length(r.nome), r.nome limit 1),
    p.partes[2]::bigint, nullif(p.partes[3], '')::bigint
  from pg_stat_activity eu
  join pg_stat_activity a on a.usesysid = eu.usesysid and a.datid = eu.datid
  cross join lateral (
    select regexp_match(a.application_name, '^' || audit_interno.marca_simulacao() || ' ([a-z]+) ([0-9]{1,15})/?([0-9]{0,15}) ?([a-z0-9_]*)$') as partes) as p
  where eu.pid = pg_backend_pid() and p.partes is not null
  order by a.pid
$$;
comment on function audit.simulacoes_em_curso() is
  'The caller''s simulations that are running, with the current step of each: detectar (the rule, and which of how many), limitar, corrigir (the rule, and how many it has corrected so far) or finalizar. A simulation leaves no session, so this is all that can be seen of it before it ends.';
grant execute on function audit.simulacoes_em_curso() to conferente_operador;
