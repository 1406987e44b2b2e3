// A confidence just under the threshold of 95 % is shown as it is in every channel, never as 95 %.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readXlsx } from 'hucre/xlsx'
import { test } from 'tap'
import { factsSchema } from '../../src/mail/facts.ts'
import { render } from '../../src/mail/render.ts'
import { conferente, personal } from '../cli/helper.ts'
import { api } from '../helper/api.ts'
import { receive } from '../helper/postman.ts'
import { one, scenario } from '../helper/scenario.ts'

test('0.94995 is shown as 94.99 % everywhere, and waits for a person', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await c.book({ id: 1, confianca: 0.94995 })
  t.match(await c.runSession('auto'), { corrigidas: 0n, encontradas: 1n })
  const psql = one(await c.asPerson('leo')`select confianca::text from audit.vw_divergencias_abertas`)
  t.equal(psql['confianca'], '0.9499', 'psql')

  const server = await api(t, c)
  const token = await server.token('leitor')
  const rest = await server.request('/api/v1/divergencias', { token })
  t.match(rest.text, /"confianca": ?0\.9499\b/, 'REST')
  const enough = (await server.request('/api/v1/divergencias?confianca_minima=0.95', { token })).json
  t.equal(enough.total, 0)
  const graphql = async (query: string) =>
    (await server.request('/graphql', { token, body: { query } })).json.data
  t.match(
    await graphql(`{ divergencias(filter: { confianca: { lessThan: "0.95" } }) { nodes { confianca } }
      divergenciasAbertas { nodes { confianca } } gruposAbertos { nodes { confiancaAte } } }`),
    {
      divergencias: { nodes: [{ confianca: '0.9499' }] },
      divergenciasAbertas: { nodes: [{ confianca: '0.9499' }] },
      gruposAbertos: { nodes: [{ confiancaAte: '0.9499' }] },
    },
    'GraphQL',
  )

  const leo = { url: personal(c.url, 'leo') }
  const listed = await conferente(['listar'], leo)
  t.match(listed.stdout, /94,99 ?%/, 'command line')
  t.notMatch(listed.stdout, /95 ?%/)
  t.match((await conferente(['listar', '--json'], leo)).json(), [{ confianca: '0.9499' }])
  const simulated = await conferente(['processar', '--modo', 'auto', '--simular'], {
    url: personal(c.url, 'olivia'),
  })
  t.match(simulated.stdout, /94,99 ?%/)
  t.match((await conferente(['exportar', '--formato', 'csv'], leo)).stdout, ';0,9499;', 'CSV')
  t.match(
    (await conferente(['exportar', '--formato', 'csv', '--dialeto', 'rfc4180'], leo)).stdout,
    ',0.9499,',
  )

  const book = await fetch(`${server.url}/api/v1/relatorios/divergencias/export?formato=xlsx`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const sheet = (await readXlsx(new Uint8Array(await book.arrayBuffer()), { readStyles: true })).sheets[0]
  const column = sheet?.rows[0]?.indexOf('Confiança') ?? -1
  t.equal(sheet?.rows[1]?.[column], 0.9499, 'XLSX')
  t.equal(sheet?.cells?.get(`1,${column}`)?.style?.numFmt, '0.00%', 'with both decimals')

  const pages = ['format.mjs', 'words.mjs'].map(async (name) => {
    const { text } = await server.request(`/revisao/${name}`)
    await writeFile(join(t.testdirName, name), text)
  })
  t.testdir()
  await Promise.all(pages)
  const { share } = await import(pathToFileURL(join(t.testdirName, 'format.mjs')).href)
  t.match(share('0.9499'), /^94,99\s?%$/, 'review page')
  t.match(share('0.9500'), /^95\s?%$/)

  for (const type of ['resumo', 'divergencias']) {
    const { conteudo } = one(
      await c.sql`select audit_interno.conteudo_mensagem(n.id) as conteudo from audit.notificacoes n where n.tipo = ${type}`,
    )
    const letter = await render(factsSchema.parse(conteudo))
    t.match(letter.text, /confiança 94,99 ?%/, `mail, ${type}`)
    t.match(letter.html, /confiança 94,99 ?%/)
  }
})
