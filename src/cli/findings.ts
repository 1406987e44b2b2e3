import type { Sql } from '../db/connection.ts'
import { WAITING } from '../session/states.ts'
import type { App } from './app.ts'
import { plain } from './format.ts'
import { type Column, print, printJson, printTable, tell } from './output.ts'

/** A finding as it is shown, or what an act did to it (audit.resultado_decisao), by the columns that are read by name. */
export interface Finding {
  readonly id: bigint
  readonly regra: string
  readonly tabela: string
  readonly registro_id: string
  readonly valores_originais: object | null
  readonly valores_propostos: object | null
  readonly valores_digitados: object | null
  readonly confianca: string
  readonly justificativa: string
  readonly valor_em_risco: string
  readonly status: string
  readonly motivo: string | null
  readonly visto: string
  readonly lancamento?: string | null
  readonly resumo?: object | null
  readonly explicacao?: string | null
  readonly adiada?: boolean
  /** A day, or infinity: until the row changes. */
  readonly adiada_ate?: string | null
  readonly encaminhada_para?: string | null
}

export interface Acted extends Finding {
  readonly resultado: string
  readonly operacao_id: bigint | null
  readonly aviso: string | null
}

/** A row of audit.resultado_reversao. */
export interface RolledBack {
  readonly divergencia_id: bigint
  readonly tabela: string
  readonly registro_id: string
  readonly resultado: string
  readonly antes: object | null
  readonly depois: object | null
  readonly agora: object | null
  readonly explicacao: string
  readonly aviso: string | null
}

/** What people see of a divergência: everything but its binary fingerprints. */
export const findingColumns = (sql: Sql) => sql`
  id, sessao_id, sessao_ultima_id, regra, tabela, registro_id, valores_originais, valores_propostos, valores_digitados,
  confianca, evidencia, justificativa, valor_em_risco, status, detectada_em, ultima_deteccao, vezes_detectada,
  proposta_por, decidida_em, decidida_por, motivo, audit.divergencia_visto(divergencias_processadas) as visto,
  audit.divergencia_resumo(divergencias_processadas) as resumo,
  coalesce(adiada_ate > audit.hoje(), false) as adiada,
  adiada_ate, encaminhada_para,
  (select e.lancamento from audit.vw_divergencias_exportacao e where e.id = divergencias_processadas.id) as lancamento`

/** A line for each finding. With `sentence`, below it the justification and the reason for its state. */
export function printFindings(
  { text, format }: App,
  rows: readonly Finding[],
  { sentence = false, reason = false, seen = false } = {},
): void {
  const { column } = text
  const columns: Column<Finding>[] = [
    { title: column.id, of: (r) => r.id, right: true },
    { title: column.rule, of: (r) => r.regra },
    { title: column.record, of: (r) => r.registro_id, right: true },
    { title: column.atStake, of: (r) => format.money(r.valor_em_risco), right: true },
    { title: column.confidence, of: (r) => format.percent(r.confianca), right: true },
    { title: column.status, of: (r) => r.status },
    // For `conferente aprovar --visto`: approvable findings are approved as they stand here.
    ...(seen ? [{ title: column.seen, of: (r: Finding) => (approvable(r) ? r.visto : '') }] : []),
    {
      title: column.change,
      of: (r) => change(format.values, r.valores_originais, r.valores_digitados ?? r.valores_propostos),
    },
    ...(rows.some((r) => r.adiada)
      ? [
          {
            title: column.postponed,
            of: (r: Finding) =>
              !r.adiada ? '' : r.adiada_ate === 'infinity' ? text.result.untilChanged : r.adiada_ate,
          },
        ]
      : []),
    ...(rows.some((r) => r.encaminhada_para)
      ? [{ title: column.forwarded, of: (r: Finding) => r.encaminhada_para }]
      : []),
    // Last, because a narrow terminal cuts it.
    ...(rows.some((r) => r.lancamento)
      ? [{ title: column.entry, of: (r: Finding) => entry(format, r) }]
      : []),
    ...(reason ? [{ title: column.reason, of: (r: Finding) => r.explicacao ?? r.motivo }] : []),
  ]
  printTable(rows, columns)
  if (!sentence) return
  print()
  for (const row of rows) {
    const known = row.lancamento ? `${plain(entry(format, row))}: ` : ''
    print(`${row.id}: ${known}${plain(row.justificativa)}`)
    if (row.motivo != null) print(`    ${column.reason}: ${plain(row.motivo)}`)
  }
}

/** What identifies the entry, with days and amounts as people write them; other texts stay as they are. */
function entry(format: App['format'], { lancamento, resumo }: Finding): string {
  const amounts = new Set(
    Object.values(resumo ?? {})
      .filter((value) => typeof value !== 'string')
      .map((value) => JSON.stringify(value))
      .filter((digits) => /\.\d\d$/.test(digits)),
  )
  return (lancamento ?? '')
    .split(' · ')
    .map((part) => (amounts.has(part) ? format.money(part) : format.day(part)))
    .join(' · ')
}

const approvable = (row: Finding) =>
  WAITING.includes(row.status) && Object.keys(row.valores_digitados ?? row.valores_propostos ?? {}).length > 0

/** `categoria: A → categoria: B`, only the columns that change; a finding that only flags has no arrow. */
export function change(values: (value: unknown) => string, before: unknown, after: unknown): string {
  const columns = Object.keys((after as object | null) ?? {})
  if (columns.length === 0) return '—'
  const source = (before ?? {}) as Record<string, unknown>
  const old = Object.fromEntries(columns.filter((c) => c in source).map((c) => [c, source[c]]))
  return `${values(old)} → ${values(after)}`
}

/** Prints what a person's act did to each finding; gives 1 if not everything was done as asked. */
export function reportActed(app: App, rows: readonly Acted[], json: boolean, { undo = true } = {}): number {
  const { text, format } = app
  if (json) printJson(rows)
  else printFindings(app, rows, { reason: true })
  const done = rows.filter((r) => r.resultado !== 'deixada')
  const left = rows.length - done.length
  const counts = new Map<string, number>()
  for (const { status } of done) counts.set(status, (counts.get(status) ?? 0) + 1)
  const what = [...counts].map(([status, n]) => `${format.number(n)} ${status}`)
  tell([...what, ...(left > 0 ? [text.notice.left(format.number(left))] : [])].join(', '))
  const waiting = done.filter((r) => r.status === 'aguardando_segunda_aprovacao')
  if (waiting.length > 0) tell(text.notice.secondNeeded)
  for (const { id, visto, valores_digitados: typed } of waiting)
    if (typed) tell(text.notice.typedSeen(String(id), visto))
  warn(rows)
  const operation = done[0]?.operacao_id
  if (undo && operation != null) tell(text.notice.undo(String(operation)))
  return rows.every((r) => r.resultado === 'feita') ? 0 : 1
}

/** Side effects of an act, such as costing a rule its autonomy, once for each rule. */
function warn(rows: readonly Pick<Acted, 'aviso'>[]): void {
  for (const warning of new Set(rows.map((r) => r.aviso))) if (warning) tell(warning)
}

/** Prints the results of a rollback; what could not be rolled back is shown in all three versions. */
export function reportRollback(app: App, rows: readonly RolledBack[], json: boolean): number {
  const { text, format } = app
  const back = rows.filter((r) => r.resultado === 'revertida' || r.resultado === 'ja_revertida')
  const kept = rows.filter((r) => !back.includes(r))
  if (json) printJson(rows)
  else {
    // A session may be many thousands of rows; the conflicts are what a person has to read.
    for (const row of kept.slice(0, 100)) {
      print(
        `${text.result[row.resultado as keyof typeof text.result]}: ${row.tabela} ${plain(row.registro_id)} (${text.column.finding} ${row.divergencia_id})`,
      )
      if (row.antes == null) {
        print(`  ${plain(row.explicacao)}`)
        continue
      }
      print(`  ${text.column.before}  ${format.values(row.antes)}`)
      print(`  ${text.column.after}  ${format.values(row.depois)}`)
      print(`  ${text.column.now}  ${row.agora == null ? text.result.gone : format.values(row.agora)}`)
    }
    if (kept.length > 100) print(text.notice.more(format.number(kept.length - 100)))
    print(text.result.rollback(format.number(back.length), format.number(kept.length)))
    const becomes = new Map<string, number>()
    for (const { explicacao } of back) becomes.set(explicacao, (becomes.get(explicacao) ?? 0) + 1)
    for (const [what, n] of becomes) print(`  ${format.number(n)}: ${what}`)
  }
  warn(rows)
  return kept.length > 0 ? 1 : 0
}
