-- Fits how strongly each level is shrunk towards the wider one, by maximum likelihood on the back-test: level after level,
-- the strength under which the true categories were most probable, or none at all (1e9) where the level only misleads.
-- A supplier with one entry proves little on one ledger and much on another: this is where that is learned. Reads the
-- statistics and dw.lancamentos; writes estatistica_peso. Called by regras.calibrar_historia.
create or replace function regras.ajustar_alfas(retroteste int4range, amostra int) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_nivel record;
  v_alfa double precision;
  -- the running probability of each entry's true category
  v_p double precision[];
begin
  delete from regras.estatistica_peso p where p.nome like 'alfa\_%';

  for v_nivel in
    with m as materialized (
      select * from regras.medir_em_metades(retroteste, amostra)
    )
    -- one array for each level, entries in one order; nulls where a level knows nothing of an entry
    select n.nivel, array_agg(m.total order by e.id) as totais, array_agg(m.certas order by e.id) as certas
    from (select m.id from m where m.nivel = 0) e
    cross join generate_series(0, 11) n (nivel)
    left join m on m.id = e.id and m.nivel = n.nivel
    group by n.nivel
    order by n.nivel
  loop
    if v_nivel.nivel = 0 then
      v_p := array(select (u.certas + 0.1) / (u.total + 10)
        from unnest(v_nivel.certas, v_nivel.totais) with ordinality u (certas, total, n) order by u.n);
      continue;
    end if;

    select g.alfa into v_alfa
    from unnest('{0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8, 16, 40, 100, 400, 1e9}'::double precision[]) g (alfa)
    cross join unnest(v_nivel.certas, v_nivel.totais, v_p) u (certas, total, p)
    where u.total is not null
    group by g.alfa
    -- a level seen in few entries keeps its default
    having count(*) >= 100
    order by sum(ln((u.certas + g.alfa * u.p) / (u.total + g.alfa))) desc
    limit 1;
    if v_alfa is not null then
      insert into regras.estatistica_peso (nome, peso) values ('alfa_' || v_nivel.nivel, v_alfa);
    end if;

    v_p := array(select coalesce((u.certas + a.peso * u.p) / (u.total + a.peso), u.p)
      from regras.alfas() a, unnest(v_nivel.certas, v_nivel.totais, v_p) with ordinality u (certas, total, p, n)
      where a.nivel = v_nivel.nivel order by u.n);
  end loop;
end
$$;

comment on function regras.ajustar_alfas(int4range, int) is 'Fits the shrinkage of each level on the ledger''s own past.';
revoke execute on function regras.ajustar_alfas(int4range, int) from public;
