-- The keys that a query over the warehouse finds for one value. A function of its own, because Citus takes no sub-select that looks at the
-- warehouse for each row of another source. Called by desconhecidas, through the door that reads.
create or replace function audit_interno.chaves_com(consulta text, valor text)
returns text[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chaves text[];
begin
  execute chaves_com.consulta into v_chaves using chaves_com.valor;
  return coalesce(v_chaves, '{}');
end
$$;
comment on function audit_interno.chaves_com(text, text) is 'Keys found by a query for a value; empty when there are none.';
grant execute on function audit_interno.chaves_com(text, text) to conferente_regra;

-- Which of these findings propose, for a text column, a value unknown to the ledger: no row holds it except those that we corrected to it
-- ourselves, and nobody ever approved it. It may be a label of ours that the ledger spells differently, so a person must write it first.
-- Each distinct value is looked for among the first ten rows that hold it; if all ten are our own corrections, among the first thousand; and
-- only then among all rows. A table takes new versions of rows where it has room, so our corrections may well come first.
-- Reads the warehouse as conferente_regra; changes nothing. Called where auto chooses.
create or replace function audit_interno.desconhecidas(ids bigint[])
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_coluna record;
  v_limite integer;
  v_procurados text[];
  v_achados text[];
  v_desconhecidos jsonb := jsonb_build_array(); -- [table, column, value]
begin
  for v_coluna in -- a turn for each column
    select c.tabela, c.coluna, c.chave, c.valores
    from (
      select d.tabela, p.key as coluna, min(r.coluna_chave) as chave, array_agg(distinct p.value) as valores
      from audit.divergencias_processadas d
      join audit.regras r on r.nome = d.regra
      cross join lateral jsonb_each_text(d.valores_propostos) as p
      where d.id = any (desconhecidas.ids) and p.value is not null
      group by d.tabela, p.key
      offset 0 -- types are looked up for the columns, not for each finding
    ) as c
    join pg_type t on t.oid = audit_interno.tipo_base(audit_interno.relacao(c.tabela), c.coluna) and t.typcategory = 'S'
  loop
    v_procurados := v_coluna.valores;
    foreach v_limite in array array[10, 1000, null] loop
      exit when v_procurados = '{}';
      with lido as (
        select x.valor, x.chaves
        from audit_interno.ler(format(
          'select v.valor, audit_interno.chaves_com(%L, v.valor) from unnest($2) as v (valor)',
          format('select array_agg(x.chave) from (select t.%I::text as chave from %s t where t.%I = $1::%s %s) as x',
            v_coluna.chave, audit_interno.nome_sql(audit_interno.relacao(v_coluna.tabela)), v_coluna.coluna,
            audit_interno.tipo_coluna(audit_interno.relacao(v_coluna.tabela), v_coluna.coluna), 'limit ' || v_limite)), null, v_procurados)
          as x (valor text, chaves text[])
      ), alheio as (
        select l.valor, cardinality(l.chaves) as quantas, exists (
          select from unnest(l.chaves) as c where not exists (
            -- looked up by the row, and only up to the first that is not ours: right after a detection the statistics say nothing
            select from (select x.id from audit.divergencias_processadas x where x.registro_id = c and x.tabela = v_coluna.tabela offset 0) as d
            join audit.alteracoes a on a.divergencia_id = d.id and a.reverte_operacao_id is null
            where a.depois ->> v_coluna.coluna = l.valor)
            and not exists ( -- nor one whose image is in the archive
            select from audit.divergencias_processadas d
            join audit_interno.divergencias_arquivadas v on v.divergencia_id = d.id and v.alteracao_id is not null
            where d.registro_id = c and d.tabela = v_coluna.tabela and coalesce(d.valores_digitados, d.valores_propostos) ->> v_coluna.coluna = l.valor)) as conhecido
        from lido l
      )
      select coalesce(array_agg(h.valor) filter (where not h.conhecido and h.quantas = v_limite), '{}'),
        coalesce(array_agg(h.valor) filter (where not h.conhecido and h.quantas is distinct from v_limite), '{}')
      into v_procurados, v_achados
      from alheio h;
      v_desconhecidos := v_desconhecidos || coalesce((
        select jsonb_agg(jsonb_build_array(v_coluna.tabela, v_coluna.coluna, a)) from unnest(v_achados) as a), '[]');
    end loop;
  end loop;
  if v_desconhecidos = '[]' then
    return;
  end if;

  return query
  with desconhecido as (
    select u.valor ->> 0 as tabela, u.valor ->> 1 as coluna, u.valor ->> 2 as valor from jsonb_array_elements(v_desconhecidos) as u (valor)
  ), aprovado as (
    select distinct u.tabela, u.coluna, u.valor
    from desconhecido u
    join audit.divergencias_processadas d on d.tabela = u.tabela and d.status not in ('rejeitada', 'revertida')
      and coalesce(d.valores_digitados, d.valores_propostos) ->> u.coluna = u.valor
    where exists (
      select from audit.decisoes s where s.divergencia_id = d.id and s.tipo in ('aprovacao', 'segunda_aprovacao'))
  )
  select d.id
  from audit.divergencias_processadas d
  where d.id = any (desconhecidas.ids) and exists (
    select from (select * from desconhecido except select * from aprovado) as u
    where u.tabela = d.tabela and d.valores_propostos ->> u.coluna = u.valor);
end
$$;
comment on function audit_interno.desconhecidas(bigint[]) is 'The findings among these that propose a text which the ledger does not know.';
