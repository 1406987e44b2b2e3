import type { XmlDocument, XmlElement } from 'libxml2-wasm'
import { element, text } from './document.ts'
import { type Cancellation, moment, type Note, type Reading } from './note.ts'
import { Refusal } from './refusal.ts'
import { validate } from './schema.ts'
import { checkSignature, type Signed } from './signature.ts'

/** Generated, also by court order or on the supplier's behalf; by replacement; as registered by the town. */
const VALID = ['100', '101', '102', '103', '107']
/** Cancelled; replaced by another note; cancelled with the consent of the town's tax office; by that office itself. */
const CANCELLATIONS = ['e101101', 'e105102', 'e105104', 'e305101']

/**
 * An NFS-e of the national standard. The supplier signs its declaration (DPS) inside; the issuer of the note, a town or the national
 * system, signs the whole.
 */
export function readNfse(document: XmlDocument): Reading {
  validate(document, 'nfse')
  const note = element(document, '/s:NFSe') as XmlElement
  const info = element(note, 's:infNFSe') as XmlElement
  const signed = checkSignature(info, element(note, 'ds:Signature'))
  const declared = element(info, 's:DPS/s:infDPS') as XmlElement
  // If the supplier signed too, that signature must hold as well.
  const inner = element(info, 's:DPS/ds:Signature')
  if (inner) checkSignature(declared, inner)
  const found = facts(info, declared, signed)
  checkKey(found)
  return { note: found, signed }
}

function facts(info: XmlElement, declared: XmlElement, { digest }: Signed): Note {
  const emitida_em = moment(text(declared, 's:dhEmi'))
  const producao = text(declared, 's:tpAmb') === '1'
  return {
    chave: (info.attr('Id')?.value ?? '').slice('NFS'.length),
    tipo: 'nfse',
    numero: text(info, 's:nNFSe') ?? '',
    serie: null,
    emitente: text(info, 's:emit/s:CNPJ') ?? text(info, 's:emit/s:CPF') ?? '',
    emitente_nome: text(info, 's:emit/s:xNome') ?? null,
    destinatario: text(declared, 's:toma/s:CNPJ') ?? text(declared, 's:toma/s:CPF') ?? null,
    destinatario_nome: text(declared, 's:toma/s:xNome') ?? null,
    emitida_em,
    data_emissao: emitida_em.slice(0, 10),
    valor_total: text(declared, 's:valores/s:vServPrest/s:vServ') ?? '0',
    valor_liquido: text(info, 's:valores/s:vLiq') ?? '0',
    valor_desconto: text(declared, 's:valores/s:vDescCondIncond/s:vDescIncond') ?? null,
    valor_com_tributos: text(info, 's:IBSCBS/s:totCIBS/s:vTotNF') ?? null,
    valor_ibs: text(info, 's:IBSCBS/s:totCIBS/s:gIBS/s:vIBSTot') ?? null,
    valor_cbs: text(info, 's:IBSCBS/s:totCIBS/s:gCBS/s:vCBS') ?? null,
    parcelas: [],
    finalidade: '1',
    sem_pagamento: false,
    producao,
    autorizada: producao && VALID.includes(text(info, 's:cStat') ?? ''),
    protocolo: text(info, 's:nDFSe') ?? null,
    digest,
  }
}

/** 7 digits of the town, who generated it, 1 or 2, 14 of the issuer, 13 of the number, the rest. */
function checkKey({ chave, numero, emitente }: Note): void {
  if (chave.slice(9, 23) !== emitente.padStart(14, '0') || chave.slice(23, 36) !== numero.padStart(13, '0'))
    throw new Refusal('chave', 'not of this note')
}

/**
 * An event that ends an NFS-e. Its author may sign the request inside; the town or national system that registers it signs the
 * whole, and that signature is the registration. Nothing is kept of other events (a cancellation that is requested or refused, the
 * buyer's statements).
 */
export function readNfseEvent(document: XmlDocument): Reading {
  const kind = element(
    document,
    '/s:evento/s:infEvento/s:pedRegEvento/s:infPedReg/*[starts-with(local-name(), "e")]',
  )
  if (kind && !CANCELLATIONS.includes(kind.name)) return {}
  validate(document, 'evento')
  const event = element(document, '/s:evento') as XmlElement
  const info = element(event, 's:infEvento') as XmlElement
  const signed = checkSignature(info, element(event, 'ds:Signature'))
  const asked = element(info, 's:pedRegEvento/s:infPedReg') as XmlElement
  const inner = element(info, 's:pedRegEvento/ds:Signature')
  if (inner) checkSignature(asked, inner)
  const chave = text(asked, 's:chNFSe') ?? ''
  const repeats = (of: XmlElement, prefix: string) =>
    of.attr('Id')?.value.startsWith(`${prefix}${chave}${kind?.name.slice(1)}`)
  if (!repeats(info, 'EVT') || !repeats(asked, 'PRE')) throw new Refusal('chave', 'not of this event')
  const cancellation: Cancellation = {
    chave,
    cancelada_em: moment(text(info, 's:dhProc')),
    protocolo: text(info, 's:nDFSe') ?? null,
    aceito: text(asked, 's:tpAmb') === '1',
  }
  return { cancellation, signed }
}
