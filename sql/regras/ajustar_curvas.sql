-- Fits the logistic calibration to the back-test (Platt 1999) by Newton's method, entries with and without a known account apart: one
-- slope each on the raw score's log-odds, on the months without history and on how often the very same payment was made before;
-- an intercept for each class of knowledge. An account that settles everything says nothing of the entries without one. Few cases move little: the slopes are drawn towards the modest curve that serves a ledger without a past (0.22: a raw
-- .999 becomes .82), the intercepts towards their mean. Pooled over the
-- classes, because a curve of its own for each class follows the class's few
-- errors, which come in clusters. Reads audit_interno.estatistica_retroteste, writes estatistica_curva. Called by
-- audit_interno.calibrar_pendencias.
create or replace function audit_interno.ajustar_curvas() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passo double precision;
begin
  delete from audit_interno.estatistica_curva;
  insert into audit_interno.estatistica_curva (classe, a, b, g, h) select n, 0, 0.22, 0, 0 from generate_series(0, 7) n;

  for v_volta in 1..30 loop
    with s as (
      select r.classe, r.acertou - u.p as erro, u.p * (1 - u.p) as w, r.chance as x, r.repetida as y, ln(1 + r.lacuna) as z
      from audit_interno.estatistica_retroteste r
      join audit_interno.estatistica_curva k on k.classe = r.classe
      cross join lateral (select audit_interno.curva(k.a, k.b, k.g, k.h, r.chance, r.lacuna, r.repetida) as p offset 0) u
    ), soma as materialized (
      select s.classe, count(*) as casos, sum(s.w) as haa, sum(s.w * s.x) as hax, sum(s.w * s.y) as hay, sum(s.w * s.z) as haz,
        sum(s.w * s.x * s.x) as hxx, sum(s.w * s.x * s.y) as hxy, sum(s.w * s.x * s.z) as hxz,
        sum(s.w * s.y * s.y) as hyy, sum(s.w * s.y * s.z) as hyz, sum(s.w * s.z * s.z) as hzz,
        sum(s.erro) as ra, sum(s.erro * s.x) as rx, sum(s.erro * s.y) as ry, sum(s.erro * s.z) as rz
      from s
      group by s.classe
    ), media as (
      -- few cases in all: towards nought
      select k.classe / 4 as grupo, sum(k.a * n.casos) / (sum(n.casos) + 30) as a
      from audit_interno.estatistica_curva k
      join soma n on n.classe = k.classe
      group by k.classe / 4
    ), classe as (
      select k.classe, 3 + coalesce(n.haa, 0) as haa, coalesce(n.hax, 0) as hax, coalesce(n.hay, 0) as hay, coalesce(n.haz, 0) as haz,
        n.hxx, n.hxy, n.hxz, n.hyy, n.hyz, n.hzz, coalesce(n.ra, 0) - 3 * (k.a - coalesce(m.a, 0)) as ra, n.rx, n.ry, n.rz, k.b, k.g, k.h
      from audit_interno.estatistica_curva k
      left join media m on m.grupo = k.classe / 4
      left join soma n on n.classe = k.classe
    ), reduzida as (
      -- the intercepts eliminated, three unknowns are left
      select c.classe / 4 as grupo, 15 + coalesce(sum(c.hxx - c.hax * c.hax / c.haa), 0) as hxx, coalesce(sum(c.hxy - c.hax * c.hay / c.haa), 0) as hxy,
        coalesce(sum(c.hxz - c.hax * c.haz / c.haa), 0) as hxz, 15 + coalesce(sum(c.hyy - c.hay * c.hay / c.haa), 0) as hyy,
        coalesce(sum(c.hyz - c.hay * c.haz / c.haa), 0) as hyz, 15 + coalesce(sum(c.hzz - c.haz * c.haz / c.haa), 0) as hzz,
        coalesce(sum(c.rx - c.hax * c.ra / c.haa), 0) - 15 * (max(c.b) - 0.22) as rx,
        coalesce(sum(c.ry - c.hay * c.ra / c.haa), 0) - 15 * max(c.h) as ry,
        coalesce(sum(c.rz - c.haz * c.ra / c.haa), 0) - 15 * max(c.g) as rz
      from classe c
      group by c.classe / 4
    ), cofator as (
      select r.*, r.hyy * r.hzz - r.hyz * r.hyz as cxx, r.hxz * r.hyz - r.hxy * r.hzz as cxy, r.hxy * r.hyz - r.hxz * r.hyy as cxz,
        r.hxx * r.hzz - r.hxz * r.hxz as cyy, r.hxy * r.hxz - r.hxx * r.hyz as cyz, r.hxx * r.hyy - r.hxy * r.hxy as czz
      from reduzida r
    ), passo as (
      select f.grupo, (f.cxx * f.rx + f.cxy * f.ry + f.cxz * f.rz) / d.det as b, (f.cxy * f.rx + f.cyy * f.ry + f.cyz * f.rz) / d.det as h,
        (f.cxz * f.rx + f.cyz * f.ry + f.czz * f.rz) / d.det as g
      from cofator f
      cross join lateral (select f.hxx * f.cxx + f.hxy * f.cxy + f.hxz * f.cxz as det) d
    ), andado as (
      -- no step longer than a half
      update audit_interno.estatistica_curva k
      set a = k.a + greatest(-0.5, least(0.5, v.a)), b = k.b + greatest(-0.5, least(0.5, p.b)),
        g = k.g + greatest(-0.5, least(0.5, p.g)), h = k.h + greatest(-0.5, least(0.5, p.h))
      from classe c
      join passo p on p.grupo = c.classe / 4
      cross join lateral (select (c.ra - c.hax * p.b - c.hay * p.h - c.haz * p.g) / c.haa as a) v
      where c.classe = k.classe
      returning abs(v.a) + abs(p.b) + abs(p.g) + abs(p.h) as passo
    )
    select max(d.passo) into v_passo from andado d;
    exit when v_passo < 0.0005;
  end loop;

  -- what the back-test hardly saw has no curve and keeps the modest one: a supplier with one entry proves little until it has
  -- proved something
  delete from audit_interno.estatistica_curva k
  where (select count(*) from audit_interno.estatistica_retroteste r where r.classe = k.classe) < 30;
end
$$;

comment on function audit_interno.ajustar_curvas() is 'Fits the logistic calibration on the last back-test.';
revoke execute on function audit_interno.ajustar_curvas() from public;
