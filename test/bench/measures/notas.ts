// A folder of 10,000 notes, read for the first time and again.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { certify } from '../../helper/authority.ts'
import { keyOf, nfe } from '../../helper/notes.ts'
import { type Measure, seconds } from '../harness.ts'
import { inChild } from '../process.ts'
import { emptyDatabase } from '../warehouse.ts'

const FILES = 10_000

export const noteFiles: Measure = {
  name: 'notas',
  async run({ serverUrl, runs, dir, say }) {
    const folder = join(dir, 'notas')
    mkdirSync(folder, { recursive: true })
    const root = certify('AC Raiz', { authority: true })
    const cnpj = '20000000000110'
    const by = certify(`EMPRESA:${cnpj}`, { cnpj, by: root })
    const roots = join(dir, 'raizes.pem')
    writeFileSync(roots, root.pem)
    for (let n = 1; n <= FILES; n++) {
      const note = { by, cnpj, numero: n, dia: '2026-10-01', total: `${n}.00` }
      writeFileSync(join(folder, `${keyOf(note)}.xml`), nfe(note))
    }
    const [first, again, memory]: [number[], number[], number[]] = [[], [], []]
    for (let run = 0; run < runs; run++) {
      const url = await emptyDatabase(serverUrl, 'conferente_bench_notas')
      first.push(await seconds(async () => memory.push(await inChild('notas', url, folder, roots))))
      again.push(await seconds(() => inChild('notas', url, folder, roots)))
    }
    say(`  ${FILES} files: ${memory.map((size) => size.toFixed(0)).join(', ')} MB resident`)
    const result = { floor: '', floorRuns: [] }
    return [
      {
        ...result,
        name: 'notas',
        work: `${FILES} notes, read for the first time`,
        unit: 's',
        runs: first,
        bar: 60,
      },
      { ...result, name: 'notas_de_novo', work: 'the same folder again', unit: 's', runs: again, bar: 15 },
      {
        ...result,
        name: 'notas_memoria',
        work: 'greatest resident memory',
        unit: 'MB',
        runs: memory,
        bar: 300,
      },
    ]
  },
}
