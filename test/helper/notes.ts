// Electronic notes as suppliers send them, signed by the tests' own authority (helper/authority.ts), with another library than the
// one that checks them.
import { SignedXml } from 'xml-crypto'
import { checkDigit } from '../../src/notas/nfe.ts'
import type { Holder } from './authority.ts'

export interface NfeOptions {
  readonly by: Holder
  readonly cnpj: string
  readonly numero: number
  readonly serie?: number
  /** Day of issue. */
  readonly dia: string
  /** Time of issue, with its zone. */
  readonly hora?: string
  readonly total: string
  /** Amounts of its instalments. */
  readonly parcelas?: readonly string[]
  readonly retido?: string
  readonly ambiente?: '1' | '2'
  readonly finalidade?: string
  /** False if nothing is paid for it. */
  readonly pago?: boolean
  readonly comprador?: string
  readonly cStat?: string
  /** Instead of the note's own digest. */
  readonly digest?: string
  /** Instead of the note's own key. */
  readonly chave?: string
  readonly taxes?: Taxes
  /** How many lines of goods it has. */
  readonly itens?: number
}

/** What IBS and CBS add to a note. */
export interface Taxes {
  readonly ibs: string
  readonly cbs: string
  readonly total: string
}

const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'

export const keyOf = ({
  cnpj,
  numero,
  serie = 1,
  dia,
}: Pick<NfeOptions, 'cnpj' | 'numero' | 'serie' | 'dia'>): string => {
  const [year = '', month = ''] = dia.split('-')
  const positions = `35${year.slice(2)}${month}${cnpj}55${String(serie).padStart(3, '0')}${String(numero).padStart(9, '0')}1${String(numero % 100_000_000).padStart(8, '0')}`
  return positions + checkDigit(positions)
}

/** An authorised NF-e: nfeProc. */
export function nfe(options: NfeOptions): string {
  const { by, ambiente = '1', cStat = '100', chave = keyOf(options) } = options
  const note = signXml(
    `<NFe xmlns="http://www.portalfiscal.inf.br/nfe">${info(options, chave)}</NFe>`,
    'infNFe',
    by,
  )
  const digest = options.digest ?? /<DigestValue>([^<]+)/.exec(note)?.[1]
  return `<?xml version="1.0" encoding="UTF-8"?><nfeProc xmlns="http://www.portalfiscal.inf.br/nfe" versao="4.00">${note}<protNFe versao="4.00"><infProt><tpAmb>${ambiente}</tpAmb><verAplic>SP_NFE_PL009_V4</verAplic><chNFe>${chave}</chNFe><dhRecbto>${options.dia}T10:05:00-03:00</dhRecbto><nProt>135260000000001</nProt>${digest === '' ? '' : `<digVal>${digest}</digVal>`}<cStat>${cStat}</cStat><xMotivo>Autorizado o uso da NF-e</xMotivo></infProt></protNFe></nfeProc>`
}

function info(
  {
    cnpj,
    numero,
    serie = 1,
    dia,
    hora = '10:00:00-03:00',
    total,
    parcelas = [],
    retido,
    ambiente = '1',
    finalidade = '1',
    pago = true,
    comprador = '11222333000181',
    taxes,
    itens = 1,
  }: NfeOptions,
  keyType: string,
): string {
  const zero = (...names: string[]) => names.map((name) => `<${name}>0.00</${name}>`).join('')
  const address = (tag: string) =>
    `<${tag}><xLgr>RUA UM</xLgr><nro>1</nro><xBairro>CENTRO</xBairro><cMun>3550308</cMun><xMun>SAO PAULO</xMun><UF>SP</UF><CEP>01001000</CEP><cPais>1058</cPais><xPais>BRASIL</xPais></${tag}>`
  const item = (n: number) =>
    `<det nItem="${n}"><prod><cProd>1</cProd><cEAN>SEM GTIN</cEAN><xProd>PRODUTO</xProd><NCM>84713012</NCM><CFOP>5102</CFOP><uCom>UN</uCom><qCom>1.0000</qCom><vUnCom>${total}</vUnCom><vProd>${total}</vProd><cEANTrib>SEM GTIN</cEANTrib><uTrib>UN</uTrib><qTrib>1.0000</qTrib><vUnTrib>${total}</vUnTrib><indTot>1</indTot></prod><imposto><ICMS><ICMS40><orig>0</orig><CST>41</CST></ICMS40></ICMS><PIS><PISNT><CST>07</CST></PISNT></PIS><COFINS><COFINSNT><CST>07</CST></COFINSNT></COFINS>${taxes ? nfeItemTaxes(total, taxes) : ''}</imposto></det>`
  return `<infNFe Id="NFe${keyType}" versao="4.00"><ide><cUF>35</cUF><cNF>${keyType.slice(35, 43)}</cNF><natOp>VENDA</natOp><mod>55</mod><serie>${serie}</serie><nNF>${numero}</nNF><dhEmi>${dia}T${hora}</dhEmi><tpNF>1</tpNF><idDest>1</idDest><cMunFG>3550308</cMunFG><tpImp>1</tpImp><tpEmis>1</tpEmis><cDV>${keyType.at(-1)}</cDV><tpAmb>${ambiente}</tpAmb><finNFe>${finalidade}</finNFe><indFinal>0</indFinal><indPres>9</indPres><procEmi>0</procEmi><verProc>1</verProc></ide><emit><CNPJ>${cnpj}</CNPJ><xNome>FORNECEDOR ${cnpj.slice(0, 8)} LTDA</xNome>${address('enderEmit')}<IE>110042490114</IE><CRT>3</CRT></emit><dest><CNPJ>${comprador}</CNPJ><xNome>COMPRADORA SA</xNome>${address('enderDest')}<indIEDest>9</indIEDest></dest>${Array.from({ length: itens }, (_, at) => item(at + 1)).join('')}<total><ICMSTot>${zero('vBC', 'vICMS', 'vICMSDeson', 'vFCP', 'vBCST', 'vST', 'vFCPST', 'vFCPSTRet')}<vProd>${total}</vProd>${zero('vFrete', 'vSeg', 'vDesc', 'vII', 'vIPI', 'vIPIDevol', 'vPIS', 'vCOFINS', 'vOutro')}<vNF>${total}</vNF></ICMSTot>${retido === undefined ? '' : `<retTrib><vRetPrev>${retido}</vRetPrev></retTrib>`}${taxes ? nfeTaxes(total, taxes) : ''}</total><transp><modFrete>9</modFrete></transp>${parcelas.length === 0 ? '' : `<cobr>${parcelas.map((value, at) => `<dup><nDup>${String(at + 1).padStart(3, '0')}</nDup><dVenc>${dia}</dVenc><vDup>${value}</vDup></dup>`).join('')}</cobr>`}<pag><detPag>${pago ? `<tPag>15</tPag><vPag>${total}</vPag>` : '<tPag>90</tPag><vPag>0.00</vPag>'}</detPag></pag></infNFe>`
}

const nfeItemTaxes = (total: string, { ibs, cbs }: Taxes): string =>
  `<IBSCBS><CST>000</CST><cClassTrib>000001</cClassTrib><gIBSCBS><vBC>${total}</vBC><gIBSUF><pIBSUF>0.1000</pIBSUF><vIBSUF>${ibs}</vIBSUF></gIBSUF><gIBSMun><pIBSMun>0.0000</pIBSMun><vIBSMun>0.00</vIBSMun></gIBSMun><vIBS>${ibs}</vIBS><gCBS><pCBS>0.9000</pCBS><vCBS>${cbs}</vCBS></gCBS></gIBSCBS></IBSCBS>`

const nfeTaxes = (base: string, { ibs, cbs, total }: Taxes): string =>
  `<IBSCBSTot><vBCIBSCBS>${base}</vBCIBSCBS><gIBS><gIBSUF><vDif>0.00</vDif><vDevTrib>0.00</vDevTrib><vIBSUF>${ibs}</vIBSUF></gIBSUF><gIBSMun><vDif>0.00</vDif><vDevTrib>0.00</vDevTrib><vIBSMun>0.00</vIBSMun></gIBSMun><vIBS>${ibs}</vIBS><vCredPres>0.00</vCredPres><vCredPresCondSus>0.00</vCredPresCondSus></gIBS><gCBS><vDif>0.00</vDif><vDevTrib>0.00</vDevTrib><vCBS>${cbs}</vCBS><vCredPres>0.00</vCredPres><vCredPresCondSus>0.00</vCredPresCondSus></gCBS></IBSCBSTot><vNFTot>${total}</vNFTot>`

export interface CancelOptions extends Pick<NfeOptions, 'by' | 'cnpj' | 'numero' | 'serie' | 'dia'> {
  readonly cStat?: string
  /** Key of the note that replaces it: 110112 instead of 110111. */
  readonly substituta?: string
}

/** SEFAZ's answer to a cancellation, with the request: procEventoNFe. */
export function cancellation({ by, cStat = '135', substituta, ...options }: CancelOptions): string {
  const keyType = keyOf(options)
  const kind = substituta === undefined ? '110111' : '110112'
  const what =
    substituta === undefined
      ? ['Cancelamento', '', '']
      : [
          'Cancelamento por substituicao',
          '<cOrgaoAutor>35</cOrgaoAutor><tpAutor>1</tpAutor><verAplic>1</verAplic>',
          `<chNFeRef>${substituta}</chNFeRef>`,
        ]
  const when = `${options.dia}T18:00:00-03:00`
  const event = signXml(
    `<evento xmlns="http://www.portalfiscal.inf.br/nfe" versao="1.00"><infEvento Id="ID${kind}${keyType}01"><cOrgao>35</cOrgao><tpAmb>1</tpAmb><CNPJ>${options.cnpj}</CNPJ><chNFe>${keyType}</chNFe><dhEvento>${when}</dhEvento><tpEvento>${kind}</tpEvento><nSeqEvento>1</nSeqEvento><verEvento>1.00</verEvento><detEvento versao="1.00"><descEvento>${what[0]}</descEvento>${what[1]}<nProt>135260000000001</nProt><xJust>Pedido cancelado pelo comprador</xJust>${what[2]}</detEvento></infEvento></evento>`,
    'infEvento',
    by,
  )
  return `<procEventoNFe xmlns="http://www.portalfiscal.inf.br/nfe" versao="1.00">${event}<retEvento versao="1.00"><infEvento><tpAmb>1</tpAmb><verAplic>1</verAplic><cOrgao>35</cOrgao><cStat>${cStat}</cStat><xMotivo>Evento registrado</xMotivo><chNFe>${keyType}</chNFe><tpEvento>${kind}</tpEvento><nSeqEvento>1</nSeqEvento><dhRegEvento>${when}</dhRegEvento><nProt>135260000000002</nProt></infEvento></retEvento></procEventoNFe>`
}

export interface NfseOptions {
  /** The issuer of the note: a town, or the national system. */
  readonly by: Holder
  /** Signs the declaration inside; without a supplier nobody does. */
  readonly supplier?: Holder
  readonly cnpj: string
  readonly numero: number
  readonly dia: string
  readonly total: string
  readonly liquido?: string
  readonly taxes?: Taxes
}

export const nfseKeyOf = ({ cnpj, numero, dia }: Pick<NfseOptions, 'cnpj' | 'numero' | 'dia'>): string =>
  `355030822${cnpj}${String(numero).padStart(13, '0')}${dia.slice(2, 4)}${dia.slice(5, 7)}0000000011`

/** An NFS-e of the national standard. */
export function nfse({
  by,
  supplier,
  cnpj,
  numero,
  dia,
  total,
  liquido = total,
  taxes,
}: NfseOptions): string {
  const ns = 'xmlns="http://www.sped.fazenda.gov.br/nfse"'
  const declared = `<DPS ${ns} versao="1.01"><infDPS Id="DPS35503082${cnpj}00001${String(numero).padStart(15, '0')}"><tpAmb>1</tpAmb><dhEmi>${dia}T10:00:00-03:00</dhEmi><verAplic>1</verAplic><serie>1</serie><nDPS>${numero}</nDPS><dCompet>${dia}</dCompet><tpEmit>1</tpEmit><cLocEmi>3550308</cLocEmi><prest><CNPJ>${cnpj}</CNPJ><regTrib><opSimpNac>1</opSimpNac><regEspTrib>0</regEspTrib></regTrib></prest><toma><CNPJ>11222333000181</CNPJ><xNome>COMPRADORA SA</xNome></toma><serv><locPrest><cLocPrestacao>3550308</cLocPrestacao></locPrest><cServ><cTribNac>010101</cTribNac><xDescServ>SERVICO</xDescServ></cServ></serv><valores><vServPrest><vServ>${total}</vServ></vServPrest><trib><tribMun><tribISSQN>1</tribISSQN><tpRetISSQN>1</tpRetISSQN></tribMun><totTrib><indTotTrib>0</indTotTrib></totTrib></trib></valores>${taxes ? '<IBSCBS><finNFSe>0</finNFSe><indFinal>0</indFinal><cIndOp>030101</cIndOp><indDest>0</indDest><valores><trib><gIBSCBS><CST>000</CST><cClassTrib>000001</cClassTrib></gIBSCBS></trib></valores></IBSCBS>' : ''}</infDPS></DPS>`
  const inside = supplier ? signXml(declared, 'infDPS', supplier, true) : declared
  const info = `<infNFSe Id="NFS${nfseKeyOf({ cnpj, numero, dia })}"><xLocEmi>SAO PAULO</xLocEmi><xLocPrestacao>SAO PAULO</xLocPrestacao><nNFSe>${numero}</nNFSe><xTribNac>SERVICO</xTribNac><verAplic>1</verAplic><ambGer>2</ambGer><tpEmis>1</tpEmis><cStat>100</cStat><dhProc>${dia}T10:00:00-03:00</dhProc><nDFSe>1</nDFSe><emit><CNPJ>${cnpj}</CNPJ><xNome>PRESTADOR LTDA</xNome><enderNac><xLgr>RUA UM</xLgr><nro>1</nro><xBairro>CENTRO</xBairro><cMun>3550308</cMun><UF>SP</UF><CEP>01001000</CEP></enderNac></emit><valores><vLiq>${liquido}</vLiq></valores>${taxes ? nfseTaxes(total, taxes) : ''}${inside}</infNFSe>`
  return `<?xml version="1.0" encoding="UTF-8"?>${signXml(`<NFSe ${ns} versao="1.01">${info}</NFSe>`, 'infNFSe', by, true)}`
}

const nfseTaxes = (base: string, { ibs, cbs, total }: Taxes): string =>
  `<IBSCBS><cLocalidadeIncid>3550308</cLocalidadeIncid><xLocalidadeIncid>SAO PAULO</xLocalidadeIncid><valores><vBC>${base}</vBC><uf><pIBSUF>0.10</pIBSUF><pAliqEfetUF>0.10</pAliqEfetUF></uf><mun><pIBSMun>0.00</pIBSMun><pAliqEfetMun>0.00</pAliqEfetMun></mun><fed><pCBS>0.90</pCBS><pAliqEfetCBS>0.90</pAliqEfetCBS></fed></valores><totCIBS><vTotNF>${total}</vTotNF><gIBS><vIBSTot>${ibs}</vIBSTot><gIBSUFTot><vIBSUF>${ibs}</vIBSUF></gIBSUFTot><gIBSMunTot><vIBSMun>0.00</vIBSMun></gIBSMunTot></gIBS><gCBS><vCBS>${cbs}</vCBS></gCBS></totCIBS></IBSCBS>`

/** What the events of an NFS-e contain besides their name, by their code. */
const NFSE_EVENTS: Readonly<Record<string, string>> = {
  '101101':
    '<xDesc>Cancelamento de NFS-e</xDesc><cMotivo>1</cMotivo><xMotivo>Erro na emissao da nota</xMotivo>',
  '105102': `<xDesc>Cancelamento de NFS-e por Substituição</xDesc><cMotivo>99</cMotivo><chSubstituta>${'3'.repeat(50)}</chSubstituta>`,
  '101103':
    '<xDesc>Solicitação de Análise Fiscal para Cancelamento de NFS-e</xDesc><cMotivo>1</cMotivo><xMotivo>Erro na emissao da nota</xMotivo>',
  '105104':
    '<xDesc>Cancelamento de NFS-e Deferido por Análise Fiscal</xDesc><CPFAgTrib>11122233344</CPFAgTrib><cMotivo>1</cMotivo><xMotivo>Deferido pela fiscalizacao</xMotivo>',
  '105105':
    '<xDesc>Cancelamento de NFS-e Indeferido por Análise Fiscal</xDesc><CPFAgTrib>11122233344</CPFAgTrib><cMotivo>1</cMotivo><xMotivo>Indeferido pela fiscalizacao</xMotivo>',
  '305101':
    '<xDesc>Cancelamento de NFS-e por Ofício</xDesc><CPFAgTrib>11122233344</CPFAgTrib><nProcAdm>1</nProcAdm><xProcAdm>Nota emitida sem servico</xProcAdm>',
}

export interface NfseEventOptions extends Pick<NfseOptions, 'by' | 'supplier' | 'cnpj' | 'numero' | 'dia'> {
  /** By default 101101, which cancels. */
  readonly tipo?: string
  readonly ambiente?: '1' | '2'
  /** In the identifiers, instead of the note's own key. */
  readonly chave?: string
  /** Below the request, instead of the author's own. */
  readonly signature?: string
}

/** An event of an NFS-e as it was registered; its author may sign the request inside. */
export function nfseEvent({
  by,
  supplier,
  tipo = '101101',
  ambiente = '1',
  signature = '',
  ...options
}: NfseEventOptions): string {
  const ns = 'xmlns="http://www.sped.fazenda.gov.br/nfse"'
  const key = nfseKeyOf(options)
  const { chave = key } = options
  const when = `${options.dia}T18:00:00-03:00`
  const request = `<pedRegEvento ${ns} versao="1.01"><infPedReg Id="PRE${chave}${tipo}"><tpAmb>${ambiente}</tpAmb><verAplic>1</verAplic><dhEvento>${when}</dhEvento><CNPJAutor>${options.cnpj}</CNPJAutor><chNFSe>${key}</chNFSe><e${tipo}>${NFSE_EVENTS[tipo]}</e${tipo}></infPedReg>${signature}</pedRegEvento>`
  const inside = supplier ? signXml(request, 'infPedReg', supplier, true) : request
  return signXml(
    `<evento ${ns} versao="1.01"><infEvento Id="EVT${chave}${tipo}001"><verAplic>1</verAplic><ambGer>2</ambGer><nSeqEvento>001</nSeqEvento><dhProc>${when}</dhProc><nDFSe>7</nDFSe>${inside}</infEvento></evento>`,
    'infEvento',
    by,
    true,
  )
}

function signXml(xml: string, element: string, by: Holder, sha256 = false): string {
  const signer = new SignedXml({
    privateKey: by.key.export({ format: 'pem', type: 'pkcs8' }),
    publicCert: by.pem,
    idAttribute: 'Id',
    canonicalizationAlgorithm: C14N,
    signatureAlgorithm: sha256
      ? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
      : 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  })
  signer.addReference({
    xpath: `//*[local-name(.)='${element}']`,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', C14N],
    digestAlgorithm: sha256
      ? 'http://www.w3.org/2001/04/xmlenc#sha256'
      : 'http://www.w3.org/2000/09/xmldsig#sha1',
  })
  signer.computeSignature(xml, {
    location: { reference: `//*[local-name(.)='${element}']`, action: 'after' },
  })
  return signer.getSignedXml()
}
