-- The entries that the rows of some findings are now because of our own later corrections and rollbacks of identifying columns, for other
-- findings: such a key still belongs to the same entry. Rows without such a change are left out, and nothing is returned where no rule of
-- this relation corrects an identifying column. Called where a row is compared with the entry that it was.
create or replace function audit_interno.entradas_nossas(regra audit.regras, ids bigint[])
returns table (divergencia_id bigint, entrada jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from audit.regras o where o.tabela = entradas_nossas.regra.tabela and o.colunas && entradas_nossas.regra.colunas_identidade)
  then
    return;
  end if;
  return query
    select d.id, d.entrada || v.depois
    from audit.divergencias_processadas d
    cross join lateral audit_interno.escritas_depois(d, coalesce(
      (select max(x.operacao_id) from audit.deteccoes x where x.divergencia_id = d.id),
      (select a.deteccao_id from audit_interno.divergencias_arquivadas a where a.divergencia_id = d.id)), d.entrada) as v
    where d.id = any (entradas_nossas.ids) and v.depois is not null;
end
$$;
comment on function audit_interno.entradas_nossas(audit.regras, bigint[]) is 'Entry of each finding''s row as our later corrections of other findings left it.';
