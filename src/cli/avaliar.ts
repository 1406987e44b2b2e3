import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { CommandError, UsageError } from './errors.ts'
import { plain } from './format.ts'
import { print, printJson, printTable, tell } from './output.ts'
import type { Point } from './reliability.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.avaliacao, by the columns that are read by name. */
interface Line {
  readonly funcao: string
  readonly fonte: string
  readonly faixa: string
  readonly achados: bigint
  readonly cobertura: string | null
  readonly julgadas: bigint
  readonly certas: bigint
  readonly precisao: string | null
  readonly confianca_media: string | null
  readonly erro_calibracao: string | null
  readonly erradas_no_limiar: bigint
  readonly danos: bigint
  readonly conhecidas: bigint | null
  readonly recuperacao: string | null
}

interface Options {
  readonly regra: string
  readonly dataInicio: string
  readonly dataFim: string
  readonly outraFuncao?: string
  readonly figura?: string
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text, format } = app
  const parse = createParsers(text)
  command(program, app, 'avaliar')
    .requiredOption('--regra <regra>', text.option.evaluated)
    .requiredOption('--data-inicio <AAAA-MM-DD>', text.option.fromDay, parse.day)
    .requiredOption('--data-fim <AAAA-MM-DD>', text.option.to, parse.day)
    .option('--outra-funcao <esquema.funcao>', text.option.otherFunction)
    .option('--figura <arquivo.svg>', text.option.figure)
    .option('--json', text.option.json)
    .action(async (options: Options) => {
      const { regra, dataInicio, dataFim, outraFuncao = null, figura } = options
      if (dataInicio > dataFim) throw new UsageError(text.usage.datesReversed(dataInicio, dataFim))
      await withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
        const { withStep } = await import('./progress.ts')
        const rows = await withStep(
          text.avaliar.running(plain(regra)),
          format,
          () =>
            sql<
              Line[]
            >`select * from audit.avaliar_regra(${regra}, ${dataInicio}::date, ${dataFim}::date, ${outraFuncao})`,
        )
        if (options.json) printJson(rows)
        else for (const group of groups(rows).values()) printGroup(app, group)
        if (figura !== undefined) await writeFigure(app, regra, rows, figura)
        return 0
      })
    })
}

/** Keeps the lines of one function against one source of truth together. */
function groups(rows: readonly Line[]): Map<string, Line[]> {
  return Map.groupBy(rows, (row) => `${row.funcao} ${row.fonte}`)
}

function printGroup({ text, format }: App, rows: readonly Line[]): void {
  const words = text.avaliar
  const { column } = words
  const first = rows[0]
  print(`${first?.funcao}: ${words.source[first?.fonte as keyof typeof words.source]}`)
  const total = rows.at(-1)
  if (Number(total?.achados ?? 0) === 0) {
    print(`${words.nothing}\n`)
    return
  }
  const band = (name: string) => words.band[name as keyof typeof words.band] ?? name.replace(' a ', '–')
  printTable(
    rows.filter((row) => Number(row.achados) > 0),
    [
      { title: column.band, of: (r) => band(r.faixa) },
      { title: column.found, of: (r) => format.number(r.achados), right: true },
      { title: column.coverage, of: (r) => format.percent(r.cobertura), right: true },
      { title: column.judged, of: (r) => format.number(r.julgadas), right: true },
      { title: column.right, of: (r) => format.number(r.certas), right: true },
      { title: column.precision, of: (r) => format.percent(r.precisao), right: true },
      { title: column.mean, of: (r) => format.percent(r.confianca_media), right: true },
      { title: column.error, of: (r) => format.percent(r.erro_calibracao), right: true },
      { title: column.wrong, of: (r) => format.number(r.erradas_no_limiar), right: true },
      { title: column.harm, of: (r) => format.number(r.danos), right: true },
    ],
  )
  if (Number(total?.julgadas) === 0) print(words.unjudged)
  if (total?.erro_calibracao != null) print(words.expectedError(format.percent(total.erro_calibracao)))
  if (total?.recuperacao != null)
    print(words.recall(format.percent(total.recuperacao), format.number(total.conhecidas)))
  print()
}

async function writeFigure(app: App, rule: string, rows: readonly Line[], path: string): Promise<void> {
  const { avaliar } = app.text
  // Loaded only for drawing, because the library is large.
  const { reliabilitySvg } = await import('./reliability.ts')
  const series = new Map<string, Point[]>()
  for (const group of groups(rows).values()) {
    const points = group.filter((row) => /^\d/.test(row.faixa) && row.confianca_media != null).map(point)
    const { funcao, fonte } = group[0] as { funcao: string; fonte: string }
    if (points.length > 0) series.set(avaliar.chart.series(funcao, fonte), points)
  }
  const { title, confidence, precision, ideal } = avaliar.chart
  const svg = reliabilitySvg(series, { title: title(rule), confidence, precision, ideal })
  try {
    await writeFile(path, svg)
  } catch (error) {
    throw new CommandError(avaliar.cannotWrite(plain(path), plain((error as Error).message)))
  }
  tell(avaliar.figure(plain(path)))
}

function point(row: Line): Point {
  return {
    confidence: Number(row.confianca_media),
    precision: Number(row.precisao),
    judged: Number(row.julgadas),
  }
}
