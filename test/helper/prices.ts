// Somebody's own rule over a table with columns of several types: what is inactive should be active and called certo.
import type { Sql } from '../../src/db/connection.ts'

/**
 * Creates dw.precos with two rows and registers the rule `precos` over it. One of its columns is called t, and one row has an
 * amount of twenty digits, the last of which the rule would change.
 */
export async function prices(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create schema if not exists dw;
    create table dw.precos (codigo text primary key, t text, ativo boolean, preco numeric(22,2), dia date, quando timestamptz);
    insert into dw.precos values ('a/1 ü', 'errado', false, 12345678901234567890.12, '2026-11-01', '2026-11-01T12:00:00Z'),
      ('b', 'errado', false, 10.00, null, null);
    create function dw.regra_precos(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp as $f$
      select 'dw.precos', p.codigo, jsonb_build_object('t', 'certo', 'ativo', true)
        || case when p.preco > 1e15 then jsonb_build_object('preco', p.preco + 0.01) else '{}' end, 0.9, jsonb_build_object('lista', jsonb_build_array(1, null)),
        'inativo', 5
      from dw.precos p where not p.ativo and (janela.chaves is null or p.codigo = any (janela.chaves))
    $f$;
    grant usage on schema dw to conferente_regra, conferente_escrita;
    grant select on dw.precos to conferente_regra, conferente_escrita; grant update on dw.precos to conferente_escrita;
    select audit.registrar_regra('precos', 'Preços inativos.', 'dw.regra_precos', 'dw.precos', 'codigo', array['t', 'ativo', 'preco', 'dia']);
  `)
}
