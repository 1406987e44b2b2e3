import type { Command } from 'commander'
import type { Session } from '../session/rows.ts'
import type { App } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { said } from './format.ts'
import { printList } from './output.ts'
import { sessionWindow } from './summary.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly limite: number
  readonly json?: boolean
}

export function register(program: Command, app: App): void {
  const { text, format } = app
  const { column } = text
  command(program, app, 'sessoes')
    .option('--limite <n>', text.option.limit, createParsers(text).integer(1, 100_000), 20)
    .option('--json', text.option.json)
    .action((options: Options) =>
      withDatabase(app, { role: 'conferente_leitor' }, async ({ sql }) => {
        const rows = await sql<
          (Session & { correio: string | null })[]
        >`select s.*, audit.sessao_correio(s) as correio from audit.sessoes_processamento s order by s.id desc limit ${options.limite}`
        printList(rows, { json: options.json, nothing: text.notice.noSessions }, [
          { title: column.id, of: (r) => r.id, right: true },
          { title: column.mode, of: (r) => r.modo },
          { title: column.status, of: status },
          { title: column.began, of: (r) => format.time(r.inicio_processamento) },
          { title: column.window, of: (r) => sessionWindow(app, r) },
          { title: column.examined, of: (r) => format.number(r.linhas_examinadas), right: true },
          { title: column.found, of: (r) => format.number(r.encontradas), right: true },
          { title: column.corrected, of: (r) => format.number(r.corrigidas), right: true },
          { title: column.who, of: (r) => r.solicitada_por },
          { title: column.message, of: (r) => said(r.mensagem) },
          { title: column.mail, of: (r) => r.correio },
        ])
        return 0
      }),
    )
}

/** While a session is under way, with the number of finished parts. */
const status = (session: Session) =>
  session.status === 'em_andamento' && (session.partes ?? 0n) > 0n
    ? `${session.status} (${session.partes_concluidas}/${session.partes})`
    : session.status
