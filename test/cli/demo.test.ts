import t from 'tap'
import { connect } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'
import { throwAwayServer } from '../helper/throwaway.ts'
import { conferente, personal } from './helper.ts'

t.test('the demo tells its whole story on an empty database', async (t) => {
  const { sql, url } = await testDatabase(t)
  const ran = await conferente(['demo', '--linhas', '3000', '--semente', '7'], { url })
  t.equal(ran.code, 0, ran.stderr + ran.stdout)
  t.match(ran.stdout, /3\.000 lançamentos de \d\d\/11\/2025 a \d\d\/10\/2026/)
  t.match(ran.stdout, /Sessão 1: concluida[\s\S]*Ana confere[\s\S]*Sessão 2: concluida/)
  t.match(ran.stdout, /aguardando_segunda_aprovacao[\s\S]*Bruno dá a segunda aprovação/)
  t.match(ran.stdout, /alteracao desfeita {2}demo_ana/)
  t.match(ran.stdout, /\(total\)[\s\S]*Nenhum dano\./)
  t.equal((await sql`select from exemplo.danos()`).length, 0)
  const [people] =
    await sql`select count(distinct ator)::int as n from audit.decisoes where ator like 'demo%'`
  t.equal(people?.['n'], 2)

  const again = await conferente(['demo', '--linhas', '3000'], { url })
  t.equal(again.code, 1)
  t.match(again.stderr, /este banco já tem sessões/)
})

t.test("the demo never touches another's warehouse", async (t) => {
  const { sql, url } = await testDatabase(t)
  await sql`create schema if not exists dw`
  await sql`create table dw.lancamentos (id int)`
  const ran = await conferente(['demo', '--linhas', '3000'], { url })
  t.equal(ran.code, 1)
  t.match(ran.stderr, /o esquema dw deste banco não é da demonstração/)
  const denied = await conferente(['demo'], { url: personal(url, 'ana') })
  t.equal(denied.code, 1)
  t.notMatch(denied.stderr, /\n\s+at /)
})

t.test('without --demo, a command says that the warehouse is in another database', async (t) => {
  const server = await throwAwayServer()
  t.teardown(() => server.release())
  const env = { CONFERENTE_DADOS: server.dataDir }
  const before = await conferente(['sessoes'], { env })
  t.equal(before.code, 0, before.stderr)
  t.notMatch(before.stderr, '--demo')
  const admin = connect(server.url, { max: 1 })
  await admin`create database conferente_demo`
  await admin.end()
  t.match((await conferente(['sessoes'], { env })).stderr, /não tem data warehouse.*--demo/)
})

t.test('the demonstration names the port that is set', async (t) => {
  const { url } = await testDatabase(t, 'empty')
  const ran = await conferente(['demo', '--linhas', '500'], { url, env: { CONFERENTE_PORTA: '9123' } })
  t.match(ran.stdout, 'http://localhost:9123/revisao')
  t.match(ran.stderr, `banco ${new URL(url).pathname.slice(1)} em 127.0.0.1`, 'and where it goes')
})
