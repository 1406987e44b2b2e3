// A finding that another rule's correction has made moot closes at once, and says by what.
import t from 'tap'
import { one, type Scenario, scenario } from '../helper/scenario.ts'

/** A rule beside `errada` that flags rows by a condition and decides by these columns. */
async function other(c: Scenario, name: string, where: string, columns: string[]) {
  await c.sql.unsafe(`create schema regra_${name}; grant usage on schema regra_${name} to conferente_regra;
    create function regra_${name}.f(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $f$
    begin
      if (select quebrada from dw.ajuste) then raise exception 'a regra quebrou'; end if;
      return query select null::text, l.id::text, '{}'::jsonb, 0.9, jsonb_build_object('tipo', 'aponta'), 'olhe isto', 1.0
      from dw.lancamentos l where (${where}) and (janela.chaves is null or l.id = any (janela.chaves::bigint[]));
    end $f$;
    grant execute on function regra_${name}.f(audit.janela) to conferente_regra`)
  await c.sql`select audit.registrar_regra(${name}, 'x', ${`regra_${name}.f`}, 'dw.lancamentos', 'id', ${columns})`
}
const byRule = async (c: Scenario, record: number) =>
  c.sql`select regra, status, motivo, decidida_por from audit.divergencias_processadas
    where registro_id = ${String(record)} order by regra`

t.test('in the session that corrected the row, with the rule and the operation', async (t) => {
  const c = await scenario(t)
  await other(c, 'prefixo', `l.categoria like 'ERR%'`, ['categoria'])
  await other(c, 'sempre', `l.id > 0`, ['categoria'])
  await other(c, 'texto', `l.descricao = 'x'`, ['descricao'])
  await c.book({ id: 1 }, { id: 2, confianca: 0.5 })
  const session = one(
    await c.asPerson(
      'olivia',
    )`select * from audit.processar_divergencias('auto', regras => '{errada,prefixo,sempre,texto}')`,
  )
  const [operation] =
    await c.sql`select max(id) as id from audit.operacoes where tipo = 'correcao' and regra = 'errada'`
  t.match(await byRule(c, 1), [
    { regra: 'errada', status: 'corrigida' },
    {
      regra: 'prefixo',
      status: 'resolvida',
      motivo: new RegExp(`pela regra errada, operação ${operation?.['id']}$`),
      decidida_por: 'conferente',
    },
    { regra: 'sempre', status: 'aberta' },
    { regra: 'texto', status: 'aberta' },
  ])
  t.ok(
    (await byRule(c, 2)).every((d) => d['status'] === 'aberta'),
    'rows that were not corrected keep their findings',
  )
  t.match(session, { resolvidas: 0n }, 'nothing was fixed elsewhere')

  await c.approve(
    'ana',
    (
      await c.sql`select id::int from audit.divergencias_processadas
    where registro_id = '2' and regra = 'errada'`
    )[0]?.['id'],
  )
  t.match(await byRule(c, 2), [
    { status: 'corrigida' },
    { regra: 'prefixo', status: 'resolvida', motivo: /pela regra errada/ },
    { status: 'aberta' },
    { status: 'aberta' },
  ])
})

t.test("a rule that fails does not undo the other rule's correction", async (t) => {
  const c = await scenario(t)
  await other(c, 'prefixo', `l.categoria like 'ERR%'`, ['categoria'])
  await c.book({ id: 1 })
  await c.asPerson('olivia')`select audit.processar_divergencias(regras => '{errada,prefixo}')`
  await c.sql`create or replace function regra_prefixo.f(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $f$ begin raise exception 'quebrou'; end $f$`
  t.match(await c.runSession('auto'), { corrigidas: 1n, status: 'concluida' })
  t.match(await byRule(c, 1), [{ status: 'corrigida' }, { status: 'aberta' }])
})
