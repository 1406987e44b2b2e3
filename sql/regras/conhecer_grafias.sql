-- Gives numbers to categories and one spelling to supplier names that were not known yet: few of them, many entries, so each is
-- spelled out once. Of some months, of some keys, or of all when both are null. Reads dw.lancamentos, writes
-- estatistica_categoria and estatistica_nome. Called before history is counted.
create or replace function regras.conhecer_grafias(meses int[], chaves text[]) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_inicio date;
  v_fim date;
  v_categorias text[];
  v_nomes text[];
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  -- read first and written then: what only reads may run in parallel
  select array_agg(distinct g.categoria) filter (where btrim(g.categoria) <> ''), array_agg(distinct g.escrito) filter (where g.escrito is not null)
  into v_categorias, v_nomes
  from (
    select l.categoria, left(l.fornecedor, 200) as escrito
    from dw.lancamentos l
    where (conhecer_grafias.meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim)
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
    group by l.categoria, left(l.fornecedor, 200)
  ) g;

  insert into regras.estatistica_categoria (categoria)
  select c.categoria from unnest(v_categorias) c (categoria)
  where not exists (select from regras.estatistica_categoria k where k.categoria = c.categoria);

  insert into regras.estatistica_nome (escrito, nome)
  select n.escrito, regras.nome_canonico(n.escrito) from unnest(v_nomes) n (escrito)
  where not exists (select from regras.estatistica_nome k where k.escrito = n.escrito);

  -- believed to be empty, as after a count that was taken back or while one was vacuumed: every name would be held against every text
  if exists (select from pg_class c where c.oid in ('regras.estatistica_categoria'::regclass, 'regras.estatistica_nome'::regclass)
    and c.reltuples <= 0)
  then
    analyze regras.estatistica_categoria, regras.estatistica_nome;
  end if;
end
$$;

comment on function regras.conhecer_grafias(int[], text[]) is 'Numbers for new categories and one spelling for new supplier names.';
revoke execute on function regras.conhecer_grafias(int[], text[]) from public;
