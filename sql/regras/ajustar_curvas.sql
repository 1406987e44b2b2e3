-- Fits the logistic calibration to the back-test (Platt 1999) by Newton's method: one slope on the raw score's log-odds and
-- one on the months without history for all entries, an intercept for each class of knowledge. Few cases move little: the
-- slopes are drawn towards the modest curve that serves a ledger without a past (0.22: a raw .999 becomes .82), the
-- intercepts towards their mean. Pooled, because a curve of its own for each class follows the class's few errors, which come
-- in clusters. Reads audit_interno.estatistica_retroteste, writes estatistica_curva. Called by audit_interno.calibrar_pendencias.
create or replace function audit_interno.ajustar_curvas() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_passo double precision;
begin
  delete from audit_interno.estatistica_curva;
  insert into audit_interno.estatistica_curva (classe, a, b, g) select n, 0, 0.22, 0 from generate_series(0, 7) n;

  for v_volta in 1..30 loop
    with s as (
      select r.classe, r.acertou - u.p as erro, u.p * (1 - u.p) as w, r.chance as x, ln(1 + r.lacuna) as z
      from audit_interno.estatistica_retroteste r
      join audit_interno.estatistica_curva k on k.classe = r.classe
      cross join lateral (select audit_interno.curva(k.a, k.b, k.g, r.chance, r.lacuna) as p) u
    ), media as (
      -- few cases in all: towards nought
      select sum(k.a * n.casos) / (sum(n.casos) + 30) as a
      from audit_interno.estatistica_curva k
      join (select s.classe, count(*) as casos from s group by s.classe) n on n.classe = k.classe
    ), classe as (
      select k.classe, 3 + coalesce(sum(s.w), 0) as haa, coalesce(sum(s.w * s.x), 0) as hax, coalesce(sum(s.w * s.z), 0) as haz,
        coalesce(sum(s.w * s.x * s.x), 0) as hxx, coalesce(sum(s.w * s.x * s.z), 0) as hxz, coalesce(sum(s.w * s.z * s.z), 0) as hzz,
        coalesce(sum(s.erro), 0) - 3 * (k.a - coalesce(m.a, 0)) as ra,
        coalesce(sum(s.erro * s.x), 0) as rx, coalesce(sum(s.erro * s.z), 0) as rz, k.b, k.g
      from audit_interno.estatistica_curva k
      cross join media m
      left join s on s.classe = k.classe
      group by k.classe, k.a, k.b, k.g, m.a
    ), reduzida as (
      -- the intercepts eliminated, two unknowns are left
      select sum(c.hxx - c.hax * c.hax / c.haa) + 15 as hxx, sum(c.hxz - c.hax * c.haz / c.haa) as hxz,
        sum(c.hzz - c.haz * c.haz / c.haa) + 15 as hzz,
        sum(c.rx - c.hax * c.ra / c.haa) - 15 * (max(c.b) - 0.22) as rx, sum(c.rz - c.haz * c.ra / c.haa) - 15 * max(c.g) as rz
      from classe c
    ), passo as (
      select (r.hzz * r.rx - r.hxz * r.rz) / (r.hxx * r.hzz - r.hxz * r.hxz) as b,
        (r.hxx * r.rz - r.hxz * r.rx) / (r.hxx * r.hzz - r.hxz * r.hxz) as g
      from reduzida r
    ), andado as (
      -- no step longer than a half
      update audit_interno.estatistica_curva k
      set a = k.a + greatest(-0.5, least(0.5, (c.ra - c.hax * p.b - c.haz * p.g) / c.haa)),
        b = k.b + greatest(-0.5, least(0.5, p.b)), g = k.g + greatest(-0.5, least(0.5, p.g))
      from classe c, passo p
      where c.classe = k.classe
      returning abs((c.ra - c.hax * p.b - c.haz * p.g) / c.haa) + abs(p.b) + abs(p.g) as passo
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
