import type { Command } from 'commander'
import { ROLES } from '../settings/settings.ts'
import type { App, Database } from './app.ts'
import { createParsers } from './arguments.ts'
import { command } from './command.ts'
import { UsageError } from './errors.ts'
import { plain } from './format.ts'
import { printJson, printList, tell } from './output.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly nome?: string
  readonly papel?: string
  readonly endereco?: string
  readonly remover?: string
  readonly identidades?: boolean
  readonly ligar?: string
  readonly pessoa?: string
  readonly desligar?: string
  readonly esquecer?: string
  readonly simular?: boolean
  readonly motivo?: string
  readonly json?: boolean
}

/** A row of audit.vw_pessoas. */
interface Person {
  readonly nome: string
  readonly papel: string
  readonly endereco: string | null
  readonly registrada_em: Date
  readonly registrada_por: string
}

/** A row of audit.vw_identidades. */
interface Identity {
  readonly nome: string
  readonly pessoa: string
  readonly registrada_em: Date
  readonly registrada_por: string
}

/** A row of audit.esquecer_pessoa: one of the places where the name stood. */
interface Place {
  readonly operacao_id: bigint | null
  readonly pseudonimo: string | null
  readonly lugar: string
  readonly linhas: bigint
  readonly em_duvida: bigint
}

export function register(program: Command, app: App): void {
  const { text } = app
  const { oneOf } = createParsers(text)
  command(program, app, 'pessoas')
    .option('--nome <nome>', text.option.personName)
    .option('--papel <papel>', text.option.inviteRole, oneOf(ROLES))
    .option('--endereco <email>', text.option.personAddress)
    .option('--remover <nome>', text.option.personRemove)
    .option('--identidades', text.option.identities)
    .option('--ligar <nome>', text.option.identityTie)
    .option('--pessoa <nome>', text.option.identityPerson)
    .option('--desligar <nome>', text.option.identityUntie)
    .option('--esquecer <nome>', text.option.personForget)
    .option('--simular', text.option.personForgetDry)
    .option('--motivo <motivo>', text.option.personReason)
    .option('--json', text.option.json)
    .action((options: Options) => {
      const work = choose(app, options)
      return withDatabase(app, { role: 'conferente_administrador' }, work)
    })
}

/** The act that the options ask for; wrong usage is reported before any database is opened. */
function choose(app: App, options: Options): (database: Database) => Promise<number> {
  const { usage } = app.text
  const { nome, papel, endereco, remover, identidades, ligar, pessoa, desligar, esquecer, motivo } = options
  const asked = [nome ?? papel ?? endereco, remover, ligar ?? pessoa, desligar, esquecer, identidades]
  const acts = asked.filter((act) => act !== undefined).length
  if (acts > 1) throw new UsageError(usage.personOne)
  if (options.simular && esquecer === undefined)
    throw new UsageError(usage.missingOption('--esquecer <nome>'))
  if (identidades) return (database) => listIdentities(app, database, options)
  if (acts === 0) return (database) => list(app, database, options)
  if (motivo === undefined) throw new UsageError(usage.missingOption('--motivo <motivo>'))
  if (remover !== undefined) return (database) => remove(app, database, remover, motivo, options)
  if (esquecer !== undefined) return (database) => forget(app, database, esquecer, motivo, options)
  if (desligar !== undefined) return (database) => untie(app, database, desligar, motivo, options)
  if (ligar !== undefined || pessoa !== undefined) {
    if (ligar === undefined) throw new UsageError(usage.missingOption('--ligar <nome>'))
    if (pessoa === undefined) throw new UsageError(usage.missingOption('--pessoa <nome>'))
    return (database) => tie(app, database, ligar, pessoa, motivo, options)
  }
  if (nome === undefined) throw new UsageError(usage.missingOption('--nome <nome>'))
  if (papel === undefined) throw new UsageError(usage.missingOption('--papel <papel>'))
  return (database) => enter(app, database, nome, papel, motivo, options)
}

async function list({ text, format }: App, { sql }: Database, { json }: Options): Promise<number> {
  const rows = await sql<Person[]>`select * from audit.vw_pessoas order by nome`
  printList(rows, { json, nothing: text.signin.nobody }, [
    { title: text.column.name, of: (r) => r.nome },
    { title: text.column.role, of: (r) => r.papel.replace('conferente_', '') },
    { title: text.column.address, of: (r) => r.endereco ?? '' },
    { title: text.column.since, of: (r) => format.time(r.registrada_em) },
    { title: text.column.who, of: (r) => r.registrada_por },
  ])
  return 0
}

async function enter(
  { text }: App,
  { sql }: Database,
  nome: string,
  papel: string,
  motivo: string,
  { endereco = null, json }: { endereco?: string | null; json?: boolean },
): Promise<number> {
  const [row] = await sql<[Person]>`
    select * from audit.registrar_pessoa(${nome}, ${papel}, ${motivo}, ${endereco})`
  if (json) printJson(row)
  else tell(text.signin.registered(plain(row.nome), papel))
  return 0
}

async function remove(
  { text }: App,
  { sql }: Database,
  nome: string,
  motivo: string,
  { json }: Options,
): Promise<number> {
  const [row] = await sql<[Person]>`select * from audit.remover_pessoa(${nome}, ${motivo})`
  if (json) printJson(row)
  else tell(text.signin.removed(plain(row.nome)))
  return 0
}

async function listIdentities({ text, format }: App, { sql }: Database, { json }: Options): Promise<number> {
  const rows = await sql<Identity[]>`select * from audit.vw_identidades order by nome`
  printList(rows, { json, nothing: text.signin.noIdentity }, [
    { title: text.column.name, of: (r) => r.nome },
    { title: text.column.person, of: (r) => r.pessoa },
    { title: text.column.since, of: (r) => format.time(r.registrada_em) },
    { title: text.column.who, of: (r) => r.registrada_por },
  ])
  return 0
}

async function tie(
  { text }: App,
  { sql }: Database,
  nome: string,
  pessoa: string,
  motivo: string,
  { json }: Options,
): Promise<number> {
  const [row] = await sql<[Identity]>`select * from audit.ligar_identidade(${nome}, ${pessoa}, ${motivo})`
  if (json) printJson(row)
  else tell(text.signin.tied(plain(row.nome), plain(row.pessoa)))
  return 0
}

async function untie(
  { text }: App,
  { sql }: Database,
  nome: string,
  motivo: string,
  { json }: Options,
): Promise<number> {
  const [row] = await sql<[Identity]>`select * from audit.desligar_identidade(${nome}, ${motivo})`
  if (json) printJson(row)
  else tell(text.signin.untied(plain(row.nome)))
  return 0
}

async function forget(
  { text, format }: App,
  { sql }: Database,
  nome: string,
  motivo: string,
  { simular = false, json }: Options,
): Promise<number> {
  const places = await sql<Place[]>`select * from audit.esquecer_pessoa(${nome}, ${motivo}, ${simular})`
  printList(places, { json, nothing: text.signin.nobody }, [
    { title: text.column.place, of: (r) => r.lugar },
    { title: text.column.rows, of: (r) => format.number(r.linhas) },
    { title: text.column.doubtful, of: (r) => format.number(r.em_duvida) },
  ])
  if (json) return 0
  const doubtful = places.reduce((sum, { em_duvida }) => sum + em_duvida, 0n)
  const [first] = places
  if (simular) tell(text.signin.wouldForget)
  else if (first) tell(text.signin.forgotten(String(first.pseudonimo), String(first.operacao_id)))
  if (doubtful > 0n) tell(text.signin.doubtful(format.number(doubtful)))
  return 0
}
