import type { Command } from 'commander'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { plain } from './format.ts'
import { print, printJson, printList, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.padroes_trade_marketing, by the columns that are read by name. */
interface Pattern {
  readonly id: bigint
  readonly campo: string
  readonly tipo: string
  readonly acao: string
  readonly ativo: boolean
  readonly padrao: string
  readonly criado_por: string
  readonly motivo: string | null
}

/** The part of audit.medir_padrao() that is shown before a pattern is saved. */
interface Reach {
  readonly de: string | null
  readonly ate: string | null
  readonly lancamentos: bigint
  readonly em_marketing: bigint
  readonly pendentes: bigint
  readonly discordam: bigint
  readonly discordancia: string | null
  readonly categorias: readonly { readonly categoria: string | null; readonly lancamentos: number }[]
}

interface SaveOptions {
  readonly campo: string
  readonly tipo: string
  readonly acao: string
  readonly motivo: string
  readonly conferido?: boolean
  readonly json?: boolean
}

/** The business's marketing patterns: lists them, and saves one after showing what it matches. */
export function register(program: Command, app: App): void {
  const { text } = app
  const { oneOf } = createParsers(text)
  const patterns = command(program, app, 'padroes')
  patterns
    .command('listar', { isDefault: true })
    .description(text.command.padroesListar)
    .option('--json', text.option.json)
    .action((options: { json?: boolean }) =>
      withDatabase(app, { role: 'conferente_leitor' }, (database) => list(app, database, options)),
    )
  patterns
    .command('salvar')
    .description(text.command.padroesSalvar)
    .argument('<padrao>', text.option.pattern)
    .option(
      '--campo <campo>',
      text.option.patternField,
      oneOf(['descricao', 'fornecedor', 'conta_contabil']),
      'descricao',
    )
    .option('--tipo <tipo>', text.option.patternKind, oneOf(['contem', 'palavra', 'regex']), 'contem')
    .option('--acao <acao>', text.option.patternAction, oneOf(['incluir', 'excluir']), 'incluir')
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--conferido', text.option.patternSeen)
    .option('--json', text.option.json)
    .action((padrao: string, options: SaveOptions) =>
      withDatabase(app, { role: 'conferente_administrador' }, (database) =>
        save(app, database, padrao, options),
      ),
    )
}

async function list({ text }: App, { sql }: Database, { json }: { json?: boolean }): Promise<number> {
  const { column } = text
  const rows = await sql<
    Pattern[]
  >`select * from audit.padroes_trade_marketing order by ativo desc, acao desc, campo, id`
  printList(rows, { json, nothing: text.notice.noPatterns }, [
    { title: column.id, of: (r) => r.id, right: true },
    { title: column.field, of: (r) => r.campo },
    { title: column.kind, of: (r) => r.tipo },
    { title: column.action, of: (r) => r.acao },
    { title: column.active, of: (r) => text.yesNo(r.ativo) },
    { title: column.pattern, of: (r) => r.padrao },
    { title: column.who, of: (r) => r.criado_por },
    { title: column.reason, of: (r) => r.motivo },
  ])
  return 0
}

async function save(
  app: App,
  { sql }: Database,
  padrao: string,
  { campo, tipo, acao, motivo, conferido = false, json = false }: SaveOptions,
): Promise<number> {
  const { text } = app
  let seen = conferido
  // Everybody sees what it matches. A person is asked; a script passes --conferido, or the database refuses a pattern that is too
  // wide.
  if (!json) {
    const [reach] = await sql<Reach[]>`
      select m.de::text, m.ate::text, m.lancamentos, m.em_marketing, m.pendentes, m.discordam, m.discordancia, m.categorias
      from audit.medir_padrao(${campo}, ${tipo}, ${padrao}) as m`
    if (reach) show(app, reach)
  }
  if (!seen && !json && process.stdin.isTTY && process.stdout.isTTY) {
    const { askPattern } = await import('./padroes-prompts.ts')
    if (!(await askPattern(app, plain(padrao)))) return 1
    seen = true
  }
  const rows = await sql<Pattern[]>`
    select * from audit.salvar_padrao(${campo}, ${tipo}, ${padrao}, ${acao}, ${motivo}, ${seen})`
  if (json) printJson(rows)
  else for (const row of rows) tell(text.result.patternSaved(String(row.id), plain(row.padrao)))
  return 0
}

function show({ text, format }: App, reach: Reach): void {
  const { result, notice } = text
  if (reach.de === null || reach.lancamentos === 0n) {
    print(result.patternReachesNothing)
    return
  }
  print(
    result.patternReach(
      format.number(reach.lancamentos),
      `${reach.de} … ${reach.ate}`,
      format.number(reach.em_marketing),
      format.number(reach.pendentes),
    ),
  )
  print(
    result.patternDisagrees(
      format.number(reach.discordam),
      reach.discordancia === null ? '—' : format.percent(reach.discordancia),
    ),
  )
  for (const { categoria, lancamentos } of reach.categorias)
    print(`  ${plain(categoria ?? notice.noCategory)} (${format.number(lancamentos)})`)
}
