import t from 'tap'
import { connect, connectAs } from '../../src/db/connection.ts'
import { conductSession, resumeSession } from '../../src/session/session.ts'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

const stop = { signal: new AbortController().signal }

/** A session as the command line conducts it, step by step, on an operator's own connection. */
async function conduct(c: Scenario, mode: 'manual' | 'auto', rules: string[]) {
  const url = Object.assign(new URL(c.url), { username: 'olivia', password: 'teste' }).href
  const sql = connect(url, { max: 1 })
  try {
    return await conductSession(sql, { modo: mode, regras: rules }, {}, stop)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** The same as a worker does it: queued, then resumed. */
async function work(c: Scenario, mode: 'manual' | 'auto', rules: string[]) {
  const { id } = one(
    await c.asPerson('olivia')`select id from audit.solicitar_processamento(${mode}, regras => ${rules})`,
  )
  const open = () => connectAs('conferente_dono', c.url)
  const over = async () => false
  return resumeSession(id, {}, { ...stop, open, over })
}

const executions = (c: Scenario, id: unknown) => c.sql`
  select regra, status, motivo, erro_codigo from audit.execucoes_regra where sessao_id = ${id as bigint} order by regra`

/** A second rule that raises this code, or runs this statement, once it has been registered. */
async function brokenOne(c: Scenario, body: string) {
  const fn = (perform: string) =>
    c.sql.unsafe(`create or replace function dw.quebrada(janela audit.janela) returns setof audit.achado language plpgsql stable
      set search_path = pg_catalog, pg_temp as $f$ begin ${perform} return; end $f$;
      grant execute on function dw.quebrada(audit.janela) to conferente_regra`)
  await fn('')
  await c.sql`select audit.registrar_regra('quebrada', 'De teste.', 'dw.quebrada', 'dw.lancamentos', 'id', array['categoria'],
    'data_lancamento', 'carregado_em', 'valor')`
  await fn(body)
}

t.test("a rule's short time limit does not limit the session's own work", async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.sql`select audit.alterar_regra('errada', '{"tempo_limite": "5 seconds"}', 'é rápida')`
  const conductor = await c.asPerson('olivia').reserve()
  const { id } = one(
    await conductor`select id from audit_interno.iniciar_sessao('auto', null, null, '{errada}')`,
  )
  const next = async () => one(await conductor`select * from audit_interno.proxima_etapa(${id as never})`)
  t.match(await next(), { etapa: 'detectar', tempo_limite_ms: 5000n })
  await conductor`select audit_interno.executar_etapa(${id as never}, 'detectar', 'errada')`
  t.match(await next(), { etapa: 'limitar', regra: null, tempo_limite_ms: 600000n })
  conductor.release()
})

t.test('a session that fails leaves none of its rules half done', async (t) => {
  for (const conducts of [conduct, work]) {
    const c = await scenario(t)
    await c.book({ id: 1 })
    await c.sql.unsafe(`create schema alheio;
      create function alheio.parar() returns trigger language plpgsql as $f$ begin
        if new.etapa = 'correcao' then raise exception 'o limite não se deixa ler'; end if; return new; end $f$;
      create trigger parar before update on audit.sessoes_processamento for each row execute function alheio.parar()`)
    const session = await conducts(c, 'auto', ['errada'])
    t.match(session, { status: 'falhou', mensagem: /não se deixa ler/ }, conducts.name)
    t.match(await executions(c, session['id']), [
      { regra: 'errada', status: 'pulada', motivo: /sessão falhou/ },
    ])
    t.equal(await c.status(1), 'aberta', 'its findings are kept all the same')
  }
})

t.test("a rule's own fault fails only that rule, whatever runs the session", async (t) => {
  for (const body of [
    `perform 1 / 0;`,
    `assert false, 'não pode ser';`,
    `raise exception using errcode = '42501';`,
    `raise exception using errcode = '08001', message = 'could not connect to server "origem"';`,
    `raise exception using errcode = '53400', message = 'temporary file size exceeds temp_file_limit';`,
  ]) {
    const c = await scenario(t)
    await c.book({ id: 1 })
    await brokenOne(c, body)
    const psql = async (_: Scenario, mode: string, rules: string[]) =>
      one(await c.asPerson('olivia')`select * from audit.processar_divergencias(${mode}, regras => ${rules})`)
    for (const conducts of [psql, conduct, work]) {
      const session = await conducts(c, 'manual', ['errada', 'quebrada'])
      t.match(session, { status: 'concluida_com_falhas', encontradas: 1n }, `${body} ${conducts.name}`)
      t.match(await executions(c, session['id']), [{ status: 'concluida' }, { status: 'falhou' }])
    }
  }
})

t.test('a server fault ends the session, whatever runs it', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await brokenOne(
    c,
    `raise exception using errcode = '53100', message = 'could not extend file: No space left on device';`,
  )
  const olivia = c.asPerson('olivia')
  t.equal(await sqlstate(olivia`select audit.processar_divergencias(regras => '{errada,quebrada}')`), '53100')
  t.same(await c.sql`select from audit.sessoes_processamento`, [], 'in one transaction nothing of it is kept')
  for (const conducts of [conduct, work]) {
    const session = await conducts(c, 'auto', ['errada', 'quebrada'])
    t.match(session, { status: 'falhou', mensagem: /^53100: could not extend/ }, conducts.name)
    const rules = await executions(c, session['id'])
    t.equal(
      rules.some(({ status }) => status === 'falhou' || status === 'pendente' || status === 'detectada'),
      false,
    )
    t.match(
      await c.sql`select from audit.notificacoes where tipo = 'falha' and sessao_id = ${session['id']}`,
      { length: 1 },
    )
  }
})

t.test('whose fault an error is', async (t) => {
  const { sql } = await scenario(t)
  const from = async (sqlstate: string | null) =>
    one(await sql`select audit_interno.falha_de_quem(${sqlstate}) as quem`)['quem']
  for (const [who, codes] of Object.entries({
    linha: [
      '22003',
      '23514',
      '27000',
      '38001',
      '44000',
      '45000',
      'P0001',
      'P0004',
      'NC012',
      'Z0001',
      '90001',
    ],
    regra: ['42501', '42P01', '0A000', '25006', '53400', '54001', '55P03', '57014', 'HV000', '08001'],
    sessao: ['40001', '40P01', '72000'],
    servidor: ['53100', '53200', '53300', '57P01', '58030', 'XX001', 'F0000'],
  })) {
    for (const sqlstate of codes) t.equal(await from(sqlstate), who, sqlstate)
  }
  t.equal(await from(null), 'servidor', 'nobody answered for a rule without code')
})
