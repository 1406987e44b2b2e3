/** Why a file is not kept. The first four concern the file, the rest its content. */
export const REASONS = [
  'ligacao',
  'especial',
  'ilegivel',
  'tamanho',
  'codificacao',
  'dtd',
  'profundidade',
  'xml',
  'tipo',
  'esquema',
  'chave',
  'assinatura',
  'protocolo',
  'repetida',
] as const

export type Reason = (typeof REASONS)[number]

/** A file that is not kept, with the reason. */
export class Refusal extends Error {
  readonly reason: Reason

  /** @param detail technical, in English or as a library said it; never more than one line */
  constructor(reason: Reason, detail = '') {
    // As JSON, neither a control character nor half a character that was cut can be stored.
    super(
      (detail.split('\n')[0] ?? '')
        .slice(0, 300)
        .toWellFormed()
        .replaceAll(/\p{Cc}/gu, '\ufffd'),
    )
    this.name = 'Refusal'
    this.reason = reason
  }
}
