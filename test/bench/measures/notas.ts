// A folder of 10,000 notes, read for the first time and again; memory also with a tenth of them.
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
    const [folder, tenth] = [join(dir, 'notas'), join(dir, 'notas_um_decimo')]
    for (const each of [folder, tenth]) mkdirSync(each, { recursive: true })
    const root = certify('AC Raiz', { authority: true })
    const cnpj = '20000000000110'
    const by = certify(`EMPRESA:${cnpj}`, { cnpj, by: root })
    const roots = join(dir, 'raizes.pem')
    writeFileSync(roots, root.pem)
    for (let n = 1; n <= FILES; n++) {
      const note = { by, cnpj, numero: n, dia: '2026-10-01', total: `${n}.00` }
      const xml = nfe(note)
      writeFileSync(join(folder, `${keyOf(note)}.xml`), xml)
      if (n % 10 === 0) writeFileSync(join(tenth, `${keyOf(note)}.xml`), xml)
    }
    const [first, again, memory, less]: [number[], number[], number[], number[]] = [[], [], [], []]
    for (let run = 0; run < runs; run++) {
      const url = await emptyDatabase(serverUrl, 'conferente_bench_notas')
      first.push(await seconds(async () => memory.push(await inChild('notas', url, folder, roots))))
      again.push(await seconds(() => inChild('notas', url, folder, roots)))
      const other = await emptyDatabase(serverUrl, 'conferente_bench_notas')
      less.push(await inChild('notas', other, tenth, roots))
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
        name: 'notas_memoria',
        work: 'greatest resident memory',
        floor: 'with a tenth of the files',
        unit: 'MB',
        floorRuns: less,
        runs: memory,
        bar: 1.5,
      },
    ]
  },
}
