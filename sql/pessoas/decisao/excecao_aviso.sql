-- A field of an exception: what declaring it cost its rule, which every other act says at once. Touches nothing.
create or replace function audit.excecao_aviso(excecao audit.excecoes)
returns text
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.aviso from audit_interno.perdas_automatica((excecao).operacao_id) p where p.regra = (excecao).regra
$$;
comment on function audit.excecao_aviso(audit.excecoes) is
  'What else declaring the exception did, such as costing the rule its autonomy, and how to put that right; null if nothing, or if it has been put right.';
grant execute on function audit.excecao_aviso(audit.excecoes) to conferente_leitor;
