// One notion of a day, agenda.fuso, in every channel: around midnight it is not the server's, nor Greenwich's, nor the reader's.
import { test } from 'tap'
import { factsSchema } from '../../src/mail/facts.ts'
import { present } from '../../src/mail/present.ts'
import { conferente, personal } from '../cli/helper.ts'
import { api } from '../helper/api.ts'
import { receive } from '../helper/postman.ts'
import { one, scenario } from '../helper/scenario.ts'

for (const [zone, instant, day, shown] of [
  ['America/Noronha', '2026-11-10T01:30:00Z', '2026-11-09', '09/11/2026'],
  ['Pacific/Auckland', '2026-11-10T11:30:00Z', '2026-11-11', '11/11/2026'],
] as const) {
  test(`${zone}: a session near midnight is of one day in every channel`, async (t) => {
    const c = await scenario(t)
    await receive(c.sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
    await c.sql`update audit.configuracoes_sistema set valor = to_jsonb(${zone}::text) where chave = 'agenda.fuso'`
    await c.book({ id: 1 })
    const { id: session } = await c.runSession()
    // as if it had been then
    await c.sql.unsafe(`set session_replication_role = replica;
      update audit.divergencias_processadas set detectada_em = '${instant}', ultima_deteccao = '${instant}';
      update audit.sessoes_processamento set solicitada_em = '${instant}', inicio_processamento = '${instant}', fim_processamento = '${instant}';
      update audit.operacoes set iniciada_em = '${instant}';
      reset session_replication_role`)
    const age = one(await c.sql`select ((now() at time zone ${zone})::date - ${day}::date) as age`)['age']

    const leo = c.connectAs('leo')
    await leo`set timezone = 'Asia/Tokyo'`
    t.equal(one(await leo`select dias_aberta from audit.vw_divergencias_abertas`)['dias_aberta'], age, 'psql')
    t.equal(one(await leo`select dia::text from audit.vw_metricas_resumo`)['dia'], day)
    t.equal(one(await leo`select dia::text from audit.vw_metricas_desempenho`)['dia'], day)
    // more than a day apart: whenever this runs, one of them has another date
    for (const elsewhere of ['Etc/GMT+12', 'Etc/GMT-14', 'Asia/Tokyo']) {
      await leo.unsafe(`set timezone = '${elsewhere}'`)
      t.match(
        await leo`select audit.hoje() = (now() at time zone ${zone})::date as hoje, dias_aberta from audit.vw_divergencias_abertas`,
        [{ hoje: true, dias_aberta: age }],
        elsewhere,
      )
    }
    const exported =
      await leo`select id from audit.exportar_divergencias(data_inicio => ${day}, data_fim => ${day})`
    t.equal(exported.length, 1)

    const server = await api(t, c)
    const token = await server.token('leitor')
    const rest = async (path: string) => (await server.request(`/api/v1/${path}`, { token })).json
    const found = await rest(`divergencias?detectada_de=${day}&detectada_ate=${day}`)
    t.match(found, { total: 1, itens: [{ idade_dias: age }] }, 'REST')
    t.equal(found.itens[0].detectada_em.slice(0, 10), day)
    t.match(await rest(`auditoria/sessoes?de=${day}&ate=${day}`), { total: 1 })
    t.match(await rest(`auditoria/operacoes?de=${day}&ate=${day}`), { total: 6 })
    t.match(await rest(`metricas/resumo?de=${day}&ate=${day}`), [{ dia: day }])
    t.match((await rest(`relatorios/metricas/performance?de=${day}&ate=${day}`)).sessoes, { total: 1 })
    const csv = await server.request(
      `/api/v1/relatorios/divergencias/export?formato=csv&detectada_de=${day}&detectada_ate=${day}`,
      { token },
    )
    t.match(csv.text, shown, 'export')

    const { data } = (
      await server.request('/graphql', {
        token,
        body: {
          query: `{ fuso hoje divergenciasAbertas { nodes { diasAberta detectadaEm divergencia { idadeDias } } }
            divergencias(filter: { detectadaEm: { greaterThanOrEqualTo: "${day}T00:00:00", lessThan: "${day}T23:59:59" } }) { totalCount } }`,
        },
      })
    ).json
    t.equal(data.fuso, zone, 'GraphQL')
    t.match(data.divergenciasAbertas.nodes, [{ diasAberta: age, divergencia: { idadeDias: age } }])
    t.equal(data.divergenciasAbertas.nodes[0].detectadaEm.slice(0, 10), day)
    t.equal(data.divergencias.totalCount, 1, 'a time without a zone is of that zone')

    const cli = { url: personal(c.url, 'leo'), env: { TZ: 'Asia/Tokyo' } }
    t.match((await conferente(['sessoes'], cli)).stdout, shown, 'command line')
    const file = await conferente(
      ['exportar', '--formato', 'csv', '--data-inicio', day, '--data-fim', day],
      cli,
    )
    t.match(file.stdout, shown)

    const { conteudo } = one(
      await c.sql`select audit_interno.conteudo_mensagem(n.id) as conteudo from audit.notificacoes n
        where n.sessao_id = ${session as number} and n.tipo = 'resumo'`,
    )
    t.match(JSON.stringify(present(factsSchema.parse(conteudo))), shown, 'mail')
  })
}
