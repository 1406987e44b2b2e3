/** One value of DER, the encoding of certificates: its tag, its content, and its own bytes. */
interface Value {
  readonly tag: number
  readonly content: Buffer
}

/** The consecutive values in a piece of DER. Ends quietly at a length that does not fit. */
function values(bytes: Buffer): Value[] {
  const found: Value[] = []
  let at = 0
  while (at + 2 <= bytes.length) {
    const tag = bytes[at] as number
    let length = bytes[at + 1] as number
    at += 2
    if (length > 0x80) {
      const size = length & 0x7f
      if (size > 4 || at + size > bytes.length) return found
      length = bytes.readUIntBE(at, size)
      at += size
    }
    if (length === 0x80 || at + length > bytes.length) return found
    found.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return found
}

const SEQUENCE = 0x30
const OID = 0x06
const EXTENSIONS = 0xa3
const OTHER_NAME = 0xa0
const ALTERNATIVE_NAMES = Buffer.from('551d11', 'hex')

/**
 * The text of an otherName among a certificate's alternative names, which Node prints as unsupported.
 * @param certificate whole, as DER
 * @param oid of the name, as DER without tag and length
 */
export function otherName(certificate: Buffer, oid: Buffer): string | undefined {
  const [whole] = values(certificate)
  const [tbs] = values(whole?.content ?? Buffer.alloc(0))
  const extensions = values(tbs?.content ?? Buffer.alloc(0)).find(({ tag }) => tag === EXTENSIONS)
  const [list] = values(extensions?.content ?? Buffer.alloc(0))
  for (const extension of values(list?.content ?? Buffer.alloc(0))) {
    const parts = values(extension.content)
    const [id] = parts
    if (extension.tag !== SEQUENCE || id?.tag !== OID || !id.content.equals(ALTERNATIVE_NAMES)) continue
    const [names] = values(parts.at(-1)?.content ?? Buffer.alloc(0))
    for (const name of values(names?.content ?? Buffer.alloc(0))) {
      if (name.tag !== OTHER_NAME) continue
      const [type, explicit] = values(name.content)
      if (type?.tag !== OID || !type.content.equals(oid)) continue
      const [value] = values(explicit?.content ?? Buffer.alloc(0))
      return value?.content.toString('latin1')
    }
  }
  return undefined
}
