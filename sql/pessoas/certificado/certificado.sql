-- The most, in reais, that may be wrong in a month's automatic corrections, with 95% confidence. Answers count in the order in which the
-- sample was drawn, up to the first that is missing, so that leaving one for later is no way to choose.
create or replace function audit.certificado(mes date default null)
returns table (
  mes_certificado date, corrigidas bigint, valor numeric, meta numeric, tamanho bigint, conferidas bigint, erradas bigint, limite numeric
)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  with periodo as (
    select date_trunc('month', coalesce(certificado.mes, audit.hoje()))::date as inicio
  ), lote as (
    select p.inicio, audit_interno.meta_certificado(p.inicio) as meta, t.corrigidas, t.valor
    from periodo p
    cross join lateral (
      select count(*) as corrigidas, coalesce(sum(c.valor), 0) as valor from audit.corrigidas_no_mes(p.inicio) c
    ) as t
  ), vista as (
    select a.ordem, a.valor, a.resposta, bool_and(a.resposta is not null) over (order by a.ordem) as conta
    from periodo p cross join lateral audit.amostra(p.inicio) a
  ), resposta as (
    select count(*) as tamanho, count(*) filter (where v.conta) as conferidas,
      coalesce(array_agg(v.valor::float8 order by v.ordem) filter (where v.conta), '{}') as valores,
      coalesce(array_agg((v.resposta = 'errada')::int::float8 order by v.ordem) filter (where v.conta), '{}') as erradas
    from vista v
  )
  select l.inicio, l.corrigidas, l.valor, l.meta, r.tamanho, r.conferidas, (select count(*) from unnest(r.erradas) as e where e = 1),
    case when l.valor = 0 then 0
      else ceil((l.valor * audit_interno.limite_certificado(r.valores, r.erradas, l.valor::float8, l.meta::float8)::numeric) * 100) / 100 end
  from lote l, resposta r
$$;
comment on function audit.certificado(date) is
  'What is certain of a month''s automatic corrections (any day of it; this month by default): how many, their amount in BRL, meta (the share that may be wrong, as set when the month began), tamanho (how many to check), conferidas (answered so far, in the order drawn), erradas (how many of those were wrong), and limite: with 95% confidence at most this many BRL of valor are wrong. This is true however often you look. mes_certificado: first day of the month.';
grant execute on function audit.certificado(date) to conferente_leitor;
