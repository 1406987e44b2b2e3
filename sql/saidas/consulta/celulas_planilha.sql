-- The columns of a sheet that nobody may change, in the order in which they are compared: of a finding as it would be exported now, and of
-- a line of a sheet that came back.
create or replace function audit_interno.colunas_planilha()
returns text[]
language sql
immutable parallel safe
return '{id,sessao_id,sessao_ultima_id,regra,tipo,tabela,registro_id,status,confianca,valor_em_risco,colunas,antes,depois,justificativa,detectada_em,ultima_deteccao,vezes_detectada,proposta_por,decidida_em,decidida_por,motivo,lancamento}'::text[];
comment on function audit_interno.colunas_planilha() is 'Names of the columns of a sheet that are compared.';

create or replace function audit_interno.celulas_planilha(divergencia audit.vw_divergencias_exportacao, fuso text)
returns text[]
language sql
stable parallel safe
as $$
  select array[
    (divergencia).id::text,
    (divergencia).sessao_id::text,
    (divergencia).sessao_ultima_id::text,
    audit_interno.celula_planilha((divergencia).regra),
    audit_interno.celula_planilha((divergencia).tipo),
    audit_interno.celula_planilha((divergencia).tabela),
    audit_interno.celula_planilha((divergencia).registro_id),
    audit_interno.celula_planilha((divergencia).status),
    audit_interno.celula_planilha((divergencia).confianca),
    audit_interno.celula_planilha((divergencia).valor_em_risco),
    audit_interno.celula_planilha((divergencia).colunas),
    audit_interno.celula_planilha((divergencia).valores_antes),
    audit_interno.celula_planilha((divergencia).valores_depois),
    audit_interno.celula_planilha((divergencia).justificativa),
    audit_interno.celula_planilha((divergencia).detectada_em, fuso),
    audit_interno.celula_planilha((divergencia).ultima_deteccao, fuso),
    (divergencia).vezes_detectada::text,
    audit_interno.celula_planilha((divergencia).proposta_por),
    audit_interno.celula_planilha((divergencia).decidida_em, fuso),
    audit_interno.celula_planilha((divergencia).decidida_por),
    audit_interno.celula_planilha((divergencia).motivo),
    audit_interno.celula_planilha((divergencia).lancamento)
  ]
$$;
comment on function audit_interno.celulas_planilha(audit.vw_divergencias_exportacao, text) is 'The cells of a finding in the form in which they are compared: those of audit_interno.colunas_planilha.';

create or replace function audit_interno.celulas_lidas(celulas jsonb)
returns text[]
language sql
stable parallel safe
as $$
  select array(
    select case
      when jsonb_typeof(x.valor) <> 'number' then audit_interno.celula_planilha(x.valor #>> '{}')
      -- a spreadsheet's date: days since the zeroth of January 1900
      when c.nome in ('detectada_em', 'ultima_deteccao', 'decidida_em') and (x.valor #>> '{}')::numeric between 0 and 2958465 then
        to_char(timestamp '1899-12-30' + make_interval(secs => round((x.valor #>> '{}')::numeric * 86400)::float8), 'YYYYMMDDHH24MISS')
      when abs((x.valor #>> '{}')::numeric) between 1e-300 and 1e300 then trim_scale((x.valor #>> '{}')::numeric::float8::numeric)::text
      else trim_scale((x.valor #>> '{}')::numeric)::text end
    from unnest(audit_interno.colunas_planilha()) with ordinality as c (nome, n)
    cross join lateral (select celulas -> c.nome as valor) as x
    order by c.n)
$$;
comment on function audit_interno.celulas_lidas(jsonb) is 'The cells of a line of a sheet (column to text or number) in the form in which they are compared: those of audit_interno.colunas_planilha.';

create or replace function audit_interno.resumo_celulas(celulas text[])
returns text
language sql
stable parallel safe
as $$
  select left(encode(sha256(convert_to(array_to_string(celulas, chr(31), ''), 'UTF8')), 'hex'), 16)
$$;
comment on function audit_interno.resumo_celulas(text[]) is 'Digest of the cells of a line.';

create or replace function audit_interno.celulas_diferentes(id bigint, celulas text[], menos text[])
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(c.nome, ', ' order by c.n)
  from audit.vw_divergencias_exportacao v
  cross join unnest(audit_interno.colunas_planilha(), audit_interno.celulas_planilha(v, audit.fuso()), celulas_diferentes.celulas)
    with ordinality as c (nome, agora, lida, n)
  where v.id = celulas_diferentes.id and coalesce(c.agora, '') <> coalesce(c.lida, '') and c.nome <> all (celulas_diferentes.menos)
$$;
comment on function audit_interno.celulas_diferentes(bigint, text[], text[]) is 'Names of the columns in which a line of a sheet differs from what would be exported now, leaving some columns out; null if there is none.';
