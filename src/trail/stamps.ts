import { readFile } from 'node:fs/promises'
import type { Break } from './breaks.ts'

/** A stamp as the trail has it, and the link that it should stamp. */
export interface KeptStamp {
  readonly elo: number
  readonly token: Buffer
  /** The bytes whose SHA-256 is the link's seal; null if the link is gone. */
  readonly sealed: Buffer | null
}

export interface ProvenStamps {
  readonly carimbos: number
  /** The first and the last that are proven: what they stamp existed then. */
  readonly primeiro: { readonly elo: number; readonly em: Date } | undefined
  readonly ultimo: { readonly elo: number; readonly em: Date; readonly autoridade: string } | undefined
}

/**
 * Proves the signature of each stamp.
 * @param roots a PEM file of authorities: a stamp that leads to none of them is a break
 */
export async function proveStamps(
  stamps: readonly KeptStamp[],
  roots: string | undefined,
  broken: (found: Break) => void,
): Promise<ProvenStamps> {
  let primeiro: ProvenStamps['primeiro']
  let ultimo: ProvenStamps['ultimo']
  if (stamps.length > 0) {
    // a separate library, loaded only where there are stamps
    const { checkStamp, readCertificates } = await import('./stamp.ts')
    const trusted = roots === undefined ? undefined : readCertificates(await readFile(roots))
    for (const { elo, token, sealed } of stamps) {
      const invalid = (why: string) =>
        broken({
          situacao: 'carimbo_invalido',
          elo,
          operacao_id: null,
          objeto: `carimbo do elo ${elo}`,
          esperado: null,
          encontrado: why,
        })
      if (sealed === null) continue // the missing link is reported elsewhere
      try {
        const { em, autoridade, confiavel } = await checkStamp(token, sealed, trusted)
        if (confiavel === false) invalid(autoridade)
        else {
          primeiro ??= { elo, em }
          ultimo = { elo, em, autoridade }
        }
      } catch (error) {
        invalid((error as Error).message)
      }
    }
  }
  return { carimbos: stamps.length, primeiro, ultimo }
}
