// The file of findings over REST: what is in it, and that it is on record.
import { test } from 'tap'
import { api } from '../helper/api.ts'
import { cenario } from '../helper/cenario.ts'
import { until } from '../helper/trabalho.ts'

const PATH = '/api/v1/relatorios/divergencias/export'

test('findings leave as CSV or XLSX, and each time it is on record who took how many', async (t) => {
  const cena = await cenario(t)
  await cena.lancar({ id: 1, valor: 50 }, { id: 2, valor: 300 })
  await cena.processar()
  const server = await api(t, cena)
  const ana = await server.token('revisor', 'ana')
  const csv = await server.pedir(`${PATH}?formato=csv&dialeto=rfc4180&motivo=para%20o%20fechamento`, {
    token: ana,
  })
  t.equal(csv.status, 200)
  t.match(csv.headers.get('content-type'), /^text\/csv/)
  t.match(csv.headers.get('content-disposition'), /attachment; filename="divergencias\.csv"/)
  t.equal(csv.text.trim().split('\r\n').length, 3, 'a heading and two findings')
  const none = await server.pedir(`${PATH}?formato=csv&dialeto=rfc4180&status=corrigida`, { token: ana })
  t.equal(none.text.trim().split('\r\n').length, 1, 'filtered')
  const xlsx = await server.pedir(`${PATH}?formato=xlsx`, { token: ana })
  t.match(xlsx.headers.get('content-type'), /spreadsheetml/)
  t.equal(xlsx.text.slice(0, 2), 'PK')
  const records = await cena.sql`
    select status, ator, motivo, linhas::int, detalhes->>'formato' as formato from audit.operacoes where tipo = 'exportacao' order by id`
  t.match(
    [...records],
    [
      { status: 'concluida', ator: 'ana', motivo: 'para o fechamento', linhas: 2, formato: 'csv' },
      { status: 'concluida', linhas: 0 },
      { status: 'concluida', linhas: 2, formato: 'xlsx' },
    ],
  )
  t.equal((await server.pedir(PATH, { token: ana })).status, 400, 'the format is not guessed')
  t.equal((await server.pedir(`${PATH}?formato=pdf`, { token: ana })).status, 400)
  t.equal((await server.pedir(`${PATH}?formato=csv`)).status, 401)
})

test('a file that nobody read to its end is recorded as such', async (t) => {
  const cena = await cenario(t)
  await cena.lancar({ id: 1 })
  await cena.processar()
  // Far more than the ways between can hold.
  await cena.sql`
    insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id, valores_originais,
      valores_propostos, confianca, evidencia, justificativa, valor_em_risco, detectada_em, ultima_deteccao, identidade, impressao)
    select sessao_id, sessao_ultima_id, regra, hash_regra, tabela, n::text, valores_originais, valores_propostos, confianca, evidencia,
      repeat('x', 2000), valor_em_risco, detectada_em, ultima_deteccao, sha256(n::text::bytea), impressao
    from audit.divergencias_processadas, generate_series(2, 20000) as n`
  const server = await api(t, cena)
  const authorization = `Bearer ${await server.token('revisor')}`
  const away = new AbortController()
  const { body } = await fetch(`${server.url}${PATH}?formato=csv`, {
    headers: { authorization },
    signal: away.signal,
  })
  await body?.getReader().read()
  away.abort()
  await until(async () => {
    const [row] =
      await cena.sql`select status from audit.operacoes where tipo = 'exportacao' and status <> 'em_andamento'`
    if (row) t.equal(row['status'], 'falhou')
    return row !== undefined
  })
})
