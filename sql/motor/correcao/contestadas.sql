-- Which of these findings auto must not correct: another open finding says something else about the same column of the same row, or the row
-- holds a value that two people entered for this very rule. offset 0 looks up each row's other findings by key: right after a detection the
-- statistics say nothing.
create or replace function audit_interno.contestadas(ids bigint[])
returns setof bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select d.id
  from audit.divergencias_processadas d
  where d.id = any (contestadas.ids) and exists (
    select
    from (
      select x.regra, x.status, x.valores_propostos, x.valores_digitados
      from audit.divergencias_processadas x
      where x.registro_id = d.registro_id and x.tabela = d.tabela and x.id <> d.id
        -- worded like the index divergencias_processadas_vivas
        and (audit.aguarda_pessoa(x.status) or x.valores_digitados is not null)
      offset 0
    ) as o
    where audit.aguarda_pessoa(o.status) and exists (
        select from jsonb_each(d.valores_propostos) p join jsonb_each(o.valores_propostos) q on q.key = p.key
        where p.value <> q.value)
      or o.status = 'corrigida' and o.regra = d.regra and exists (
        select from jsonb_each(o.valores_digitados) q
        where d.valores_propostos ? q.key and d.valores_originais -> q.key = q.value))
$$;
comment on function audit_interno.contestadas(bigint[]) is 'The findings among these that another finding on the same row contradicts.';
