-- What people answered on the findings that each marketing pattern, as it is written now, gave: by pattern and entry, whether the
-- proposal was right. The last word on a finding counts; what was taken back counts for nothing, nor what nobody looked at. Reads the
-- audit tables and the patterns; changes nothing. Called by regras.trade_marketing.
create or replace function regras.respostas_padroes() returns table (padrao_id bigint, registro_id text, certo boolean)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p.id, d.registro_id, u.tipo in ('aprovacao', 'segunda_aprovacao')
  from (
    select distinct on (p.divergencia_id) p.divergencia_id, p.tipo
    from audit.decisoes p
    order by p.divergencia_id, p.id desc
  ) u
  join audit.divergencias_processadas d on d.id = u.divergencia_id and d.regra = 'trade_marketing'
  cross join lateral jsonb_array_elements(
    case jsonb_typeof(d.evidencia -> 'padroes') when 'array' then d.evidencia -> 'padroes' else '[]' end) x
  join audit.padroes_trade_marketing p
    on p.id = (x ->> 'id')::bigint and p.campo = x ->> 'campo' and p.tipo = x ->> 'tipo' and p.padrao = x ->> 'padrao'
  where u.tipo in ('rejeicao', 'excecao', 'correcao_manual')
    or u.tipo in ('aprovacao', 'segunda_aprovacao') and d.status = 'corrigida'
$$;

comment on function regras.respostas_padroes() is 'People''s answers on findings of each marketing pattern: pattern, entry, whether the proposal was right.';
revoke execute on function regras.respostas_padroes() from public;
