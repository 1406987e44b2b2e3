-- The amount from which two people are needed, for the person who asks. Raising it gains that person nothing: for them the amount that
-- others last set holds until one of those sets it again. Called by everything that a person puts into force.
create or replace function audit_interno.valor_dupla(ator text)
returns numeric
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with mudancas as (
    select o.id, o.detalhes, audit_interno.mesma_pessoa(o.ator, valor_dupla.ator) as propria
    from audit.operacoes o where o.tipo = 'configuracao' and o.detalhes ->> 'chave' = 'aprovacao.valor_dupla'
  )
  select least((audit_interno.configuracao('aprovacao.valor_dupla') #>> '{}')::numeric, coalesce(
    (select (m.detalhes ->> 'depois')::numeric from mudancas m where not m.propria order by m.id desc limit 1),
    (select (m.detalhes ->> 'antes')::numeric from mudancas m order by m.id limit 1)))
$$;
comment on function audit_interno.valor_dupla(text) is 'Setting aprovacao.valor_dupla, ignoring changes that the person made in their own favour; in the currency of the ledger.';
