-- Fits the logistic calibration to the back-test (Platt 1999) by Newton's method, entries with and without a known account apart: one
-- slope each on the raw score's log-odds, on the months without history, on how often the very same payment was made before and on
-- the supplier's latest entries; an intercept for each class of knowledge. An account that settles everything says nothing of the
-- entries without one. Few cases move little: the slopes are drawn towards the modest curve that serves a ledger without a past
-- (0.22: a raw .999 becomes .82), the intercepts towards the mean of the four and nought. Pooled over the classes, because a curve of its own for each
-- class follows the class's few errors, which come in clusters. Reads regras.estatistica_retroteste, writes
-- estatistica_curva. Called by regras.calibrar_pendencias.
create or replace function regras.ajustar_curvas() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passo double precision;
begin
  delete from regras.estatistica_curva;
  insert into regras.estatistica_curva (classe, a, b, g, h, r) select n, 0, 0.22, 0, 0, 0 from generate_series(0, 7) n;

  for v_volta in 1..30 loop
    with s as (
      select r.classe, r.acertou - u.p as erro, u.p * (1 - u.p) as w,
        r.chance as x1, ln(1 + r.lacuna) as x2, r.repetida as x3, r.recente as x4
      from regras.estatistica_retroteste r
      join regras.estatistica_curva k on k.classe = r.classe
      cross join lateral (
        select regras.curva(k.a, k.b, k.g, k.h, k.r, r.chance, r.lacuna, r.repetida, r.recente) as p offset 0) u
    ), soma as materialized (
      -- gradient (d) and curvature (h) of the intercept (0) and of each slope (1 to 4)
      select s.classe, sum(s.w) as h00,
        sum(s.w * s.x1) as h01, sum(s.w * s.x2) as h02, sum(s.w * s.x3) as h03, sum(s.w * s.x4) as h04,
        sum(s.w * s.x1 * s.x1) as h11, sum(s.w * s.x1 * s.x2) as h12, sum(s.w * s.x1 * s.x3) as h13, sum(s.w * s.x1 * s.x4) as h14,
        sum(s.w * s.x2 * s.x2) as h22, sum(s.w * s.x2 * s.x3) as h23, sum(s.w * s.x2 * s.x4) as h24,
        sum(s.w * s.x3 * s.x3) as h33, sum(s.w * s.x3 * s.x4) as h34, sum(s.w * s.x4 * s.x4) as h44,
        sum(s.erro) as d0, sum(s.erro * s.x1) as d1, sum(s.erro * s.x2) as d2, sum(s.erro * s.x3) as d3, sum(s.erro * s.x4) as d4
      from s
      group by s.classe
    ), classe as (
      select k.classe, k.classe / 4 as grupo, 3 + coalesce(n.h00, 0) as h00,
        coalesce(n.d0, 0) - 3 * (k.a - sum(k.a) over (partition by k.classe / 4) / 5) as d0,
        array[coalesce(n.h01, 0), coalesce(n.h02, 0), coalesce(n.h03, 0), coalesce(n.h04, 0)] as h0
      from regras.estatistica_curva k
      left join soma n on n.classe = k.classe
    ), grupo as (
      select k.classe / 4 as grupo,
        array[
          array[15 + coalesce(sum(n.h11), 0), coalesce(sum(n.h12), 0), coalesce(sum(n.h13), 0), coalesce(sum(n.h14), 0)],
          array[coalesce(sum(n.h12), 0), 15 + coalesce(sum(n.h22), 0), coalesce(sum(n.h23), 0), coalesce(sum(n.h24), 0)],
          array[coalesce(sum(n.h13), 0), coalesce(sum(n.h23), 0), 15 + coalesce(sum(n.h33), 0), coalesce(sum(n.h34), 0)],
          array[coalesce(sum(n.h14), 0), coalesce(sum(n.h24), 0), coalesce(sum(n.h34), 0), 15 + coalesce(sum(n.h44), 0)]] as h,
        array[
          coalesce(sum(n.d1), 0) - 15 * (max(k.b) - 0.22), coalesce(sum(n.d2), 0) - 15 * max(k.g),
          coalesce(sum(n.d3), 0) - 15 * max(k.h), coalesce(sum(n.d4), 0) - 15 * max(k.r)] as d
      from regras.estatistica_curva k
      left join soma n on n.classe = k.classe
      group by k.classe / 4
    ), passo as (
      -- one system for each group: its four intercepts, then the slopes that they share
      select g.grupo, regras.resolver_sistema(
        (select array_agg(l.linha order by l.n) from (
          select c.classe % 4 as n,
            array(select case when j = c.classe % 4 then c.h00 else 0 end - 0.6::double precision from generate_series(0, 3) j) || c.h0 as linha
          from classe c where c.grupo = g.grupo
          union all
          select 3 + i, array(select c.h0[i] from classe c where c.grupo = g.grupo order by c.classe)
            || array(select g.h[i][j] from generate_series(1, 4) j)
          from generate_series(1, 4) i) l),
        array(select c.d0 from classe c where c.grupo = g.grupo order by c.classe) || g.d) as p
      from grupo g
    ), andado as (
      -- no step longer than a half
      update regras.estatistica_curva k
      set a = k.a + greatest(-0.5, least(0.5, p.p[1 + k.classe % 4])), b = k.b + greatest(-0.5, least(0.5, p.p[5])),
        g = k.g + greatest(-0.5, least(0.5, p.p[6])), h = k.h + greatest(-0.5, least(0.5, p.p[7])),
        r = k.r + greatest(-0.5, least(0.5, p.p[8]))
      from passo p
      where p.grupo = k.classe / 4
      returning abs(p.p[1 + k.classe % 4]) + abs(p.p[5]) + abs(p.p[6]) + abs(p.p[7]) + abs(p.p[8]) as passo
    )
    select max(d.passo) into v_passo from andado d;
    exit when v_passo < 0.0005;
  end loop;

  -- what the back-test hardly saw has no curve and keeps the modest one: a supplier with one entry proves little until it has
  -- proved something
  delete from regras.estatistica_curva k
  where (select count(*) from regras.estatistica_retroteste r where r.classe = k.classe) < 30;
end
$$;

comment on function regras.ajustar_curvas() is 'Fits the logistic calibration on the last back-test.';
revoke execute on function regras.ajustar_curvas() from public;
