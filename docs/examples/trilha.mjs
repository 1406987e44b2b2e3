// Proves a trail that was exported from Conferente, with nothing but Node. The format: docs/trust.md.
//   conferente exportar --formato trilha --arquivo trilha.jsonl
//   node trilha.mjs trilha.jsonl 1250=30be30b0… (links and their seals, from mails that you kept)
// It writes stamps to files beside the trail, and prints the OpenSSL command that proves them.
import { createHash } from 'node:crypto'
import { createReadStream, writeFileSync } from 'node:fs'

const [file, ...kept] = process.argv.slice(2)
const witnesses = new Map(kept.map((one) => one.toLowerCase().split('=')))
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
// of what may name people, the digest that was sealed where somebody was forgotten since
const personal = (salt, text, forgotten) => (forgotten ? hex(forgotten.resumo) : sha256(hex(salt), text))
const hex = (text) => Buffer.from(text ?? '', 'hex')
const KINDS = ['deteccao', 'alteracao', 'decisao', 'excecao', 'desfeita', 'estado']

let faults = 0
let facts = 0
let archived = 0
let forgotten = 0
let head // what the first line says the end is
let operation // the one whose facts come by
let last = { elo: 0, selo: sha256('conferente').toString('hex') }
let hashes = {} // over its facts, by kind

function expect(right, link, what) {
  if (right) return
  faults += 1
  console.log(`link ${link}: ${what}`)
}

function close() {
  if (operation) {
    const { elo, operacao, autoria, detalhes, sais, esquecida, detalhes_esquecidos } = operation
    const { resumo, selo, selo_anterior, arquivada } = operation
    const own = sha256(
      sha256(operacao),
      personal(sais[0], autoria, esquecida),
      personal(sais[1], detalhes, detalhes_esquecidos),
    )
    if (esquecida || detalhes_esquecidos) forgotten += 1
    // this file has the digests of facts that an earlier file holds
    const parts = KINDS.map(
      (kind) => hashes[kind]?.digest() ?? (arquivada?.[kind] ? hex(arquivada[kind]) : sha256('')),
    )
    if (arquivada) archived += 1
    const link = Buffer.alloc(8)
    link.writeBigInt64BE(BigInt(elo))
    expect(resumo === sha256(own, ...parts).toString('hex'), elo, 'operation or facts changed')
    expect(elo === last.elo + 1, elo, `comes after link ${last.elo}`)
    expect(selo_anterior === last.selo, elo, 'does not name the seal before it')
    expect(selo === sha256(hex(selo_anterior), link, hex(resumo)).toString('hex'), elo, 'its seal is wrong')
    last = operation
  }
  const seal = witnesses.get(String(last.elo))
  if (seal) expect(seal === last.selo, last.elo, 'not the seal that was mailed')
  witnesses.delete(String(last.elo))
}

function take(text) {
  const line = JSON.parse(text)
  if (!head) {
    if (line.trilha !== 'conferente' || line.versao !== 1) throw new Error('no trail of version 1')
    head = line
  } else if (line.operacao) {
    close()
    operation = line
    hashes = {}
  } else if (line.carimbo && operation) {
    const token = Buffer.from(line.carimbo, 'base64')
    const { elo, selo } = operation
    expect(token.includes(hex(selo)), elo, 'its stamp is of another seal')
    writeFileSync(`${file}.${elo}.der`, token)
    console.log(`openssl ts -verify -digest ${selo} -token_in -in ${file}.${elo}.der -CAfile raiz.pem`)
  } else {
    const kind = KINDS.find((name) => name in line)
    if (!kind || !operation) throw new Error(`neither operation nor fact: ${text.slice(0, 100)}`)
    facts += 1
    hashes[kind] ??= createHash('sha256')
    const digest = sha256(line[kind])
    const { autoria, esquecida } = line
    hashes[kind].update(
      autoria === undefined ? digest : sha256(digest, personal(operation.sais[0], autoria, esquecida)),
    )
    if (line.achado) {
      const finding = sha256(sha256(line.identidade, hex(line.impressao)), line.achado).toString('hex')
      expect(
        line.deteccao.includes(finding),
        operation.elo,
        `not the finding that was found: ${line.deteccao}`,
      )
    }
  }
}

let rest = Buffer.alloc(0)
for await (const chunk of createReadStream(file)) {
  const bytes = Buffer.concat([rest, chunk])
  let from = 0
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
    take(bytes.toString('utf8', from, end))
    from = end + 1
  }
  rest = bytes.subarray(from)
}
if (rest.length > 0) take(rest.toString('utf8'))
close()
expect(
  head?.elo === last.elo && head?.selo === last.selo,
  last.elo,
  `the end, but the first line names ${head?.elo}`,
)
for (const link of witnesses.keys()) expect(false, link, 'not in the file')
console.log(
  `${faults === 0 ? 'proven' : 'BROKEN'}: ${facts} facts, up to link ${last.elo}, seal ${last.selo}`,
)
if (archived > 0) console.log(`the facts of ${archived} operations are in an earlier file`)
if (forgotten > 0)
  console.log(`somebody was forgotten in ${forgotten} operations: names there are not proven`)
process.exitCode = faults === 0 ? 0 : 1
