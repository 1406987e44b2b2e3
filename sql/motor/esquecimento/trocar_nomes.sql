-- Replaces names in every column of audit_interno.onde_ha_nomes, in detached months, and in what is left of the worker's jobs. What a column
-- holds is looked at once for each different value, however many rows have it. Called by esquecer_pessoa, which has locked the tables.
create or replace function audit_interno.trocar_nomes(quem audit_interno.esquecida)
returns table (lugar text, linhas bigint, em_duvida bigint)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_coluna record;
begin
  for v_coluna in -- a turn for each column
    select n.tabela, n.coluna, n.forma from audit_interno.onde_ha_nomes() n
    union all
    select format('audit_arquivo.%I', c.relname), 'autor', 'nome'
    from pg_class c
    where c.relnamespace = to_regnamespace('audit_arquivo') and c.relkind = 'r' and c.relname ~ '^estados_[0-9]{4}_[0-9]{2}$'
    order by 1, 2
  loop
    execute format(
      'with valor as materialized (select d.v as antes, audit_interno.sem_nome(d.v, $1) as depois from (select distinct x.%1$I as v from %2$s x where x.%1$I is not null) as d),'
      ' trocada as (update %2$s x set %1$I = v.depois from valor v where v.depois is distinct from v.antes and x.%1$I = v.antes returning 1)'
      ' select (select count(*) from trocada), (select count(*) from valor v where %3$L <> ''nome'' and regexp_replace(v.depois::text, $2, '''', ''g'') ~ $3)',
      v_coluna.coluna, v_coluna.tabela, v_coluna.forma)
    into linhas, em_duvida using quem, coalesce((quem).alheios, 'a^'), (quem).duvidoso;
    lugar := format('%s.%s', v_coluna.tabela, v_coluna.coluna);
    if linhas > 0 or em_duvida > 0 then
      return next;
    end if;
  end loop;
  lugar := 'graphile_worker.jobs';
  update graphile_worker._private_jobs j
  set last_error = audit_interno.sem_nome(j.last_error, quem), payload = audit_interno.sem_nome(j.payload::jsonb, quem)::json
  where j.last_error ~ (quem).padrao or j.payload::text ~ (quem).padrao;
  get diagnostics linhas = row_count;
  em_duvida := 0;
  if linhas > 0 then
    return next;
  end if;
end
$$;
comment on function audit_interno.trocar_nomes(audit_interno.esquecida) is 'Of each column, how many rows were changed, and how many texts still hold what may be the name and may be somebody else''s.';
