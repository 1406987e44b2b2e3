-- The best category for each pending entry of a window, the runner-up and the calibrated confidence. Entries with nothing
-- to infer from are missing from the result. Reads the statistics and dw.lancamentos; changes nothing.
-- Called by regras.pendente_verificacao and by back-tests (retroteste given: decided entries instead of pending ones).
create or replace function audit_interno.sugerir_pendencias(janela audit.janela, retroteste int4range, amostra int)
returns table (
  id text, corte int, certa int, categoria int, segunda int, bruta double precision, bruta_segunda double precision,
  classe smallint, confianca double precision, casos int, acertos int
)
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_nestloop = off
as $$
begin
  return query
  with nota as (
    select p.id, p.corte, p.lacuna, p.certa, p.categoria, p.classe, ln(p.base) + d.peso * p.palavras as nota
    from audit_interno.pontuar_pendencias(janela, retroteste, amostra) p
    join audit_interno.lambdas() d on d.classe = p.classe
    where p.base > 0
  ), ordem as (
    select n.*, max(n.nota) over e as melhor, row_number() over (e order by n.nota desc, n.categoria) as posicao
    from nota n
    window e as (partition by n.id)
  ), sugestao as (
    select o.id, o.corte, o.lacuna, o.certa, o.classe,
      max(o.categoria) filter (where o.posicao = 1) as categoria,
      max(o.categoria) filter (where o.posicao = 2) as segunda,
      1 / sum(exp(greatest(o.nota - o.melhor, -60))) as bruta,
      max(exp(greatest(o.nota - o.melhor, -60))) filter (where o.posicao = 2)
        / sum(exp(greatest(o.nota - o.melhor, -60))) as bruta_segunda
    from ordem o
    group by o.id, o.corte, o.lacuna, o.certa, o.classe
  )
  select s.id, s.corte, s.certa, s.categoria, s.segunda, s.bruta, s.bruta_segunda, s.classe,
    k.confianca, k.casos, k.acertos
  from sugestao s
  cross join lateral audit_interno.confianca_calibrada(s.classe, s.lacuna, s.bruta) k;
end
$$;

comment on function audit_interno.sugerir_pendencias(audit.janela, int4range, int) is
  'Best category, runner-up and calibrated confidence for each pending entry of a window that has anything to infer from.';
revoke execute on function audit_interno.sugerir_pendencias(audit.janela, int4range, int) from public;
