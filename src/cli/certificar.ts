import type { Command } from 'commander'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { type Acted, reportActed } from './findings.ts'
import { print, printJson, printTable } from './output.ts'
import { withDatabase } from './with-database.ts'

/** audit.certificado(). */
interface Certificate {
  readonly corrigidas: bigint
  readonly valor: string
  readonly tamanho: bigint
  readonly conferidas: bigint
  readonly limite: string
}

/** A row of audit.amostra(). */
interface Sampled {
  readonly ordem: bigint
  readonly divergencia_id: bigint
  readonly regra: string
  readonly registro_id: string
  readonly justificativa: string
  readonly valor: string
  readonly resposta: string | null
  readonly respondida_por: string | null
}

interface Options {
  readonly mes?: string
  readonly certa?: string
  readonly errada?: string
  readonly motivo?: string
  readonly lista?: boolean
  readonly json?: boolean
}

/**
 * Automatic corrections, checked by sample: shows the sample and the month's certificate, takes answers, and prints the data of the
 * draw.
 */
export function register(program: Command, app: App): void {
  const { text } = app
  const { month, id } = createParsers(text)
  command(program, app, 'certificar')
    .option('--mes <mes>', text.option.month, month)
    .option('--certa <id>', text.option.sampledRight, id)
    .option('--errada <id>', text.option.sampledWrong, id)
    .option('--motivo <motivo>', text.option.reason)
    .option('--lista', text.option.sampledFrom)
    .option('--json', text.option.json)
    .action((options: Options) => {
      const { certa, errada, motivo, json } = options
      const answered = certa ?? errada
      if ((certa && errada) || (answered === undefined) !== (motivo === undefined))
        throw new UsageError(text.usage.certifyOne)
      if (answered === undefined)
        return withDatabase(app, { role: 'conferente_leitor' }, (database) => show(app, database, options))
      return withDatabase(app, { role: 'conferente_revisor' }, async ({ sql }) => {
        const rows = await sql<Acted[]>`
          select * from audit.certificar(${answered}::bigint, ${certa !== undefined}, ${motivo ?? ''})`
        return reportActed(app, rows, json === true, { undo: false })
      })
    })
}

async function show(app: App, { sql }: Database, { mes: chosen, lista, json }: Options) {
  const mes = chosen ?? null
  const { text, format } = app
  const { column } = text
  if (lista) {
    const rows = await sql<{ linha: string }[]>`
      select concat_ws(';', sessao_id, divergencia_id, valor) as linha
      from audit.corrigidas_no_mes(${mes}::text::date) order by relogio, divergencia_id`
    print(['sessao;divergencia;valor', ...rows.map((r) => r.linha)].join('\n'))
    return 0
  }
  const [certificate] = await sql<[Certificate]>`select * from audit.certificado(${mes}::text::date)`
  const rows = await sql<Sampled[]>`select * from audit.amostra(${mes}::text::date)`
  if (json) {
    printJson({ certificado: certificate, amostra: rows })
    return 0
  }
  printTable(rows, [
    { title: column.order, of: (r) => format.number(r.ordem), right: true },
    { title: 'id', of: (r) => r.divergencia_id, right: true },
    { title: column.rule, of: (r) => r.regra },
    { title: column.key, of: (r) => r.registro_id },
    { title: column.amount, of: (r) => format.money(r.valor), right: true },
    { title: column.answer, of: (r) => r.resposta ?? '' },
    { title: column.by, of: (r) => r.respondida_por ?? '' },
    { title: column.description, of: (r) => r.justificativa },
  ])
  const { corrigidas, valor, tamanho, conferidas, limite } = certificate
  print(
    corrigidas === 0n
      ? text.result.nothingCorrected
      : text.result.certified(format.money(limite), format.money(valor), format.number(conferidas)),
  )
  if (conferidas < tamanho) print(text.result.stillToLookAt(format.number(tamanho - conferidas)))
  return 0
}
