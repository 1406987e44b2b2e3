-- The best category for each pending entry of a window, the runner-up, the calibrated confidence and what spoke for it. Entries
-- with nothing to infer from are missing from the result; those of which the very same is known share a row (ids and certas go
-- together). metade: of all suppliers (null) or of one half (0, 1). Reads the statistics and dw.lancamentos; changes nothing. Called
-- by explicar_pendencias and by back-tests (retroteste given: decided entries instead of pending ones).
create or replace function regras.sugerir_pendencias(janela audit.janela, retroteste int4range, amostra int, metade int default null)
returns table (
  ids text[], com_conta boolean, certas int[], categoria int, segunda int, bruta double precision, bruta_segunda double precision,
  confianca double precision, casos int, acertos int, niveis smallint[], termos text[], lancamentos bigint[], iguais bigint[], contra text
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  return query
  select s.ids, s.com_conta, s.certas, s.categorias[1], s.categorias[2], b.bruta, b.bruta * exp(s.notas[2] - s.notas[1]),
    -- a supplier whose code says one thing and name or text another is nobody's to correct alone, however low the threshold
    case when s.contra is null then x.confianca else least(x.confianca, 0.49) end,
    coalesce(t.casos[j.faixa], 0), coalesce(t.acertos[j.faixa], 0), s.niveis, s.termos, s.lancamentos, s.iguais, s.contra
  from regras.pontuar_pendencias(janela, retroteste, amostra, retroteste is null, metade) s
  left join regras.estatistica_curva k on k.classe = s.classe
  left join regras.curvas_calibradas() t on t.grupo = k.classe / 4
  cross join lateral (select 1 / sum(exp(greatest(n.nota - s.notas[1], -60))) as bruta from unnest(s.notas) n (nota)) b
  -- without a back-test, a modest curve that never reaches .90
  cross join lateral (select regras.curva(
    coalesce(k.a, 0), coalesce(k.b, 0.22), coalesce(k.g, 0), coalesce(k.h, 0), coalesce(k.r, 0),
    regras.chance_bruta(b.bruta), s.lacuna, ln(1 + s.repetidas[1]), s.recentes[1]) as curva) u
  cross join lateral (select width_bucket(u.curva, t.curvas) as posicao) i
  cross join lateral (select regras.confianca_calibrada(u.curva, t.curvas, t.confiancas, i.posicao) as confianca) x
  cross join lateral (select case
    when i.posicao = 0 or i.posicao < cardinality(t.curvas) and t.curvas[i.posicao + 1] - u.curva < u.curva - t.curvas[i.posicao]
    then i.posicao + 1 else i.posicao end as faixa) j;
end
$$;

comment on function regras.sugerir_pendencias(audit.janela, int4range, int, int) is
  'Best category, runner-up, calibrated confidence and evidence for each pending entry of a window that has anything to infer from.';
revoke execute on function regras.sugerir_pendencias(audit.janela, int4range, int, int) from public;
