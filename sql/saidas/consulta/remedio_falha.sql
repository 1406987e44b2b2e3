-- What would mend a failed rule, to be added to what the server said: the grants that are missing, or the columns whose type is not the
-- contract's, which the server tells as an unknown function or operator. Null if nothing is known. Changes nothing.
create or replace function audit_interno.remedio_falha(codigo text, regra audit.regras)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when remedio_falha.codigo = '42501' then 'falta: ' || audit_interno.direitos_em_falta(regra)
    when remedio_falha.codigo in ('42883', '42804', '42846', '42725') and (regra).tabela = 'dw.lancamentos' then (
      select 'o contrato do data warehouse pede outro tipo: ' || string_agg(
        format('%s.%s é %s, deve ser %s', (regra).tabela, k.coluna, format_type(a.atttypid, a.atttypmod), k.esperado), '; ' order by k.ordem)
      from audit_interno.contrato() k
      join pg_attribute a on a.attrelid = audit_interno.relacao((regra).tabela) and a.attname = k.coluna and a.attnum > 0 and not a.attisdropped
      join pg_type t on t.oid = a.atttypid
      where not t.typname = any (k.tipos))
  end
$$;
comment on function audit_interno.remedio_falha(text, audit.regras) is
  'What would mend a rule that failed with this SQLSTATE: missing grants, or columns whose type is not the contract''s; null if nothing is known.';
