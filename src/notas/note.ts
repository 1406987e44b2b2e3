import type { XmlDocument } from 'libxml2-wasm'
import { Refusal } from './refusal.ts'
import type { Signed } from './signature.ts'

/** The content of a note, under the column names of audit.notas. Amounts are text, to keep their digits. */
export interface Note {
  readonly chave: string
  readonly tipo: 'nfe' | 'nfse'
  readonly numero: string
  readonly serie: string | null
  readonly emitente: string
  readonly emitente_nome: string | null
  readonly destinatario: string | null
  readonly destinatario_nome: string | null
  /** With the zone in which it was written. */
  readonly emitida_em: string
  readonly data_emissao: string
  readonly valor_total: string
  /** Total less what the note says is withheld. */
  readonly valor_liquido: string
  readonly valor_desconto: string | null
  /** Total with IBS, CBS and IS, if the note states it separately. */
  readonly valor_com_tributos: string | null
  readonly valor_ibs: string | null
  readonly valor_cbs: string | null
  readonly parcelas: readonly string[]
  readonly finalidade: string
  readonly sem_pagamento: boolean
  readonly producao: boolean
  readonly autorizada: boolean
  readonly protocolo: string | null
  readonly digest: string
}

/** Says that a note no longer holds. */
export interface Cancellation {
  readonly chave: string
  readonly cancelada_em: string
  readonly protocolo: string | null
  /** Whether it was accepted and is not a test. */
  readonly aceito: boolean
}

/** What a file holds: a note, a cancellation, or something that says nothing about a note's amount. */
export interface Reading {
  readonly note?: Note
  readonly cancellation?: Cancellation
  readonly signed?: Signed
}

export type Reader = (document: XmlDocument) => Reading

/** A moment as the schemas let it be written, but for the comma that they allow as the sign of the zone. */
export function moment(written: string | undefined): string {
  if (written === undefined || written.includes(',')) throw new Refusal('esquema', `time ${written}`)
  return written
}

/** In cents, so that adding is exact. */
export function sum(amounts: readonly (string | undefined)[]): bigint {
  return amounts.reduce((total, amount) => total + cents(amount ?? '0'), 0n)
}

/** 1234.5 as 123450n. */
export function cents(amount: string): bigint {
  const [, sign = '', whole = '0', rest = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? []
  return BigInt(`${sign}${whole}${rest.padEnd(2, '0').slice(0, 2)}`)
}

export function money(amount: bigint): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(3, '0')
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
