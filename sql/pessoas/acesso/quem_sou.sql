-- The caller, for a program that shows people what they may do. It grants nothing: each function decides what its caller may do.
create or replace function audit.quem_sou(out nome text, out papeis text[])
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.ator(), array(
    select p.papel
    from unnest(array['leitor', 'revisor', 'operador', 'administrador']) with ordinality as p (papel, ordem)
    where audit_interno.tem_papel('conferente_' || p.papel)
    order by p.ordem)
$$;
comment on function audit.quem_sou() is
  'The caller: nome, as recorded in decisions, and papeis, the roles held: leitor, revisor, operador, administrador.';
grant execute on function audit.quem_sou() to conferente_leitor;
