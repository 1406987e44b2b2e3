// Notes in a folder, their entries in a ledger, and known mistakes, to compare with what a rule finds.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { certify, type Holder } from './authority.ts'
import { cancellation, keyOf, nfe } from './notes.ts'

/** An authority, companies that it vouches for, and a folder for their notes; gone when the test ends. */
export function notary(t: Pick<Test, 'teardown'>, companies = 4) {
  const folder = mkdtempSync(join(tmpdir(), 'conferente-notas-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const root = certify('AC Raiz', { authority: true })
  const roots = join(folder, 'raizes.pem')
  writeFileSync(roots, root.pem)
  const notes = join(folder, 'notas')
  mkdirSync(notes)
  const holders: { cnpj: string; by: Holder }[] = Array.from({ length: companies }, (_, n) => {
    const cnpj = `${String(20_000_000 + n)}0001${String(10 + n).padStart(2, '0')}`
    return { cnpj, by: certify(`EMPRESA ${n}:${cnpj}`, { cnpj, by: root }) }
  })
  return {
    root,
    roots,
    notes,
    company: (n: number) => holders[n % holders.length] as (typeof holders)[number],
    write: (name: string, xml: string | Buffer) => writeFileSync(join(notes, name), xml),
  }
}

export type Notary = ReturnType<typeof notary>

export interface Planted {
  /** The rule's name for it; undefined where the entry is right. */
  readonly tipo: string | undefined
  readonly entry: Record<string, unknown>
}

/** Mistakes that people make with a note, one in five entries. What only looks like a mistake is among the right ones. */
const MISTAKES: readonly [tipo: string, change: (entry: Entry) => Partial<Entry>][] = [
  ['valor_da_nota', ({ valor }) => ({ valor: valor * 100 })],
  ['valor_da_nota', ({ valor }) => ({ valor: valor / 100 })],
  ['valor_da_nota', ({ valor }) => ({ valor: swapped(valor) })],
  ['valor_da_nota', ({ valor }) => ({ valor: valor + 37.41 })],
  ['documento_da_nota', ({ valor }) => ({ valor_documento: valor * 10 })],
  ['nota_cancelada', () => ({})],
  ['outra_empresa', () => ({ fornecedor_id: '77.777.777/0001-61' })],
  ['sem_nota', () => ({})],
]

interface Entry {
  id: number
  data_lancamento: string
  fornecedor_id: string
  fornecedor: string
  documento: string
  descricao: string
  valor: number
  valor_documento: number | null
}

const swapped = (valor: number): number => {
  const digits = String(Math.round(valor * 100))
  return Number(`${digits[1]}${digits[0]}${digits.slice(2)}`) / 100
}

/**
 * Notes of a month, and an entry for each: two in ten of them wrong. The same count gives the same notes.
 * @param count of notes; a multiple of 40
 */
export function month(office: Notary, count: number): Planted[] {
  return Array.from({ length: count }, (_, n): Planted => {
    const { cnpj, by } = office.company(n)
    const number = 1000 + n
    const day = `2026-10-${String(1 + (n % 28)).padStart(2, '0')}`
    // its two first digits differ, so that they can be swapped
    const valor = Math.round((1200 + ((n * 7919) % 700) + (n % 100) / 100) * 100) / 100
    const note = { by, cnpj, numero: number, dia: day, total: valor.toFixed(2) }
    const [type, change] =
      n % 5 === 0 ? (MISTAKES[(n / 5) % MISTAKES.length] as (typeof MISTAKES)[number]) : []
    const key = keyOf(note)
    const shape = n % 4
    if (type !== 'sem_nota')
      office.write(
        `${key}.xml`,
        nfe({ ...note, ...(type === undefined && n % 7 === 3 && { retido: '50.00' }) }),
      )
    if (type === 'nota_cancelada') office.write(`${key}-can.xml`, cancellation(note))
    const entry: Entry = {
      id: 10_000 + n,
      data_lancamento: day.replace('2026-10-28', '2026-11-02'),
      fornecedor_id: shape % 2 === 0 ? cnpj : cnpj.replace(/(..)(...)(...)(....)(..)/, '$1.$2.$3/$4-$5'),
      fornecedor: `Empresa ${n % 4}`,
      // the key alone, in groups of four, or in the text; the number alone only where the entry is right
      documento:
        shape === 0
          ? key
          : shape === 1
            ? key.replace(/(.{4})(?=.)/g, '$1 ')
            : `NF-e ${String(number).padStart(9, '0')}`,
      descricao: shape === 2 || type !== undefined ? `compra conforme NFe ${key}` : 'compra de materiais',
      valor: type === undefined && n % 7 === 3 && shape !== 1 ? Math.round((valor - 50) * 100) / 100 : valor,
      valor_documento: type === 'documento_da_nota' || n % 3 !== 0 ? valor : null,
    }
    return { tipo: type, entry: { ...entry, ...change?.(entry) } }
  })
}
