-- Feeds a person's word into the observed precision of the rules.
create or replace function audit_interno.contar_decisoes(ids bigint[], certas boolean)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  update audit.regras r
  set aprovadas = r.aprovadas + case when certas then d.quantas else 0 end,
    rejeitadas = r.rejeitadas + case when certas then 0 else d.quantas end
  from (
    select x.regra, count(*) as quantas from audit.divergencias_processadas x
    where x.id = any (contar_decisoes.ids) and x.valores_propostos <> '{}'
    group by x.regra
  ) as d
  where r.nome = d.regra
$$;
comment on function audit_interno.contar_decisoes(bigint[], boolean) is 'Counts decisions that found proposals right or wrong.';
