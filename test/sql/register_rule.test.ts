// What does not fit is reported when a rule is registered, in a sentence that says what to do, and not at seven in the morning.
import t, { type Test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'
import { ENDLESS, interrupt } from '../helper/endless.ts'
import { runSession } from '../helper/warehouse.ts'

interface Refusal {
  code?: string
  message: string
  detail?: string
  hint?: string
}

const PATH = 'set search_path = pg_catalog, pg_temp'
const FOUND = `select null::text, i.id::text, '{}'::jsonb, 0.5, '{}'::jsonb, 'suspeito', 1.0 from dw.incentivos i
  where janela.chaves is null or i.id::text = any (janela.chaves)`

const fn = (sql: Sql, name: string, connectAs = `stable ${PATH}`, body = FOUND) =>
  sql.unsafe(`create function ${name}(janela audit.janela) returns setof audit.achado language sql ${connectAs} as $$ ${body} $$;
    grant execute on function ${name}(audit.janela) to conferente_regra`)

async function scene(t: Test) {
  const { sql, connectAs } = await testDatabase(t)
  await sql.unsafe(`create schema dw; grant usage on schema dw to conferente_regra, conferente_escrita;
    create domain dw.dinheiro as numeric(18,2);
    create domain dw.dia as date;
    create table dw.incentivos (id bigint primary key, chassi text, pago_em date, dia dw.dia, quando timestamptz,
      hora timestamp, valor numeric(18,2), reais dw.dinheiro, pontos int, peso double precision, moeda money, situacao text);
    insert into dw.incentivos values (1, 'CH1', '2026-03-01', '2026-03-01', now(), now(), 10, 10, 1, 1.5, 10, 'PAGO');
    grant select on dw.incentivos to conferente_regra, conferente_escrita; grant update on dw.incentivos to conferente_escrita`)
  await fn(sql, 'dw.r_boa')
  return { sql, connectAs, adelia: connectAs('adelia'), olivia: connectAs('olivia') }
}

interface RequestBody {
  nome?: string
  funcao?: string
  preparacao?: string | null
  tabela?: string
  colunas?: string[] | null
  data?: string | null
  carga?: string | null
  valor?: string | null
}

const registrar = (sql: Sql, request: RequestBody): Promise<Refusal | undefined> => {
  const r = {
    ...{ nome: 'nova', funcao: 'dw.r_boa', preparacao: null, tabela: 'dw.incentivos', colunas: ['situacao'] },
    ...{ data: null, carga: null, valor: null },
    ...request,
  }
  return sql`select audit.registrar_regra(${r.nome}, 'x', ${r.funcao}, ${r.tabela}, 'id', ${r.colunas}::text[],
    coluna_data => ${r.data}, coluna_carga => ${r.carga}, coluna_valor => ${r.valor}, preparacao => ${r.preparacao})`.then(
    () => undefined,
    (error: Refusal) => error,
  )
}

t.test('a booking date is a date, a load time is a time, an amount can be summed', async (t) => {
  const { adelia, olivia } = await scene(t)
  const refused: [RequestBody, RegExp][] = [
    [{ data: 'valor' }, /valor .*numeric/],
    [{ data: 'chassi' }, /chassi .*text/],
    // days are compared with the column as it is: of the last day of a window only midnight would be included
    [{ data: 'quando' }, /quando .*timestamp/],
    [{ data: 'hora' }, /hora .*timestamp/],
    [{ carga: 'valor' }, /valor .*numeric/],
    [{ carga: 'chassi' }, /chassi .*text/],
    [{ valor: 'chassi' }, /chassi .*text/],
    [{ valor: 'pago_em' }, /pago_em .*date/],
    [{ valor: 'moeda' }, /moeda .*money/],
  ]
  for (const [i, [request, message]] of refused.entries())
    t.match(
      await registrar(adelia, { nome: `ruim_${i}`, ...request }),
      { code: 'NC011', message },
      JSON.stringify(request),
    )

  const accepted: RequestBody[] = [
    { data: 'pago_em', carga: 'quando', valor: 'valor' },
    { data: 'dia', carga: 'hora', valor: 'reais' },
    { data: 'pago_em', carga: 'pago_em', valor: 'pontos' },
    { valor: 'peso' },
  ]
  for (const [i, request] of accepted.entries())
    t.equal(await registrar(adelia, { nome: `boa_${i}`, ...request }), undefined, JSON.stringify(request))
  const rules = accepted.map((_, i) => `boa_${i}`)
  const [theSession] = await olivia`
    select * from audit.processar_divergencias('manual', '2026-01-01', '2026-12-31', ${rules}::text[])`
  t.match(
    theSession,
    { status: 'concluida', encontradas: 4n },
    'and a session runs with what was accepted, over several days',
  )
  t.match(await runSession(olivia, 'manual', rules), { status: 'concluida' })
})

t.test('functions and tables are given by name', async (t) => {
  const { adelia } = await scene(t)
  for (const name of [
    'dw.r_boa(audit.janela)',
    'dw.r_boa()',
    'dw.r_boa(',
    'r_boa',
    '',
    'dw."r_boa',
    'a.dw.r_boa',
  ])
    t.match(await registrar(adelia, { funcao: name }), { code: 'NC011', message: /sem argumentos/ }, name)
  t.match(await registrar(adelia, { preparacao: 'dw.r_boa(audit.janela)' }), {
    code: 'NC011',
    message: /sem argumentos/,
  })
  for (const table of ['dw.incentivos(id)', 'incentivos', '', 'dw.incentivos i', 'dw."incentivos'])
    t.match(await registrar(adelia, { tabela: table }), { code: 'NC011', message: /esquema\.tabela/ }, table)
  t.equal(await registrar(adelia, { funcao: '"dw"."r_boa"', tabela: '"dw".incentivos' }), undefined)
})

t.test('a function in a temporary schema cannot be a rule', async (t) => {
  const { adelia } = await scene(t)
  const session = await adelia.reserve()
  t.teardown(() => session.release())
  await session.unsafe(`create function pg_temp.espia(audit.janela) returns setof audit.achado language plpgsql stable ${PATH}
    as $$ begin return; end $$`)
  t.match(await registrar(session, { funcao: 'pg_temp.espia' }), { code: 'NC011', message: /tempor/ })
  t.match(await registrar(session, { preparacao: 'pg_temp.espia' }), { code: 'NC011', message: /tempor/ })
})

t.test('what is missing is named', async (t) => {
  const { adelia } = await scene(t)
  for (const columns of [[], null]) {
    const refusal = await registrar(adelia, { colunas: columns })
    t.match(refusal, { code: 'NC011', message: /nova recusada: .*colunas/, hint: /./ })
    t.notMatch(refusal?.message, /null value|violates/)
  }
})

t.test('a rule that does not end is named when its trial is cut off', async (t) => {
  const { sql, adelia } = await scene(t)
  await sql.unsafe(`create function dw.r_infinita(janela audit.janela) returns setof audit.achado language plpgsql stable ${PATH}
      as $$ ${ENDLESS} $$;
    grant execute on function dw.r_infinita(audit.janela) to conferente_regra`)
  const [refusal] = await Promise.all([
    registrar(adelia, { nome: 'infinita', funcao: 'dw.r_infinita' }),
    interrupt(sql),
  ])
  t.match(
    refusal,
    { code: '57014', message: /infinita.*user request/, hint: /statement_timeout/ },
    'the cancellation is obeyed',
  )
})

t.test("a right that conferente_regra lacks on a rule's function is named, with the grant that gives it", async (t) => {
  const { sql, adelia, olivia } = await scene(t)
  await sql.unsafe('create schema minhas')
  await fn(sql, 'minhas.r_fechada')
  const refused = await registrar(adelia, { nome: 'fechada', funcao: 'minhas.r_fechada' })
  t.match(refused, { code: 'NC011', message: /falta: grant usage on schema minhas to conferente_regra;$/ })
  await sql.unsafe('grant usage on schema minhas to conferente_regra')
  t.equal(await registrar(adelia, { nome: 'fechada', funcao: 'minhas.r_fechada' }), undefined)
  await sql.unsafe('revoke execute on function minhas.r_fechada(audit.janela) from public, conferente_regra')
  const session = await runSession(olivia, 'manual', ['fechada'])
  t.match(
    await sql`select erro_mensagem from audit.execucoes_regra where sessao_id = ${session['id']}`,
    [{ erro_mensagem: /falta: grant execute on function minhas\.r_fechada\(audit\.janela\) to conferente_regra;$/ }],
  )
})
