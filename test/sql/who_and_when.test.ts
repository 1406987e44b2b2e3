// When the schedule is next due, and who asks.
import t from 'tap'
import { nextRuns } from '../../src/worker/schedule.ts'
import { testDatabase } from '../helper/database.ts'

t.test('the next run shown is when the worker starts it, under any schedule', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  for (const cron of [
    '0 7 * * *',
    '*/7 3-5 * * 1-5',
    '30 23 31 * *',
    '0 0 29 2 *',
    '15 6 1 * 0',
    '59 23 * * 7',
  ]) {
    for (const zone of ['America/Sao_Paulo', 'Europe/Berlin', 'Pacific/Auckland', 'UTC']) {
      await sql`update audit.configuracoes_sistema set valor = to_jsonb(${cron}::text) where chave = 'agenda.cron'`
      await sql`update audit.configuracoes_sistema set valor = to_jsonb(${zone}::text) where chave = 'agenda.fuso'`
      const [row] = await connectAs('leo')`select audit.proxima_execucao() as quando, now() as agora`
      t.same(row?.['quando'], nextRuns({ cron, fuso: zone }, row?.['agora'], 1)[0], `${cron} ${zone}`)
    }
  }
  await sql`update audit.configuracoes_sistema set valor = '"0 0 31 2 *"' where chave = 'agenda.cron'`
  const [never] = await connectAs('leo')`select audit.proxima_execucao() as quando`
  t.equal(never?.['quando'], null, 'a date that the calendar does not have')
})

t.test('everybody is told their own name and roles', async (t) => {
  const { connectAs } = await testDatabase(t)
  const who = async (person: Parameters<typeof connectAs>[0]) => ({
    ...(await connectAs(person)`select nome, papeis from audit.quem_sou()`)[0],
  })
  t.same(await who('leo'), { nome: 'leo', papeis: ['leitor'] })
  t.same(await who('ana'), { nome: 'ana', papeis: ['leitor', 'revisor'] })
  t.same(await who('adelia'), { nome: 'adelia', papeis: ['leitor', 'administrador'] })
})
