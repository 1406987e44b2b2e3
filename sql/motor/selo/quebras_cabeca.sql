-- Compares the last operation with the head of the chain, and the chain with a witness: a position and its seal, as a mail quoted them.
-- Only a witness exposes somebody who rewrites the whole chain. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_cabeca(elo bigint, selo bytea)
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case when c.elo > u.elo then 'cauda_ausente' else 'cabeca_errada' end,
    case when c.elo > u.elo then u.elo + 1 else u.elo end, case when c.elo > u.elo then null else u.id end, 'audit_interno.cadeia',
    case when c.elo > u.elo then format('elo %s, selo %s', c.elo, encode(c.selo, 'hex'))
      else format('elo %s, selo %s', u.elo, encode(u.selo, 'hex')) end,
    case when c.elo > u.elo then format('a última operação tem o elo %s', u.elo)
      when c.elo is null then 'nada'
      else format('elo %s, selo %s', c.elo, encode(c.selo, 'hex')) end
  from (
    select o.id, o.elo, o.selo from audit.operacoes o where o.elo is not null
    union all
    select null, 0, sha256('conferente') -- before the first operation
    order by 2 desc limit 1
  ) as u
  left join audit_interno.cadeia c on true
  where (c.elo, c.selo) is distinct from (u.elo, u.selo)
  union all
  select 'testemunha_contradita', t.elo, t.id, case when t.id is not null then format('audit.operacoes %s', t.id) else 'audit.operacoes' end,
    format('selo %s', encode(quebras_cabeca.selo, 'hex')), coalesce('selo ' || encode(t.selo, 'hex'), 'nenhuma operação com este elo')
  from (
    select quebras_cabeca.elo, o.id, case when quebras_cabeca.elo = 0 then sha256('conferente') else o.selo end as selo
    from (values (1)) as uma (linha)
    left join audit.operacoes o on o.elo = quebras_cabeca.elo
    where quebras_cabeca.elo is not null
  ) as t
  where t.selo is distinct from quebras_cabeca.selo
$$;
comment on function audit_interno.quebras_cabeca(bigint, bytea) is
  'cauda_ausente, cabeca_errada; testemunha_contradita if elo and selo are given.';
