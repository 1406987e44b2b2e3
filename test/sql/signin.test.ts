// How people sign in: one-time links, people whom an administrator registered, sessions, and what is recorded of all that.
import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { type TestDatabase, testDatabase } from '../helper/database.ts'
import { one, sqlstate } from '../helper/scenario.ts'

const digest = () => randomBytes(32)
const invite = async (
  { connectAs }: TestDatabase,
  summary: Buffer,
  name = 'Ana',
  role: string | null = 'revisor',
) => one(await connectAs('adelia')`select * from audit.criar_convite(${name}, ${role}, ${summary})`)
const use = (api: Sql, summary: Buffer) => api`select * from audit_interno.entrar_por_convite(${summary})`
const prove = async ({ sql }: TestDatabase) => {
  await sql`select audit_interno.selar()`
  return (await sql`select situacao, objeto from audit.verificar_integridade()`).map((r) => r['situacao'])
}

/** As only a test can: makes append-only facts look as if they had been written this long ago. */
const before = (sql: Sql, minutes: number) =>
  sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update audit.convites set emitido_em = emitido_em - make_interval(mins => ${minutes}), expira_em = expira_em - make_interval(mins => ${minutes})`
  })

test('a one-time link lets its person in once, for ten minutes, with a session of some hours', async (t) => {
  const base = await testDatabase(t)
  const api = base.connectAs('api')
  const summary = digest()
  const link = await invite(base, summary, '  ANA ')
  t.match(link, { nome: 'ana', papel: 'conferente_revisor', emitido_por: 'adelia', endereco: null })
  t.equal(Number(link['expira_em']) - Number(link['emitido_em']), 600_000)
  const token = one(await use(api, summary))
  t.match(token, { nome: 'ana', papel: 'conferente_revisor', emitido_por: 'ana', convite_id: link['id'] })
  t.equal(Math.round((Number(token['expira_em']) - Number(token['emitido_em'])) / 3_600_000), 10)
  t.equal(await sqlstate(use(api, summary)), 'NC025', 'used')
  t.equal(await sqlstate(use(api, digest())), 'NC025', 'unknown')
  const late = digest()
  await invite(base, late)
  await before(base.sql, 11)
  t.equal(await sqlstate(use(api, late)), 'NC025', 'expired')
  await base.connectAs('adelia')`select audit.alterar_configuracao('acesso.sessao_horas', '2', 'teste')`
  const short = digest()
  await invite(base, short)
  const other = one(await use(api, short))
  t.equal(Math.round((Number(other['expira_em']) - Number(other['emitido_em'])) / 3_600_000), 2)
})

test('if two people use a link at the same moment, one gets in', async (t) => {
  const base = await testDatabase(t)
  const [one, two] = [base.connectAs('api'), base.connectAs('api')]
  for (let round = 0; round < 10; round++) {
    const summary = digest()
    await invite(base, summary)
    const outcomes = await Promise.all([sqlstate(use(one, summary)), sqlstate(use(two, summary))])
    t.same(outcomes.sort(), ['NC025', 'aceito'])
  }
  t.equal((await base.sql`select from audit.tokens`).length, 10)
})

test('a removed person cannot use an older link, but may be invited again', async (t) => {
  const base = await testDatabase(t)
  const api = base.connectAs('api')
  const [old, fresh] = [digest(), digest()]
  await invite(base, old)
  await base.connectAs('adelia')`select audit.revogar_acesso('saiu', nome => 'Ana')`
  t.equal(await sqlstate(use(api, old)), 'NC025')
  await invite(base, fresh)
  t.equal(await sqlstate(use(api, fresh)), 'aceito')
})

test("signing out ends only that session, and is recorded in its owner's name", async (t) => {
  const base = await testDatabase(t)
  const api = base.connectAs('api')
  const [here, there] = [digest(), digest()]
  await invite(base, here)
  await invite(base, there)
  const [a, b] = [one(await use(api, here)), one(await use(api, there))]
  const signOut = (id: unknown, name = 'Ana') =>
    api`select audit_interno.sair(${name}, 'conferente_revisor', ${id as string})`
  const become = (id: unknown) =>
    api.begin(
      (tx) => tx`select audit_interno.assumir('ana', 'conferente_revisor', ${id as string}, null, false)`,
    )
  t.equal(await sqlstate(signOut(a['id'], 'bruno')), 'NC020', 'not somebody else’s')
  t.equal(await sqlstate(signOut(a['id'])), 'aceito')
  t.equal(await sqlstate(signOut(a['id'])), 'NC020', 'once')
  t.equal(await sqlstate(become(a['id'])), 'NC020')
  t.equal(await sqlstate(become(b['id'])), 'aceito')
  const [last] = await base.sql`select ator, motivo, detalhes from audit.operacoes order by id desc limit 1`
  t.match(last, { ator: 'ana', motivo: 'saiu', detalhes: { ato: 'acesso revogado', token: a['id'] } })
  t.same(await prove(base), ['provada'])
})

test('registered people have a role; a new role ends open sessions; removed people have none', async (t) => {
  const base = await testDatabase(t)
  const [api, adelia] = [base.connectAs('api'), base.connectAs('adelia')]
  const provider = (name: string, role: string | null = null) =>
    api`select * from audit_interno.entrar_por_provedor(${name}, ${role})`
  t.equal(await sqlstate(provider('ana')), 'NC026')
  t.equal(await sqlstate(invite(base, digest(), 'ana', null)), 'NC026')
  await adelia`select audit.registrar_pessoa('Ana', 'revisor', 'contas a pagar', 'Ana@Empresa.com.br')`
  const [session] = await provider(' ANA ')
  t.match(session, { nome: 'ana', papel: 'conferente_revisor', emitido_por: 'ana', convite_id: null })
  t.match(one(await provider('ana', 'leitor')), { papel: 'conferente_leitor' }, 'a claim takes precedence')
  const summary = digest()
  await invite(base, summary, 'ana', null)
  await adelia`select audit.registrar_pessoa('ana', 'leitor', 'mudou de área', 'ana@empresa.com.br')`
  const become = () =>
    api.begin(
      (tx) => tx`select audit_interno.assumir('ana', 'conferente_revisor', ${session?.['id']}, null, false)`,
    )
  t.equal(await sqlstate(become()), 'NC020', 'the session as reviewer is over')
  t.equal(await sqlstate(use(api, summary)), 'NC025', 'and so is the link')
  t.match(one(await provider('ana')), { papel: 'conferente_leitor' })
  const kept = one(await provider('ana'))
  await adelia`select audit.registrar_pessoa('ana', 'leitor', 'sem e-mail')`
  t.equal(
    await sqlstate(
      api.begin(
        (tx) => tx`select audit_interno.assumir('ana', 'conferente_leitor', ${kept['id']}, null, false)`,
      ),
    ),
    'aceito',
    'the same role again ends nothing',
  )
  await adelia`select audit.remover_pessoa('ana', 'saiu da empresa')`
  t.equal(await sqlstate(provider('ana')), 'NC026')
  t.same([...(await adelia`select nome from audit.vw_pessoas`)], [])
  t.equal((await adelia`select from audit.pessoas`).length, 4, 'the record of it stays')
  for (const call of [
    `registrar_pessoa('ana', 'dono', 'x')`,
    `registrar_pessoa(' ', 'leitor', 'x')`,
    `registrar_pessoa('ana', 'leitor', 'x', 'ana')`,
    `registrar_pessoa('ana', 'leitor', 'x', E'a@b.c\\nBcc: x@y.z')`,
    `criar_convite('ana', 'dono', sha256('x'))`,
    `criar_convite('ana', 'leitor', 'x')`,
    `criar_convite('ana', 'leitor', null)`,
    `criar_convite('ana', 'leitor', sha256('x'), true)`,
  ])
    t.equal(await sqlstate(adelia.unsafe(`select audit.${call}`)), 'NC001', call)
  await adelia`select audit.registrar_pessoa('bruno', 'revisor', 'x', 'bruno@empresa.com.br')`
  t.equal(
    await sqlstate(adelia`select audit.registrar_pessoa('bia', 'revisor', 'x', 'BRUNO@empresa.com.br')`),
    'NC001',
    'an address belongs to one person',
  )
  t.equal(await sqlstate(adelia`select audit.remover_pessoa('ninguem', 'x')`), 'NC004')
  t.equal(await sqlstate(adelia`select audit.registrar_pessoa('bia', 'revisor', ' ')`), 'NC006')
})

test('a requested link goes only to registered addresses, at most three times in ten minutes', async (t) => {
  const base = await testDatabase(t)
  const api = base.connectAs('api')
  const request = async (address: string, summary = digest()) =>
    one(await api`select * from audit_interno.pedir_convite(${address}, ${summary})`)
  t.equal((await request('ana@empresa.com.br'))['nome'], null)
  await base.connectAs(
    'adelia',
  )`select audit.registrar_pessoa('ana', 'revisor', 'teste', 'ana@empresa.com.br')`
  const summary = digest()
  t.match(await request(' ANA@empresa.com.br ', summary), {
    nome: 'ana',
    endereco_registrado: 'ana@empresa.com.br',
    pagina: 'http://localhost:8000/revisao',
  })
  t.match(one(await use(api, summary)), { nome: 'ana', papel: 'conferente_revisor' })
  t.equal((await request('ana@empresa.com.br'))['nome'], 'ana')
  t.equal((await request('ana@empresa.com.br'))['nome'], 'ana')
  t.equal((await request('ana@empresa.com.br'))['nome'], null, 'a fourth would only fill her mailbox')
  await before(base.sql, 11)
  t.equal((await request('ana@empresa.com.br'))['nome'], 'ana')
})

test('the trail shows who let whom in, without secrets, and any change to it is found', async (t) => {
  const base = await testDatabase(t)
  const { sql } = base
  await base.connectAs(
    'adelia',
  )`select audit.registrar_pessoa('ana', 'revisor', 'teste', 'ana@empresa.com.br')`
  const summary = digest()
  await invite(base, summary)
  await use(base.connectAs('api'), summary)
  t.same(await prove(base), ['provada'])
  const acts = await sql`select ator, detalhes from audit.operacoes where tipo = 'acesso' order by id`
  t.match(acts, [
    { ator: 'adelia', detalhes: { ato: 'pessoa registrada', nome: 'ana' } },
    { ator: 'adelia', detalhes: { ato: 'convite emitido', nome: 'ana', resumo: summary.toString('hex') } },
    { ator: 'ana', detalhes: { ato: 'token emitido', por: 'convite' } },
  ])
  t.notMatch(JSON.stringify(acts), /ana@empresa/, 'readers of the trail do not see addresses')
  for (const table of ['pessoas', 'convites'])
    t.equal(await sqlstate(sql`delete from audit.${sql(table)}`), 'NC013', table)
  for (const change of [
    `update audit.pessoas set endereco = 'mallory@example.com'`,
    `update audit.pessoas set papel = 'conferente_administrador'`,
    `delete from audit.pessoas`,
    `insert into audit.pessoas (operacao_id, nome, papel, registrada_por) select operacao_id, 'mallory', papel, registrada_por from audit.pessoas`,
    `update audit.convites set papel = 'conferente_administrador'`,
    `update audit.convites set resumo = sha256('outro')`,
    `insert into audit.convites (operacao_id, nome, papel, resumo, emitido_por, expira_em)
      select operacao_id, 'mallory', papel, sha256('x'), emitido_por, clock_timestamp() + interval '5 minutes' from audit.convites`,
    `update audit.tokens set convite_id = null`,
  ]) {
    const found = await sql
      .begin(async (tx) => {
        await tx`set local session_replication_role = replica`
        await tx.unsafe(change)
        await tx`set local session_replication_role = origin`
        const rows = await tx`select situacao from audit.verificar_integridade()`
        throw Object.assign(new Error('undone'), { rows })
      })
      .catch((error) => error.rows?.map((row: { situacao: string }) => row.situacao) ?? error)
    t.ok(found.includes?.('acesso_alterado'), `${change}: ${found}`)
  }
})
