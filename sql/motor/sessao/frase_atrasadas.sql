-- The rows that came late to a session, one sentence for each count: how many, when booked, and what to do. Called by finalizar_sessao.
create or replace function audit_interno.frase_atrasadas(sessao_id bigint)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(a.frase, '; ')
  from (
    select format('%s de carga atrasada, %s %s (%s): a hora de carga já estava coberta por uma sessão anterior, ou está vazia; %s agora. Se as cargas demoram, aumente sessao.margem_incremental',
      case e.atrasadas when 1 then '1 linha' else format('%s linhas', e.atrasadas) end,
      case e.atrasadas when 1 then 'lançada em' else 'lançadas em' end,
      concat_ws(' a ', to_char(e.atrasadas_inicio, 'DD/MM/YYYY'),
        case when e.atrasadas_fim > e.atrasadas_inicio then to_char(e.atrasadas_fim, 'DD/MM/YYYY') end),
      string_agg(e.regra, ', ' order by e.regra),
      case e.atrasadas when 1 then 'lida' else 'lidas' end) as frase
    from audit.execucoes_regra e
    where e.sessao_id = frase_atrasadas.sessao_id and e.atrasadas > 0
    group by e.atrasadas, e.atrasadas_inicio, e.atrasadas_fim
    order by e.atrasadas desc, 1
  ) as a
$$;
comment on function audit_interno.frase_atrasadas(bigint) is 'Portuguese sentence; null when nothing came late.';
