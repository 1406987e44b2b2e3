import { XmlError } from 'libxml2-wasm'
import { NFE, NFSE, parseXml } from './document.ts'
import { readNfe, readNfeEvent } from './nfe.ts'
import { readNfse, readNfseEvent } from './nfse.ts'
import type { Reader, Reading } from './note.ts'
import { Refusal } from './refusal.ts'

const READERS: Readonly<Record<string, Reader>> = {
  [`${NFE} nfeProc`]: readNfe,
  [`${NFE} procEventoNFe`]: readNfeEvent,
  [`${NFSE} NFSe`]: readNfse,
  [`${NFSE} evento`]: readNfseEvent,
}

/**
 * What a file says, once its schema and its signature are valid.
 * @throws {Refusal}
 */
export function read(bytes: Buffer): Reading {
  const document = parseXml(bytes)
  try {
    const { namespaceUri, name } = document.root
    const reader = READERS[`${namespaceUri} ${name}`]
    // A note without SEFAZ's answer, a summary, a freight note: nothing that proves an amount.
    if (!reader) throw new Refusal('tipo', name)
    return reader(document)
  } catch (error) {
    // what the library cannot handle, such as a namespace that it cannot write canonically, is a fault of this file alone
    throw error instanceof XmlError ? new Refusal('xml', error.message) : error
  } finally {
    document.dispose()
  }
}
