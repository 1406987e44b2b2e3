-- Fits the logistic curve of each class to the back-test (Platt 1999) by Newton's method, drawn towards the modest curve
-- that serves a ledger without a past (a = 0, b = 0.22: a raw .999 becomes .82). Reads audit_interno.estatistica_retroteste,
-- writes audit_interno.estatistica_curva. Called by audit_interno.calibrar_pendencias.
create or replace function audit_interno.ajustar_curvas() returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from audit_interno.estatistica_curva;
  insert into audit_interno.estatistica_curva (classe, a, b)
  select distinct r.classe, 0.0, 0.22 from audit_interno.estatistica_retroteste r;

  for v_passo in 1..25 loop
    update audit_interno.estatistica_curva c
    -- the step of two unknowns, solved by hand; never longer than a half
    set a = c.a + greatest(-0.5, least(0.5, (n.hbb * n.ga - n.hab * n.gb) / (n.haa * n.hbb - n.hab * n.hab))),
      b = c.b + greatest(-0.5, least(0.5, (n.haa * n.gb - n.hab * n.ga) / (n.haa * n.hbb - n.hab * n.hab)))
    from (
      select s.classe,
        sum(s.acertou - s.p) - 3 * s.a as ga,
        sum((s.acertou - s.p) * s.chance) - 15 * (s.b - 0.22) as gb,
        sum(s.p * (1 - s.p)) + 3 as haa,
        sum(s.p * (1 - s.p) * s.chance) as hab,
        sum(s.p * (1 - s.p) * s.chance * s.chance) + 15 as hbb
      from (
        select r.classe, r.acertou, r.chance, k.a, k.b, 1 / (1 + exp(-(k.a + k.b * r.chance))) as p
        from audit_interno.estatistica_retroteste r
        join audit_interno.estatistica_curva k on k.classe = r.classe
      ) s
      group by s.classe, s.a, s.b
    ) n
    where n.classe = c.classe;
  end loop;
end
$$;

comment on function audit_interno.ajustar_curvas() is 'Fits the logistic calibration of each class on the last back-test.';
revoke execute on function audit_interno.ajustar_curvas() from public;
