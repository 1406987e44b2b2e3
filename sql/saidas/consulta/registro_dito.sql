create or replace function audit_interno.tamanho(relacao oid)
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(sum(pg_relation_size(x.id)), 0)::bigint
  from (select relacao as id union select p.relid from pg_partition_tree(relacao) as p) as x
$$;
comment on function audit_interno.tamanho(oid) is 'Bytes of a table with all its partitions; 0 of a view.';

-- The row that a person means, as the audit names it: findings and exceptions carry the relation that a rule names, which never changes,
-- and the key as text. A person may name a table below that view, or a partition, leave out the schema, lose the quotes around capitals, or write a uuid in capitals. Called
-- by historico_registro.
create or replace function audit_interno.registro_dito(dita text, chave text)
returns table (tabela text, id text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_partes text[] := case when audit_interno.nome_qualificado(registro_dito.dita) or audit_interno.nome_qualificado('x.' || registro_dito.dita)
    then parse_ident(registro_dito.dita) end;
  v_tabelas text[] := array(select distinct r.tabela collate "C" from audit.regras r order by 1);
  v_ditas text[];
begin
  v_ditas := case when registro_dito.dita = any (v_tabelas) then array[registro_dito.dita] else array(
    select c.tabela
    from unnest(v_tabelas) as c (tabela)
    cross join lateral (select audit_interno.relacao(c.tabela) as relacao) as v
    where exists (
      select
      from audit_interno.relacoes_abaixo(v.relacao) as b (oid)
      join pg_class k on k.oid = b.oid
      where lower(k.relname) = lower(v_partes[cardinality(v_partes)])
        and (cardinality(v_partes) = 1 or k.relnamespace in (select n.oid from pg_namespace n where lower(n.nspname) = lower(v_partes[1])))
        -- the entries themselves: tables that a view joins to them are smaller, and have keys of their own
        and (k.oid = v.relacao or audit_interno.tamanho(coalesce(pg_partition_root(k.oid), k.oid)) >= all (
          select audit_interno.tamanho(o.oid) from audit_interno.relacoes_abaixo(v.relacao) as o (oid))))) end;
  if v_ditas = '{}' then
    raise exception using errcode = 'NC004', message = format('nenhuma regra conhece a tabela %L', registro_dito.dita),
      hint = format('As conhecidas são: %s.', array_to_string(v_tabelas, ', '));
  end if;
  return query
    select c.tabela, case when exists (
        select from audit.regras r where r.tabela = c.tabela
          and audit_interno.tipo_base(audit_interno.relacao(r.tabela), r.coluna_chave) = 'uuid'::regtype)
      and registro_dito.chave ~* '^[{]?([0-9a-f]{4}-?){8}[}]?$' then registro_dito.chave::uuid::text else registro_dito.chave end
    from unnest(v_ditas) as c (tabela);
end
$$;
comment on function audit_interno.registro_dito(text, text) is
  'Relation and key as the audit trail writes them, for a row as a person names it; NC004 when no rule knows such a table.';
