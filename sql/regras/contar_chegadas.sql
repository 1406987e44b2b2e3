-- Adds entries that were not counted yet to the counts; meses: the booking months they are of. HAZARD: adding an entry twice is not noticed; that each is new has to be
-- known, see audit_interno.acompanhar_historia. Reads dw.lancamentos and the audit tables; writes audit_interno.estatistica_*.
create or replace function audit_interno.contar_chegadas(meses int[], chaves text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if chaves is null then
    return;
  end if;
  perform audit_interno.conhecer_grafias(meses, chaves);
  with somada as (
    insert into audit_interno.estatistica_contagem as c (nivel, chave, mes, categoria, linhas)
    select h.nivel, h.chave, h.mes, h.categoria, h.linhas
    from audit_interno.contar_historia(meses, chaves) h
    on conflict (nivel, chave, mes, categoria) do update set linhas = c.linhas + excluded.linhas
    returning c.nivel, c.mes
  )
  insert into audit_interno.estatistica_mes as m (mes, linhas)
  select c.mes, 0 from (select distinct s.mes from somada s where s.nivel = 0) c
  on conflict (mes) do nothing;
  update audit_interno.estatistica_mes m
  set linhas = t.linhas
  from (
    select c.mes, sum(c.linhas) as linhas from audit_interno.estatistica_contagem c
    where c.nivel = 0 and c.chave = 0
    group by c.mes
  ) t
  where t.mes = m.mes and t.linhas <> m.linhas;
end
$$;

comment on function audit_interno.contar_chegadas(int[], text[]) is 'Adds entries that were not counted yet to the counts.';
revoke execute on function audit_interno.contar_chegadas(int[], text[]) from public;
