import type { Command } from 'commander'
import { drawSecret, linkOf } from '../http/signin/secret.ts'
import { ROLES } from '../settings/settings.ts'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { CommandError, UsageError } from './errors.ts'
import { plain } from './format.ts'
import { openLinkMail } from './link-mail.ts'
import { print, printJson, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly nome?: string
  readonly papel?: string
  readonly enviar?: boolean
  readonly json?: boolean
}

interface Invitation {
  readonly nome: string
  readonly papel: string
  readonly endereco: string | null
  readonly expira_em: Date
  readonly pagina: string
  readonly remetente: string
}

export function register(program: Command, app: App): void {
  const { text } = app
  const { oneOf } = createParsers(text)
  command(program, app, 'convite')
    .option('--nome <nome>', text.option.inviteName)
    .option('--papel <papel>', text.option.inviteRole, oneOf(ROLES))
    .option('--enviar', text.option.inviteSend)
    .option('--json', text.option.json)
    .action((options: Options) => {
      if (options.nome === undefined) throw new UsageError(text.usage.missingOption('--nome <nome>'))
      return withDatabase(app, { role: 'conferente_administrador' }, (database) =>
        invite(app, database, options),
      )
    })
}

async function invite(app: App, database: Database, options: Options): Promise<number> {
  const { text, format, settings } = app
  const { nome = '', papel = null, enviar = false, json } = options
  if (enviar && settings.smtpUrl === undefined) throw new CommandError(text.signin.noMail)
  const { secret, digest } = drawSecret()
  const [made] = await database.sql<[Invitation]>`
    select c.nome, replace(c.papel, 'conferente_', '') as papel, c.endereco, c.expira_em, audit.pagina_revisao() as pagina,
      (select s.valor #>> '{}' from audit.configuracoes_sistema s where s.chave = 'correio.remetente') as remetente
    from audit.criar_convite(${nome}, ${papel}, ${digest}, ${enviar}) as c`
  const { pagina, remetente: from, endereco: address, expira_em: until, ...invitation } = made
  // until correio.pagina is set, the page is where `servir` serves it with these settings
  const page =
    settings.port === 0
      ? pagina
      : pagina.replace(
          /^http:\/\/localhost:8000(?=\/)/,
          `http://localhost:${settings.port}${settings.basePath}`,
        )
  const url = linkOf(page, secret)
  if (address !== null) {
    const mail = await openLinkMail(app)
    await mail?.send({ from, address, name: made.nome, url, until }).finally(() => mail.close())
    if (json) printJson({ ...invitation, endereco: address, expira_em: until })
    else tell(text.signin.mailed(plain(made.nome), plain(address), format.time(until)))
  } else if (json) printJson({ ...invitation, expira_em: until, link: url })
  else {
    tell(text.signin.invited(plain(made.nome), made.papel, format.time(until)))
    print(url) // alone on stdout; it is stored nowhere
  }
  return 0
}
