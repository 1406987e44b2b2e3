-- As SQL over the parameters of audit_interno.ler: the condition that a row t of a rule's table lies in it. Called by medir_janela and cortar_janela.
create or replace function audit_interno.condicao_janela(regra audit.regras, janela audit.janela)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select concat_ws(' and ', 'true',
    case when janela.data_inicio is not null and regra.coluna_data is not null then format('t.%I >= $1', regra.coluna_data) end,
    case when janela.data_fim is not null and regra.coluna_data is not null then format('t.%I <= $3', regra.coluna_data) end,
    case when janela.carregado_desde is not null and regra.coluna_carga is not null then format('t.%I >= $4', regra.coluna_carga) end,
    case when janela.carregado_ate is not null and regra.coluna_carga is not null then format('t.%I < $5', regra.coluna_carga) end)
$$;
comment on function audit_interno.condicao_janela(audit.regras, audit.janela) is
  'SQL condition over the alias t and the parameters of audit_interno.ler; columns that the rule''s table does not have leave their side open.';
