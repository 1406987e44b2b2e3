-- Compares the stamps with the operations that recorded them, and the chain with the stamps: a token contains the seal itself, which nobody
-- can put there later. SQL cannot tell whether the authority signed it; conferente verificar does. Changes nothing. Called by
-- verificar_integridade.
create or replace function audit_interno.quebras_carimbos()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select 'carimbo_alterado', r.elo, coalesce(r.id, c.operacao_id), format('audit.carimbos, da operação %s', coalesce(r.id, c.operacao_id)),
    coalesce(r.dito, 'nenhum carimbo'), coalesce(c.dito, 'nenhum carimbo')
  from (
    select o.id, o.elo, format('elo %s, selo %s, token %s', o.detalhes ->> 'elo', o.detalhes ->> 'selo', o.detalhes ->> 'sha256') as dito
    from audit.operacoes o where o.tipo = 'carimbo'
  ) as r
  full join (
    select x.operacao_id, format('elo %s, selo %s, token %s', x.elo, encode(x.selo, 'hex'), encode(sha256(x.token), 'hex')) as dito
    from audit_interno.carimbos x
  ) as c on c.operacao_id = r.id
  where r.dito is distinct from c.dito
  union all
  select 'carimbo_contradito', c.elo, o.id, coalesce('audit.operacoes ' || o.id, 'audit.operacoes'),
    case when position(c.selo in c.token) > 0 then format('selo %s', encode(c.selo, 'hex')) else 'o selo que o token carimba' end,
    coalesce('selo ' || encode(o.selo, 'hex'), 'nenhuma operação com este elo')
  from audit_interno.carimbos c
  left join audit.operacoes o on o.elo = c.elo
  where o.selo is distinct from c.selo or position(o.selo in c.token) = 0
$$;
comment on function audit_interno.quebras_carimbos() is 'carimbo_alterado, carimbo_contradito.';
