// The file of findings over REST: its content, and its record.
import { type Test, test } from 'tap'
import { api } from '../helper/api.ts'
import { scenario } from '../helper/scenario.ts'
import { until } from '../helper/work.ts'

const PATH = '/api/v1/relatorios/divergencias/export'

test('findings are exported as CSV or XLSX, and each export records who took how many', async (t) => {
  const scene = await scenario(t)
  await scene.book({ id: 1, valor: 50 }, { id: 2, valor: 300 })
  await scene.runSession()
  const server = await api(t, scene)
  const ana = await server.token('revisor', 'ana')
  const csv = await server.request(`${PATH}?formato=csv&dialeto=rfc4180&motivo=para%20o%20fechamento`, {
    token: ana,
  })
  t.equal(csv.status, 200)
  t.match(csv.headers.get('content-type'), /^text\/csv/)
  t.match(csv.headers.get('content-disposition'), /attachment; filename="divergencias\.csv"/)
  t.equal(csv.text.trim().split('\r\n').length, 3, 'a heading and two findings')
  const none = await server.request(`${PATH}?formato=csv&dialeto=rfc4180&status=corrigida`, { token: ana })
  t.equal(none.text.trim().split('\r\n').length, 1, 'filtered')
  const xlsx = await server.request(`${PATH}?formato=xlsx`, { token: ana })
  t.match(xlsx.headers.get('content-type'), /spreadsheetml/)
  t.equal(xlsx.text.slice(0, 2), 'PK')
  const records = await scene.sql`
    select status, ator, motivo, linhas::int, detalhes->>'formato' as formato from audit.operacoes where tipo = 'exportacao' order by id`
  t.match(
    [...records],
    [
      { status: 'concluida', ator: 'ana', motivo: 'para o fechamento', linhas: 2, formato: 'csv' },
      { status: 'concluida', linhas: 0 },
      { status: 'concluida', linhas: 2, formato: 'xlsx' },
    ],
  )
  t.equal((await server.request(PATH, { token: ana })).status, 400, 'the format is not guessed')
  t.equal((await server.request(`${PATH}?formato=pdf`, { token: ana })).status, 400)
  t.equal((await server.request(`${PATH}?formato=csv`)).status, 401)
})

/** Findings far beyond what the buffers between server and reader can hold. */
async function many(t: Test) {
  const scene = await scenario(t)
  await scene.book({ id: 1 })
  await scene.runSession()
  await scene.sql`
    insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id, valores_originais,
      valores_propostos, confianca, evidencia, justificativa, valor_em_risco, detectada_em, ultima_deteccao, identidade, impressao)
    select sessao_id, sessao_ultima_id, regra, hash_regra, tabela, n::text, valores_originais, valores_propostos, confianca, evidencia,
      repeat('x', 2000), valor_em_risco, detectada_em, ultima_deteccao, sha256(n::text::bytea), impressao
    from audit.divergencias_processadas, generate_series(2, 20000) as n`
  const server = await api(t, scene)
  const authorization = `Bearer ${await server.token('revisor')}`
  const begin = (signal?: AbortSignal) =>
    fetch(`${server.url}${PATH}?formato=csv`, { headers: { authorization }, ...(signal && { signal }) })
  /** Waits until the record says how the exports ended, one word each. */
  const ended = async (...words: string[]) => {
    await until(async () => {
      const rows = await scene.sql`select status from audit.operacoes where tipo = 'exportacao' order by id`
      return rows.map(({ status }) => status).join() === words.join()
    })
    t.pass(`recorded: ${words.join()}`)
  }
  return { stage: scene, server, begin, ended }
}

test('a file that was not read to its end is recorded as such', async (t) => {
  const { begin, ended } = await many(t)
  const away = new AbortController()
  const { body } = await begin(away.signal)
  await body?.getReader().read()
  away.abort()
  await ended('falhou')
})

test('an export that loses its database connection breaks off, and nothing else does', async (t) => {
  const { stage, server, begin, ended } = await many(t)
  // the head of the answer may be here before the statement has begun
  const strike = () =>
    until(async () => {
      const struck = await stage.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'conferente servir' and state <> 'idle'`
      return struck.length === 1
    })
  for (const round of [1, 2]) {
    const { status, body } = await begin()
    t.equal(status, 200)
    const reader = body?.getReader()
    await reader?.read()
    await strike()
    // What is under way still arrives; then the file ends in an error, never as if it were complete.
    await t.rejects(async () => {
      while (!(await reader?.read())?.done);
    })
    await ended(...Array(round).fill('falhou'))
  }
  const away = new AbortController()
  await (await begin(away.signal)).body?.getReader().read()
  await strike()
  away.abort()
  await ended('falhou', 'falhou', 'falhou')
  const whole = await begin()
  t.equal((await whole.text()).trim().split('\r\n').length, 20_001)
  await ended('falhou', 'falhou', 'falhou', 'concluida')
  t.equal((await server.request('/healthz')).status, 200)
})

test('a request whose connection is lost is answered with 503, and the next one works', async (t) => {
  const scene = await scenario(t)
  const server = await api(t, scene)
  const token = await server.token('leitor')
  const query = '{ divergencias { totalCount } }'
  t.equal((await server.request('/graphql', { token, body: { query } })).status, 200)
  await scene.sql.begin(async (tx) => {
    await tx`lock table audit.divergencias_processadas`
    const asked = Promise.all([1, 2, 3].map(() => server.request('/api/v1/divergencias', { token })))
    const graphql = server.request('/graphql', { token, body: { query } })
    await until(async () => {
      const waiting = await scene.sql`
        select application_name as de from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      // Each of them during its question, not before it; GraphQL asks two things at once.
      const [rest, graph] = ['conferente servir', 'conferente servir graphql'].map(
        (name) => waiting.filter(({ de }) => de === name).length,
      )
      return rest === 3 && graph === 2
    })
    await scene.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
    for (const { status, json } of await asked) t.match([status, json], [503, { status: 503 }])
    t.match((await graphql).json, { errors: [{ extensions: { sugestao: /readyz/ } }] })
  })
  const next = await Promise.all(
    Array.from({ length: 12 }, () => server.request('/api/v1/divergencias', { token })),
  )
  t.same(new Set(next.map(({ status }) => status)), new Set([200]))
})

test('while a file is being sent, its reader cannot close the record with another count, by GraphQL or in psql', async (t) => {
  const { stage, server, begin, ended } = await many(t)
  const { body } = await begin()
  const reader = body?.getReader()
  await reader?.read()
  const [operation] = await stage.sql`select id, ator from audit.operacoes where tipo = 'exportacao'`
  const same = await server.token('leitor', operation?.['ator'])
  const close = async (more: object) =>
    (
      await server.request('/graphql', {
        token: same,
        body: {
          query:
            'mutation ($input: FinalizarOperacaoInput!) { finalizarOperacao(input: $input) { resultado { linhas } } }',
          variables: { input: { id: String(operation?.['id']), linhas: '3', ...more } },
        },
      })
    ).json
  const refused = { errors: [{ extensions: { codigo: 'NC007' } }] }
  t.match(await close({}), refused)
  t.match(await close({ detalhes: { chave: 'adivinhada' } }), refused)
  t.match(await close({ status: 'falhou' }), refused)
  while (!(await reader?.read())?.done);
  await ended('concluida')
  const [kept] = await stage.sql`select linhas::int, detalhes from audit.operacoes where tipo = 'exportacao'`
  t.equal(kept?.['linhas'], 20_000)
  t.equal(kept?.['detalhes'].chave, undefined, 'its key is not kept')
})
