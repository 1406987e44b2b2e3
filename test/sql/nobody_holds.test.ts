// Promise 12: no role can hold what others need. Tried as by an adversary in psql, in a transaction left open.
import t, { type Test } from 'tap'
import { type Connection, connect } from '../../src/db/connection.ts'
import { untilGone } from '../helper/database.ts'
import { asOwner } from '../helper/owner.ts'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

/**
 * The others commit within this many milliseconds, whatever somebody holds; otherwise they would wait until the end of the test.
 */
const SOON = 60_000

async function soon<T>(t: Test, what: string, work: PromiseLike<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), SOON)
  })
  const answer = await Promise.race([work, late])
  clearTimeout(timer)
  t.not(answer, 'late', what)
  return answer === 'late' ? undefined : answer
}

/** Somebody's connection with a transaction that stays open until the end of the test. */
async function opened(
  t: Test,
  c: Scenario,
  who: Parameters<Scenario['connectAs']>[0],
  ...acts: string[]
): Promise<Connection> {
  const sql = await c.connectAs(who).reserve()
  t.teardown(() => sql.release())
  await sql`begin`
  t.teardown(() => sql`rollback`)
  for (const act of acts) await sql.unsafe(act)
  return sql
}

const registrar = (reason: string) =>
  `select audit.finalizar_operacao(audit.registrar_operacao('externa', '${reason}'))`
const exportAll = `select audit.finalizar_operacao(audit.registrar_exportacao('{}'))`

t.test('somebody who seals an act early and then waits blocks nobody', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2, confianca: 0.5 })
  await c.runSession()
  await opened(t, c, 'leo', 'set constraints all immediate', exportAll)
  await opened(t, c, 'leo', exportAll, 'set constraints all immediate', 'select 1')
  await opened(
    t,
    c,
    'ana',
    'set constraints all immediate',
    registrar('segura'),
    'savepoint a',
    registrar('ainda'),
  )
  await soon(t, 'a reviewer', c.approve('bruno', (await c.finding(2)).id))
  await soon(t, 'a session', c.runSession('auto'))
  await soon(t, 'the engine', c.sql`select audit_interno.selar()`)
  t.match(await c.sql`select count(*) filter (where elo is null)::int as soltas from audit.operacoes`, [
    { soltas: 0 },
  ])
  t.match(await c.asPerson('leo')`select * from audit.verificar_integridade()`, [
    { situacao: 'provada', pendentes: 0n },
  ])
})

t.test('a long commit blocks nobody', async (t) => {
  const c = await scenario(t)
  const leo = await c.connectAs('leo').reserve()
  await leo.unsafe(`
    create temp table isca (n int);
    create function pg_temp.demora() returns trigger language plpgsql as $$ begin perform pg_sleep(30); return null; end $$;
    create constraint trigger demora after insert on isca deferrable initially deferred for each row execute function pg_temp.demora()`)
  await leo`begin`
  await leo.unsafe(exportAll)
  await leo`insert into isca values (1)`
  const slow = leo`commit`.catch(() => {})
  await soon(t, 'a person', c.asPerson('ana').unsafe(registrar('depressa')))
  await soon(t, 'the engine', c.sql.unsafe(registrar('do motor')))
  t.match(
    await c.sql`select motivo, elo is not null as selada from audit.operacoes where tipo = 'externa' order by id`,
    [
      { motivo: 'depressa', selada: true },
      { motivo: 'do motor', selada: true },
    ],
  )
  await c.sql`select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`
  await slow
  leo.release()
})

t.test(
  "even if one of the engine's own logins holds the head, others go on and are sealed after it",
  async (t) => {
    const c = await scenario(t)
    const owner = await c.sql.reserve()
    await owner`begin`
    await owner.unsafe(`set constraints all immediate; ${registrar('primeira')}`)
    await soon(t, 'another of the engine’s', c.sql.unsafe(registrar('segunda')))
    await soon(t, 'a person', c.asPerson('ana').unsafe(registrar('terceira')))
    t.match(await c.asPerson('leo')`select * from audit.verificar_integridade()`, [
      { situacao: 'provada', pendentes: 2n },
    ])
    await owner`commit`
    owner.release()
    await c.sql`select audit_interno.selar()`
    t.match(
      await c.sql`select motivo from audit.operacoes where tipo = 'externa' order by elo`,
      ['primeira', 'segunda', 'terceira'].map((reason) => ({ motivo: reason })),
    )
    t.match(await c.asPerson('leo')`select * from audit.verificar_integridade()`, [
      { situacao: 'provada', pendentes: 0n },
    ])
  },
)

t.test('only the engine seals, and what waits for its seal is guarded like sealed facts', async (t) => {
  const c = await scenario(t)
  for (const who of ['leo', 'ana', 'olivia', 'adelia'] as const) {
    t.equal(await sqlstate(c.asPerson(who)`select audit_interno.selar()`), '42501', who)
    t.equal(await sqlstate(c.asPerson(who)`select from audit_interno.cadeia for update`), '42501', who)
    t.equal(await sqlstate(c.asPerson(who)`delete from audit_interno.fila_selos`), '42501', who)
  }
  await c.asPerson('ana').unsafe(registrar('à espera'))
  t.equal(await sqlstate(c.sql`update audit.operacoes set linhas = 9 where motivo = 'à espera'`), 'NC013')
  const falseOnes = async (act: string) => {
    const undo = new Error('undo')
    let situations: unknown[] = []
    await c.sql
      .begin(async (tx) => {
        await tx.unsafe(
          `set local session_replication_role = replica; ${act}; set local session_replication_role = origin`,
        )
        situations = (await tx`select situacao from audit.verificar_integridade()`).map((r) => r['situacao'])
        throw undo
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error
      })
    return situations
  }
  t.same(await falseOnes(`update audit.operacoes set linhas = 9 where motivo = 'à espera'`), [
    'operacao_alterada',
  ])
  t.same(await falseOnes('delete from audit_interno.fila_selos'), ['operacao_sem_selo'])
  t.same(await falseOnes(`update audit_interno.fila_selos set carimbada_em = now() - interval '2 hours'`), [
    'operacao_sem_selo',
  ])
})

t.test('guessed lock numbers block neither sessions nor rules nor mail nor workers', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  const nobody = await c.connectAs('ninguem').reserve()
  t.teardown(() => nobody.release())
  await nobody`select pg_advisory_lock(k, i) from unnest(array[20261123, 20261124, 20261125]) as k, generate_series(0, 200) as i`
  await nobody`select pg_advisory_lock(hashtext('conferente.regra'), hashtext(r)) from unnest(array['errada', 'trade_marketing']) as r`
  const session = one(
    await c.asPerson('olivia')`select id from audit.solicitar_processamento('auto', regras => '{errada}')`,
  )
  const workingPerson = connect(c.url, { max: 1 })
  await workingPerson`select audit_interno.marcar_trabalhadores('{um}')`
  t.match(await workingPerson`select audit_interno.retomar_sessao(${session['id']}) as minha`, [
    { minha: true },
  ])
  t.match(
    await c.sql`select audit_interno.retomar_sessao(${session['id']}) as minha`,
    [{ minha: false }],
    'only one process runs it',
  )
  // Somebody who sees the number in pg_locks can wait for it, but that waiting means nothing.
  const [possession] =
    await c.sql`select numero::text as numero, pid from audit_interno.posses where nome = 'trabalhador um'`
  const waiting = nobody`select pg_advisory_lock(${possession?.['numero']}::bigint)`.catch(() => {})
  t.match(await soon(t, 'a session', c.runSession('auto')), { status: 'concluida', corrigidas: 1n })
  await workingPerson.end({ timeout: 1 })
  await untilGone(c.sql, possession?.['pid'])
  await waiting
  t.match(
    await c.sql`select audit_interno.trabalhadores_vivos() as vivos, audit_interno.possuida('trabalhador um') as possuida`,
    [{ vivos: 0n, possuida: false }],
  )
  t.match(
    await c.sql`select audit_interno.retomar_sessao(${session['id']}) as minha`,
    [{ minha: true }],
    'a dead process runs nothing',
  )
})

t.test(
  'an operator who leaves a session open blocks others only for a limited time, and they are told who',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 })
    await asOwner(
      c.sql,
      (owner) => owner`update audit.regras set tempo_limite = '2 seconds' where nome = 'errada'`,
    )
    await opened(t, c, 'olivia', `select from audit.processar_divergencias('auto', regras => '{errada}')`)
    const waiting = await soon(t, 'another session', c.runSession('auto'))
    t.match(waiting, { status: 'falhou' }, 'its only rule failed')
    t.match(
      await c.sql`select status, erro_codigo, erro_mensagem from audit.execucoes_regra where regra = 'errada'`,
      [{ status: 'falhou', erro_codigo: '55P03', erro_mensagem: /olivia/ }],
    )
  },
)

t.test('a decision or setting left open in psql blocks others only for a limited time', async (t) => {
  const c = await scenario(t)
  for (const id of [1, 2, 3]) await c.book({ id, confianca: 0.5 })
  await c.runSession('manual')
  // its own limit is a minute; no need to wait for it here
  await c.sql`alter function audit.processar_divergencias(text, date, date, text[], boolean) set lock_timeout = '2s'`
  const [first, second] = [(await c.finding(1)).id, (await c.finding(2)).id]
  const held = await opened(t, c, 'ana', `select audit.aprovar_divergencias(array[${first}::bigint], 'x')`)
  t.match(await soon(t, 'a session', c.runSession('manual')), { status: 'falhou' })
  t.equal(await soon(t, 'an approval', sqlstate(c.approve('bruno', second))), '55P03')
  const setting = () =>
    sqlstate(c.asPerson('adelia')`select audit.alterar_regra('errada', '{"limiar": 0.99}', 'x')`)
  t.equal(await soon(t, 'a setting', setting()), '55P03')
  await held`rollback`
  await held`begin`
  t.equal(await setting(), 'aceito')
  await c.approve('bruno', second)
  t.equal(await c.status(2), 'corrigida')
})
