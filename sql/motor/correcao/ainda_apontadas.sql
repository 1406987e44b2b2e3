-- First step of verification: which rows a rule still points at. Nearly always none, and then nothing more is recorded, checked or
-- compared. Called by autoverificar_lote.
create or replace function audit_interno.ainda_apontadas(regra audit.regras, janela audit.janela)
returns text[]
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_apontadas text[];
begin
  -- a finding without a key is left for levantar_achados to refuse, which sees it only when it reads all of them
  select a.chaves into v_apontadas
  from audit_interno.ler(format('select case when bool_or(a.registro_id is null) then $6 else array_agg(distinct a.registro_id) end from %s(row($1, $3, $4, $5, $6)::audit.janela) as a',
    audit_interno.chamada_sql(regra.funcao)), janela) as a (chaves text[]);
  return v_apontadas;
end
$$;
comment on function audit_interno.ainda_apontadas(audit.regras, audit.janela) is 'The window''s keys at which the rule finds something; null when none.';
