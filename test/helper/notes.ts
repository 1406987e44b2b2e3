// Electronic notes as suppliers send them, signed by an authority of the tests' own (helper/authority.ts). They are signed by another
// library than the one that checks them.
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
  readonly total: string
  /** Amounts of its instalments. */
  readonly parcelas?: readonly string[]
  readonly retido?: string
  readonly ambiente?: '1' | '2'
  readonly finalidade?: string
  readonly comprador?: string
  readonly cStat?: string
  /** Instead of the note's own digest. */
  readonly digest?: string
  /** Instead of the note's own key. */
  readonly chave?: string
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
    total,
    parcelas = [],
    retido,
    ambiente = '1',
    finalidade = '1',
    comprador = '11222333000181',
  }: NfeOptions,
  chave: string,
): string {
  const zero = (...names: string[]) => names.map((name) => `<${name}>0.00</${name}>`).join('')
  const address = (tag: string) =>
    `<${tag}><xLgr>RUA UM</xLgr><nro>1</nro><xBairro>CENTRO</xBairro><cMun>3550308</cMun><xMun>SAO PAULO</xMun><UF>SP</UF><CEP>01001000</CEP><cPais>1058</cPais><xPais>BRASIL</xPais></${tag}>`
  return `<infNFe Id="NFe${chave}" versao="4.00"><ide><cUF>35</cUF><cNF>${chave.slice(35, 43)}</cNF><natOp>VENDA</natOp><mod>55</mod><serie>${serie}</serie><nNF>${numero}</nNF><dhEmi>${dia}T10:00:00-03:00</dhEmi><tpNF>1</tpNF><idDest>1</idDest><cMunFG>3550308</cMunFG><tpImp>1</tpImp><tpEmis>1</tpEmis><cDV>${chave.at(-1)}</cDV><tpAmb>${ambiente}</tpAmb><finNFe>${finalidade}</finNFe><indFinal>0</indFinal><indPres>9</indPres><procEmi>0</procEmi><verProc>1</verProc></ide><emit><CNPJ>${cnpj}</CNPJ><xNome>FORNECEDOR ${cnpj.slice(0, 8)} LTDA</xNome>${address('enderEmit')}<IE>110042490114</IE><CRT>3</CRT></emit><dest><CNPJ>${comprador}</CNPJ><xNome>COMPRADORA SA</xNome>${address('enderDest')}<indIEDest>9</indIEDest></dest><det nItem="1"><prod><cProd>1</cProd><cEAN>SEM GTIN</cEAN><xProd>PRODUTO</xProd><NCM>84713012</NCM><CFOP>5102</CFOP><uCom>UN</uCom><qCom>1.0000</qCom><vUnCom>${total}</vUnCom><vProd>${total}</vProd><cEANTrib>SEM GTIN</cEANTrib><uTrib>UN</uTrib><qTrib>1.0000</qTrib><vUnTrib>${total}</vUnTrib><indTot>1</indTot></prod><imposto><ICMS><ICMS40><orig>0</orig><CST>41</CST></ICMS40></ICMS><PIS><PISNT><CST>07</CST></PISNT></PIS><COFINS><COFINSNT><CST>07</CST></COFINSNT></COFINS></imposto></det><total><ICMSTot>${zero('vBC', 'vICMS', 'vICMSDeson', 'vFCP', 'vBCST', 'vST', 'vFCPST', 'vFCPSTRet')}<vProd>${total}</vProd>${zero('vFrete', 'vSeg', 'vDesc', 'vII', 'vIPI', 'vIPIDevol', 'vPIS', 'vCOFINS', 'vOutro')}<vNF>${total}</vNF></ICMSTot>${retido === undefined ? '' : `<retTrib><vRetPrev>${retido}</vRetPrev></retTrib>`}</total><transp><modFrete>9</modFrete></transp>${parcelas.length === 0 ? '' : `<cobr>${parcelas.map((value, at) => `<dup><nDup>${String(at + 1).padStart(3, '0')}</nDup><dVenc>${dia}</dVenc><vDup>${value}</vDup></dup>`).join('')}</cobr>`}<pag><detPag><tPag>15</tPag><vPag>${total}</vPag></detPag></pag></infNFe>`
}

export interface CancelOptions extends Pick<NfeOptions, 'by' | 'cnpj' | 'numero' | 'serie' | 'dia'> {
  readonly cStat?: string
}

/** SEFAZ's answer to a cancellation, with the request: procEventoNFe. */
export function cancellation({ by, cStat = '135', ...options }: CancelOptions): string {
  const chave = keyOf(options)
  const when = `${options.dia}T18:00:00-03:00`
  const event = signXml(
    `<evento xmlns="http://www.portalfiscal.inf.br/nfe" versao="1.00"><infEvento Id="ID110111${chave}01"><cOrgao>35</cOrgao><tpAmb>1</tpAmb><CNPJ>${options.cnpj}</CNPJ><chNFe>${chave}</chNFe><dhEvento>${when}</dhEvento><tpEvento>110111</tpEvento><nSeqEvento>1</nSeqEvento><verEvento>1.00</verEvento><detEvento versao="1.00"><descEvento>Cancelamento</descEvento><nProt>135260000000001</nProt><xJust>Pedido cancelado pelo comprador</xJust></detEvento></infEvento></evento>`,
    'infEvento',
    by,
  )
  return `<procEventoNFe xmlns="http://www.portalfiscal.inf.br/nfe" versao="1.00">${event}<retEvento versao="1.00"><infEvento><tpAmb>1</tpAmb><verAplic>1</verAplic><cOrgao>35</cOrgao><cStat>${cStat}</cStat><xMotivo>Evento registrado</xMotivo><chNFe>${chave}</chNFe><tpEvento>110111</tpEvento><nSeqEvento>1</nSeqEvento><dhRegEvento>${when}</dhRegEvento><nProt>135260000000002</nProt></infEvento></retEvento></procEventoNFe>`
}

export interface NfseOptions {
  /** Who issues the note: a town, or the national system. */
  readonly by: Holder
  /** Signs the declaration inside; without it nobody does. */
  readonly supplier?: Holder
  readonly cnpj: string
  readonly numero: number
  readonly dia: string
  readonly total: string
  readonly liquido?: string
}

export const nfseKeyOf = ({ cnpj, numero, dia }: Pick<NfseOptions, 'cnpj' | 'numero' | 'dia'>): string =>
  `355030822${cnpj}${String(numero).padStart(13, '0')}${dia.slice(2, 4)}${dia.slice(5, 7)}0000000011`

/** An NFS-e of the national standard. */
export function nfse({ by, supplier, cnpj, numero, dia, total, liquido = total }: NfseOptions): string {
  const ns = 'xmlns="http://www.sped.fazenda.gov.br/nfse"'
  const declared = `<DPS ${ns} versao="1.01"><infDPS Id="DPS35503082${cnpj}00001${String(numero).padStart(15, '0')}"><tpAmb>1</tpAmb><dhEmi>${dia}T10:00:00-03:00</dhEmi><verAplic>1</verAplic><serie>1</serie><nDPS>${numero}</nDPS><dCompet>${dia}</dCompet><tpEmit>1</tpEmit><cLocEmi>3550308</cLocEmi><prest><CNPJ>${cnpj}</CNPJ><regTrib><opSimpNac>1</opSimpNac><regEspTrib>0</regEspTrib></regTrib></prest><toma><CNPJ>11222333000181</CNPJ><xNome>COMPRADORA SA</xNome></toma><serv><locPrest><cLocPrestacao>3550308</cLocPrestacao></locPrest><cServ><cTribNac>010101</cTribNac><xDescServ>SERVICO</xDescServ></cServ></serv><valores><vServPrest><vServ>${total}</vServ></vServPrest><trib><tribMun><tribISSQN>1</tribISSQN><tpRetISSQN>1</tpRetISSQN></tribMun><totTrib><indTotTrib>0</indTotTrib></totTrib></trib></valores></infDPS></DPS>`
  const inside = supplier ? signXml(declared, 'infDPS', supplier, true) : declared
  const info = `<infNFSe Id="NFS${nfseKeyOf({ cnpj, numero, dia })}"><xLocEmi>SAO PAULO</xLocEmi><xLocPrestacao>SAO PAULO</xLocPrestacao><nNFSe>${numero}</nNFSe><xTribNac>SERVICO</xTribNac><verAplic>1</verAplic><ambGer>2</ambGer><tpEmis>1</tpEmis><cStat>100</cStat><dhProc>${dia}T10:00:00-03:00</dhProc><nDFSe>1</nDFSe><emit><CNPJ>${cnpj}</CNPJ><xNome>PRESTADOR LTDA</xNome><enderNac><xLgr>RUA UM</xLgr><nro>1</nro><xBairro>CENTRO</xBairro><cMun>3550308</cMun><UF>SP</UF><CEP>01001000</CEP></enderNac></emit><valores><vLiq>${liquido}</vLiq></valores>${inside}</infNFSe>`
  return `<?xml version="1.0" encoding="UTF-8"?>${signXml(`<NFSe ${ns} versao="1.01">${info}</NFSe>`, 'infNFSe', by, true)}`
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
