import type { Transaction } from '../db/connection.ts'
import type { WorkReport } from './context.ts'
import { scheduleDue } from './schedule.ts'

interface House {
  /** Names under which this process locks jobs. */
  readonly pools: readonly string[]
  readonly tasks: readonly string[]
  /** How long a job may look abandoned before it is taken from its worker. */
  readonly grace: string
  /** Whether this worker has a folder of notes. */
  readonly notes: boolean
}

/**
 * One tick: shows that this worker lives, takes over from dead ones, keeps the schedule.
 * @param keep each call in a transaction with the owner's rights, always on the same connection
 */
export async function keepHouse(
  keep: <T>(work: (sql: Transaction) => Promise<T>) => Promise<T>,
  { pools, tasks, grace, notes }: House,
  report: WorkReport,
): Promise<void> {
  await keep((sql) => sql`select audit_interno.marcar_trabalhadores(${pools}::text[])`)
  const [released] = await keep(
    (sql) => sql<{ nomes: string[] | null }[]>`
      select audit_interno.liberar_trabalhos(${tasks}::text[], ${grace}::interval) as nomes`,
  )
  if (released?.nomes) report.released?.(released.nomes)
  await keep((sql) => sql`select from audit_interno.abrir_meses()`)
  // Seals what people did in psql: their own transactions may not hold the head of the chain.
  await keep((sql) => sql`select audit_interno.selar()`)
  // Sessions whose job has failed for the last time, or whose conductor was no worker.
  await keep((sql) => sql`select from audit_interno.encerrar_interrompidas()`)
  await keep((sql) => sql`select from audit_interno.encerrar_mensagens()`)
  await keep((sql) => sql`select from audit_interno.conferir_ausencia()`)
  await keep((sql) => sql`select from audit_interno.agendar_carimbo()`)
  if (notes) await keep((sql) => sql`select from audit_interno.agendar_leitura_notas()`)
  const entry = await keep((sql) => scheduleDue(sql))
  if (entry) report.scheduled?.(entry)
  // Last, so that sessions begin whatever is wrong with it.
  await keep((sql) => sql`select from audit_interno.conferir_alarmes()`)
  report.ticked?.()
}
