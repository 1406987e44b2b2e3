-- Adds entries that were not counted yet to the counts; meses: the booking months they are of. HAZARD: adding an entry twice is not noticed; that each is new has to be
-- known, see regras.acompanhar_historia. Reads dw.lancamentos and the audit tables; writes regras.estatistica_*.
create or replace function regras.contar_chegadas(meses int[], chaves text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
begin
  if chaves is null then
    return;
  end if;
  perform regras.conhecer_grafias(meses, chaves);
  insert into regras.estatistica_fornecedor as f
  select * from regras.contar_fornecedores(meses, chaves)
  on conflict (raiz, nome, mes) do update set textos = f.textos + excluded.textos,
    palavras = array(select distinct w from unnest(f.palavras || excluded.palavras) w);
  with somada as (
    insert into regras.estatistica_contagem as c (nivel, chave, mes, categoria, linhas)
    select h.nivel, h.chave, h.mes, h.categoria, h.linhas
    from regras.contar_historia(meses, chaves) h
    on conflict (nivel, chave, mes, categoria) do update set linhas = c.linhas + excluded.linhas
    returning c.nivel, c.mes
  )
  insert into regras.estatistica_mes as m (mes, linhas)
  select c.mes, 0 from (select distinct s.mes from somada s where s.nivel = 0) c
  on conflict (mes) do nothing;
  update regras.estatistica_mes m
  set linhas = t.linhas
  from (
    select c.mes, sum(c.linhas) as linhas from regras.estatistica_contagem c
    where c.nivel = 0 and c.chave = 0
    group by c.mes
  ) t
  where t.mes = m.mes and t.linhas <> m.linhas;
end
$$;

comment on function regras.contar_chegadas(int[], text[]) is 'Adds entries that were not counted yet to the counts.';
revoke execute on function regras.contar_chegadas(int[], text[]) from public;
