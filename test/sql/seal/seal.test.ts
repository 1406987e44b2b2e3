import t from 'tap'
import { one, type Scenario, scenario, sqlstate } from '../../helper/scenario.ts'

/** Walks the whole chain as an auditor would, using only the operations, after the worker has sealed. */
async function check(c: Scenario, t: Tap) {
  await c.sql`select audit_interno.selar()`
  const [chain] = await c.sql`
    select count(*)::int as elos, coalesce(bool_and(elo = ordem), true) as contigua,
      coalesce(bool_and(selo_anterior = anterior), true) as ligada,
      coalesce(bool_and(selo = sha256(selo_anterior || int8send(elo) || resumo)), true) as selada,
      coalesce(bool_and(resumo = audit_interno.resumo_operacao(id)), true) as reconferida
    from (select o.*, row_number() over w as ordem, lag(selo, 1, sha256('conferente')) over w as anterior
      from audit.operacoes o where elo is not null window w as (order by elo)) as x`
  t.match(chain, { contigua: true, ligada: true, selada: true, reconferida: true })
  const [headLink] =
    await c.sql`select k.elo::int, k.selo = coalesce((select selo from audit.operacoes order by elo desc nulls last limit 1), k.selo) as igual
    from audit_interno.cadeia k`
  t.match(headLink, { elo: chain?.['elos'], igual: true })
  const loose =
    await c.sql`select from audit.operacoes where (status <> 'em_andamento') <> (selo is not null)`
  t.equal(loose.length, 0, 'what ended is sealed, what is under way is not')
  return Number(chain?.['elos'])
}
type Tap = Pick<typeof t, 'match' | 'equal'>

t.test('every operation that ended is sealed, and the seal can be computed again', async (t) => {
  const c = await scenario(t)
  await c.book(
    { id: 1 },
    { id: 2, descricao: 'teimosa' },
    { id: 3, confianca: 0.5 },
    { id: 4, confianca: 0.5 },
  )
  await c.runSession('auto')
  await c.approve('ana', (await c.finding(3)).id)
  await c.reject('ana', (await c.finding(4)).id)
  await c.asPerson('ana')`select audit.reverter_divergencias(${[(await c.finding(1)).id]}, 'x')`
  await c.asPerson(
    'ana',
  )`select audit.declarar_excecao('errada', 'dw.lancamentos', '1', 'x', now() + interval '1 day')`
  await c.asPerson('adelia')`select audit.alterar_configuracao('limites.linhas', '10', 'x')`
  t.ok((await check(c, t)) >= 8)

  const [other] = await c.sql.begin(async (tx) => {
    await tx.unsafe(`set local timezone = 'Asia/Tokyo'; set local datestyle = 'SQL, DMY'; set local intervalstyle = 'iso_8601';
      set local bytea_output = 'escape'; set local extra_float_digits = -5; set local lc_numeric = 'C'`)
    return tx`select bool_and(resumo = audit_interno.resumo_operacao(id)) as igual from audit.operacoes where elo is not null`
  })
  t.equal(other?.['igual'], true, "whatever the session's settings")

  await c.sql.begin(async (tx) => {
    await tx.unsafe(
      `set local session_replication_role = replica; update audit.alteracoes set antes = '{"categoria": "X"}'`,
    )
    const [falseOne] =
      await tx`select bool_and(resumo = audit_interno.resumo_operacao(id)) as igual from audit.operacoes where elo is not null`
    t.equal(falseOne?.['igual'], false, 'a changed fact no longer fits its seal')
    await tx`rollback and chain`
  })
})

t.test('simultaneous transactions never fork the chain', async (t) => {
  const c = await scenario(t)
  const before = await check(c, t)
  const registrar = (who: 'ana' | 'bruno' | 'olivia') =>
    c.asPerson(
      who,
    )`select audit.finalizar_operacao(audit.registrar_operacao('externa', 'carga'), 'concluida', 3)`
  await Promise.all(
    Array.from({ length: 30 }, (_, i) => registrar((['ana', 'bruno', 'olivia'] as const)[i % 3] ?? 'ana')),
  )
  t.equal(await check(c, t), before + 30)

  await c.sql.begin('isolation level repeatable read', async (tx) => {
    await tx`select audit.finalizar_operacao(audit.registrar_operacao('externa', 'lenta'))`
    await c.sql`select audit.finalizar_operacao(audit.registrar_operacao('externa', 'rápida'))`
  })
  const [slow] = await c.sql`select elo from audit.operacoes where motivo = 'lenta'`
  t.equal(
    slow?.['elo'],
    null,
    'a snapshot older than the head neither forks the chain nor fails; it waits for its seal',
  )
  t.equal(await check(c, t), before + 32)

  await t.rejects(
    c.asPerson('ana').begin(async (tx) => {
      await tx`select audit.finalizar_operacao(audit.registrar_operacao('externa', 'desfeita'))`
      throw new Error('rollback')
    }),
  )
  t.equal(await check(c, t), before + 32)
})

t.test('facts are append-only, for owner and superuser alike', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await c.runSession('auto')
  await c.asPerson(
    'ana',
  )`select audit.declarar_excecao('errada', 'dw.lancamentos', '1', 'x', now() + interval '1 day')`
  const columns = {
    operacoes: 'motivo = null',
    deteccoes: 'confianca = 1',
    alteracoes: `antes = '{}'`,
    decisoes: `motivo = 'y'`,
    excecoes: `motivo = 'y'`,
    divergencias_processadas: `valores_propostos = '{}'`,
  }
  await c.book({ id: 2, confianca: 0.5 })
  await c.runSession()
  await c.approve('ana', (await c.finding(2)).id)
  for (const role of ['conferente_dono', 'postgres']) {
    for (const [table, change] of Object.entries(columns)) {
      for (const act of [
        `update audit.${table} set ${change}`,
        `delete from audit.${table}`,
        `truncate audit.${table} cascade`,
      ]) {
        const answer = sqlstate(
          c.sql.begin(async (tx) => {
            if (role !== 'postgres') await tx.unsafe(`set local role ${role}`)
            await tx.unsafe(act)
          }),
        )
        t.equal(await answer, 'NC013', `${role}: ${act}`)
      }
    }
  }
  await check(c, t)
})

t.test('an operation outside the engine is opened and ended by the same person', async (t) => {
  const c = await scenario(t)
  const ana = c.asPerson('ana')
  const open = async () =>
    Number(one(await ana`select audit.registrar_operacao('exportacao', 'mês 10') as id`)['id'])
  const id = await open()
  t.equal(await sqlstate(ana`select audit.registrar_operacao('correcao', 'forjada')`), 'NC001')
  t.equal(await sqlstate(ana`select audit.registrar_operacao(null, 'x')`), 'NC001')
  t.equal(await sqlstate(ana`select audit.registrar_operacao('externa', ' ')`), 'NC006')
  for (const details of ['[1]', '"x"', '1', 'null']) {
    t.equal(
      await sqlstate(ana`select audit.registrar_operacao('externa', 'x', ${details}::text::jsonb)`),
      'NC001',
      details,
    )
  }
  t.equal(await sqlstate(c.asPerson('bruno')`select audit.finalizar_operacao(${id})`), 'NC007')
  t.equal(await sqlstate(ana`select audit.finalizar_operacao(${id}, 'em_andamento')`), 'NC001')
  t.equal(await sqlstate(ana`select audit.finalizar_operacao(${id}, 'concluida', -1)`), 'NC001')
  t.equal(await sqlstate(ana`select audit.finalizar_operacao(${id}, 'concluida', 1, '["x"]')`), 'NC001')
  t.equal(await sqlstate(ana`select audit.finalizar_operacao(9999)`), 'NC004')
  await ana`select audit.finalizar_operacao(${id}, 'falhou', 7, '{"arquivo": "x.csv"}')`
  t.match(one(await c.sql`select status, linhas, detalhes from audit.operacoes where id = ${id}`), {
    status: 'falhou',
    linhas: 7n,
    detalhes: { arquivo: 'x.csv' },
  })
  t.equal(await sqlstate(ana`select audit.finalizar_operacao(${id})`), 'NC005')
  const internal = one(await c.sql`select min(id) as id from audit.operacoes where tipo = 'regra'`)['id']
  t.equal(await sqlstate(ana`select audit.finalizar_operacao(${internal})`), 'NC004')
  await open()
  await check(c, t)
})
