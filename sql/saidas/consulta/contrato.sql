-- The columns of the warehouse contract, in order: the type of each, and whether it may be null in every row. Called by the diagnosis.
create or replace function audit_interno.contrato()
returns table (ordem integer, coluna text, esperado text, tipos text[], nula boolean)
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  values
    (1, 'id', 'de qualquer tipo escalar', null::text[], false), (2, 'data_lancamento', 'date', '{date}', false),
    (3, 'carregado_em', 'timestamptz', '{timestamptz}', false), (4, 'filial', 'text', '{text,varchar,bpchar}', false),
    (5, 'centro_custo', 'text', '{text,varchar,bpchar}', false), (6, 'conta_contabil', 'text', '{text,varchar,bpchar}', false),
    (7, 'categoria', 'text', '{text,varchar,bpchar}', false), (8, 'fornecedor_id', 'text', '{text,varchar,bpchar}', true),
    (9, 'fornecedor', 'text', '{text,varchar,bpchar}', false), (10, 'documento', 'text', '{text,varchar,bpchar}', true),
    (11, 'descricao', 'text', '{text,varchar,bpchar}', false), (12, 'valor', 'numeric(18,2)', '{numeric}', false),
    (13, 'valor_documento', 'numeric(18,2)', '{numeric}', true), (14, 'valor_desconto', 'numeric(18,2)', '{numeric}', true)
$$;
comment on function audit_interno.contrato() is 'Columns of dw.lancamentos as the contract requires them.';
