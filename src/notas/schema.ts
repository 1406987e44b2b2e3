import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ParseOption, XmlDocument, XmlLibError, XsdValidator, xmlRegisterInputProvider } from 'libxml2-wasm'
import { Refusal } from './refusal.ts'

const FOLDER = fileURLToPath(new URL('schemas', import.meta.url))

const FILES = {
  nfe: 'nfe/procNFe_v4.00.xsd',
  cancelamento: 'nfe/procEventoCancNFe_v1.00.xsd',
  substituicao: 'nfe/procEventoCancSubst_v1.00.xsd',
  nfse: 'nfse/NFSe_v1.01.xsd',
  evento: 'nfse/evento_v1.01.xsd',
} as const

export type Schema = keyof typeof FILES

const loaded = new Map<Schema, XsdValidator>()
let registered = false

/** @throws {Refusal} with the first violation of the schema */
export function validate(document: XmlDocument, schema: Schema): void {
  let validator = loaded.get(schema)
  if (!validator) {
    validator = load(FILES[schema])
    loaded.set(schema, validator)
  }
  try {
    validator.validate(document)
  } catch (error) {
    if (error instanceof XmlLibError) throw new Refusal('esquema', error.message)
    throw error
  }
}

function load(file: string): XsdValidator {
  register()
  const path = join(FOLDER, file)
  // The W3C's schema of signatures has entities of its own.
  const source = XmlDocument.fromBuffer(readFileSync(path), {
    url: path,
    option: ParseOption.XML_PARSE_NOENT | ParseOption.XML_PARSE_NONET,
  })
  try {
    return XsdValidator.fromDoc(source)
  } finally {
    source.dispose()
  }
}

/** Included schemas are read from their own folder; nothing else ever is. */
function register(): void {
  if (registered) return
  registered = true
  const ours = (name: string) =>
    name.startsWith(FOLDER) && /^[\\/]nfs?e[\\/][\w.-]+\.xsd$/.test(name.slice(FOLDER.length))
  const open = new Map<number, { text: Buffer; at: number }>()
  let last = 0
  xmlRegisterInputProvider({
    match: ours,
    open: (name) => {
      if (!ours(name)) return undefined
      open.set(++last, { text: asMeant(readFileSync(name)), at: 0 }) // 0 would be no handle
      return last
    },
    read: (handle, buffer) => {
      const file = open.get(handle)
      if (!file) return -1
      const count = file.text.copy(buffer, 0, file.at)
      file.at += count
      return count
    },
    close: (handle) => open.delete(handle),
  })
}

/**
 * Digits of a schema's pattern in which a CNPJ lies, and the same with the letters that its first twelve positions may have since
 * July 2026: alone, in access keys, and in what is named by a key. Sources: Nota Técnica Conjunta 2025.001 (NF-e); schemas of the
 * NFS-e of 2026-07-27.
 */
const WITH_LETTERS: readonly (readonly [digits: string, letters: string])[] = [
  ['[0-9]{14}', '[0-9A-Z]{12}[0-9]{2}'],
  ['[0-9]{44}', '[0-9]{6}[0-9A-Z]{12}[0-9]{26}'],
  ['[0-9]{34}', '[0-9]{6}[0-9A-Z]{12}[0-9]{16}'],
  ['ID[0-9]{52}', 'ID[0-9]{12}[0-9A-Z]{12}[0-9]{28}'],
  ['[0-9]{50}', '[0-9]{9}[0-9A-Z]{12}[0-9]{29}'],
  ['DPS[0-9]{42}', 'DPS[0-9]{8}[0-9A-Z]{12}[0-9]{22}'],
  ['PRE[0-9]{56}', 'PRE[0-9]{9}[0-9A-Z]{12}[0-9]{35}'],
  ['EVT[0-9]{59}', 'EVT[0-9]{9}[0-9A-Z]{12}[0-9]{38}'],
]

/**
 * The patterns of a schema as they are meant today. Those of the NFS-e stand between ^ and $, which their authors took for anchors.
 * In a schema these are plain characters, and no value would ever match.
 */
const asMeant = (schema: Buffer): Buffer =>
  Buffer.from(
    schema
      .toString('utf8')
      .replaceAll(/(?<=<xs:pattern value=")\^([^"]*)\$(?=")/g, '$1')
      .replaceAll(/(?<=<xs:pattern value=")[^"]*/g, (pattern) =>
        WITH_LETTERS.reduce((text, [digits, letters]) => text.replaceAll(digits, letters), pattern),
      ),
  )
