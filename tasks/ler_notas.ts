import type { Task } from 'graphile-worker'
import { alone } from '../src/db/connection.ts'
import { readAuthorities } from '../src/notas/certificate.ts'
import { readFolder } from '../src/notas/reading.ts'
import type { Notes, WorkContext } from '../src/worker/context.ts'

/** Reads the folder of electronic notes. Idempotent: a file that was read before is recognised by its content. */
export default function lerNotas(context: WorkContext, { folder, roots, read }: Notes): Task {
  return () =>
    alone(context.open(), async (sql) => {
      try {
        const authorities = readAuthorities(roots)
        read?.(await readFolder(sql, folder, { authorities, signal: context.signal }))
      } catch (error) {
        // The diagnosis shows it; the next reading stays due at its usual time.
        await sql`select audit_interno.iniciar_leitura_notas(${folder}, 0, ${(error as Error).message})`
        throw error
      }
    })
}
