-- The grants that a rule lacks, on its table and on its own functions, as commands that fix it; null where none is missing. Shown where a
-- session or a trial fails for lack of them. Reads what audit_interno.diagnosticar_acesso reads; changes nothing.
create or replace function audit_interno.direitos_em_falta(regra audit.regras)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with funcao as (
    select p.oid, n.oid as esquema, quote_ident(n.nspname) as nome_esquema
    from unnest(array[(regra).funcao, (regra).preparacao, (regra).requisitos]) as x (nome)
    join pg_namespace n on n.nspname = (parse_ident(case when audit_interno.nome_qualificado(x.nome) then x.nome end))[1]
    join pg_proc p on p.pronamespace = n.oid and p.proname = (parse_ident(case when audit_interno.nome_qualificado(x.nome) then x.nome end))[2]
  )
  select string_agg(c.comando, ' ' order by c.ordem, c.comando)
  from (
    select 1, d.sugestao from audit_interno.diagnosticar_acesso(audit_interno.relacao((regra).tabela)) d
    where d.situacao = 'erro' and d.sugestao like 'grant %'
    union
    select 2, format('grant usage on schema %s to conferente_regra;', f.nome_esquema) from funcao f
    where not has_schema_privilege('conferente_regra', f.esquema, 'usage')
    union
    select 3, format('grant execute on function %s to conferente_regra;', f.oid::regprocedure) from funcao f
    where not has_function_privilege('conferente_regra', f.oid, 'execute')
  ) as c (ordem, comando)
$$;
comment on function audit_interno.direitos_em_falta(audit.regras) is
  'The grants that conferente_regra and conferente_escrita lack on the table of a rule, and conferente_regra on its functions, or null.';
