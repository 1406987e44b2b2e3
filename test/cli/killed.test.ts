// What a command was running when it was killed is not carried out later, for nobody.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { book, makeRule, makeWarehouse } from '../helper/warehouse.ts'
import { conferente, personal } from './helper.ts'

t.test('a killed command line leaves nothing running', async (t) => {
  const { sql, connectAs, url } = await testDatabase(t)
  await makeWarehouse(sql)
  await makeRule(
    { sql, adelia: connectAs('adelia') },
    {
      nome: 'lenta',
      consulta: `null::text, t.id::text, '{}'::jsonb, 0.5, '{}'::jsonb, 'porque sim', 10.00
        from dw.lancamentos t cross join lateral (select pg_sleep(60) where t.id is not null) as s (x)`,
    },
  )
  await book(sql, { id: '1', categoria: 'ERRADA' })
  const running = async () =>
    (
      await sql`
        select from pg_stat_activity
        where datname = current_database() and usename = 'olivia' and wait_event = 'PgSleep'`
    ).length > 0
  const until = async (wanted: boolean) => {
    for (let n = 0; n < 600 && (await running()) !== wanted; n++) await sleep(100)
    return await running()
  }
  let kill = () => {}
  const window = ['--data-inicio', '2020-01-01', '--data-fim', '2030-12-31']
  const ran = conferente(['processar', '--modo', 'manual', '--regra', 'lenta', ...window], {
    url: personal(url, 'olivia'),
    onStderr: (_, signal) => {
      kill = () => signal('SIGKILL')
    },
  })
  t.equal(await until(true), true, 'the rule is running')
  kill()
  await ran
  t.equal(await until(false), false, 'the server has ended its query')
})
