// An exported trail is proven without the database that it came from, and any change to it is found.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { one, scenario } from '../helper/scenario.ts'
import { AWKWARD, checkBytes, checkLines, runScript, trailOf } from '../helper/trail.ts'

const c = await scenario(t)
await c.book(
  { id: 1, descricao: AWKWARD.replaceAll('\u0000', '') },
  { id: 2, confianca: 0.5, valor: 123456789012.34 },
  { id: 3, confianca: 0.5 },
  { id: 4, confianca: 0.5 },
  { id: 6, descricao: 'aponta', confianca: 0.5 },
)
await c.runSession('auto')
await c.approve('ana', (await c.finding(2)).id)
await c.reject('ana', (await c.finding(3)).id)
await c.asPerson('ana')`select audit.comentar(${[(await c.finding(4)).id]}, ${AWKWARD})`
await c.asPerson(
  'ana',
)`select audit.declarar_excecao('errada', 'dw.lancamentos', '4', ${AWKWARD}, 'infinity')`
await c.change(1, 'ERR')
await c.runSession('auto')
await c.runSession()
const leo = c.asPerson('leo')
await leo`select audit.finalizar_operacao(audit.registrar_exportacao('{"b": 1.50, "a": 1e400}'), linhas => 3)`
await c.sql`select audit_interno.selar()`
const lines = await trailOf(leo)
const truth = one(
  await c.sql`
  select k.elo::int, encode(k.selo, 'hex') as selo,
    (select count(*)::int from audit.deteccoes) + (select count(*)::int from audit.alteracoes) + (select count(*)::int from audit.decisoes)
      + (select count(*)::int from audit.excecoes) + (select count(*)::int from audit.correcoes_desfeitas)
      + (select count(*)::int from audit_interno.estados where operacao_id is not null) as fatos,
    (select count(*)::int from audit.divergencias_processadas) as divergencias
  from audit_interno.cadeia k`,
)
const directory = await mkdtemp(join(tmpdir(), 'trilha-'))
t.teardown(() => rm(directory, { recursive: true }))
const file = join(directory, 'trilha.jsonl')

/** Both checkers: the command line's, and the script that an auditor reads. */
async function bothSay(written: readonly string[], ...witnesses: { elo: number; selo: string }[]) {
  const { breaks } = await checkLines(written, witnesses[0])
  await writeFile(file, `${written.join('\n')}\n`)
  const { code, stdout } = await runScript(file, ...witnesses.map(({ elo, selo }) => `${elo}=${selo}`))
  return { breaks, kinds: breaks.map(({ situacao }) => situacao), code, stdout }
}

t.test('an export is proven by both checkers', async (t) => {
  for (const kind of ['deteccao', 'alteracao', 'decisao', 'excecao', 'desfeita', 'estado', 'achado'])
    t.ok(
      lines.some((line) => line.includes(`"${kind}"`)),
      `there is a ${kind}`,
    )
  t.match(await checkLines(lines), { breaks: [], pendentes: 0, ...truth })
  const said = await bothSay(lines, { elo: truth['elo'], selo: truth['selo'] })
  t.match(said, {
    kinds: [],
    code: 0,
    stdout: `proven: ${truth['fatos']} facts, up to link ${truth['elo']}, seal ${truth['selo']}`,
  })
  t.match(
    await checkBytes(`\ufeff${lines.join('\r\n')}\r\n`),
    { breaks: [], ...truth },
    'saved again by Windows',
  )
  t.match(await checkLines(lines, { elo: 0, selo: JSON.parse(lines[1] as string).selo_anterior }), {
    breaks: [],
  })
})

t.test("under any settings of the reader's session", async (t) => {
  await leo.begin(async (tx) => {
    await tx.unsafe(`set local timezone = 'Asia/Tokyo'; set local datestyle = 'SQL, DMY'; set local intervalstyle = 'iso_8601';
      set local bytea_output = 'escape'; set local extra_float_digits = -5; set local transaction_read_only = on`)
    const again = await trailOf(tx as never)
    t.same(again.slice(1), lines.slice(1))
  })
})

t.test('operations waiting for a seal are counted, but not in the file', async (t) => {
  await c.asPerson('ana')`select audit.comentar(${[(await c.finding(4)).id]}, 'ainda sem selo')`
  t.match(await checkLines(await trailOf(leo)), { breaks: [], ...truth, pendentes: 1 })
  await c.sql`update audit.divergencias_processadas set justificativa = justificativa`
})

const at = (part: string) => lines.findIndex((line) => line.includes(part))
const withLine = (index: number, change: (line: string) => string | undefined) =>
  lines.flatMap((line, i) => (i === index ? (change(line) ?? []) : line))
const elos = lines.flatMap((line, index) => (line.startsWith('{"elo"') ? index : []))
const middle = elos[3] as number
const lastOperation = elos.at(-1) as number
const swapped = (() => {
  const other = [...lines]
  const [a, b] = [elos[1] as number, elos[2] as number]
  other.splice(a, (elos[3] as number) - a, ...lines.slice(b, elos[3]), ...lines.slice(a, b))
  return other
})()

/** What is done to the file, and what is found first. */
const TAMPERINGS: Record<string, readonly [written: readonly string[], kinds: readonly string[]]> = {
  'an operation changed': [withLine(middle, (l) => l.replace('concluida', 'falhou')), ['operacao_alterada']],
  'a digit of a detection': [
    withLine(at('"deteccao"'), (l) => l.replace(/,0\.(\d)/, (_, d) => `,0.${(Number(d) + 1) % 10}`)),
    ['operacao_alterada'],
  ],
  'an image changed': [
    withLine(at('"alteracao"'), (l) => l.replace('CERTA', 'OUTRA').replace('ERR', 'ERRADO')),
    ['operacao_alterada'],
  ],
  'an image left out': [withLine(at('"alteracao"'), () => undefined), ['operacao_alterada']],
  'an image twice': [withLine(at('"alteracao"'), (l) => `${l}\n${l}`), ['operacao_alterada']],
  'a decision by somebody else': [
    withLine(at('"decisao"'), (l) => l.replace('(ana,', '(bia,')),
    ['operacao_alterada'],
  ],
  'a blank in a text': [
    withLine(at('"excecao"'), (l) => l.replace('barra', 'barra ')),
    ['operacao_alterada'],
  ],
  'another spelling of the same letter': [
    withLine(at('"excecao"'), (l) => l.replace('e\u0301', 'é')),
    ['operacao_alterada'],
  ],
  'a correction that was undone left out': [
    withLine(at('"desfeita"'), () => undefined),
    ['operacao_alterada'],
  ],
  'a change of a setting left out': [withLine(at('"estado"'), () => undefined), ['operacao_alterada']],
  'a finding changed': [
    withLine(at('"achado"'), (l) => l.replace(/("achado" ?: ?"\()0\.\d+/, '$10.1234')),
    ['divergencia_alterada'],
  ],
  'the row of a finding': [
    withLine(at('"achado"'), (l) => l.replace('dw.lancamentos', 'dw.outra')),
    ['divergencia_alterada'],
  ],
  'the fingerprint of a finding': [
    withLine(at('"achado"'), (l) => l.replace(/("impressao" : "|"impressao":")../, '$1ff')),
    ['divergencia_alterada'],
  ],
  'an operation left out': [
    lines.filter((_, i) => i < middle || i >= (elos[4] as number)),
    ['operacao_ausente'],
  ],
  'two that changed places': [swapped, ['operacao_ausente', 'elo_repetido', 'selo_anterior_errado']],
  'the end left out': [lines.slice(0, lastOperation), ['cauda_ausente']],
  'the head': [withLine(0, (l) => l.replace(truth['selo'], '0'.repeat(64))), ['cabeca_errada']],
  'a seal': [
    withLine(middle, (l) =>
      l.replace(/"selo" : "[0-9a-f]{64}|"selo":"[0-9a-f]{64}/, (m) => m.slice(0, -64) + '0'.repeat(64)),
    ),
    ['selo_errado', 'selo_anterior_errado'],
  ],
  'a digest': [
    withLine(middle, (l) => l.replace(/("resumo" : "|"resumo":")[0-9a-f]{64}/, `$1${'0'.repeat(64)}`)),
    ['selo_errado', 'operacao_alterada'],
  ],
  'a fact moved to the next operation': [
    [
      ...lines.slice(0, at('"decisao"')),
      ...lines.slice(at('"decisao"') + 1),
      lines[at('"decisao"')] as string,
    ],
    ['operacao_alterada'],
  ],
  'cut within a line': [[...lines.slice(0, -1), (lines.at(-1) as string).slice(0, -9)], ['linha_ilegivel']],
  'something else between': [withLine(middle, (l) => `{"nota": 1}\n${l}`), ['linha_ilegivel']],
  'another file': [['id;sessao', '1;2'], ['linha_ilegivel']],
  'a later format': [withLine(0, (l) => l.replace(/("versao" ?: ?)1/, '$12')), ['linha_ilegivel']],
  nothing: [[], ['linha_ilegivel']],
}

for (const [name, [written, kinds]] of Object.entries(TAMPERINGS))
  t.test(`${name} is found by both checkers`, async (t) => {
    t.notSame(written, lines, 'something was changed')
    const said = await bothSay(written)
    t.same(new Set(said.kinds), new Set(kinds))
    t.equal(said.code, 1, said.stdout)
    t.notMatch(said.stdout, /^proven/)
  })

t.test('the link that is broken is named', async (t) => {
  const { breaks } = await checkLines(withLine(middle, (l) => l.replace('concluida', 'falhou')))
  t.match(breaks, [
    { situacao: 'operacao_alterada', elo: 4, objeto: /^audit.operacoes \d+$/, ocorrencias: 1 },
  ])
})

t.test('a completely rewritten file is contradicted only by a witness', async (t) => {
  const others = await scenario(t)
  await others.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  for (let i = 0; i < 9; i++) await others.runSession()
  await others.sql`select audit_interno.selar()`
  const other = await trailOf(others.asPerson('leo'))
  t.match(await bothSay(other), { kinds: [], code: 0 })
  const mailed = { elo: 5, selo: JSON.parse(lines[elos[4] as number] as string).selo }
  t.match(await bothSay(lines, mailed), { kinds: [], code: 0 })
  t.match(await bothSay(other, mailed), { kinds: ['testemunha_contradita'], code: 1 })
  const later = { elo: 999, selo: mailed.selo }
  t.match(
    await bothSay(lines, later),
    { kinds: ['testemunha_contradita'], code: 1 },
    'a trail that ends before the witness',
  )
})
