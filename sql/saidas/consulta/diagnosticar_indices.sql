-- Part of the diagnosis: the index by which the rows of a relation are found, column by column; for a view only where it can be read.
-- Called by audit.diagnosticar_contrato; changes nothing.
create or replace function audit_interno.diagnosticar_indices(relacao regclass, legivel boolean)
returns table (item text, situacao text, detalhe text, sugestao text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('índice em %s', k.coluna), case when i.indice is not null then 'ok' else 'aviso' end,
    case i.indice when '' then 'particionada por esta coluna' when ' ' then 'sempre nula: nada se procura por ela' else coalesce(i.indice, 'nenhum') end,
    case when i.indice is null then k.porque end
  from (values
    (1, 'id', '=', 'Sem ele cada correção lê a tabela toda.'),
    (2, 'data_lancamento', '>=', 'Sem ele uma janela por datas lê a tabela toda.'),
    (3, 'carregado_em', '>=', 'Sem ele a janela de cada manhã lê a tabela toda.'),
    (4, 'fornecedor_id', '=', 'Ajuda a achar documentos lançados duas vezes.')) as k (ordem, coluna, operador, porque)
  left join pg_attribute a on a.attrelid = diagnosticar_indices.relacao and a.attname = k.coluna and a.attnum > 0 and not a.attisdropped
  cross join lateral (
    select case
      when a.attname is null then null
      when (select c.relkind from pg_class c where c.oid = diagnosticar_indices.relacao) = 'v' then case when legivel then (
        select x.indice from audit_interno.ler(format('select audit_interno.indice_da_visao(%L, %L, %L)',
          audit_interno.nome_sql(relacao), k.coluna, k.operador)) as x (indice text)) end
      else coalesce(
        (select min(c.relname)::text from pg_index x join pg_class c on c.oid = x.indexrelid
          where x.indrelid = diagnosticar_indices.relacao and x.indisvalid and x.indkey[0] = a.attnum),
        (select '' from pg_partitioned_table y where y.partrelid = diagnosticar_indices.relacao and y.partattrs[0] = a.attnum))
    end as indice
  ) as i
  order by k.ordem
$$;
comment on function audit_interno.diagnosticar_indices(regclass, boolean) is 'Lines of the diagnosis on indexes.';
