// How people come in: one-time links, people whom an administrator registered, sessions, and what is recorded of all that.
import { randomBytes } from 'node:crypto'
import { test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { type Banco, banco } from '../helper/database.ts'
import { codigo, one } from '../helper/scenario.ts'

const digest = () => randomBytes(32)
const convidar = async ({ como }: Banco, resumo: Buffer, nome = 'Ana', papel: string | null = 'revisor') =>
  one(await como('adelia')`select * from audit.criar_convite(${nome}, ${papel}, ${resumo})`)
const usar = (api: Sql, resumo: Buffer) => api`select * from audit_interno.entrar_por_convite(${resumo})`
const provar = async ({ sql }: Banco) => {
  await sql`select audit_interno.selar()`
  return (await sql`select situacao, objeto from audit.verificar_integridade()`).map((r) => r['situacao'])
}

/** As only a test can: append-only facts as if they had been written so long ago. */
const antes = (sql: Sql, minutes: number) =>
  sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update audit.convites set emitido_em = emitido_em - make_interval(mins => ${minutes}), expira_em = expira_em - make_interval(mins => ${minutes})`
  })

test('a one-time link lets its person in once, for ten minutes, with a session of some hours', async (t) => {
  const base = await banco(t)
  const api = base.como('api')
  const resumo = digest()
  const link = await convidar(base, resumo, '  ANA ')
  t.match(link, { nome: 'ana', papel: 'conferente_revisor', emitido_por: 'adelia', endereco: null })
  t.equal(Number(link['expira_em']) - Number(link['emitido_em']), 600_000)
  const token = one(await usar(api, resumo))
  t.match(token, { nome: 'ana', papel: 'conferente_revisor', emitido_por: 'ana', convite_id: link['id'] })
  t.equal(Math.round((Number(token['expira_em']) - Number(token['emitido_em'])) / 3_600_000), 10)
  t.equal(await codigo(usar(api, resumo)), 'NC025', 'used')
  t.equal(await codigo(usar(api, digest())), 'NC025', 'unknown')
  const late = digest()
  await convidar(base, late)
  await antes(base.sql, 11)
  t.equal(await codigo(usar(api, late)), 'NC025', 'expired')
  await base.como('adelia')`select audit.alterar_configuracao('acesso.sessao_horas', '2', 'teste')`
  const short = digest()
  await convidar(base, short)
  const other = one(await usar(api, short))
  t.equal(Math.round((Number(other['expira_em']) - Number(other['emitido_em'])) / 3_600_000), 2)
})

test('of two who use a link at the same moment one comes in', async (t) => {
  const base = await banco(t)
  const [one, two] = [base.como('api'), base.como('api')]
  for (let round = 0; round < 10; round++) {
    const resumo = digest()
    await convidar(base, resumo)
    const outcomes = await Promise.all([codigo(usar(one, resumo)), codigo(usar(two, resumo))])
    t.same(outcomes.sort(), ['NC025', 'aceito'])
  }
  t.equal((await base.sql`select from audit.tokens`).length, 10)
})

test('whoever is shut out is not let in by an older link, and may be invited again', async (t) => {
  const base = await banco(t)
  const api = base.como('api')
  const [old, fresh] = [digest(), digest()]
  await convidar(base, old)
  await base.como('adelia')`select audit.revogar_acesso('saiu', nome => 'Ana')`
  t.equal(await codigo(usar(api, old)), 'NC025')
  await convidar(base, fresh)
  t.equal(await codigo(usar(api, fresh)), 'aceito')
})

test('signing out refuses that session alone, and is recorded in its owner’s name', async (t) => {
  const base = await banco(t)
  const api = base.como('api')
  const [here, there] = [digest(), digest()]
  await convidar(base, here)
  await convidar(base, there)
  const [a, b] = [one(await usar(api, here)), one(await usar(api, there))]
  const sair = (id: unknown, nome = 'Ana') =>
    api`select audit_interno.sair(${nome}, 'conferente_revisor', ${id as string})`
  const assumir = (id: unknown) =>
    api.begin(
      (tx) => tx`select audit_interno.assumir('ana', 'conferente_revisor', ${id as string}, null, false)`,
    )
  t.equal(await codigo(sair(a['id'], 'bruno')), 'NC020', 'not somebody else’s')
  t.equal(await codigo(sair(a['id'])), 'aceito')
  t.equal(await codigo(sair(a['id'])), 'NC020', 'once')
  t.equal(await codigo(assumir(a['id'])), 'NC020')
  t.equal(await codigo(assumir(b['id'])), 'aceito')
  const [last] = await base.sql`select ator, motivo, detalhes from audit.operacoes order by id desc limit 1`
  t.match(last, { ator: 'ana', motivo: 'saiu', detalhes: { ato: 'acesso revogado', token: a['id'] } })
  t.same(await provar(base), ['provada'])
})

test('people registered by an administrator have a role; another role ends what is open; removed, they have none', async (t) => {
  const base = await banco(t)
  const [api, adelia] = [base.como('api'), base.como('adelia')]
  const provedor = (nome: string, papel: string | null = null) =>
    api`select * from audit_interno.entrar_por_provedor(${nome}, ${papel})`
  t.equal(await codigo(provedor('ana')), 'NC026')
  t.equal(await codigo(convidar(base, digest(), 'ana', null)), 'NC026')
  await adelia`select audit.registrar_pessoa('Ana', 'revisor', 'contas a pagar', 'Ana@Empresa.com.br')`
  const [session] = await provedor(' ANA ')
  t.match(session, { nome: 'ana', papel: 'conferente_revisor', emitido_por: 'ana', convite_id: null })
  t.match(one(await provedor('ana', 'leitor')), { papel: 'conferente_leitor' }, 'a claim goes before')
  const resumo = digest()
  await convidar(base, resumo, 'ana', null)
  await adelia`select audit.registrar_pessoa('ana', 'leitor', 'mudou de área', 'ana@empresa.com.br')`
  const assumir = () =>
    api.begin(
      (tx) => tx`select audit_interno.assumir('ana', 'conferente_revisor', ${session?.['id']}, null, false)`,
    )
  t.equal(await codigo(assumir()), 'NC020', 'the session as reviewer is over')
  t.equal(await codigo(usar(api, resumo)), 'NC025', 'so is the link')
  t.match(one(await provedor('ana')), { papel: 'conferente_leitor' })
  const kept = one(await provedor('ana'))
  await adelia`select audit.registrar_pessoa('ana', 'leitor', 'sem e-mail')`
  t.equal(
    await codigo(
      api.begin(
        (tx) => tx`select audit_interno.assumir('ana', 'conferente_leitor', ${kept['id']}, null, false)`,
      ),
    ),
    'aceito',
    'the same role ends nothing',
  )
  await adelia`select audit.remover_pessoa('ana', 'saiu da empresa')`
  t.equal(await codigo(provedor('ana')), 'NC026')
  t.same([...(await adelia`select nome from audit.vw_pessoas`)], [])
  t.equal((await adelia`select from audit.pessoas`).length, 4, 'what was said stays on record')
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
    t.equal(await codigo(adelia.unsafe(`select audit.${call}`)), 'NC001', call)
  await adelia`select audit.registrar_pessoa('bruno', 'revisor', 'x', 'bruno@empresa.com.br')`
  t.equal(
    await codigo(adelia`select audit.registrar_pessoa('bia', 'revisor', 'x', 'BRUNO@empresa.com.br')`),
    'NC001',
    'an address is one person’s',
  )
  t.equal(await codigo(adelia`select audit.remover_pessoa('ninguem', 'x')`), 'NC004')
  t.equal(await codigo(adelia`select audit.registrar_pessoa('bia', 'revisor', ' ')`), 'NC006')
})

test('a link asked for by an address goes to a registered one alone, and three times in ten minutes', async (t) => {
  const base = await banco(t)
  const api = base.como('api')
  const pedir = async (endereco: string, resumo = digest()) =>
    one(await api`select * from audit_interno.pedir_convite(${endereco}, ${resumo})`)
  t.equal((await pedir('ana@empresa.com.br'))['nome'], null)
  await base.como('adelia')`select audit.registrar_pessoa('ana', 'revisor', 'teste', 'ana@empresa.com.br')`
  const resumo = digest()
  t.match(await pedir(' ANA@empresa.com.br ', resumo), {
    nome: 'ana',
    endereco_registrado: 'ana@empresa.com.br',
    pagina: 'http://localhost:8000/revisao',
  })
  t.match(one(await usar(api, resumo)), { nome: 'ana', papel: 'conferente_revisor' })
  t.equal((await pedir('ana@empresa.com.br'))['nome'], 'ana')
  t.equal((await pedir('ana@empresa.com.br'))['nome'], 'ana')
  t.equal((await pedir('ana@empresa.com.br'))['nome'], null, 'a fourth would only fill her mailbox')
  await antes(base.sql, 11)
  t.equal((await pedir('ana@empresa.com.br'))['nome'], 'ana')
})

test('who let whom in is in the trail without any secret, and no change of it goes unseen', async (t) => {
  const base = await banco(t)
  const { sql } = base
  await base.como('adelia')`select audit.registrar_pessoa('ana', 'revisor', 'teste', 'ana@empresa.com.br')`
  const resumo = digest()
  await convidar(base, resumo)
  await usar(base.como('api'), resumo)
  t.same(await provar(base), ['provada'])
  const acts = await sql`select ator, detalhes from audit.operacoes where tipo = 'acesso' order by id`
  t.match(acts, [
    { ator: 'adelia', detalhes: { ato: 'pessoa registrada', nome: 'ana' } },
    { ator: 'adelia', detalhes: { ato: 'convite emitido', nome: 'ana', resumo: resumo.toString('hex') } },
    { ator: 'ana', detalhes: { ato: 'token emitido', por: 'convite' } },
  ])
  t.notMatch(JSON.stringify(acts), /ana@empresa/, 'readers of the trail do not learn addresses')
  for (const tabela of ['pessoas', 'convites'])
    t.equal(await codigo(sql`delete from audit.${sql(tabela)}`), 'NC013', tabela)
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
