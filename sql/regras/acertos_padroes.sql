-- Hits and observed precision of each marketing pattern: how many findings named it, how many of these a person or a standing
-- correction upheld, how many were rejected or rolled back. Reads the audit tables; changes nothing. Called by reports and by
-- whoever maintains the patterns.
create or replace function audit.acertos_padroes()
returns table (padrao_id bigint, achados bigint, confirmados bigint, recusados bigint, precisao numeric)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.id, coalesce(a.achados, 0), coalesce(a.confirmados, 0), coalesce(a.recusados, 0),
    round(a.confirmados::numeric / nullif(a.confirmados + a.recusados, 0), 4)
  from audit.padroes_trade_marketing p
  left join (
    select (x ->> 'id')::bigint as padrao_id,
      count(*) as achados,
      count(*) filter (where d.status = 'corrigida') as confirmados,
      count(*) filter (where d.status in ('rejeitada', 'revertida')) as recusados
    from audit.divergencias_processadas d
    cross join lateral jsonb_array_elements(
      case jsonb_typeof(d.evidencia -> 'padroes') when 'array' then d.evidencia -> 'padroes' else '[]' end) x
    where d.regra = 'trade_marketing'
    group by 1
  ) a on a.padrao_id = p.id
  order by p.id
$$;

comment on function audit.acertos_padroes() is
  'For each marketing pattern: findings that named it, those corrected and standing (confirmados), those rejected or rolled back (recusados), and confirmados / (confirmados + recusados); null precision when nothing was decided.';
revoke execute on function audit.acertos_padroes() from public;
grant execute on function audit.acertos_padroes() to conferente_leitor;
