-- What the history knew of each entry of a back-test at each level: how many earlier entries (total), and how many of them of the right
-- category (certas), counted as regras.pontuar_pendencias counts them. metade: of all suppliers (null) or of one half (0, 1). Reads
-- the statistics and dw.lancamentos; changes nothing. Called by regras.medir_em_metades.
create or replace function regras.medir_niveis(retroteste int4range, amostra int, metade int default null)
returns table (id text, nivel smallint, total double precision, certas double precision)
-- the cost says: worth a process of its own
language plpgsql stable parallel safe cost 1e9 rows 30000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
begin
  return query
  with k as materialized (
    select e.id, e.corte, e.certa, c.nivel, c.chave
    from regras.entradas_pendencia(null, retroteste, amostra, metade) e
    cross join lateral regras.chaves_entrada(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor, e.texto) c
    where c.nivel < 20
  ), corte as materialized (
    select d.corte, coalesce(regras.ultimo_mes_conhecido(d.corte), d.corte - 1) as ultimo from (select distinct k.corte from k) d
  ), contexto as materialized (
    select d.nivel, d.chave, d.corte, o.ultimo
    from (select distinct k.nivel, k.chave, k.corte from k) d
    join corte o on o.corte = d.corte
  ), contagem as materialized (
    select x.nivel, x.chave, x.corte, e.categoria, e.w, sum(e.w) over (partition by x.nivel, x.chave, x.corte) as total
    from contexto x
    cross join lateral (
      select c.categoria, sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 9)) as w
      from regras.estatistica_contagem c
      where c.nivel = x.nivel and c.chave = x.chave and c.mes < x.corte and c.mes >= x.corte - v_meses
      group by c.categoria
      offset 0
    ) e
  ), total as (
    select distinct c.nivel, c.chave, c.corte, c.total from contagem c
  )
  select k.id, k.nivel, t.total, coalesce(c.w, 0)
  from k
  join total t using (nivel, chave, corte)
  left join contagem c on c.nivel = k.nivel and c.chave = k.chave and c.corte = k.corte and c.categoria = k.certa;
end
$$;

comment on function regras.medir_niveis(int4range, int, int) is
  'Earlier entries and those of the right category for each entry of a back-test at each level.';
revoke execute on function regras.medir_niveis(int4range, int, int) from public;
