import type { Sql } from '../db/connection.ts'
import type { App } from './app.ts'
import {
  type Acted,
  type Finding,
  findingColumns,
  printFindings,
  type RolledBack,
  reportRollback,
} from './findings.ts'
import { type Happened, printHistory } from './historico.ts'
import { print } from './output.ts'

const ANA = 'demo_ana'
const BRUNO = 'demo_bruno'

/** Two reviewers who cannot log in; the demo speaks for them. */
export async function createPeople(sql: Sql): Promise<void> {
  for (const name of [ANA, BRUNO]) {
    const [known] = await sql`select from pg_roles where rolname = ${name}`
    if (!known) await sql.unsafe(`create role ${name} nologin`)
    await sql.unsafe(`grant conferente_revisor to ${name}`)
  }
}

async function asPerson<T>(sql: Sql, person: string, work: () => PromiseLike<T>): Promise<T> {
  await sql.unsafe(`set session authorization ${person}`)
  try {
    return await work()
  } finally {
    await sql`reset session authorization`
  }
}

/** A finding whose proposal is right or wrong by the hidden truth: the reviewers have the document, so they know. */
function pick(sql: Sql, rightProposal: boolean, large: boolean): Promise<Finding | undefined> {
  const limit = sql`(select (valor #>> '{}')::numeric from audit.configuracoes_sistema where chave = 'aprovacao.valor_dupla')`
  return sql<Finding[]>`
    select ${findingColumns(sql)}
    from audit.divergencias_processadas
    where status = 'aberta' and valores_propostos <> '{}' and coalesce(valor_decisao >= ${limit}, true) = ${large}
      and exists (
        select from exemplo.verdade v
        where v.registro_id = divergencias_processadas.registro_id::bigint and valores_propostos ->> v.coluna = v.valor_certo
          and v.tipo not like 'honesta:%') = ${rightProposal}
    order by confianca desc, id limit 1`.then((rows) => rows[0])
}

/** Ana approves, Ana rejects, Ana and Bruno approve a large one. Returns the finding that Ana approved alone. */
export async function decide(app: App, sql: Sql): Promise<Finding | undefined> {
  const { text } = app
  const act = async (person: string, functionName: string, finding: Finding, reason: string) => {
    const rows = await asPerson(
      sql,
      person,
      () => sql<Acted[]>`select * from ${sql.unsafe(functionName)}(array[${finding.id}::bigint], ${reason})`,
    )
    printFindings(app, rows)
  }
  const small = await pick(sql, true, false)
  if (small) {
    print(text.demo.anaApproves)
    await act(ANA, 'audit.aprovar_divergencias', small, text.demo.approvalReason)
  }
  const wrong = await pick(sql, false, false)
  if (wrong) {
    print(`\n${text.demo.anaRejects}`)
    await act(ANA, 'audit.rejeitar_divergencias', wrong, text.demo.rejectionReason)
  }
  const large = await pick(sql, true, true)
  if (large) {
    print(`\n${text.demo.anaProposes}`)
    await act(ANA, 'audit.aprovar_divergencias', large, text.demo.approvalReason)
    print(`\n${text.demo.brunoApproves}`)
    await act(BRUNO, 'audit.aprovar_divergencias', large, text.demo.approvalReason)
  }
  return small
}

/** Rolls back one item; rolls back one operation and restores it; shows the history of the item's row. */
export async function rollBack(
  app: App,
  sql: Sql,
  item: Finding | undefined,
  sessionId: bigint,
): Promise<void> {
  const { text, format } = app
  if (item) {
    print(text.demo.itemBack(String(item.id)))
    const rows = await asPerson(
      sql,
      ANA,
      () => sql<RolledBack[]>`
        select * from audit.reverter_divergencias(array[${item.id}::bigint], ${text.demo.rollbackReason})`,
    )
    reportRollback(app, rows, false)
  }
  const [operation] = await sql<{ id: bigint; linhas: bigint }[]>`
    select id, linhas from audit.operacoes where sessao_id = ${sessionId} and tipo = 'correcao' and linhas > 0
    order by linhas, id limit 1`
  if (operation) {
    const { id, linhas } = operation
    const undo = async (operationId: bigint, label: string) => {
      print(`\n${label}`)
      const rows = await asPerson(
        sql,
        BRUNO,
        () =>
          sql<
            RolledBack[]
          >`select * from audit.reverter_operacao(${operationId}, ${text.demo.rollbackReason})`,
      )
      reportRollback(app, rows, false)
    }
    await undo(id, text.demo.operationBack(String(id), format.number(linhas)))
    const [reversal] = await sql<
      [{ id: bigint }]
    >`select max(id) as id from audit.operacoes where tipo = 'reversao'`
    await undo(reversal.id, text.demo.operationAgain(String(reversal.id)))
  }
  if (item) {
    print(`\n${text.demo.history(item.registro_id)}`)
    printHistory(
      app,
      await sql<Happened[]>`
      select * from audit.historico_registro(${item.tabela}, ${item.registro_id})`,
    )
  }
}
