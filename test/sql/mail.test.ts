// What the messages say is what the tables hold, and each message is queued once, by the event that it reports.
import { test } from 'tap'
import { factsSchema } from '../../src/mail/facts.ts'
import { compose } from '../../src/mail/outbox.ts'
import { render } from '../../src/mail/render.ts'
import { nextRuns } from '../../src/worker/schedule.ts'
import { testDatabase } from '../helper/database.ts'
import { receive } from '../helper/postman.ts'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'
import { makeWarehouse } from '../helper/warehouse.ts'

const MANAGER = 'gestora@empresa.com.br'

const warnings = (c: Scenario) =>
  c.sql`select tipo, sessao_id::int as sessao, status from audit.notificacoes order by id`.then((rows) => [
    ...rows,
  ])

const content = async (c: Scenario, type: string) => {
  const row = one(
    await c.sql`
    select audit_interno.conteudo_mensagem(id) as c from audit.notificacoes where tipo = ${type} order by id desc limit 1`,
  )
  return factsSchema.parse(row['c'])
}

test('a list with an invalid address is refused when set, and the address is named', async (t) => {
  const c = await scenario(t)
  const set = (key: string, value: unknown) =>
    c.asPerson('adelia')`select audit.alterar_configuracao(${key}, ${c.sql.json(value as never)}, 'teste')`
  for (const address of [
    'maria',
    'maria@',
    '@empresa.com',
    'maria@empresa',
    'maria silva@empresa.com',
    'maria@empresa..com',
    'maria@-empresa.com',
    'maria@empresa.com ',
    'maria@empresa.com\r\nBcc: outra@empresa.com',
    'Maria <maria@empresa.com>',
    'maria@empresa.com,outra@empresa.com',
    '.maria@empresa.com',
    'maria@[10.0.0.1]',
    `${'x'.repeat(65)}@empresa.com`,
    '',
    7,
    null,
  ]) {
    const refused = set('correio.destinatarios', [MANAGER, address])
    await t.rejects(refused, { code: 'NC009', detail: /não é um endereço/ }, JSON.stringify(address))
  }
  await t.rejects(set('correio.destinatarios_falha', [MANAGER, 'x@']), {
    code: 'NC009',
    detail: /"x@"/,
    message: /destinatarios_falha/,
  })
  await t.rejects(
    set('correio.destinatarios', [MANAGER, MANAGER.toUpperCase()]),
    { code: 'NC009', detail: /repetido/ },
    'twice',
  )
  await t.rejects(set('correio.destinatarios', MANAGER), { code: 'NC009' }, 'no list')
  await set('correio.destinatarios', [
    MANAGER,
    'joao.da-silva+conferente@sub.empresa.com.br',
    'root@localhost',
  ])
  for (const sender of ['Conferente', 'Conferente <x>', 'a\nb <a@b.com>', 'A, B <a@b.com>', '<a@b.com>']) {
    await t.rejects(set('correio.remetente', sender), { code: 'NC009' }, sender)
  }
  await set('correio.remetente', 'Conferência Diária <conferente@empresa.com.br>')
  for (const page of [
    'empresa.com.br',
    'javascript:alert(1)',
    'https://empresa.com.br/"><script>',
    'https://a b',
  ]) {
    await t.rejects(set('correio.pagina', page), { code: 'NC009' }, page)
  }
  await set('correio.pagina', 'https://conferente.empresa.com.br:8443/base/')
  t.equal(
    one(await c.sql`select audit_interno.pagina('?divergencia=7') as p`)['p'],
    'https://conferente.empresa.com.br:8443/base/revisao?divergencia=7',
  )
  await t.rejects(set('agenda.prazo', '8h'), { code: 'NC009' })
})

test('every ended session is reported once; simulations and cancelled sessions are not', async (t) => {
  const c = await scenario(t)
  await c.runSession()
  t.same(
    await warnings(c),
    [{ tipo: 'resumo', sessao: 1, status: 'dispensada' }],
    'nobody receives it, and the row says so',
  )
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  await c.runSession()
  t.same(
    (await warnings(c)).slice(1),
    [{ tipo: 'resumo', sessao: 2, status: 'pendente' }],
    'nothing needs a person: no alert',
  )
  await c.book({ id: 1, confianca: 0.5 })
  const olivia = c.asPerson('olivia')
  await olivia`select audit.processar_divergencias('auto', regras => '{errada}', simular => true)`
  t.equal((await warnings(c)).length, 2)
  await c.runSession('auto')
  t.same(
    (await warnings(c))
      .slice(2)
      .map(({ tipo }) => tipo)
      .sort(),
    ['divergencias', 'resumo'],
  )
  const queued = one(await olivia`select id from audit.solicitar_processamento('manual')`)
  await olivia`select audit.cancelar_sessao(${queued['id']}, 'engano')`
  t.equal((await warnings(c)).length, 4)
  await c.sql`update dw.ajuste set quebrada = true`
  await c.runSession()
  t.same(
    (await warnings(c))
      .slice(4)
      .map(({ tipo }) => tipo)
      .sort(),
    ['falha', 'resumo'],
    'this time the open one was not found',
  )
})

test('a message and the job that composes it are created together or not at all', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  const jobs = () =>
    c.sql`select key from graphile_worker.jobs order by id`.then((rows) => rows.map((r) => r['key']))
  await c
    .asPerson('olivia')
    .begin(async (tx) => {
      await tx`select audit.processar_divergencias(regras => '{errada}')`
      t.equal((await c.sql`select from audit.notificacoes`).length, 0, 'not before the transaction commits')
      throw new Error('undone')
    })
    .catch(() => {})
  t.same([await warnings(c), await jobs()], [[], []])
  await c.runSession()
  const [warning] = await c.sql`select id from audit.notificacoes`
  t.same(await jobs(), [`compor_mensagem:${warning?.['id']}`])
  await compose(c.sql, warning?.['id'])
  await compose(c.sql, warning?.['id'])
  t.same(await jobs(), [`compor_mensagem:${warning?.['id']}`, `enviar_mensagem:${warning?.['id']}`])
  t.match(one(await c.sql`select * from audit.notificacoes`), {
    status: 'composta',
    destinatarios: [MANAGER],
    identificador: /^<conferente\.\d+\.[0-9a-f-]{36}@localhost>$/,
  })
})

test('queued parts of a session do not delay mail', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  await c.sql`select graphile_worker.add_job('detectar_parte', '{}', job_key => 'parte')`
  await c.runSession()
  const [warning] = await c.sql`select id from audit.notificacoes`
  await compose(c.sql, warning?.['id'])
  const jobs =
    await c.sql`select task_identifier as tarefa from graphile_worker.jobs order by priority, run_at, id`
  t.same(
    jobs.map(({ tarefa }) => tarefa),
    ['compor_mensagem', 'enviar_mensagem', 'detectar_parte'],
  )
})

test('a kind of message with its own list does not use the general one', async (t) => {
  const c = await scenario(t)
  const to = (kind: string) =>
    c.sql`select audit_interno.destinatarios(${kind}) as d`.then((rows) => one(rows)['d'])
  t.same(await to('falha'), [])
  await receive(c.sql, 'correio.destinatarios', [MANAGER, 'b@empresa.com.br'])
  await receive(c.sql, 'correio.destinatarios_falha', ['ti@empresa.com.br'])
  t.same(await to('falha'), ['ti@empresa.com.br'])
  t.same(await to('resumo'), [MANAGER, 'b@empresa.com.br'])
})

/** A rule that corrects amounts, so that the control totals move. */
const VALORES = `
  create schema dobrado;
  create function dobrado.dobrado(janela audit.janela) returns setof audit.achado language sql stable
  set search_path = pg_catalog, pg_temp as $f$
    select 'dw.lancamentos', l.id::text, jsonb_build_object('valor', l.valor_documento), 1.0, '{"tipo": "dobrado"}'::jsonb,
      'o valor não é o do documento', abs(l.valor - l.valor_documento)
    from dw.lancamentos l
    where l.valor <> l.valor_documento
      and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
      and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
      and (janela.chaves is null or l.id = any (janela.chaves::bigint[]))
  $f$;
  grant usage on schema dobrado to conferente_regra; grant execute on function dobrado.dobrado(audit.janela) to conferente_regra;
  select audit.registrar_regra('dobrado', 'Valor do documento.', 'dobrado.dobrado', 'dw.lancamentos', 'id',
    array['valor', 'valor_documento'], 'data_lancamento', 'carregado_em', 'valor', 0.9, 0.95,
    concessao_correcoes => 1000000, concessao_valor => 1e12);
  select audit.alterar_configuracao('limites.fracao', '1', 'teste')`

test('the digest’s numbers are those of the tables, to the cent', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  await c.sql.unsafe(VALORES)
  await c.book(
    { id: 1, categoria: 'BOA' },
    { id: 2, valor: 1000.1, categoria: 'BOA' },
    { id: 3, valor: 33.33, confianca: 0.5 },
    { id: 4, valor: 12345.67, confianca: 0.5 },
    { id: 5, valor: 0.01, confianca: 0.99 },
    { id: 6, valor: 500, categoria: 'BOA', carregado: '2020-01-01' },
  )
  await c.sql`update dw.lancamentos set valor = '90071992547409.93' where id = 1`
  await c.sql`update dw.lancamentos set valor_documento = case id when 2 then 100.01 else valor end`
  await c.asPerson('olivia')`select audit.processar_divergencias('auto', regras => '{errada,dobrado}')`
  await c.sql`update dw.lancamentos set valor = valor + 7.07 where id = 4`
  const [second] = await c.findings(3)
  await c.typeIn('ana', second?.id ?? 0, { categoria: 'OUTRA' })
  const facts = await content(c, 'resumo')
  const truth = one(
    await c.sql`
    select s.*, (select count(*)::int from audit.divergencias_processadas where status in ('aberta', 'aguardando_segunda_aprovacao', 'falha')) as esperam,
      (select sum(valor_em_risco)::text from audit.divergencias_processadas where status in ('aberta', 'aguardando_segunda_aprovacao', 'falha')) as valor_esperam,
      (select sum(valor_em_risco)::text from audit.divergencias_processadas) as risco,
      (select sum(valor)::text from dw.lancamentos where id < 6) as agora,
      (select c.elo::int from audit_interno.cadeia c) as elo, (select encode(c.selo, 'hex') from audit_interno.cadeia c) as selo
    from audit.sessoes_processamento s`,
  )
  t.match(facts.sessao, {
    novas: Number(truth['novas']),
    corrigidas: Number(truth['corrigidas']),
    encontradas: 4,
    recorrentes: 0,
    valor_em_risco: truth['risco'],
    valor_novas: truth['risco'],
    valor_corrigido: truth['valor_corrigido'],
  })
  t.equal(facts.sessao?.corrigidas, 2)
  t.match(facts.espera, {
    total: truth['esperam'],
    valor: truth['valor_esperam'],
    segunda: 1,
    mais_antiga_dias: 0,
    vencidas: 0,
  })
  t.equal(truth['esperam'], 2)
  t.same(facts.controle, {
    antes: '90071992560789.04', // 90071992547409.93 + 1000.10 + 33.33 + 12345.67 + 0.01
    depois: '90071992559896.02',
    diferenca: '-893.02',
    corrigido: '-900.09',
    outras: '0.00',
    sem_explicacao: '7.07',
  })
  t.equal((facts.controle as { depois: string }).depois, truth['agora'])
  t.same(facts.cadeia, { elo: truth['elo'], selo: truth['selo'] })
  t.same(
    facts.itens?.map(({ valor }) => valor),
    ['12345.67', '900.09', '33.33', '0.01'],
    'largest first',
  )
  t.same(facts.itens?.[1]?.antes, { valor: { n: '1000.10' } })
  t.match((await render(facts)).text, /valor: 1\.000,10 → 100,01/)
  t.equal(facts.itens?.[0]?.link, `http://localhost:8000/revisao?divergencia=${(await c.finding(4)).id}`)
  t.same(
    facts.regras?.map(({ nome, novas, esperando }) => [nome, novas, esperando]),
    [
      ['dobrado', 1, 0],
      ['errada', 3, 2],
    ],
  )
  t.same(
    facts.regras?.[1]?.tendencia,
    [...Array(29).fill(null), 3],
    'days without a run are not shown as zero',
  )

  await c.asPerson('olivia')`select audit.reverter_sessao(${truth['id']}, 'engano')`
  t.match(
    (await content(c, 'resumo')).controle,
    { corrigido: '-900.09', outras: '900.09', diferenca: '7.07', sem_explicacao: '7.07' },
    'a rollback since then is explained too',
  )
})

test('waiting findings become overdue after the configured days', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  await c.book(
    { id: 1, confianca: 0.5, valor: 10.5 },
    { id: 2, confianca: 0.5, valor: 20.25 },
    { id: 3, confianca: 0.5, valor: 0.07 },
  )
  await c.runSession()
  await c.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update audit.divergencias_processadas set detectada_em = now() - case registro_id when '1' then 8 when '2' then 7 else 0 end * interval '1 day'`
  })
  t.match((await content(c, 'resumo')).espera, {
    total: 3,
    valor: '30.82',
    mais_antiga_dias: 8,
    mediana_dias: 7,
    vencidas: 1,
    valor_vencidas: '10.50',
    dias_vencimento: 7,
  })
  t.notMatch((await render(await content(c, 'resumo'))).text, /adiada/)
  const overdue = await render(await content(c, 'resumo'))
  t.match(overdue.subject, /^\[Conferente\] 1 vencida, 3 esperam decisão em .*: 3 novas, 0 corrigidas$/)
  t.match(overdue.text, /^1 vencida, 3 esperam decisão$/im)
  t.match(overdue.text, /1 espera há mais de 7 dias: R\$\s10,50 em risco\./)
  await c.sql`select audit.alterar_configuracao('correio.dias_vencimento', '6', 'teste')`
  t.match((await content(c, 'resumo')).espera, { vencidas: 2, valor_vencidas: '30.75' })
  await c.sql`select audit.alterar_configuracao('correio.dias_vencimento', '30', 'teste')`
  const fresh = await render(await content(c, 'resumo'))
  t.match(fresh.subject, /^\[Conferente\] 3 esperam decisão em /)
  t.match(fresh.html, /band-gap/, 'it is not green while something waits')
})

test('a mail composed after the next session still reports its own session', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  await c.book({ id: 1, confianca: 0.5, valor: 10.5 }, { id: 2, confianca: 0.5, valor: 20.25 })
  const { id: first } = await c.runSession()
  await c.book({ id: 3, confianca: 0.5, valor: 0.07 })
  await c.sql`select audit.processar_divergencias('manual', '2000-01-01', '2100-01-01', regras => '{errada}')`
  t.match(await c.findings(1), [{ vezes_detectada: 2 }])
  const letters = await c.sql`
    select audit_interno.conteudo_mensagem(id) as c from audit.notificacoes where sessao_id = ${first as never} order by tipo`
  const [alert, digest] = letters.map((row) => factsSchema.parse(row['c']))
  t.match(alert, { tipo: 'divergencias', pedem: { total: 2, valor: '30.75', novas: 2 } })
  t.equal(alert?.itens?.length, 2)
  t.match(digest, { tipo: 'resumo', sessao: { novas: 2, valor_novas: '30.75', valor_recorrentes: '0.00' } })
})

test('a rule’s grant is shown in reais', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  await c.asPerson('adelia')`select audit.alterar_regra('errada',
    '{"automatica": true, "concessao_correcoes": 500, "concessao_valor": 3000000}', 'teste')`
  await c.book({ id: 1, confianca: 0.5 })
  await c.runSession()
  t.match(
    (await render(await content(c, 'resumo'))).text,
    /concedidas 500 correções e R\$ 3\.000\.000,00 por adelia; restam 500 e R\$ 3\.000\.000,00/,
  )
})

test('postponed findings are neither done nor overdue, and are counted separately', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  await c.book(
    { id: 1, confianca: 0.5, valor: 10.5 },
    { id: 2, confianca: 0.5, valor: 20.25 },
    { id: 3, confianca: 0.5, valor: 0.07 },
  )
  await c.runSession()
  await c.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update audit.divergencias_processadas set detectada_em = now() - interval '8 days'`
  })
  await c.postpone('ana', null, (await c.finding(1)).id, (await c.finding(2)).id)
  const some = await content(c, 'resumo')
  t.match(some, { estado: 'vencidas', espera: { total: 3, valor: '30.82', adiadas: 2, vencidas: 1 } })
  const told = await render(some)
  t.match(told.subject, /1 vencida, 1 espera decisão/)
  t.match(told.text, /3 esperam uma pessoa: R\$\s30,82 em risco\. 2 delas estão adiadas\./)
  await c.postpone('ana', null, (await c.finding(3)).id)
  const all = await content(c, 'resumo')
  t.match(all, { estado: 'feito', espera: { total: 3, adiadas: 3, vencidas: 0 } })
  t.match((await render(all)).text, /3 delas estão adiadas/)
})

test('gaps are reported: a failed rule, no rows, a limit; the digest goes out when nothing was found, and says so', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  await c.runSession()
  t.match(await content(c, 'resumo'), {
    estado: 'lacunas',
    lacunas: [{ tipo: 'nenhuma_linha' }],
    espera: { total: 0, valor: '0.00' },
  })
  await c.book({ id: 1, categoria: 'BOA' })
  await c.runSession()
  t.match(await content(c, 'resumo'), {
    estado: 'feito',
    lacunas: [],
    itens: [],
    sessao: { encontradas: 0, linhas_examinadas: 1 },
  })
  await c.sql`update dw.ajuste set quebrada = true`
  await c.runSession()
  t.match(await content(c, 'resumo'), {
    estado: 'falhou',
    lacunas: [{ tipo: 'regra_falhou', regra: 'errada', texto: 'a regra quebrou' }],
  })
  await c.sql`update dw.ajuste set quebrada = false`
  await c.sql`select audit.alterar_configuracao('limites.linhas', '0', 'teste')`
  await c.book({ id: 2 })
  await c.runSession('auto')
  t.match(await content(c, 'limite'), {
    lacunas: [{ tipo: 'limite', texto: /limite/ }],
    itens: [{ registro_id: '2' }],
  })
  await c.sql`alter table dw.lancamentos rename to perdida`
  t.match(await content(c, 'resumo'), { controle: null }, 'and when the warehouse cannot be read')
})

const AGENDA = `update audit.configuracoes_sistema set alterada_em = '2026-01-01' where chave like 'agenda.%'`

test('if no session ended in time, there is one alert for the day, however many check and how often', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  const look = async (at: string, who = c.sql) => [
    ...(await who`select dia::text, status from audit_interno.conferir_ausencia(${at}::timestamptz)`),
  ]
  t.same(await look('2026-11-20 11:30Z'), [], 'the schedule was changed after that')
  await c.sql.unsafe(AGENDA)
  t.same(
    await look('2026-11-20 10:59:59Z'),
    [{ dia: '2026-11-19', status: 'pendente' }],
    "today's is not due yet, but yesterday's was",
  )
  t.same(await look('2026-11-20 11:00Z'), [{ dia: '2026-11-20', status: 'pendente' }], '08:00 in São Paulo')
  t.same(await look('2026-11-20 11:00Z'), [])
  t.same(await look('2026-11-20 20:00Z'), [])
  const all = await Promise.all(
    Array.from({ length: 6 }, () => look('2026-11-21 12:00Z', c.connectAs('api'))),
  )
  t.equal(all.flat().length, 1, 'several processes at once, with no more rights than the API has')
  t.equal(await sqlstate(c.asPerson('leo')`select audit_interno.conferir_ausencia()`), '42501')

  await c.sql`select audit.alterar_configuracao('agenda.cron', '"0 7 * * 1-5"', 'teste')`
  await c.sql.unsafe(AGENDA)
  t.same(await look('2026-11-22 20:00Z'), [], "none was due on Saturday or Sunday; Friday's was reported")
  await c.sql`select audit.alterar_configuracao('agenda.prazo', '"06:00"', 'teste')`
  await c.sql.unsafe(AGENDA)
  t.same(await look('2026-11-23 20:00Z'), [], 'a deadline earlier than the due time means the next morning')
  t.same(await look('2026-11-24 09:00Z'), [{ dia: '2026-11-23', status: 'pendente' }])
})

test("the day's session prevents the alert; a session over a few days or one rule does not", async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', [MANAGER])
  await c.sql`update audit.regras set ativa = nome = 'errada'`
  await c.sql`select audit.alterar_configuracao('agenda.fuso', '"UTC"', 'teste')`
  await c.sql.unsafe(AGENDA)
  const tonight = () => c.sql`
    select from audit_interno.conferir_ausencia(date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' + interval '23:59:59')`
  const olivia = c.asPerson('olivia')
  const undo = () => c.sql`delete from audit.notificacoes where tipo = 'ausencia'`
  await olivia`select audit.processar_divergencias('manual', '2026-11-01', '2026-11-30')`
  t.equal((await tonight()).length, 1)
  await undo()
  await olivia`select audit.solicitar_processamento('manual')`
  t.equal((await tonight()).length, 1, 'a queued session has not ended')
  const [row] =
    await c.sql`select audit_interno.conteudo_mensagem(id) as c from audit.notificacoes where tipo = 'ausencia'`
  t.match(factsSchema.parse(row?.['c']).ausencia, {
    prazo: '08:00',
    prevista: '07:00:00',
    em_curso: { status: 'agendada' },
  })
  await undo()
  await olivia`select audit.processar_divergencias('manual')`
  t.equal((await tonight()).length, 0)
})

test('the first due time of a day is the one that the worker keeps', async (t) => {
  const c = await scenario(t)
  for (const cron of [
    '0 7 * * *',
    '30 6 * * 1-5',
    '*/20 9-11 1,15 * *',
    '5 0 * 2 *',
    '0 7 13 * 5',
    '15 22 * * 0',
    '15 22 * * 7',
    '0 */6 */10 1-6/2 *',
    '0 7 29 2 *',
  ]) {
    const rows = await c.sql<{ dia: string; hora: string | null }[]>`
      select d::date::text as dia, audit_interno.hora_prevista(${cron}, d::date)::text as hora
      from generate_series('2028-01-01'::timestamp, '2028-12-31', '1 day') as d`
    const due = new Map<string, string>()
    for (let at = new Date('2027-12-31T23:59:59Z'); ; ) {
      const [next] = nextRuns({ cron, fuso: 'UTC' }, at, 1)
      if (!next || next.toISOString() > '2029') break
      const [day = '', hour = ''] = next.toISOString().split(/[T.]/)
      due.set(day, hour)
      at = new Date(`${day}T23:59:59Z`)
    }
    t.same(
      rows.filter(({ hora }) => hora !== null).map(({ dia, hora }) => [dia, hora]),
      [...due],
      cron,
    )
  }
})

test('the diagnosis says what mail still needs, and is silent once it is set up', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeWarehouse(sql)
  const lacks = async () =>
    (
      await connectAs(
        'leo',
      )`select item, situacao, detalhe, sugestao from audit.diagnosticar_contrato() where item like 'correio.%'`
    ).map(({ item, situacao }) => `${situacao} ${item}`)
  t.same(await lacks(), ['aviso correio.destinatarios', 'aviso correio.pagina', 'aviso correio.remetente'])
  await receive(sql, 'correio.destinatarios_resumo', [MANAGER])
  const [nobody] = await connectAs(
    'leo',
  )`select detalhe from audit.diagnosticar_contrato() where item = 'correio.destinatarios'`
  t.equal(nobody?.['detalhe'], 'ninguém recebe as mensagens de divergencias, falha, limite, ausencia')
  await receive(sql, 'correio.destinatarios', [MANAGER])
  const set = (keyType: string, valor: string) =>
    sql`select audit.alterar_configuracao(${keyType}, ${sql.json(valor)}, 'teste')`
  for (const here of ['http://127.0.0.1:8000/x', 'https://LOCALHOST']) {
    await set('correio.pagina', here)
    t.same(await lacks(), ['aviso correio.pagina', 'aviso correio.remetente'], here)
  }
  await set('correio.pagina', 'https://localhost.empresa.com.br')
  t.same(await lacks(), ['aviso correio.remetente'])
  await set('correio.remetente', 'conferente@localhost')
  t.same(await lacks(), ['aviso correio.remetente'])
  await set('correio.remetente', 'Conferente <conferente@empresa.com.br>')
  t.same(await lacks(), [])
})
