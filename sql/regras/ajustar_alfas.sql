-- Fits how strongly each level is shrunk towards the wider one, by maximum likelihood on the back-test: level after level,
-- the strength under which the true categories were most probable, or none at all (1e9) where the level only misleads.
-- A supplier with one entry proves little on one ledger and much on another: this is where that is learned. Reads the
-- statistics and dw.lancamentos; writes estatistica_peso and its work table. Called by audit_interno.calibrar_historia.
create or replace function audit_interno.ajustar_alfas(retroteste int4range, amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_nestloop = off
as $$
declare
  v_meses int := coalesce((audit_interno.configuracao('pendente.meses_historico') #>> '{}')::int, 36);
  v_alfa double precision;
begin
  delete from audit_interno.estatistica_peso p where p.nome like 'alfa\_%';
  delete from audit_interno.estatistica_ajuste;

  insert into audit_interno.estatistica_ajuste (id, nivel, total, certas)
  with k as materialized (
    select e.id, e.corte, e.certa, c.nivel, c.chave
    from audit_interno.entradas_pendencia(null, retroteste, amostra, null) e
    cross join lateral audit_interno.chaves_entrada(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor, e.texto) c
    where c.nivel < 20
  ), corte as materialized (
    select d.corte, coalesce(audit_interno.ultimo_mes_conhecido(d.corte), d.corte - 1) as ultimo from (select distinct k.corte from k) d
  ), contexto as materialized (
    select d.nivel, d.chave, d.corte, o.ultimo
    from (select distinct k.nivel, k.chave, k.corte from k) d
    join corte o on o.corte = d.corte
  ), contagem as materialized (
    select x.nivel, x.chave, x.corte, e.categoria, e.w, sum(e.w) over (partition by x.nivel, x.chave, x.corte) as total
    from contexto x
    cross join lateral (
      select c.categoria, sum(c.linhas * power(0.5::double precision, greatest(x.ultimo - c.mes, 0)::double precision / 9)) as w
      from audit_interno.estatistica_contagem c
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

  -- nivel 0 carries the running probability of the true category
  update audit_interno.estatistica_ajuste a set p = (a.certas + 0.1) / (a.total + 10) where a.nivel = 0;

  for v_nivel in 1..11 loop
    select g.alfa into v_alfa
    from (values (0.02), (0.05), (0.1), (0.2), (0.5), (1), (2), (4), (8), (16), (40), (100), (400), (1e9)) g (alfa)
    cross join (
      select a.certas, a.total, b.p
      from audit_interno.estatistica_ajuste a
      join audit_interno.estatistica_ajuste b on b.id = a.id and b.nivel = 0
      where a.nivel = v_nivel
    ) s
    group by g.alfa
    -- a level seen in few entries keeps its default
    having count(*) >= 100
    order by sum(ln((s.certas + g.alfa * s.p) / (s.total + g.alfa))) desc
    limit 1;
    if v_alfa is not null then
      insert into audit_interno.estatistica_peso (nome, peso) values ('alfa_' || v_nivel, v_alfa);
    end if;

    update audit_interno.estatistica_ajuste b
    set p = (a.certas + w.peso * b.p) / (a.total + w.peso)
    from audit_interno.estatistica_ajuste a, audit_interno.alfas() w
    where b.nivel = 0 and a.id = b.id and a.nivel = v_nivel and w.nivel = v_nivel;
  end loop;

  delete from audit_interno.estatistica_ajuste;
end
$$;

comment on function audit_interno.ajustar_alfas(int4range, int) is 'Fits the shrinkage of each level on the ledger''s own past.';
revoke execute on function audit_interno.ajustar_alfas(int4range, int) from public;
