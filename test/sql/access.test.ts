// Who may speak for whom: the API's login takes the caller's role for a transaction, and only where the token is good.
import { test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { type Banco, banco } from '../helper/database.ts'
import { codigo, one } from '../helper/scenario.ts'

interface Token {
  nome?: string
  papel?: string
  id?: string
  emitido?: Date
  deFora?: boolean
}

const assumir = (
  sql: Sql,
  { nome = 'ana', papel = 'conferente_revisor', id, emitido, deFora = false }: Token,
) =>
  sql.begin(async (tx) => {
    await tx`select audit_interno.assumir(${nome}, ${papel}, ${id ?? null}, ${emitido ?? new Date()}, ${deFora})`
    return one(await tx`select current_user::text as papel, current_setting('conferente.ator') as ator`)
  })

const emitir = async ({ como }: Banco, nome = 'Ana', papel = 'revisor') =>
  one(await como('adelia')`select * from audit.registrar_token(${nome}, ${papel}, now() + interval '1 hour')`)

test('a token on record gives its role and its name until the transaction ends, and no other', async (t) => {
  const base = await banco(t)
  const api = base.como('api')
  const { id } = await emitir(base, '  ANA ')
  t.same(await assumir(api, { id, nome: 'Ana' }), { papel: 'conferente_revisor', ator: 'ana' })
  const [after] = await api`select current_user::text as papel`
  t.equal(after?.['papel'], 'api')
  t.equal(await codigo(assumir(api, { id, papel: 'conferente_administrador' })), 'NC020', 'another role')
  t.equal(await codigo(assumir(api, { id, nome: 'bruno' })), 'NC020', 'another name')
  t.equal(await codigo(assumir(api, { id: 'inventado' })), 'NC020', 'no record')
  t.equal(await codigo(assumir(api, { id, nome: ' ' })), 'NC020', 'no name')
})

test('no token gives a role that is not one of the four, of single sign-on or of ours', async (t) => {
  const base = await banco(t)
  const api = base.como('api')
  for (const papel of ['conferente_dono', 'conferente_servico', 'postgres', 'api', 'none', '']) {
    t.equal(await codigo(assumir(api, { papel, deFora: true })), 'NC020', papel)
    t.equal(
      await codigo(
        base.como('adelia')`select audit.registrar_token('ana', ${papel}, now() + interval '1 day')`,
      ),
      'NC001',
      papel,
    )
  }
})

test('a revoked token is refused at once, one or all of a person; later ones are good', async (t) => {
  const base = await banco(t)
  const [api, adelia] = [base.como('api'), base.como('adelia')]
  const [one, two] = [await emitir(base), await emitir(base)]
  await adelia`select audit.revogar_acesso('perdido', token_id => ${one['id']})`
  t.equal(await codigo(assumir(api, { id: one['id'], emitido: one['emitido_em'] })), 'NC020')
  t.equal((await assumir(api, { id: two['id'], emitido: two['emitido_em'] }))['ator'], 'ana')
  await adelia`select audit.revogar_acesso('saiu da empresa', nome => 'ANA')`
  t.equal(await codigo(assumir(api, { id: two['id'], emitido: two['emitido_em'] })), 'NC020')
  t.equal(await codigo(assumir(api, { deFora: true, emitido: two['emitido_em'] })), 'NC020', 'single sign-on')
  const three = await emitir(base)
  t.equal((await assumir(api, { id: three['id'] }))['ator'], 'ana')
})

test('what was issued and revoked is in the audit trail, and is read by administrators', async (t) => {
  const base = await banco(t)
  const { id } = await emitir(base)
  await base.como('adelia')`select audit.revogar_acesso('perdido', token_id => ${id})`
  await base.sql`select audit_interno.selar()`
  const acts =
    await base.sql`select ator, selo is not null as selada, detalhes from audit.operacoes where tipo = 'acesso' order by id`
  t.match(acts, [
    { ator: 'adelia', selada: true, detalhes: { ato: 'token emitido', token: id, nome: 'ana' } },
    { ator: 'adelia', selada: true, detalhes: { ato: 'acesso revogado', token: id } },
  ])
  for (const pessoa of ['leo', 'ana', 'olivia', 'api'] as const) {
    t.equal(await codigo(base.como(pessoa)`select from audit.tokens`), '42501', pessoa)
    t.equal(
      await codigo(base.como(pessoa)`select audit.registrar_token('x', 'leitor', now() + interval '1 day')`),
      '42501',
    )
    t.equal(await codigo(base.como(pessoa)`select audit.revogar_acesso('x', nome => 'x')`), '42501')
  }
  t.equal(await codigo(base.sql`update audit.tokens set papel = 'conferente_administrador'`), 'NC013')
  t.equal(await codigo(base.sql`delete from audit.revogacoes`), 'NC013')
})

test('only the service may become somebody, and it has nothing of its own', async (t) => {
  const { como } = await banco(t)
  for (const pessoa of ['ana', 'adelia', 'ninguem'] as const) {
    t.equal(await codigo(assumir(como(pessoa), { deFora: true })), '42501', pessoa)
  }
  const api = como('api')
  t.equal(await codigo(api`select from audit.regras`), '42501')
  t.equal(await codigo(api`select audit.solicitar_processamento()`), '42501')
})

test('one person has one name, however it is written', async (t) => {
  const { sql } = await banco(t)
  const [row] = await sql`
    select audit_interno.nome_pessoa('  JOSÉ   da Silva ') as a, audit_interno.nome_pessoa(U&'Jose\\0301 DA silva') as b,
      audit_interno.nome_pessoa(U&'\\FF21na') as c`
  t.same(row, { a: 'josé da silva', b: 'josé da silva', c: 'ana' })
})
