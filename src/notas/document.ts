import { isUtf8 } from 'node:buffer'
import { ParseOption, XmlDocument, type XmlElement, XmlLibError, type XmlNode, XmlXPath } from 'libxml2-wasm'
import { Refusal } from './refusal.ts'

export const NFE = 'http://www.portalfiscal.inf.br/nfe'
export const NFSE = 'http://www.sped.fazenda.gov.br/nfse'
export const DS = 'http://www.w3.org/2000/09/xmldsig#'

/** A note needs none, and some programs write two or three. */
const MOST_PREFIXES = 8

/**
 * Parses a note: UTF-8, no document type and so no entities, nothing from elsewhere. The caller disposes of it.
 * @throws {Refusal}
 */
export function parseXml(bytes: Buffer): XmlDocument {
  if (!isUtf8(bytes)) throw new Refusal('codificacao')
  // Byte for byte, which is all that is asked of it here: what is looked for is ASCII.
  const text = bytes.toString('latin1')
  // A note has no document type, and without one it can declare no entity, external or growing.
  if (/<!(doctype|entity)/i.test(text)) throw new Refusal('dtd')
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1]
  if (declared !== undefined && !/^utf-?8$/i.test(declared)) throw new Refusal('codificacao', declared)
  // Canonical XML writes them out again and again: of five thousand in 93 kB that takes twelve seconds.
  if (prefixes(text) > MOST_PREFIXES)
    throw new Refusal('xml', `more than ${MOST_PREFIXES} namespace prefixes`)
  try {
    const document = XmlDocument.fromBuffer(bytes, {
      encoding: 'utf-8',
      // the library's own limits of depth and length stay on: XML_PARSE_HUGE would lift them
      option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE,
    })
    if (document.dtd === null) return document
    document.dispose()
    throw new Refusal('dtd')
  } catch (error) {
    if (error instanceof XmlLibError)
      throw new Refusal(/excessive depth/i.test(error.message) ? 'profundidade' : 'xml', error.message)
    throw error
  }
}

/** How many prefixes a text declares; it stops counting at one more than it may have. */
function prefixes(text: string): number {
  const found = new Set<string>()
  for (const [, prefix = ''] of text.matchAll(/xmlns:([^\s=]*)/g)) {
    found.add(prefix)
    if (found.size > MOST_PREFIXES) break
  }
  return found.size
}

const compiled = new Map<string, XmlXPath>()

function path(expression: string): XmlXPath {
  let found = compiled.get(expression)
  if (!found) {
    found = XmlXPath.compile(expression, { n: NFE, s: NFSE, ds: DS })
    compiled.set(expression, found)
  }
  return found
}

/** The only such element; expressions are constants of ours. */
export function element(node: XmlNode | XmlDocument, expression: string): XmlElement | undefined {
  const [one, ...more] = node.find(path(expression))
  if (more.length > 0) throw new Refusal('esquema', `more than one ${expression}`)
  return one as XmlElement | undefined
}

/** Its text, or undefined where there is none. */
export const text = (node: XmlNode, expression: string): string | undefined =>
  element(node, expression)?.content

export const texts = (node: XmlNode, expression: string): string[] =>
  node.find(path(expression)).map((one) => one.content)
