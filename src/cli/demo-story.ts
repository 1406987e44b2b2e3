import type { Sql } from '../db/connection.ts'
import type { Session } from '../session/rows.ts'
import { conductSession, type Mode } from '../session/session.ts'
import type { App } from './app.ts'
import { createPeople, decide, rollBack } from './demo-people.ts'
import { type Finding, findingColumns, printFindings } from './findings.ts'
import { print, printTable } from './output.ts'
import { withStep } from './progress.ts'
import { executions, printSession } from './summary.ts'
import { createWatcher } from './watcher.ts'

export interface DemoOptions {
  readonly linhas: number
  readonly semente: number
  readonly embedded: boolean
  readonly began: number
}

/** The least share of automatic corrections that must be right for the demo to call itself a success. */
const PRECISION = 0.99

/** Runs the whole story on an empty database, and returns the exit code. */
export async function runDemo(app: App, sql: Sql, options: DemoOptions): Promise<number> {
  const { text, format } = app
  const title = (line: string) => print(`\n== ${line}`)

  title(text.demo.warehouse)
  await makeWarehouse(app, sql, options)
  app.signal.throwIfAborted()

  title(text.demo.patterns)
  await teach(app, sql)

  title(text.demo.manual)
  const manual = await session(app, sql, 'manual')
  title(text.demo.findings)
  const samples = await sql<Finding[]>`
    select * from (
      select ${findingColumns(sql)}, row_number() over (partition by regra order by confianca desc, id) as ordem
      from audit.divergencias_processadas where status = 'aberta'
    ) as d where ordem <= 2 order by regra, ordem`
  printFindings(app, samples, { sentence: true })

  await createPeople(sql)
  title(text.demo.decisions)
  const approved = await decide(app, sql)

  title(text.demo.auto)
  await sql`
    select from unnest('{trade_marketing,pendente_verificacao,validacao_valores}'::text[]) as regra
    cross join lateral audit.alterar_regra(regra,
      '{"automatica": true, "concessao_correcoes": 1000000, "concessao_valor": 1000000000}', ${text.demo.grantReason}) as r`
  print(text.demo.granted)
  const auto = await session(app, sql, 'auto')

  title(text.demo.rollback)
  await rollBack(app, sql, approved, auto.id)

  title(text.demo.score)
  const exitCode = await printScore(app, sql)

  title(text.demo.further)
  sayFurther(app, options)
  print(`\n${text.demo.took(format.seconds(Date.now() - options.began))}`)
  const failed = [manual, auto].some(({ status }) => status !== 'concluida')
  return failed ? 1 : exitCode
}

/** What the business knows of this warehouse: its patterns and its labels. */
async function teach({ text, format }: App, sql: Sql): Promise<void> {
  const [patterns] = await sql<{ total: bigint }[]>`
    select count(*) as total
    from exemplo.padroes() as p
    cross join lateral audit.salvar_padrao(p.campo, p.tipo, p.padrao, p.acao, ${text.demo.patternsReason}) as s`
  await sql`
    select from exemplo.rotulos() as r
    cross join lateral audit.alterar_configuracao(r.chave, r.valor, ${text.demo.patternsReason}, true) as c`
  print(text.demo.patternsDone(format.number(patterns?.total)))
}

function sayFurther({ text, settings }: App, { embedded }: DemoOptions): void {
  for (const [command, note = ''] of [
    ['listar --detalhe'],
    ['sessoes'],
    ['historico dw.lancamentos ID'],
    ['listar --status corrigida'],
    ['configurar'],
    [`convite --papel revisor --nome ${text.demo.furtherName}`],
    ['servir', `   # ${text.demo.furtherPage(String(settings.port))}`],
  ]) {
    print(`  npx conferente ${command}${embedded ? ' --demo' : ''}${note}`)
  }
}

interface Figures {
  readonly total: bigint
  readonly inicio: string
  readonly fim: string
  readonly valor: string
  readonly fornecedores: bigint
  readonly filiais: bigint
}

async function makeWarehouse(app: App, sql: Sql, { linhas, semente }: DemoOptions): Promise<void> {
  const { text, format } = app
  await withStep(
    text.demo.generating(format.number(linhas), String(semente)),
    format,
    () => sql`select exemplo.criar_armazem(${linhas}::int, ${semente}::bigint)`,
  )
  const [f] = await sql<[Figures]>`
    select count(*) as total, min(data_lancamento) as inicio, max(data_lancamento) as fim, sum(valor) as valor,
      (select count(*) from dw.dim_fornecedor) as fornecedores, (select count(*) from dw.dim_filial) as filiais
    from dw.lancamentos`
  print(
    text.demo.figures(
      format.number(f.total),
      format.day(f.inicio),
      format.day(f.fim),
      format.money(f.valor),
      format.number(f.fornecedores),
      format.number(f.filiais),
    ),
  )
  const planted = await sql<{ grupo: string; total: bigint }[]>`
    select split_part(tipo, ':', 1) as grupo, count(*) as total from exemplo.verdade group by 1 order by 1`
  for (const { grupo, total } of planted) print(text.demo.planted(grupo, format.number(total)))
}

async function session(app: App, sql: Sql, modo: Mode): Promise<Session> {
  const [window] = await sql<{ inicio: string; fim: string }[]>`
    select min(data_lancamento) as inicio, max(data_lancamento) as fim from dw.lancamentos`
  const request = { modo, dataInicio: window?.inicio, dataFim: window?.fim }
  const row = await conductSession(sql, request, createWatcher(app), {
    signal: app.signal,
    reason: app.text.notice.interruptedReason,
  })
  printSession(app, row, await executions(sql, row.id))
  return row
}

/** A row of exemplo.placar, by the columns that are read by name. */
interface Score {
  readonly regra: string
  readonly plantados: bigint
  readonly encontrados: bigint
  readonly corrigidas: bigint
  readonly danos: bigint
  readonly cobertura: string | null
  readonly precisao: string | null
  readonly precisao_corrigidas: string | null
}

async function printScore(app: App, sql: Sql): Promise<number> {
  const { text, format } = app
  const { score } = text
  const rows = await withStep(text.demo.scoring, format, () => sql<Score[]>`select * from exemplo.placar()`)
  printTable(rows, [
    { title: text.column.rule, of: (r) => r.regra },
    { title: score.planted, of: (r) => format.number(r.plantados), right: true },
    { title: score.found, of: (r) => format.number(r.encontrados), right: true },
    { title: score.recall, of: (r) => format.percent(r.cobertura), right: true },
    { title: score.precision, of: (r) => format.percent(r.precisao), right: true },
    { title: score.corrected, of: (r) => format.number(r.corrigidas), right: true },
    { title: score.precisionCorrected, of: (r) => format.percent(r.precisao_corrigidas), right: true },
    { title: score.harm, of: (r) => format.number(r.danos), right: true },
  ])
  print(score.legend)
  const total = rows.find((r) => r.regra === '(total)')
  const harm = Number(total?.danos ?? 0)
  const precision = Number(total?.precisao_corrigidas ?? 1)
  if (harm > 0 || precision < PRECISION) {
    print(score.bad(format.number(harm), format.percent(precision)))
    return 1
  }
  print(Number(total?.corrigidas ?? 0) === 0 ? score.nothing : score.good)
  return 0
}
