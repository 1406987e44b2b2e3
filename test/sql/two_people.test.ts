// Two people are two people: despite other spellings of a name, a login and an address of one person, the system's own names, and
// an amount that somebody raised in order to approve alone.
import { test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { newcomer } from '../helper/database.ts'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

const LARGE = 150_000

/** A finding that needs two people, proposed by ana in psql. */
async function proposed(c: Scenario, id: number): Promise<number> {
  await c.book({ id, valor: LARGE })
  await c.runSession('manual')
  const finding = (await c.finding(id)).id
  await c.approve('ana', finding)
  return finding
}

/** Approves as the API does for somebody with a token of single sign-on. */
const approveAs = (c: Scenario, name: string, id: number) =>
  c.connectAs('api').begin(async (tx) => {
    await tx`select audit_interno.assumir(${name}, 'conferente_revisor', null, now(), true)`
    const shown = await c.shown(id)
    return one(await tx`select status from audit.aprovar_divergencias(${[id]}, 'conferido', ${shown})`)
  })

test('a name in another spelling is not a second person', async (t) => {
  const c = await scenario(t)
  const id = await proposed(c, 1)
  const ways = {
    'capitals and blanks': '  A N A ',
    accents: 'ână',
    'an accent of its own': 'a\u0301na',
    'a joiner without width': 'a\u034fna',
    'a space without width': 'an\u200ba',
    'a soft hyphen': 'an\u00ada',
    'a mark of direction': '\u202eana\u202c',
    'a tag that nobody sees': 'ana\u{e0061}',
    'a filler that looks like nothing': 'ana\u3164',
    'a selector of variants': 'ana\ufe0f',
    'no-break blanks': '\u00a0ana\u2003',
    'a Cyrillic letter': '\u0430na',
    'wide letters': '\uff41\uff4e\uff41',
    'bold letters': '\u{1d41a}\u{1d427}\u{1d41a}',
  }
  for (const [what, name] of Object.entries(ways)) {
    t.equal(await sqlstate(approveAs(c, name, id)), 'NC007', what)
  }
  t.equal(await c.categoria(1), 'ERR', 'nothing was written')
  t.same(await approveAs(c, 'bruno', id), { status: 'corrigida' })
})

test('a login and an address are one person once an administrator says so, even for earlier proposals', async (t) => {
  const c = await scenario(t)
  const [first, second] = [await proposed(c, 1), await proposed(c, 2)]
  const adelia = c.asPerson('adelia')
  t.equal((await approveAs(c, 'ana@empresa.com.br', first))['status'], 'corrigida', 'nobody noticed')
  await adelia`select audit.ligar_identidade('Ana@Empresa.com.br', 'ana', 'login e e-mail são dela')`
  t.equal(await sqlstate(approveAs(c, 'ANA@empresa.com.br', second)), 'NC007')
  t.same(
    [...(await adelia`select nome, pessoa, registrada_por from audit.vw_identidades`)],
    [{ nome: 'ana@empresa.com.br', pessoa: 'ana', registrada_por: 'adelia' }],
  )
  await adelia`select audit.ligar_identidade('asilva', 'ana', 'conta antiga')`
  t.equal(await sqlstate(approveAs(c, 'asilva', second)), 'NC007', 'two names of one person know each other')

  await adelia`select audit.desligar_identidade('ana@empresa.com.br', 'é a Ana de outra área')`
  t.equal((await approveAs(c, 'ana@empresa.com.br', second))['status'], 'corrigida')
  t.equal(
    (await c.sql`select count(*) from audit.verificar_integridade() where situacao <> 'provada'`)[0]?.[
      'count'
    ],
    0n,
  )
  await c.sql`alter table audit.identidades disable trigger user`
  await c.sql`update audit.identidades set pessoa = 'bruno' where nome = 'asilva'`
  await c.sql`alter table audit.identidades enable trigger user`
  const broken = await c.sql`select situacao from audit.verificar_integridade()`
  t.ok(
    broken.some(({ situacao }) => situacao === 'acesso_alterado'),
    'a tie that was changed is found',
  )
})

test('another administrator ties names to a person, unambiguously and never in a circle', async (t) => {
  const c = await scenario(t)
  const adelia = c.asPerson('adelia')
  const tie = (theName: string | null, somebody: string | null, reason: string | null = 'teste') =>
    sqlstate(adelia`select audit.ligar_identidade(${theName}, ${somebody}, ${reason})`)
  t.equal(await tie('adelia', 'bruno'), 'NC007', 'her own login')
  t.equal(await tie('adélia@empresa.com.br', 'ADÉLIA'), 'NC007', 'herself')
  t.equal(await tie('Ána', 'ana'), 'NC001', 'still one person')
  t.equal(await tie('ana', 'conferente'), 'NC001', 'the system is not a person')
  t.equal(await tie('ana', ' '), 'NC001')
  t.equal(await tie(null, 'ana'), 'NC001')
  t.equal(await tie('ana', 'bia', ' '), 'NC006')
  await adelia`select audit.ligar_identidade('asilva', 'ana', 'teste')`
  t.equal(await tie('bia', 'asilva'), 'NC001', "to somebody else's name")
  t.equal(await tie('ana', 'bia'), 'NC001', 'others are tied to it')
  t.equal(await sqlstate(adelia`select audit.desligar_identidade('bia', 'teste')`), 'NC004')
  for (const person of ['ana', 'olivia', 'leo'] as const) {
    t.equal(
      await sqlstate(c.asPerson(person)`select audit.ligar_identidade('x', 'y', 'teste')`),
      '42501',
      person,
    )
  }
  t.equal(await sqlstate(c.sql`delete from audit.identidades`), 'NC013')
})

test('an administrator cannot undo their own tie', async (t) => {
  const c = await scenario(t)
  const { login, connect } = await newcomer(t, c, 'bia', 'conferente_administrador')
  await c.asPerson('adelia')`select audit.ligar_identidade('bia@empresa.com.br', ${login}, 'teste')`
  const untie = (who: Sql) => sqlstate(who`select audit.desligar_identidade('bia@empresa.com.br', 'engano')`)
  t.equal(await untie(connect()), 'NC007')
  t.not(await untie(c.asPerson('adelia')), 'NC007')
})

test("nobody can use the system's own names", async (t) => {
  const c = await scenario(t)
  const id = await proposed(c, 1)
  for (const name of [
    'conferente',
    'Conferente',
    'c\u200bonferente',
    'conferente_dono',
    'CONFERENTE_regra',
  ]) {
    t.equal(await sqlstate(approveAs(c, name, id)), 'NC020', name)
    for (const call of [
      c.asPerson('adelia')`select audit.registrar_pessoa(${name}, 'revisor', 'teste')`,
      c.asPerson('adelia')`select audit.registrar_token(${name}, 'revisor', now() + interval '1 hour')`,
    ]) {
      t.equal(await sqlstate(call), 'NC001', name)
    }
  }
  const service = await newcomer(t, c, 'servico', 'conferente_servico', 'conferente_revisor')
  const shown = await c.shown(id)
  t.equal(
    await sqlstate(service.connect()`select audit.aprovar_divergencias(${[id]}, 'eu mesmo', ${shown})`),
    '42501',
    "the API's login speaks for people and is not one",
  )
})

test('an administrator who raises the amount for two people still cannot approve alone', async (t) => {
  const c = await scenario(t)
  const [bia, rui] = await Promise.all(
    ['bia', 'rui'].map((name) => newcomer(t, c, name, 'conferente_administrador', 'conferente_revisor')),
  )
  const [first, second] = [bia?.connect() as Sql, rui?.connect() as Sql]
  const set = (who: Sql, amount: number) =>
    who`select audit.alterar_configuracao('aprovacao.valor_dupla', to_jsonb(${amount}::numeric), 'novo teto')`
  await c.book(...[1, 2, 3, 4].map((id) => ({ id, valor: LARGE })))
  await c.runSession('manual')
  const approve = async (who: Sql, row: number) => {
    const { id } = await c.finding(row)
    return one(
      await who`select status from audit.aprovar_divergencias(${[id]}, 'conferido', ${await c.shown(id)})`,
    )['status']
  }

  await set(first, 120_000)
  await set(first, 1_000_000)
  t.equal(await approve(first, 1), 'aguardando_segunda_aprovacao', 'nor in two steps')
  t.equal(await approve(c.asPerson('ana'), 2), 'corrigida', 'it holds for others')
  await set(second, 900_000)
  t.equal(await approve(first, 3), 'corrigida', 'somebody else said it')
  await set(first, 50_000)
  t.equal(
    await approve(c.asPerson('ana'), 4),
    'aguardando_segunda_aprovacao',
    'a stricter setting holds for everybody at once',
  )
})

test('the table itself refuses one person under two names', async (t) => {
  const c = await scenario(t)
  const id = await proposed(c, 1)
  await c.asPerson('adelia')`select audit.ligar_identidade('asilva', 'ana', 'teste')`
  const write = (who: string) =>
    sqlstate(
      c.sql`update audit.divergencias_processadas set status = 'corrigida', decidida_por = ${who}, decidida_em = now() where id = ${id}`,
    )
  t.equal(await write('asilva'), 'NC007')
  t.equal(await write('A\u200bNA'), 'NC007')
  await c.sql`alter table audit.divergencias_processadas disable trigger exigir_outra_pessoa`
  t.equal(await write('A\u200bNA'), '23514', 'also where a constraint is only written differently')
  t.match(
    [...(await c.sql`select situacao from audit.verificar_integridade()`)].map((row) => row['situacao']),
    ['protecao_desligada'],
  )
})
