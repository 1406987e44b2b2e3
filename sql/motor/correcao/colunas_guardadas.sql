-- Columns that a write must leave as they were: for dw.lancamentos those of the contract, for another relation all. Excluded are the
-- written columns, generated ones, and those that the rule registers as changing along.
create or replace function audit_interno.colunas_guardadas(regra audit.regras, escritas text[])
returns text[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(a.attname::text order by a.attname), '{}')
  from pg_attribute a
  where a.attrelid = audit_interno.relacao(regra.tabela) and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    and a.attname <> all (escritas || regra.colunas_acompanham)
    and (regra.tabela <> 'dw.lancamentos' or a.attname = any (array['id', 'data_lancamento', 'carregado_em', 'filial', 'centro_custo',
      'conta_contabil', 'categoria', 'fornecedor_id', 'fornecedor', 'documento', 'descricao', 'valor', 'valor_documento', 'valor_desconto']))
$$;
comment on function audit_interno.colunas_guardadas(audit.regras, text[]) is 'Columns of the rule''s relation that a write to these columns must not change.';
