import type { Command } from 'commander'
import type { Sql } from '../db/connection.ts'
import { publicMessage } from '../log/error.ts'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { said } from './format.ts'
import { printList, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

/** A row of audit.notificacoes, by the columns that are read by name. */
interface Message {
  readonly id: bigint
  readonly tipo: string
  readonly sessao_id: bigint | null
  readonly status: string
  readonly criada_em: Date
  readonly enviada_em: Date | null
  readonly tentativas: number
  readonly destinatarios: readonly string[]
  readonly assunto: string | null
  readonly ultimo_erro: string | null
}

interface Options {
  readonly limite: number
  readonly naoEnviadas?: boolean
  readonly enviar?: boolean
  readonly json?: boolean
}

const KINDS = ['resumo', 'divergencias', 'falha', 'limite', 'ausencia']

export function register(program: Command, app: App): void {
  const { text } = app
  command(program, app, 'notificacoes')
    .option('--nao-enviadas', text.option.unsent)
    .option('--enviar', text.option.sendNow)
    .option('--limite <n>', text.option.limit, createParsers(text).integer(1, 100_000), 20)
    .option('--json', text.option.json)
    .action(async (options: Options) => {
      const own = options.enviar === true
      const role = own ? 'conferente_dono' : 'conferente_leitor'
      await withDatabase(app, { role, own }, async ({ sql, url }) => {
        const failures = options.enviar ? await sendAll(app, sql, url) : 0
        await list(app, sql, options)
        return failures > 0 ? 1 : 0
      })
    })
}

/**
 * For installations without a worker: acts as the owner, as a worker would. Channels come first, because they need no mail server.
 */
async function sendAll(app: App, sql: Sql, url: string): Promise<number> {
  const [{ deliverDue }, { notifyDue }, { openMail }, { openChannels }] = await Promise.all([
    import('../mail/deliver.ts'),
    import('../channels/deliver.ts'),
    import('./mail.ts'),
    import('./channels.ts'),
  ])
  const mail = await openMail(app, url)
  const [{ canais = 0n } = {}] = await sql<{ canais: bigint }[]>`
    select count(*) as canais from audit.canais where ativo`
  if (!mail && canais === 0n) throw new UsageError(app.text.notificacoes.needsServer)
  const { post, mailed } = await openChannels(app)
  await sql`set role conferente_dono`
  try {
    const told = await notifyDue(sql, post, { waiting: true, mailed })
    const mailedNow = mail && (await deliverDue(sql, mail.mailer, { kinds: KINDS, waiting: true, ...mail }))
    const sent = [...told.sent, ...(mailedNow?.sent ?? [])]
    const failed = [...told.failed, ...(mailedNow?.failed ?? [])]
    tell(app.text.notificacoes.sent(app.format.number(sent.length), app.format.number(failed.length)))
    for (const { id, error } of failed) {
      tell(app.text.notificacoes.unsent(String(id), said(publicMessage(error))))
    }
    await sql`reset role`
    return failed.length
  } finally {
    mail?.mailer.close()
  }
}

async function list({ text, format }: App, sql: Sql, { naoEnviadas, limite, json }: Options): Promise<void> {
  const rows = await sql<Message[]>`
    select n.id, n.tipo, n.sessao_id, n.dia, c.nome as canal, n.alarme_id, n.status, n.destinatarios, n.entregues, n.recusados, n.assunto,
      n.identificador, n.tentativas, n.ultimo_erro, n.criada_em, n.enviada_em, n.proxima_tentativa
    from audit.notificacoes n left join audit.canais c on c.id = n.canal_id
    where ${naoEnviadas !== true} or n.status <> 'enviada' or n.recusados <> '{}'
    order by n.id desc limit ${limite}`
  const { column, notificacoes } = text
  printList(rows, { json, nothing: text.notificacoes.none }, [
    { title: column.id, of: (r) => r.id, right: true },
    { title: column.kind, of: (r) => r.tipo },
    { title: column.session, of: (r) => r.sessao_id, right: true },
    { title: column.status, of: (r) => r.status },
    { title: notificacoes.created, of: (r) => format.time(r.criada_em) },
    { title: notificacoes.delivered, of: (r) => format.time(r.enviada_em) },
    { title: notificacoes.attempts, of: (r) => r.tentativas, right: true },
    { title: notificacoes.recipients, of: (r) => r.destinatarios.join(', ') },
    { title: notificacoes.subject, of: (r) => r.assunto },
    { title: notificacoes.error, of: (r) => r.ultimo_erro },
  ])
}
