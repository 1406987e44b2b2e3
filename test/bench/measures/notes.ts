// A folder of 10,000 notes of all kinds, read for the first time and again; memory also with a tenth of them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { certify, type Holder } from '../../helper/authority.ts'
import { cancellation, nfe, nfse } from '../../helper/notes.ts'
import { type Measure, seconds } from '../harness.ts'
import { inChild } from '../process.ts'
import { emptyDatabase } from '../warehouse.ts'

const FILES = 10_000
const COMPANIES = 100

/** Of twenty files sixteen are NF-e of one to twelve items, three NFS-e, one the cancellation of the note before it. */
function noteFile(companies: readonly { cnpj: string; by: Holder }[], n: number): string {
  const note = (numero: number) => ({
    ...(companies[numero % COMPANIES] as (typeof companies)[number]),
    numero,
    dia: '2026-10-01',
    total: `${numero}.00`,
  })
  if (n % 20 === 19) return cancellation(note(n))
  if (n % 20 < 3) return nfse({ ...note(n + 1), supplier: note(n + 1).by })
  return nfe({ ...note(n + 1), itens: 1 + (n % 12) })
}

export const notes: Measure = {
  name: 'notes',
  async run({ serverUrl, runs, dir, say }) {
    const [folder, tenth] = [join(dir, 'notas'), join(dir, 'notas_um_decimo')]
    for (const each of [folder, tenth]) mkdirSync(each, { recursive: true })
    const root = certify('AC Raiz', { authority: true })
    const companies = Array.from({ length: COMPANIES }, (_, n) => {
      const cnpj = `${20_000_000 + n}000110`
      return { cnpj, by: certify(`EMPRESA ${n}:${cnpj}`, { cnpj, by: root }) }
    })
    const roots = join(dir, 'raizes.pem')
    writeFileSync(roots, root.pem)
    for (let n = 0; n < FILES; n++) {
      const xml = noteFile(companies, n)
      writeFileSync(join(folder, `${n}.xml`), xml)
      // with each kind of them
      if (Math.trunc(n / 20) % 10 === 0) writeFileSync(join(tenth, `${n}.xml`), xml)
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
        name: 'notes',
        work: `${FILES} notes, read for the first time`,
        unit: 's',
        runs: first,
        bar: 60,
      },
      { ...result, name: 'notes_again', work: 'the same folder again', unit: 's', runs: again, bar: 15 },
      {
        name: 'notes_memory',
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
