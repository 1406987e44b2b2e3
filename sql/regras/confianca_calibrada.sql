-- A raw score as the confidence that the ledger's own past supports: on the line between two bins of the back-test, then
-- averaged with the smooth curve, moved by what waiting costs (in log-odds). Without a back-test, the modest curve alone. Also gives the nearest bin's
-- cases and right ones, for the evidence. Reads audit_interno.estatistica_*. Called by audit_interno.sugerir_pendencias and,
-- without a gap, by audit_interno.calibrar_pendencias.
create or replace function audit_interno.confianca_calibrada(
  classe smallint, lacuna smallint, bruta double precision,
  out confianca double precision, out casos int, out acertos int
)
language sql stable
as $$
  select
    case when k.valor <= 0 or k.valor >= 1 then k.valor
      -- the shift fades out between .80 and .90, above which it was not measured
      else 1 / (1 + pg_catalog.exp(-(pg_catalog.ln(k.valor / (1 - k.valor))
        + coalesce(x.desloca, 0) * (1 - least(1, greatest(0, (k.valor - 0.8) / 0.1)))))) end,
    coalesce(a.casos, b.casos, 0),
    coalesce(a.acertos, b.acertos, 0)
  from (select 1) um
  left join lateral (
    select c.bruta, c.confianca, c.casos, c.acertos
    from audit_interno.estatistica_calibracao c
    where c.classe = confianca_calibrada.classe and c.bruta <= confianca_calibrada.bruta
    order by c.faixa desc limit 1
  ) a on true
  left join lateral (
    select c.bruta, c.confianca, c.casos, c.acertos
    from audit_interno.estatistica_calibracao c
    where c.classe = confianca_calibrada.classe and c.bruta > confianca_calibrada.bruta
    order by c.faixa limit 1
  ) b on true
  left join lateral (
    select l.deslocamento as desloca
    from audit_interno.estatistica_lacuna l
    where l.lacuna <= confianca_calibrada.lacuna
    order by l.lacuna desc limit 1
  ) x on true
  left join audit_interno.estatistica_curva v on v.classe = confianca_calibrada.classe
  cross join lateral (
    select 1 / (1 + pg_catalog.exp(
      -(coalesce(v.a, 0) + coalesce(v.b, 0.22) * audit_interno.chance_bruta(confianca_calibrada.bruta)))) as curva
  ) u
  cross join lateral (
    -- half the smooth curve, half the counted bins: the one forgets the shape, the other believes every cluster
    select coalesce((u.curva + case
      when a.bruta is null then b.confianca * confianca_calibrada.bruta / b.bruta
      when b.bruta is null or b.bruta <= a.bruta then a.confianca
      else a.confianca + (b.confianca - a.confianca) * (confianca_calibrada.bruta - a.bruta) / (b.bruta - a.bruta)
    end) / 2, u.curva) as valor
  ) k
$$;

comment on function audit_interno.confianca_calibrada(smallint, smallint, double precision) is
  'Raw score as calibrated confidence, with the cases and right ones of the nearest bin of the back-test.';
revoke execute on function audit_interno.confianca_calibrada(smallint, smallint, double precision) from public;
