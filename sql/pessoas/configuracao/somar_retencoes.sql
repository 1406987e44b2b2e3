-- What may be withheld from one document: sums of audit.retencoes, one rate of each tax, of at most four laws, on the days on which all of
-- them are valid. A trigger computes these few hundred rows again whenever a withholding changes; regra_validacao_valores.retencao_possivel
-- reads them.
create or replace function audit_interno.somar_retencoes() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from regra_validacao_valores.somas_retencao;
  insert into regra_validacao_valores.somas_retencao (soma, vale_de, vale_ate, tributos, peso)
  with recursive soma as (
    select r.tributo as ultimo, r.aliquota as soma, r.vale_de, coalesce(r.vale_ate, 'infinity') as vale_ate,
      r.tributo || ' ' || replace(trim_scale(r.aliquota)::text, '.', ',') || '%' as tributos, array[r.lei] as leis, 1 as quantos
    from audit.retencoes r
    where r.ativo
    union all
    select r.tributo, s.soma + r.aliquota, greatest(s.vale_de, r.vale_de), least(s.vale_ate, coalesce(r.vale_ate, 'infinity')),
      s.tributos || ' + ' || r.tributo || ' ' || replace(trim_scale(r.aliquota)::text, '.', ',') || '%',
      case when r.lei = any (s.leis) then s.leis else s.leis || r.lei end, s.quantos + 1
    from soma s
    join audit.retencoes r on r.ativo and r.tributo > s.ultimo
      and r.vale_de <= s.vale_ate and coalesce(r.vale_ate, 'infinity') >= s.vale_de
    where (cardinality(s.leis) < 4 or r.lei = any (s.leis)) and s.soma + r.aliquota < 100
  )
  select trim_scale(s.soma), s.vale_de, s.vale_ate, s.tributos, 1000 * cardinality(s.leis) - s.quantos + (
    select count(distinct (r.lei, r.tributo)) from audit.retencoes r
    where r.ativo and r.lei = any (s.leis) and r.vale_de <= s.vale_ate and coalesce(r.vale_ate, 'infinity') >= s.vale_de)
  from soma s;
  return null;
end
$$;
comment on function audit_interno.somar_retencoes() is 'Recomputes regra_validacao_valores.somas_retencao.';
create or replace trigger somar after insert or update or delete on audit.retencoes
  for each statement execute function audit_interno.somar_retencoes();
update audit.retencoes set ativo = ativo; -- sums up those that ship
