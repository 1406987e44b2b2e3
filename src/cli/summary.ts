import type { Sql } from '../db/connection.ts'
import type { Session } from '../session/rows.ts'
import type { App } from './app.ts'
import { change } from './findings.ts'
import { plain, said } from './format.ts'
import { print, printTable, tell } from './output.ts'

const COUNTS = [
  'linhas_examinadas',
  'encontradas',
  'novas',
  'recorrentes',
  'corrigidas',
  'falhas',
  'obsoletas',
  'resolvidas',
  'desfeitas',
  'refeitas',
] as const

/** What a rule did in a session: a row of audit.execucoes_regra, or of the summary of a simulation. */
interface Execution extends Readonly<Record<(typeof COUNTS)[number], unknown>> {
  readonly regra: string
  readonly status: string
  readonly valor_em_risco: unknown
  readonly erro_codigo: string | null
  readonly erro_mensagem: string | null
  readonly motivo: string | null
}

/** A finding of a simulation. */
interface Example {
  readonly regra: string
  readonly registro_id: string
  readonly valor_em_risco: unknown
  readonly confianca: unknown
  readonly antes: object | null
  readonly depois: object | null
  readonly justificativa: string
  readonly corrigiria?: boolean
  readonly motivo?: string
}

/** What each rule did in a session, in the order of the session. */
export function executions(sql: Sql, sessionId: bigint): PromiseLike<readonly Execution[]> {
  return sql<Execution[]>`
    select e.* from audit.execucoes_regra e join audit.regras r on r.nome = e.regra
    where e.sessao_id = ${sessionId} order by r.prioridade, r.nome`
}

/** The rows that a session looked at, in words. */
export function sessionWindow({ text, format }: App, session: Session): string {
  if (session.incremental) {
    return text.window.loaded(format.time(session.carregado_desde), format.time(session.carregado_ate))
  }
  const from = session.data_inicio == null ? text.window.open : format.day(session.data_inicio)
  const to = session.data_fim == null ? text.window.open : format.day(session.data_fim)
  return text.window.booked(from, to)
}

export function printSession(app: App, session: Session, rules: readonly Execution[]): void {
  const { text, format } = app
  print()
  printRules(app, rules)
  print()
  print(text.result.session(String(session.id), session.status, sessionWindow(app, session)))
  print(
    `  ${text.result.totals(
      format.number(session.linhas_examinadas),
      format.number(session.encontradas),
      format.money(session.valor_em_risco),
      format.number(session.corrigidas),
      format.money(session.valor_corrigido),
    )}`,
  )
  if (Number(session.desfeitas) > 0 || Number(session.refeitas) > 0) {
    print(`  ${text.result.undone(format.number(session.desfeitas), format.number(session.refeitas))}`)
  }
  const { inicio_processamento: began, fim_processamento: ended } = session
  if (began instanceof Date && ended instanceof Date) {
    print(`  ${text.column.duration}: ${format.seconds(ended.getTime() - began.getTime())}`)
  }
  if (session.mensagem) print(`  ${text.column.message}: ${said(session.mensagem)}`)
}

function printRules({ text, format }: App, rules: readonly Execution[]): void {
  const { column } = text
  const count = (title: string, key: (typeof COUNTS)[number]) => ({
    title,
    of: (r: Execution) => format.number(r[key]),
    right: true,
  })
  printTable(rules, [
    { title: column.rule, of: (r) => r.regra },
    { title: column.status, of: (r) => r.status },
    count(column.examined, 'linhas_examinadas'),
    count(column.found, 'encontradas'),
    count(column.fresh, 'novas'),
    count(column.recurring, 'recorrentes'),
    count(column.corrected, 'corrigidas'),
    count(column.failed, 'falhas'),
    count(column.obsolete, 'obsoletas'),
    count(column.resolved, 'resolvidas'),
    ...(rules.some((r) => Number(r.desfeitas) > 0)
      ? [count(column.undone, 'desfeitas'), count(column.again, 'refeitas')]
      : []),
    { title: column.atStake, of: (r) => format.money(r.valor_em_risco), right: true },
  ])
  for (const rule of rules) {
    const why = [rule.erro_codigo, rule.erro_mensagem ?? rule.motivo].filter(Boolean).join(' ')
    if (why) print(`${rule.regra}: ${said(why)}`)
  }
}

/** The next steps for a person. */
export function nextSteps({ text }: App, session: Session): void {
  if (Number(session.encontradas) > Number(session.corrigidas)) tell(text.next.list)
  if (Number(session.corrigidas) > 0) tell(text.next.rollback(String(session.id)))
  if (Number(session.desfeitas) > 0) tell(text.next.undone)
  if (session.status === 'falhou') tell(text.next.diagnose)
}

interface Simulated {
  readonly regras?: readonly Execution[]
  readonly exemplos?: readonly Example[]
  readonly falhas?: readonly Example[]
}

/** What a simulation would have changed: totals of each rule, then the examples before and after. */
export function printSimulation(app: App, session: Session): void {
  const { text, format } = app
  const { regras = [], exemplos = [], falhas = [] } = (session.resumo ?? {}) as Simulated
  printRules(app, regras)
  print()
  const show = (row: Example, mark: string) => {
    print(
      `${row.regra}  ${plain(row.registro_id)}  ${format.money(row.valor_em_risco)}  ${format.percent(row.confianca)}  ${mark}`,
    )
    print(`  ${change(format.values, row.antes, row.depois)}`)
    print(`  ${plain(row.justificativa)}`)
  }
  for (const example of exemplos)
    show(example, example.corrigiria ? text.result.wouldCorrect : text.result.wouldOpen)
  for (const failure of falhas) {
    show(failure, text.result.wouldFail)
    print(`  ${text.column.reason}: ${said(failure.motivo)}`)
  }
  print()
  print(text.result.simulated(session.status, sessionWindow(app, session)))
  if (session.mensagem) print(`  ${text.column.message}: ${said(session.mensagem)}`)
}
