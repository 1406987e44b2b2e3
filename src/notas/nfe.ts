import type { XmlDocument, XmlElement } from 'libxml2-wasm'
import { element, text, texts } from './document.ts'
import { type Cancellation, moment, money, type Note, type Reading, sum } from './note.ts'
import { Refusal } from './refusal.ts'
import { type Schema, validate } from './schema.ts'
import { checkSignature, type Signed } from './signature.ts'

/** Cancelled; cancelled because another note was issued instead, by mistake or while SEFAZ did not answer. */
const CANCELLATIONS: Readonly<Record<string, Schema>> = { '110111': 'cancelamento', '110112': 'substituicao' }
/** Authorised; authorised late. */
const AUTHORISED = ['100', '150']
/** Event registered, even late, and even where the note itself is not linked. */
const REGISTERED = ['135', '136', '155']

/** An NF-e or NFC-e of layout 4.00 with its protocol: nfeProc. */
export function readNfe(document: XmlDocument): Reading {
  validate(document, 'nfe')
  const note = element(document, '/n:nfeProc/n:NFe') as XmlElement
  const info = element(note, 'n:infNFe') as XmlElement
  const signed = checkSignature(info, element(note, 'ds:Signature'))
  const chave = (info.attr('Id')?.value ?? '').slice('NFe'.length)
  const found = facts(info, chave, signed, protocol(document, chave, signed.digest))
  checkKey(found, text(info, 'n:ide/n:mod') ?? '')
  return { note: found, signed }
}

function facts(
  info: XmlElement,
  chave: string,
  { digest }: Signed,
  { autorizada, protocolo }: Pick<Note, 'autorizada' | 'protocolo'>,
): Note {
  const total = (name: string) => text(info, `n:total/${name}`)
  const emitida_em = moment(text(info, 'n:ide/n:dhEmi'))
  const valor_total = total('n:ICMSTot/n:vNF') ?? '0'
  const withheld = sum([
    ...['PIS', 'COFINS', 'CSLL', 'Prev'].map((tax) => total(`n:retTrib/n:vRet${tax}`)),
    total('n:retTrib/n:vIRRF'),
    total('n:ISSQNtot/n:vISSRet'),
  ])
  return {
    chave,
    tipo: 'nfe',
    numero: text(info, 'n:ide/n:nNF') ?? '',
    serie: text(info, 'n:ide/n:serie') ?? null,
    emitente: text(info, 'n:emit/n:CNPJ') ?? text(info, 'n:emit/n:CPF') ?? '',
    emitente_nome: text(info, 'n:emit/n:xNome') ?? null,
    destinatario: text(info, 'n:dest/n:CNPJ') ?? text(info, 'n:dest/n:CPF') ?? null,
    destinatario_nome: text(info, 'n:dest/n:xNome') ?? null,
    emitida_em,
    data_emissao: emitida_em.slice(0, 10),
    valor_total,
    valor_liquido: money(sum([valor_total]) - withheld),
    valor_desconto: total('n:ICMSTot/n:vDesc') ?? null,
    valor_com_tributos: total('n:vNFTot') ?? null,
    valor_ibs: total('n:IBSCBSTot/n:gIBS/n:vIBS') ?? null,
    valor_cbs: total('n:IBSCBSTot/n:gCBS/n:vCBS') ?? null,
    parcelas: texts(info, 'n:cobr/n:dup/n:vDup'),
    finalidade: text(info, 'n:ide/n:finNFe') ?? '',
    sem_pagamento: texts(info, 'n:pag/n:detPag/n:tPag').every((way) => way === '90'),
    producao: text(info, 'n:ide/n:tpAmb') === '1',
    autorizada,
    protocolo,
    digest,
  }
}

/** SEFAZ's answer. If the protocol belongs to other content, the file is refused. */
function protocol(
  document: XmlDocument,
  chave: string,
  digest: string,
): Pick<Note, 'autorizada' | 'protocolo'> {
  const answer = element(document, '/n:nfeProc/n:protNFe/n:infProt') as XmlElement
  if (text(answer, 'n:chNFe') !== chave) throw new Refusal('protocolo', 'of another note')
  const said = text(answer, 'n:digVal')
  if (said !== undefined && said !== digest) throw new Refusal('protocolo', 'of another content')
  return {
    autorizada:
      said !== undefined &&
      AUTHORISED.includes(text(answer, 'n:cStat') ?? '') &&
      text(answer, 'n:tpAmb') === '1',
    protocolo: text(answer, 'n:nProt') ?? null,
  }
}

/** The key repeats what the note says: UF, month, issuer, model, series, number, and ends in a check digit. */
function checkKey({ chave, numero, serie, emitente, data_emissao }: Note, model: string): void {
  const expected = [
    data_emissao.slice(2, 4) + data_emissao.slice(5, 7),
    emitente.padStart(14, '0'),
    model,
    (serie ?? '').padStart(3, '0'),
    numero.padStart(9, '0'),
  ].join('')
  if (chave.slice(2, 34) !== expected) throw new Refusal('chave', 'not of this note')
  if (checkDigit(chave.slice(0, 43)) !== chave.slice(43)) throw new Refusal('chave', 'check digit')
}

/** Modulo 11 with weights 2 to 9 from the right; a letter counts as its ASCII code less 48. */
export function checkDigit(positions: string): string {
  const total = [...positions]
    .reverse()
    .reduce((sofar, character, index) => sofar + (character.charCodeAt(0) - 48) * (2 + (index % 8)), 0)
  const rest = total % 11
  return String(rest < 2 ? 0 : 11 - rest)
}

/** The cancellation of an NF-e with SEFAZ's answer. Nothing is kept of other events (corrections, the buyer's statements). */
export function readNfeEvent(document: XmlDocument): Reading {
  const kind = text(document.root, 'n:evento/n:infEvento/n:tpEvento') ?? ''
  const schema = CANCELLATIONS[kind]
  if (schema === undefined) return {}
  validate(document, schema)
  const event = element(document, '/n:procEventoNFe/n:evento') as XmlElement
  const info = element(event, 'n:infEvento') as XmlElement
  const signed = checkSignature(info, element(event, 'ds:Signature'))
  const answer = element(document, '/n:procEventoNFe/n:retEvento/n:infEvento') as XmlElement
  const chave = text(info, 'n:chNFe') ?? ''
  if (text(answer, 'n:chNFe') !== chave || text(answer, 'n:tpEvento') !== kind)
    throw new Refusal('protocolo', 'of another event')
  const cancellation: Cancellation = {
    chave,
    cancelada_em: moment(text(answer, 'n:dhRegEvento') ?? text(info, 'n:dhEvento')),
    protocolo: text(answer, 'n:nProt') ?? null,
    aceito:
      REGISTERED.includes(text(answer, 'n:cStat') ?? '') &&
      text(answer, 'n:tpAmb') === '1' &&
      text(info, 'n:tpAmb') === '1',
  }
  return { cancellation, signed }
}
