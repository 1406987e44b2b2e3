// Who may speak for whom: the API's login takes the caller's role for a transaction, and only where the token is good.
import { test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { type TestDatabase, testDatabase } from '../helper/database.ts'
import { one, sqlstate } from '../helper/scenario.ts'

interface Token {
  nome?: string
  papel?: string
  id?: string
  emitido?: Date
  deFora?: boolean
}

const become = (
  sql: Sql,
  { nome = 'ana', papel = 'conferente_revisor', id, emitido, deFora = false }: Token,
) =>
  sql.begin(async (tx) => {
    await tx`select audit_interno.assumir(${nome}, ${papel}, ${id ?? null}, ${emitido ?? new Date()}, ${deFora})`
    return one(await tx`select current_user::text as papel, current_setting('conferente.ator') as ator`)
  })

const issue = async ({ connectAs }: TestDatabase, name = 'Ana', role = 'revisor') =>
  one(
    await connectAs(
      'adelia',
    )`select * from audit.registrar_token(${name}, ${role}, now() + interval '1 hour')`,
  )

test('a token on record gives its role and its name until the transaction ends, and no other', async (t) => {
  const base = await testDatabase(t)
  const api = base.connectAs('api')
  const { id } = await issue(base, '  ANA ')
  t.same(await become(api, { id, nome: 'Ana' }), { papel: 'conferente_revisor', ator: 'ana' })
  const [after] = await api`select current_user::text as papel`
  t.equal(after?.['papel'], 'api')
  t.equal(await sqlstate(become(api, { id, papel: 'conferente_administrador' })), 'NC020', 'another role')
  t.equal(await sqlstate(become(api, { id, nome: 'bruno' })), 'NC020', 'another name')
  t.equal(await sqlstate(become(api, { id: 'inventado' })), 'NC020', 'no record')
  t.equal(await sqlstate(become(api, { id, nome: ' ' })), 'NC020', 'no name')
})

test("no token, ours or single sign-on's, gives a role other than the four", async (t) => {
  const base = await testDatabase(t)
  const api = base.connectAs('api')
  for (const role of ['conferente_dono', 'conferente_servico', 'postgres', 'api', 'none', '']) {
    t.equal(await sqlstate(become(api, { papel: role, deFora: true })), 'NC020', role)
    t.equal(
      await sqlstate(
        base.connectAs('adelia')`select audit.registrar_token('ana', ${role}, now() + interval '1 day')`,
      ),
      'NC001',
      role,
    )
  }
})

test("a revoked token is refused at once, one or all of a person's; later ones work", async (t) => {
  const base = await testDatabase(t)
  const [api, adelia] = [base.connectAs('api'), base.connectAs('adelia')]
  const [one, two] = [await issue(base), await issue(base)]
  await adelia`select audit.revogar_acesso('perdido', token_id => ${one['id']})`
  t.equal(await sqlstate(become(api, { id: one['id'], emitido: one['emitido_em'] })), 'NC020')
  t.equal((await become(api, { id: two['id'], emitido: two['emitido_em'] }))['ator'], 'ana')
  await adelia`select audit.revogar_acesso('saiu da empresa', nome => 'ANA')`
  t.equal(await sqlstate(become(api, { id: two['id'], emitido: two['emitido_em'] })), 'NC020')
  t.equal(
    await sqlstate(become(api, { deFora: true, emitido: two['emitido_em'] })),
    'NC020',
    'by single sign-on',
  )
  const three = await issue(base)
  t.equal((await become(api, { id: three['id'] }))['ator'], 'ana')
})

test('tokens issued and revoked are in the audit trail, for administrators to read', async (t) => {
  const base = await testDatabase(t)
  const { id } = await issue(base)
  await base.connectAs('adelia')`select audit.revogar_acesso('perdido', token_id => ${id})`
  await base.sql`select audit_interno.selar()`
  const acts =
    await base.sql`select ator, selo is not null as selada, detalhes from audit.operacoes where tipo = 'acesso' order by id`
  t.match(acts, [
    { ator: 'adelia', selada: true, detalhes: { ato: 'token emitido', token: id, nome: 'ana' } },
    { ator: 'adelia', selada: true, detalhes: { ato: 'acesso revogado', token: id } },
  ])
  for (const person of ['leo', 'ana', 'olivia', 'api'] as const) {
    t.equal(await sqlstate(base.connectAs(person)`select from audit.tokens`), '42501', person)
    t.equal(
      await sqlstate(
        base.connectAs(person)`select audit.registrar_token('x', 'leitor', now() + interval '1 day')`,
      ),
      '42501',
    )
    t.equal(await sqlstate(base.connectAs(person)`select audit.revogar_acesso('x', nome => 'x')`), '42501')
  }
  t.equal(await sqlstate(base.sql`update audit.tokens set papel = 'conferente_administrador'`), 'NC013')
  t.equal(await sqlstate(base.sql`delete from audit.revogacoes`), 'NC013')
})

test('only the service may act as somebody, and it has no rights of its own', async (t) => {
  const { connectAs } = await testDatabase(t)
  for (const person of ['ana', 'adelia', 'ninguem'] as const) {
    t.equal(await sqlstate(become(connectAs(person), { deFora: true })), '42501', person)
  }
  const api = connectAs('api')
  t.equal(await sqlstate(api`select from audit.regras`), '42501')
  t.equal(await sqlstate(api`select audit.solicitar_processamento()`), '42501')
})

test('one person has one name, however it is written', async (t) => {
  const { sql } = await testDatabase(t)
  const [row] = await sql`
    select audit_interno.nome_pessoa('  JOSÉ   da Silva ') as a, audit_interno.nome_pessoa(U&'Jose\\0301 DA silva') as b,
      audit_interno.nome_pessoa(U&'\\FF21na') as c`
  t.same(row, { a: 'josé da silva', b: 'josé da silva', c: 'ana' })
})
