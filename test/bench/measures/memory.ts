// A session's own process: the database does the work, so the process's memory must not grow with the table.
import { alternate, type Measure } from '../harness.ts'
import { inChild } from '../process.ts'
import { prepare } from '../warehouse.ts'

export const memory: Measure = {
  name: 'memory',
  async run({ url, serverUrl, rows, runs }) {
    const small = await prepare(serverUrl, 'conferente_bench_memoria', Math.round(rows / 10))
    const session = (of: string) => inChild('sessao', of, 'validacao_valores')
    return [
      {
        name: 'memory',
        work: `resident memory of the process that conducts a session over ${rows} rows`,
        floor: `over ${Math.round(rows / 10)} rows`,
        unit: 'MB',
        ...(await alternate(runs, { floor: () => session(small), ours: () => session(url) })),
        bar: 1.1,
      },
    ]
  },
}
