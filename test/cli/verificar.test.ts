import t from 'tap'
import { one, scenario } from '../helper/scenario.ts'
import { conferente, personal } from './helper.ts'

const c = await scenario(t)
await c.book({ id: 1 }, { id: 2, confianca: 0.5 })
await c.runSession('auto')
await c.approve('ana', (await c.finding(2)).id)
await c.sql`select audit_interno.selar()`
const leo = personal(c.url, 'leo')
const verify = (args: string[], language?: string) =>
  conferente(['verificar', ...args], { url: leo, ...(language && { language }) })
const head = one(await c.sql`select elo::text as elo, encode(selo, 'hex') as selo from audit_interno.cadeia`)

await t.test('a proven trail exits with 0, and the output says what a witness would add', async (t) => {
  const ran = await verify([])
  t.equal(ran.code, 0, ran.stderr)
  t.match(
    ran.stdout,
    new RegExp(`^Trilha provada: 6 operações e 5 fatos, até o elo 6\\.\nSelo da cabeça: ${head['selo']}\n$`),
  )
  t.match(ran.stderr, /Dê --elo e --selo de uma mensagem guardada/)
  const english = await verify([], 'en')
  t.match(english.stdout, /Trail proven: 6 operations and 5 facts, up to link 6/)
})

await t.test('with the witness of a message', async (t) => {
  const ran = await verify(['--elo', head['elo'], '--selo', head['selo'].toUpperCase()])
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stdout, /A testemunha do elo 6 confere/)
  t.notMatch(ran.stderr, /Sem testemunha/)
  const other = await verify(['--elo', '9', '--selo', head['selo']])
  t.equal(other.code, 1)
  t.match(other.stdout, /^✖ elo 9: a testemunha diz outra coisa/)
})

await t.test('only what came after the witness', async (t) => {
  const [before] =
    await c.sql`select elo::text as elo, encode(selo, 'hex') as selo from audit.operacoes where elo = 3`
  const ran = await verify(['--desde', '--elo', '3', '--selo', before?.['selo']])
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stdout, /^Trilha provada: 3 operações e \d+ fatos, até o elo 6/)
  t.match(ran.stderr, /O que veio até o elo 3 não foi relido/)
  t.equal((await verify(['--desde'])).code, 2)
})

await t.test('as JSON', async (t) => {
  const ran = await verify(['--json'])
  t.equal(ran.code, 0)
  t.match(ran.json(), [
    { situacao: 'provada', elo: head['elo'], selo: head['selo'], operacoes: '6', fatos: '5' },
  ])
})

await t.test('operations that wait for their seal are counted and proven', async (t) => {
  await c.asPerson('ana')`select audit.finalizar_operacao(audit.registrar_operacao('externa', 'carga'))`
  const ran = await verify([])
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stdout, /6 operações e 5 fatos, até o elo 6\.\n1 operação ainda sem selo/)
  t.match((await verify([], 'en')).stdout, /\n1 operation not sealed yet/)
  await c.sql`select audit_interno.selar()`
})

await t.test('wrong usage exits with 2', async (t) => {
  for (const [args, says] of [
    [['--elo', '4'], /vêm juntos/],
    [['--selo', head['selo']], /vêm juntos/],
    [['--elo', '1.250', '--selo', head['selo']], /elo inválido: 1\.250/],
    [['--elo', '-1', '--selo', head['selo']], /elo inválido/],
    [['--elo', '4', '--selo', 'abc'], /selo inválido: abc/],
  ] as const) {
    const ran = await verify([...args])
    t.equal(ran.code, 2, args.join(' '))
    t.match(ran.stderr, says)
    t.equal(ran.stdout, '')
  }
})

await t.test('a broken trail exits with 1, in both languages and as JSON', async (t) => {
  await c.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update audit.decisoes set ator = 'outra'`
    await tx`alter table audit.decisoes disable trigger proteger`
  })
  const ran = await verify([])
  t.equal(ran.code, 1)
  t.match(
    ran.stdout,
    /^✖ elo 6, operação \d+: a operação, ou um fato seu, foi alterado, apagado ou acrescentado\n {4}audit\.operacoes \d+\n {4}esperado: {3}resumo [0-9a-f]{64}\n {4}encontrado: resumo /,
  )
  t.match(ran.stdout, /\n✖ um gatilho está desligado\n {4}gatilho proteger de audit\.decisoes\n/)
  t.match(ran.stderr, /A TRILHA ESTÁ QUEBRADA: 2/)
  t.notMatch(ran.stdout, /provada/)
  const english = await verify([], 'en')
  t.equal(english.code, 1)
  t.match(
    english.stdout,
    /^✖ link 6, operation \d+: the operation, or one of its facts, was changed, deleted or added/,
  )
  t.match(english.stderr, /THE TRAIL IS BROKEN: 2/)
  const json = await verify(['--json'])
  t.equal(json.code, 1)
  t.match(json.json(), [
    { situacao: 'operacao_alterada', elo: '6' },
    { situacao: 'protecao_desligada', elo: null },
  ])
})

await t.test('a login without the right to read is told which role it needs', async (t) => {
  const ran = await conferente(['verificar'], { url: personal(c.url, 'ninguem') })
  t.equal(ran.code, 1)
  t.match(ran.stderr, /conferente_leitor/)
})
