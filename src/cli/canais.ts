import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { plain, said } from './format.ts'
import { print, printJson, printList, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.canais, by the columns that are read by name, with the result of its last message. */
interface Channel {
  readonly nome: string
  readonly tipo: string
  readonly servidor: string
  readonly eventos: readonly string[]
  readonly sem_valores: boolean
  readonly idioma: string
  readonly ativo: boolean
  readonly ultima: string | null
}

interface Json {
  readonly json?: boolean
}

interface SaveOptions extends Json {
  readonly tipo?: string
  readonly endereco?: boolean
  readonly segredo?: boolean
  readonly eventos?: string
  readonly semValores?: boolean
  readonly comValores?: boolean
  readonly idioma?: string
  readonly motivo: string
}

/** Channels besides mail: lists, saves, tries and switches them off. */
export function register(program: Command, app: App): void {
  const { text } = app
  const { oneOf } = createParsers(text)
  const channels = command(program, app, 'canais')
  channels
    .command('listar', { isDefault: true })
    .description(text.command.canaisListar)
    .option('--json', text.option.json)
    .action((options: Json) =>
      withDatabase(app, { role: 'conferente_leitor' }, (database) => list(app, database, options)),
    )
  channels
    .command('salvar')
    .description(text.command.canaisSalvar)
    .argument('<nome>', text.canais.name)
    .option('--tipo <tipo>', text.canais.kind, oneOf(['webhook', 'teams', 'slack']))
    .option('--endereco', text.canais.address)
    .option('--segredo', text.canais.secret)
    .option('--eventos <eventos>', text.canais.events)
    .option('--sem-valores', text.canais.withoutAmounts)
    .option('--com-valores', text.canais.withAmounts)
    .option('--idioma <idioma>', text.canais.language, oneOf(['pt-BR', 'en']))
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .action((nome: string, options: SaveOptions) =>
      withDatabase(app, { role: 'conferente_administrador' }, (database) =>
        save(app, database, nome, options),
      ),
    )
  channels
    .command('testar')
    .description(text.command.canaisTestar)
    .argument('<nome>', text.canais.name)
    .option('--json', text.option.json)
    .action((nome: string, options: Json) =>
      withDatabase(app, { role: 'conferente_administrador', own: true }, (database) =>
        test(app, database, nome, options),
      ),
    )
  channels
    .command('desligar')
    .description(text.command.canaisDesligar)
    .argument('<nome>', text.canais.name)
    .requiredOption('--motivo <motivo>', text.option.reason)
    .option('--json', text.option.json)
    .action((nome: string, { motivo, json }: Json & { motivo: string }) =>
      withDatabase(app, { role: 'conferente_administrador' }, async ({ sql }) => {
        const rows = await sql<Channel[]>`select * from audit.desligar_canal(${nome}, ${motivo})`
        if (json) printJson(rows)
        else for (const row of rows) tell(text.canais.off(row.nome))
        return 0
      }),
    )
}

async function list({ text, format }: App, { sql }: Database, { json }: Json): Promise<number> {
  const rows = await sql<(Channel & { ultima_em: Date | null })[]>`
    select c.*, u.status as ultima, u.ultima_tentativa as ultima_em, u.ultimo_erro
    from audit.canais c
    left join lateral (
      select n.status, n.ultima_tentativa, n.ultimo_erro from audit.notificacoes n
      where n.canal_id = c.id and n.tentativas > 0 order by n.ultima_tentativa desc limit 1) u on true
    order by c.ativo desc, c.nome`
  const { canais, column } = text
  printList(rows, { json, nothing: canais.none }, [
    { title: column.name, of: (r) => r.nome },
    { title: column.kind, of: (r) => r.tipo },
    { title: canais.server, of: (r) => r.servidor },
    { title: canais.eventsColumn, of: (r) => r.eventos.join(', ') },
    { title: canais.amounts, of: (r) => text.yesNo(!r.sem_valores) },
    { title: canais.languageColumn, of: (r) => r.idioma },
    { title: canais.active, of: (r) => text.yesNo(r.ativo) },
    { title: canais.last, of: (r) => r.ultima && `${r.ultima} ${format.time(r.ultima_em)}` },
  ])
  return 0
}

async function save(app: App, { sql }: Database, nome: string, options: SaveOptions): Promise<number> {
  const { text } = app
  const [known] = await sql<Channel[]>`select * from audit.canais where nome = ${nome}`
  const tipo = options.tipo ?? known?.tipo
  const asked = await askSecrets(app, {
    address: known === undefined || options.endereco === true || tipo !== known.tipo,
    secret: tipo === 'webhook' && (known?.tipo !== 'webhook' || options.segredo === true),
  })
  // A secret that we generate is shown here, once: it is stored where nobody reads it.
  const drawn = asked.secret === '' ? `whsec_${randomBytes(32).toString('base64')}` : undefined
  const amounts = options.semValores ? true : options.comValores ? false : null
  const [row] = await sql<Channel[]>`
    select * from audit.salvar_canal(${nome}, ${options.motivo}, ${options.tipo ?? null}, ${asked.address ?? null},
      ${drawn ?? asked.secret ?? null}, ${options.eventos?.split(',').map((event) => event.trim()) ?? null}::text[],
      ${amounts}, ${options.idioma ?? null})`
  if (row === undefined) return 1
  if (options.json) printJson({ ...row, ...(drawn !== undefined && { segredo: drawn }) })
  else {
    tell(text.canais.saved(row.nome, plain(row.servidor)))
    if (drawn !== undefined) {
      tell(text.canais.shownOnce)
      print(drawn) // alone on stdout, and in no log
    }
  }
  return 0
}

interface Secrets {
  readonly address?: string
  /** Empty to have one generated. */
  readonly secret?: string
}

/** Neither is an argument: everybody who lists processes sees those, and shells keep them. */
async function askSecrets(app: App, wanted: { address: boolean; secret: boolean }): Promise<Secrets> {
  if (!wanted.address && !wanted.secret) return {}
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const { askHidden } = await import('./canais-prompts.ts')
    const { canais, error } = app.text
    return {
      ...(wanted.address && { address: await askHidden(canais.askAddress, error.interrupted) }),
      ...(wanted.secret && { secret: await askHidden(canais.askSecret, error.interrupted) }),
    }
  }
  const { text: read } = await import('node:stream/consumers')
  const lines = process.stdin.isTTY ? [] : (await read(process.stdin)).split('\n').map((line) => line.trim())
  const address = wanted.address ? lines.shift() : undefined
  if (wanted.address && !address) throw new UsageError(app.text.canais.needsAddress)
  return { ...(address && { address }), ...(wanted.secret && { secret: lines[0] ?? '' }) }
}

/** Sends at once if the login has a worker's rights; otherwise a worker does. */
async function test(app: App, { sql }: Database, nome: string, { json }: Json): Promise<number> {
  const { text } = app
  const [queued] = await sql<{ id: bigint; pode: boolean }[]>`
    select t.id, pg_has_role('conferente_dono', 'member') as pode from audit.testar_canal(${nome}) t`
  if (queued === undefined) return 1
  if (!queued.pode) {
    if (json) printJson(queued)
    else tell(text.canais.queued(String(queued.id)))
    return 0
  }
  const [{ notify }, { compose }, { openChannels }] = await Promise.all([
    import('../channels/deliver.ts'),
    import('../mail/outbox.ts'),
    import('./channels.ts'),
  ])
  const { post, mailed } = await openChannels(app)
  await sql`set role conferente_dono`
  await compose(sql, queued.id)
  await notify(sql, queued.id, post, { mailed, last: true })
  const [row] = await sql<{ status: string; ultimo_erro: string | null }[]>`
    select id, status, ultimo_erro from audit.notificacoes where id = ${queued.id}`
  await sql`reset role`
  const arrived = row?.status === 'enviada'
  if (json) printJson(row)
  else tell(arrived ? text.canais.arrived(nome) : text.canais.refused(nome, said(row?.ultimo_erro ?? '')))
  return arrived ? 0 : 1
}
