-- Walks the chain from its beginning. Positions have no gaps; each seal builds on the one before it and on a digest that the operation and
-- its facts still have. What waits for its seal is checked by its digest alone. Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_cadeia()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with resumos as materialized (
    select r.* from audit_interno.resumos_operacoes() r
  ), elos as (
    select o.id, o.elo, o.linhas, o.resumo, o.selo_anterior, o.selo, r.deteccoes, r.alteracoes, r.decisoes, r.excecoes,
      r.resumo as refeito, sha256(o.selo_anterior || int8send(o.elo) || o.resumo) as selo_refeito,
      lag(o.elo, 1, 0::bigint) over w as elo_antes, lag(o.selo, 1, sha256('conferente')) over w as selo_antes
    from audit.operacoes o
    join resumos r on r.operacao_id = o.id
    where o.elo is not null
    window w as (order by o.elo, o.id)
  )
  select q.situacao, case q.situacao when 'operacao_ausente' then e.elo_antes + 1 else e.elo end,
    case when q.situacao <> 'operacao_ausente' then e.id end,
    case when q.situacao <> 'operacao_ausente' then format('audit.operacoes %s', e.id) else 'audit.operacoes' end,
    case q.situacao
      when 'operacao_ausente' then format('elo %s', e.elo_antes + 1)
      when 'elo_repetido' then format('elo %s', e.elo_antes + 1)
      when 'operacao_alterada' then format('resumo %s', encode(e.resumo, 'hex'))
      when 'selo_anterior_errado' then format('selo_anterior %s', encode(e.selo_antes, 'hex'))
      else format('selo %s', encode(e.selo_refeito, 'hex')) end,
    case q.situacao
      when 'operacao_ausente' then format('elo %s, operação %s', e.elo, e.id)
      when 'elo_repetido' then format('elo %s', e.elo)
      when 'operacao_alterada' then format('resumo %s; linhas %s; deteccoes %s, alteracoes %s, decisoes %s, excecoes %s',
        encode(e.refeito, 'hex'), e.linhas, e.deteccoes, e.alteracoes, e.decisoes, e.excecoes)
      when 'selo_anterior_errado' then format('selo_anterior %s', encode(e.selo_anterior, 'hex'))
      else format('selo %s', encode(e.selo, 'hex')) end
  from elos e
  cross join lateral (values
    ('operacao_ausente', e.elo > e.elo_antes + 1),
    ('elo_repetido', e.elo <= e.elo_antes),
    ('operacao_alterada', e.resumo is distinct from e.refeito),
    -- after a gap there is nothing to compare with
    ('selo_anterior_errado', e.elo <= e.elo_antes + 1 and e.selo_anterior is distinct from e.selo_antes),
    ('selo_errado', e.selo is distinct from e.selo_refeito)
  ) as q (situacao, quebrou)
  where q.quebrou
  union all
  -- no link yet, but its digest has been taken
  select 'operacao_alterada', null, o.id, format('audit.operacoes %s', o.id), format('resumo %s', encode(f.resumo, 'hex')),
    format('resumo %s; linhas %s; deteccoes %s, alteracoes %s, decisoes %s, excecoes %s',
      encode(r.resumo, 'hex'), o.linhas, r.deteccoes, r.alteracoes, r.decisoes, r.excecoes)
  from audit_interno.fila_selos f
  join audit.operacoes o on o.id = f.operacao_id
  join resumos r on r.operacao_id = f.operacao_id
  where r.resumo is distinct from f.resumo
$$;
comment on function audit_interno.quebras_cadeia() is
  'operacao_ausente, elo_repetido, operacao_alterada, selo_anterior_errado, selo_errado.';
