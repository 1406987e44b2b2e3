// Work in a separate process, so that its memory can be measured: prints its greatest resident size in MB.
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { alone, connect, connectAs } from '../../src/db/connection.ts'
import { exportFindings, inTransaction } from '../../src/export/index.ts'
import { readAuthorities, readFolder } from '../../src/notas/index.ts'
import { conductSession } from '../../src/session/session.ts'

const [what = '', url = '', ...args] = process.argv.slice(2)

const WORK: Record<string, () => Promise<void>> = {
  async exportar() {
    const [format = '', dialect = '', file = ''] = args
    const sql = connect(url, { max: 1 })
    const { stream } = exportFindings(
      inTransaction(sql),
      {},
      { format: format as 'csv', dialect: dialect as 'pt-BR', language: 'pt-BR' },
    )
    await pipeline(stream, createWriteStream(file))
    await sql.end()
  },
  async sessao() {
    const sql = connect(url, { max: 1 })
    const request = { modo: 'manual', dataInicio: '1990-01-01', dataFim: '2100-12-31', regras: args }
    const session = await conductSession(sql, request, {}, { signal: new AbortController().signal })
    if (session['status'] !== 'concluida') throw new Error(String(session['mensagem']))
    await sql.end()
  },
  async notas() {
    const [folder = '', roots] = args
    await alone(connectAs('conferente_dono', url), async (sql) => {
      const { recusados } = await readFolder(sql, folder, { authorities: readAuthorities(roots) })
      if (recusados > 0) throw new Error(`${recusados} refused`)
    })
  },
}

await WORK[what]?.()
console.log(process.resourceUsage().maxRSS / 1024)
