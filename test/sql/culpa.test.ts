import t from 'tap'
import { connect, type Sql } from '../../src/db.ts'
import { conductSession, resumeSession } from '../../src/session.ts'
import { type Cenario, cenario, one } from '../helper/cenario.ts'

const stop = { signal: new AbortController().signal }

/** A session as the command line conducts it, step by step, on a connection of an operator's own. */
async function conduzir(c: Cenario, modo: 'manual' | 'auto', regras: string[]) {
  const url = Object.assign(new URL(c.url), { username: 'olivia', password: 'teste' }).href
  const sql = connect(url, { max: 1 })
  try {
    return await conductSession(sql, { modo, regras }, {}, stop)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** The same as a worker does it: queued, then resumed. */
async function trabalhar(c: Cenario, modo: 'manual' | 'auto', regras: string[]) {
  const { id } = one(
    await c.pessoa('olivia')`select id from audit.solicitar_processamento(${modo}, regras => ${regras})`,
  )
  const open = (): Sql => connect(c.url, { max: 1, role: 'conferente_dono' })
  const over = async () => false
  return resumeSession(id, {}, { ...stop, open, over })
}

const execucoes = (c: Cenario, id: unknown) => c.sql`
  select regra, status, motivo, erro_codigo from audit.execucoes_regra where sessao_id = ${id as bigint} order by regra`

t.test('a rule with little time takes no time from what the session does as a whole', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  await c.sql`select audit.alterar_regra('errada', '{"tempo_limite": "5 seconds"}', 'é rápida')`
  const condutora = await c.pessoa('olivia').reserve()
  const { id } = one(
    await condutora`select id from audit_interno.iniciar_sessao('auto', null, null, '{errada}')`,
  )
  const proxima = async () => one(await condutora`select * from audit_interno.proxima_etapa(${id as never})`)
  t.match(await proxima(), { etapa: 'detectar', tempo_limite_ms: 5000n })
  await condutora`select audit_interno.executar_etapa(${id as never}, 'detectar', 'errada')`
  t.match(await proxima(), { etapa: 'limitar', regra: null, tempo_limite_ms: 600000n })
  condutora.release()
})

t.test('a session that fails as a whole leaves none of its rules half done', async (t) => {
  for (const conduz of [conduzir, trabalhar]) {
    const c = await cenario(t)
    await c.lancar({ id: 1 })
    await c.sql.unsafe(`create function dw.parar() returns trigger language plpgsql as $f$ begin
        if new.etapa = 'correcao' then raise exception 'o limite não se deixa ler'; end if; return new; end $f$;
      create trigger parar before update on audit.sessoes_processamento for each row execute function dw.parar()`)
    const sessao = await conduz(c, 'auto', ['errada'])
    t.match(sessao, { status: 'falhou', mensagem: /não se deixa ler/ }, conduz.name)
    t.match(await execucoes(c, sessao['id']), [
      { regra: 'errada', status: 'pulada', motivo: /sessão falhou/ },
    ])
    t.equal(await c.status(1), 'aberta', 'what it found is there all the same')
  }
})
