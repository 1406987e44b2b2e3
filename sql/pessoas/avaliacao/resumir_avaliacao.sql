-- The judged findings of pg_temp.conferente_julgado as the lines of a back-test: eleven bands (tenths, the last one cut at 0.95), findings
-- that only flag, corrections at or above the limiar, and the total. Changes nothing. Called by audit_interno.avaliar_decisoes and
-- audit_interno.avaliar_retroteste.
create or replace function audit_interno.resumir_avaliacao(regra audit.regras, fonte text, conhecidas bigint)
returns setof audit.avaliacao
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  with julgado as (
    select j.*, j.propoe and j.confianca >= regra.limiar as no_limiar,
      case when j.propoe then case when j.confianca >= 0.95 then 10 else least(floor(j.confianca * 10), 9)::int end else 11 end as banda
    from pg_temp.conferente_julgado j
  ), linha as (
    -- each finding counts in its band, in the total and, where it reaches the limiar, there too
    select j.*, g.grupo
    from julgado j
    cross join lateral unnest(array[j.banda, case when j.no_limiar then 12 end, 13]) as g (grupo)
    where g.grupo is not null
  ), medida as (
    select g.grupo, count(l.confianca) as achados, count(l.certa) as julgadas, count(*) filter (where l.certa) as certas,
      avg(l.confianca) filter (where l.propoe and l.certa is not null) as media,
      avg(l.certa::int) filter (where l.propoe) as acerto,
      count(*) filter (where l.no_limiar and not l.certa) as erradas,
      count(*) filter (where l.no_limiar and l.dano) as danos,
      count(distinct l.registro_id) filter (where l.certa) as recuperadas
    from generate_series(0, 13) as g (grupo)
    left join linha l on l.grupo = g.grupo
    group by g.grupo
  ), erro as (
    select sum(m.julgadas * abs(m.acerto - m.media)) / nullif(sum(m.julgadas), 0) as esperado
    from medida m where m.grupo <= 10
  )
  select regra.funcao, resumir_avaliacao.fonte,
    case m.grupo when 9 then '0.90 a 0.95' when 10 then '0.95 a 1.00' when 11 then 'só aponta' when 12 then 'no limiar'
      when 13 then 'total' else to_char(m.grupo / 10.0, 'FM0.00') || ' a ' || to_char((m.grupo + 1) / 10.0, 'FM0.00') end,
    m.achados, round(m.achados::numeric / nullif(max(m.achados) over (), 0), 4), m.julgadas, m.certas,
    round(m.certas::numeric / nullif(m.julgadas, 0), 4), round(m.media, 4),
    round(case when m.grupo = 13 then e.esperado else abs(m.acerto - m.media) end, 4),
    case when m.grupo = 13 then resumir_avaliacao.conhecidas end,
    case when m.grupo = 13 then round(m.recuperadas::numeric / nullif(resumir_avaliacao.conhecidas, 0), 4) end,
    m.erradas, case when resumir_avaliacao.fonte = 'decisoes' then m.danos end
  from medida m cross join erro e
  order by m.grupo;
end
$$;
comment on function audit_interno.resumir_avaliacao(audit.regras, text, bigint) is 'Lines of a back-test from pg_temp.conferente_julgado.';
