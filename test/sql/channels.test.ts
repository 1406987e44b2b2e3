// What channels report, who sets them up, and where their secrets are not.
import t from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { newcomer } from '../helper/database.ts'
import { one, scenario, sqlstate } from '../helper/scenario.ts'

const SLACK = 'https://hooks.slack.com/services/T0CHAVE/B0SECRETA/x9f2kq7w'
const SEGREDO = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const equipe = (adelia: Sql, name = 'equipe') =>
  adelia`select * from audit.salvar_canal(${name}, 'para a equipe', 'slack', ${SLACK})`

/** One look of the worker: what it queued, without the reports on single sessions. */
const olhar = async (sql: Sql) => {
  const ids = (await sql`select f.id from audit_interno.conferir_alarmes() f`).map(({ id }) => id as bigint)
  const saidOnes = await sql`select n.tipo, a.tipo as problema, a.chave from audit.notificacoes n
    left join audit_interno.alarmes a on a.id = n.alarme_id where n.id = any (${ids.map(String)}::text[]::bigint[]) order by n.tipo, a.tipo, a.chave`
  return saidOnes.map(({ tipo, problema, chave }) =>
    tipo === 'resolvido' ? `resolvido: ${problema} ${chave}` : `${tipo}: ${chave}`,
  )
}

t.test('only administrators change channels, and each change is an operation', async (t) => {
  const c = await scenario(t)
  const adelia = c.asPerson('adelia')
  t.match(one(await equipe(adelia)), {
    nome: 'equipe',
    servidor: 'https://hooks.slack.com',
    eventos: ['abertas', 'pessoa', 'limite', 'autonomia', 'falha', 'resolvido'],
    sem_valores: false,
    idioma: 'pt-BR',
    ativo: true,
    criado_por: 'adelia',
  })
  const mudado = one(
    await adelia`select * from audit.salvar_canal('equipe', 'menos', eventos => '{falha,resolvido}', sem_valores => true, idioma => 'en')`,
  )
  t.match(mudado, { tipo: 'slack', eventos: ['falha', 'resolvido'], sem_valores: true, idioma: 'en' })
  t.match(one(await adelia`select * from audit.desligar_canal('equipe', 'mudou')`), { ativo: false })
  t.equal(await sqlstate(adelia`select audit.testar_canal('equipe')`), 'NC005')
  t.match(one(await adelia`select * from audit.salvar_canal('equipe', 'voltou')`), {
    ativo: true,
    idioma: 'en',
  })
  t.match(one(await adelia`select * from audit.testar_canal('equipe')`), {
    tipo: 'teste',
    status: 'pendente',
  })
  t.equal(
    one(
      await c.sql`select count(*)::int as n from audit.operacoes where tipo = 'canal' and status = 'concluida'`,
    )['n'],
    5,
  )
  for (const who of ['leo', 'ana', 'olivia'] as const) {
    for (const act of [
      `salvar_canal('x', 'x', 'slack', '${SLACK}')`,
      `desligar_canal('equipe', 'x')`,
      `testar_canal('equipe')`,
    ])
      t.equal(await sqlstate(c.asPerson(who).unsafe(`select audit.${act}`)), '42501', `${who} ${act}`)
  }
  t.equal(await sqlstate(adelia`select audit.desligar_canal('outro', 'x')`), 'NC004')
  t.equal(await sqlstate(adelia`select audit.testar_canal('outro')`), 'NC004')
  t.equal(await sqlstate(adelia`select audit.desligar_canal('equipe', ' ')`), 'NC006')
  t.equal(await sqlstate(adelia`select audit.salvar_canal('equipe', '')`), 'NC006')
})

t.test('an unusable address or secret is refused, and no error repeats it', async (t) => {
  const c = await scenario(t)
  const adelia = c.asPerson('adelia')
  const save = async (
    type: string | null,
    address: string | null,
    segredo: string | null = null,
    name = 'novo',
  ) => {
    try {
      await adelia`select audit.salvar_canal(${name}, 'x', ${type}, ${address}, ${segredo})`
      return 'aceito'
    } catch (error) {
      const said = JSON.stringify(error, ['message', 'detail', 'hint', 'where'])
      for (const part of ['x9f2kq7w', 'AbCdEfGh']) if (said.includes(part)) t.fail(`said: ${said}`)
      return (error as { code: string }).code
    }
  }
  for (const address of [
    'http://hooks.slack.com/services/x9f2kq7w',
    'ftp://hooks.slack.com/x9f2kq7w',
    'https://ana:x9f2kq7w@hooks.slack.com/',
    'https://hooks.slack.com@evil.example/x9f2kq7w',
    'https://hooks.slack.com/x9f2kq7w#x',
    'https://hooks.slack.com/x9f2kq7w\r\nx: y',
    'https://hooks.slack.com\\@evil.example/x9f2kq7w',
    'http://localhost.evil.example/x9f2kq7w',
    'http://127.0.0.1.evil.example/x9f2kq7w',
    'https:///x9f2kq7w',
    `https://hooks.slack.com/${'x9f2kq7w'.repeat(300)}`,
    'javascript:x9f2kq7w',
    '',
    null,
  ])
    t.equal(await save('slack', address), 'NC009', String(address).slice(0, 60))
  for (const address of [
    'https://[2001:db8::1]:8443/x?y=1',
    'http://localhost:3000/x',
    'http://[::1]/x',
    'https://a.b.c',
  ])
    t.equal(await save('slack', address, null, 'bom'), 'aceito', address)
  for (const segredo of [
    null,
    'AbCdEfGh',
    'whsec_AbCdEfGh',
    `whsec_${'A'.repeat(200)}`,
    'whsec_%%%%',
    `${SEGREDO}=`,
  ])
    t.equal(await save('webhook', 'https://a.b.c/x9f2kq7w', segredo), 'NC009', String(segredo))
  t.equal(await save('slack', SLACK, SEGREDO), 'NC009', 'only a webhook is signed')
  t.equal(await save('webhook', 'https://a.b.c', SEGREDO, 'assinado'), 'aceito')
  t.equal(await save('slack', null, null, 'assinado'), 'NC009', "another kind with this one's address")
  t.equal(await save('email', SLACK), 'NC009')
  t.equal(await save('slack', SLACK, null, 'Equipe Financeira'), 'NC009')
  t.equal(
    await sqlstate(adelia`select audit.salvar_canal('novo', 'x', 'slack', ${SLACK}, eventos => '{tudo}')`),
    'NC009',
  )
  t.equal(
    await sqlstate(adelia`select audit.salvar_canal('novo', 'x', 'slack', ${SLACK}, eventos => '{}')`),
    'NC009',
  )
  t.same(await c.sql`select nome from audit.canais order by nome`, [{ nome: 'assinado' }, { nome: 'bom' }])
})

t.test(
  'neither the address nor the secret can be read by any role that people or the API have',
  async (t) => {
    const c = await scenario(t)
    await c.asPerson('adelia')`select audit.salvar_canal('robo', 'x', 'webhook', ${SLACK}, ${SEGREDO})`
    const { id } = one(await c.asPerson('adelia')`select id from audit.testar_canal('robo')`)
    await c.sql`select from audit_interno.compor_mensagem(${id})`
    for (const who of ['leo', 'ana', 'olivia', 'adelia', 'api'] as const) {
      const p = c.asPerson(who)
      t.equal(await sqlstate(p`select * from audit_interno.destinos_canais`), '42501', who)
      t.equal(await sqlstate(p`select * from audit_interno.destino_canal(${id})`), '42501', who)
      t.equal(await sqlstate(p`select audit_interno.conferir_alarmes()`), '42501', who)
    }
    for (const role of ['conferente_regra', 'conferente_escrita', 'conferente_servico']) {
      t.same(
        await c.sql`select 1 where has_table_privilege(${role}, 'audit_interno.destinos_canais', 'select')
        or has_function_privilege(${role}, 'audit_interno.destino_canal(bigint)', 'execute')`,
        [],
        role,
      )
    }
    // Everything that there is, except the one table.
    const relations = await c.sql`select c.oid::regclass::text as nome from pg_class c
    where c.relkind in ('r', 'v', 'm') and c.relnamespace::regnamespace::text in ('audit', 'audit_interno', 'graphile_worker')
      and c.oid <> 'audit_interno.destinos_canais'::regclass`
    t.ok(relations.length > 50)
    for (const { nome } of relations) {
      const [row] = await c.sql.unsafe(
        `select 1 from ${nome} x where strpos(x::text, 'x9f2kq7w') > 0 or strpos(x::text, '${SEGREDO}') > 0 limit 1`,
      )
      t.equal(row, undefined, nome)
    }
  },
)

t.test('a failed channel test does not count as mail given up', async (t) => {
  const c = await scenario(t)
  await equipe(c.asPerson('adelia'))
  const { id } = one(await c.asPerson('adelia')`select id from audit.testar_canal('equipe')`)
  const ready = () => c.sql`select pronta, quantos from audit_interno.prontidao() where parte = 'correio'`
  await c.sql`update audit.notificacoes set criada_em = now() - interval '5 days' where id = ${id}`
  t.match([...(await ready())], [{ pronta: true }], 'nor does waiting mail')
  await c.sql`update audit.notificacoes set criada_em = now(), status = 'falhou', ultimo_erro = '404', desistida_em = now() where id = ${id}`
  t.match([...(await ready())], [{ pronta: true, quantos: 0n }])
  t.same((await c.sql`select audit_interno.conteudo_correio(${id} + 1, 'UTC') as c`)[0]?.['c'], [])
})

t.test('a rule that fails is reported once, and once when it runs again', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.5 })
  await equipe(c.asPerson('adelia'))
  const { sql } = c
  await sql`update dw.ajuste set quebrada = true`
  await c.runSession()
  t.same(await olhar(sql), ['falha: regra errada'])
  t.same(await olhar(sql), [], 'looking again reports nothing new')
  await c.runSession()
  await c.runSession()
  t.same(await olhar(sql), [], 'it still fails, which was reported already')
  await sql`update dw.ajuste set quebrada = false`
  await c.runSession()
  t.same(await olhar(sql), ['abertas: fila', 'resolvido: falha regra errada'])
  await c.runSession()
  t.same(await olhar(sql), [], 'a session that opens nothing is silent')
  await sql`update dw.ajuste set quebrada = true`
  await c.runSession()
  t.same(await olhar(sql), ['falha: regra errada'], 'another time is another problem')
  const problemas = await sql`select id, desfecho from audit_interno.alarmes where tipo = 'falha' order by id`
  t.match([...problemas], [{ desfecho: 'bem' }, { desfecho: null }])
  t.same(
    (await sql`select distinct alarme_id from audit.notificacoes where alarme_id = ${problemas[0]?.['id']}`)
      .length,
    1,
    'beginning and end carry the same number',
  )
  await sql`update audit.regras set ativa = false where nome = 'errada'`
  t.same(await olhar(sql), ['resolvido: falha regra errada'])
  t.equal(
    one(await sql`select desfecho from audit_interno.alarmes order by id desc limit 1`)['desfecho'],
    'desativada',
  )
})

t.test('a failure that was fixed before anybody looked is still reported', async (t) => {
  const c = await scenario(t)
  await equipe(c.asPerson('adelia'))
  await c.book({ id: 1, confianca: 0.99 })
  await c.sql`update dw.ajuste set quebrada = true`
  await c.runSession()
  await c.sql`update dw.ajuste set quebrada = false`
  await c.runSession('auto')
  t.same(await olhar(c.sql), ['falha: regra errada', 'resolvido: falha regra errada'])
})

t.test('a session that broke off is made good only by one over the same window', async (t) => {
  const c = await scenario(t)
  await equipe(c.asPerson('adelia'))
  const session = async (from: string | null, status: string, step: string, rules = ['errada']) => {
    const { id } = one(
      await c.sql`
      insert into audit.sessoes_processamento (modo, status, incremental, data_inicio, data_fim, regras, solicitada_por, inicio_processamento)
      values ('auto', 'em_andamento', ${from === null}, ${from}::text::date, ${from}::text::date, ${rules}, 'olivia', now()) returning id`,
    )
    await c.sql`update audit.sessoes_processamento set status = ${status}, etapa = ${step}, mensagem = '53100: disco cheio', fim_processamento = now() where id = ${id}`
  }
  await session(null, 'falhou', 'deteccao')
  await session('2026-10-01', 'falhou', 'deteccao')
  t.same(await olhar(c.sql), ['falha: sessao 2026-10-01 a 2026-10-01', 'falha: sessao incremental'])
  await session('2026-11-01', 'concluida', 'fim')
  await session(null, 'concluida', 'fim', ['trade_marketing'])
  t.same(await olhar(c.sql), [], 'another window, or other rules, say nothing about it')
  await session(null, 'concluida_com_falhas', 'fim')
  t.same(await olhar(c.sql), ['resolvido: falha sessao incremental'])
  await session('2026-10-01', 'cancelada', 'fim')
  t.same(await olhar(c.sql), [], 'nor does a cancelled session')
  await session(null, 'falhou', 'deteccao')
  t.same(
    await olhar(c.sql),
    ['falha: sessao incremental'],
    'an old window that nobody ran again hides nothing',
  )
})

t.test('a limit is reported, and so is the next session that stays within it', async (t) => {
  const c = await scenario(t)
  await equipe(c.asPerson('adelia'))
  await c.sql`select audit.alterar_configuracao('limites.linhas', '1', 'teste')`
  await c.book({ id: 1 }, { id: 2 }, { id: 3 })
  await c.runSession('auto')
  t.same(await olhar(c.sql), ['abertas: fila', 'limite: incremental'])
  await c.runSession('auto')
  t.same(await olhar(c.sql), [])
  await c.runSession('manual')
  t.same(await olhar(c.sql), [], 'a session that corrects nothing proves nothing')
  await c.sql`select audit.alterar_configuracao('limites.linhas', '1000', 'teste')`
  await c.runSession('auto')
  t.same(await olhar(c.sql), ['resolvido: abertas fila', 'resolvido: limite incremental'])
})

t.test(
  'reported: a second person needed, findings forwarded or overdue, and when nobody is needed any more',
  async (t) => {
    const c = await scenario(t)
    await equipe(c.asPerson('adelia'))
    await c.book(
      { id: 1, confianca: 0.5, valor: 200_000 },
      { id: 2, confianca: 0.5 },
      { id: 3, confianca: 0.5 },
    )
    await c.runSession()
    t.same(await olhar(c.sql), ['abertas: fila'], 'three findings, one message')
    const ids = [(await c.finding(1)).id, (await c.finding(2)).id, (await c.finding(3)).id] as const
    await c.approve('ana', ids[0])
    await c.forward('ana', 'bruno', ids[1])
    await c.sql`alter table audit.divergencias_processadas disable trigger proteger_identidade`
    await c.sql`update audit.divergencias_processadas set detectada_em = now() - interval '9 days' where id = ${ids[2]}`
    t.same(await olhar(c.sql), [
      'pessoa: encaminhadas bruno',
      'pessoa: segunda aprovacao',
      'pessoa: vencidas',
    ])
    await c.postpone('ana', '2099-01-01', ids[2])
    t.same(await olhar(c.sql), ['resolvido: pessoa vencidas'], 'what is postponed is not overdue')
    await c.approve('bruno', ids[0])
    await c.reject('bruno', ids[1])
    t.same(await olhar(c.sql), [
      'resolvido: abertas fila',
      'resolvido: pessoa encaminhadas bruno',
      'resolvido: pessoa segunda aprovacao',
    ])
    t.same(await olhar(c.sql), [])
  },
)

t.test(
  'reported: a rule loses auto and gets it back, a schedule that fails, a day without a session',
  async (t) => {
    const c = await scenario(t)
    await equipe(c.asPerson('adelia'))
    await c.sql`update audit.regras set automatica = false, automatica_perdida = 'perdeu a correção automática' where nome = 'errada'`
    t.same(await olhar(c.sql), ['autonomia: errada'])
    await c.asPerson('adelia')`select audit.alterar_regra('errada', '{"automatica": true}', 'conferida')`
    t.same(await olhar(c.sql), ['resolvido: autonomia errada'])
    await c.sql`insert into audit.agendamentos (previsto_para, agendado_por, erro_codigo, erro_mensagem) values (now() - interval '1 day', 'x', 'NC010', 'sem armazém')`
    await c.sql`insert into audit.notificacoes (tipo, dia) values ('ausencia', current_date)`
    t.same(await olhar(c.sql), ['falha: agenda', 'falha: ausencia'])
    const { id } = await c.runSession()
    await c.sql`insert into audit.agendamentos (previsto_para, agendado_por, sessao_id) values (now(), 'x', ${id})`
    t.same(await olhar(c.sql), ['resolvido: falha agenda', 'resolvido: falha ausencia'])
  },
)

t.test('a channel gets the events it asked for, and the end of each', async (t) => {
  const c = await scenario(t)
  const adelia = c.asPerson('adelia')
  await equipe(adelia, 'tudo')
  await equipe(adelia, 'falhas')
  await adelia`select audit.salvar_canal('falhas', 'x', eventos => '{falha}')`
  await equipe(adelia, 'fins')
  await adelia`select audit.salvar_canal('fins', 'x', eventos => '{resolvido}')`
  await equipe(adelia, 'mudo')
  await adelia`select audit.desligar_canal('mudo', 'x')`
  const ouviram = async () =>
    (
      await c.sql`select c.nome || ' ' || f.tipo as quem from audit_interno.conferir_alarmes() f join audit.canais c on c.id = f.canal_id order by 1`
    ).map(({ quem }) => quem)
  await c.sql`update dw.ajuste set quebrada = true`
  await c.runSession()
  t.same(await ouviram(), ['falhas falha', 'tudo falha'])
  await equipe(adelia, 'tarde')
  await c.sql`update dw.ajuste set quebrada = false`
  await c.runSession()
  t.same(await ouviram(), ['tudo resolvido'])
  await c.book({ id: 1, confianca: 0.5 })
  await c.sql`update dw.ajuste set quebrada = true`
  await c.runSession()
  await c.sql`update dw.ajuste set quebrada = false`
  await c.runSession()
  await equipe(adelia, 'nova')
  t.same(
    await ouviram(),
    [
      'falhas falha',
      'tarde abertas',
      'tarde falha',
      'tarde resolvido',
      'tudo abertas',
      'tudo falha',
      'tudo resolvido',
    ],
    'a new channel gets no events from before it existed, however late somebody looks',
  )
})

t.test('however many processes check at once, each event is reported once', async (t) => {
  const c = await scenario(t)
  await equipe(c.asPerson('adelia'))
  await c.book({ id: 1, confianca: 0.5 })
  const worker = await newcomer(t, c, 'olho', 'conferente_dono')
  const olhos = Array.from({ length: 4 }, () => worker.connect())
  await c.sql`update dw.ajuste set quebrada = true`
  await c.runSession()
  await c.sql`update dw.ajuste set quebrada = false`
  await c.runSession()
  const saidTexts = (
    await Promise.all(
      olhos.map(async (olho) => {
        await olho`set role conferente_dono`
        return olhar(olho)
      }),
    )
  ).flat()
  t.same(saidTexts.sort(), ['abertas: fila', 'falha: regra errada', 'resolvido: falha regra errada'])
})

t.test('a session whose transaction stays open delays no report', async (t) => {
  const c = await scenario(t)
  await equipe(c.asPerson('adelia'))
  const falhar = async (sql: Sql) => {
    const { id } = one(
      await sql`
      insert into audit.sessoes_processamento (modo, status, incremental, regras, solicitada_por)
      values ('manual', 'em_andamento', true, '{errada}', 'olivia') returning id`,
    )
    await sql`update audit.sessoes_processamento set status = 'falhou', fim_processamento = now() where id = ${id}`
  }
  const opened = await c.sql.reserve()
  await opened`begin`
  await falhar(opened)
  await falhar(c.sql)
  await c.sql`select set_config('lock_timeout', '5s', false)`
  t.same(await olhar(c.sql), ['falha: sessao incremental'])
  await opened`rollback`
  opened.release()
})

t.test('an administrator who keeps a transaction open delays no report', async (t) => {
  const c = await scenario(t)
  await equipe(c.asPerson('adelia'))
  await c.sql`update dw.ajuste set quebrada = true`
  await c.runSession()
  await c.asPerson('adelia')`select audit.testar_canal('equipe')` // creates this kind of job, as where a worker has run
  const opened = await c.connectAs('adelia').reserve()
  await opened`begin`
  await equipe(opened)
  await opened`select audit.testar_canal('equipe')`
  await c.sql`select set_config('lock_timeout', '5s', false)`
  t.same(await olhar(c.sql), ['falha: regra errada'])
  await opened`rollback`
  opened.release()
})

t.test('a simulation reports nothing', async (t) => {
  const c = await scenario(t)
  await equipe(c.asPerson('adelia'))
  await c.book({ id: 1, confianca: 0.5 })
  await c.asPerson(
    'olivia',
  )`select audit.processar_divergencias('auto', regras => '{errada}', simular => true)`
  t.same(await olhar(c.sql), [])
})

t.test('a channel without amounts gets no amount, and no text that may hold one', async (t) => {
  const c = await scenario(t)
  const adelia = c.asPerson('adelia')
  await equipe(adelia, 'com')
  await equipe(adelia, 'sem')
  await adelia`select audit.salvar_canal('sem', 'x', sem_valores => true)`
  await c.sql`select audit.alterar_configuracao('limites.valor', '1000', 'teste')`
  await c.book({ id: 1, valor: 4321.98 }, { id: 2, valor: 98765.43 })
  await c.runSession('auto')
  await c.sql`select audit_interno.compor_mensagem(n.id) from audit_interno.conferir_alarmes() n`
  const saidTexts = async (name: string) =>
    (
      await c.sql`select n.conteudo::text from audit.notificacoes n join audit.canais c on c.id = n.canal_id where c.nome = ${name}`
    )
      .map(({ conteudo }) => conteudo as string)
      .join('\n')
  const [com, without] = [await saidTexts('com'), await saidTexts('sem')]
  t.match(com, /103\.?087[.,]41/)
  t.match(com, /o limite da sessão é R\$ 1\.000,00/)
  t.notMatch(without, /103\.?087|1\.?000|R\$|valor/)
  t.match(without, /"novas": 2/, 'counts are not amounts')
})
