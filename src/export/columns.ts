import type { Catalogue } from '../i18n/index.ts'

/**
 * What a column holds. `text` may be anything that somebody wrote; `word` only what the system itself writes; `values` what a row
 * held or should hold, a single number or a text.
 */
export type Kind = 'integer' | 'fraction' | 'amount' | 'time' | 'word' | 'text' | 'values'

/** A column that a sheet may have. */
export type SheetName = keyof Catalogue['exportar']['heading']

export interface ExportColumn {
  /** Of audit.vw_divergencias_exportacao. */
  readonly name: SheetName
  readonly kind: Kind
  /** In a spreadsheet, in characters. */
  readonly width: number
  /** For `values`: the jsonb column behind the text. */
  readonly json?: string
}

/** What may be written into the column of decisions: acts of audit.decidir_planilha. */
export const DECISIONS = ['aprovar', 'rejeitar', 'confirmar', 'adiar'] as const

/** Columns of a sheet for decisions: those that a person fills stay in sight, with the number of the finding. */
export const TO_FILL = ['decisao', 'motivo_decisao'] as const

/** Columns of an export, in their order. */
export const COLUMNS: readonly ExportColumn[] = [
  { name: 'id', kind: 'integer', width: 12 },
  { name: 'sessao_id', kind: 'integer', width: 10 },
  { name: 'sessao_ultima_id', kind: 'integer', width: 14 },
  { name: 'regra', kind: 'text', width: 24 },
  { name: 'tipo', kind: 'text', width: 20 },
  { name: 'tabela', kind: 'text', width: 18 },
  { name: 'registro_id', kind: 'text', width: 16 },
  { name: 'status', kind: 'word', width: 20 },
  { name: 'confianca', kind: 'fraction', width: 11 },
  { name: 'valor_em_risco', kind: 'amount', width: 18 },
  { name: 'colunas', kind: 'text', width: 16 },
  { name: 'antes', kind: 'values', width: 30, json: 'valores_antes' },
  { name: 'depois', kind: 'values', width: 30, json: 'valores_depois' },
  { name: 'justificativa', kind: 'text', width: 70 },
  { name: 'detectada_em', kind: 'time', width: 19 },
  { name: 'ultima_deteccao', kind: 'time', width: 19 },
  { name: 'vezes_detectada', kind: 'integer', width: 10 },
  { name: 'proposta_por', kind: 'text', width: 16 },
  { name: 'decidida_em', kind: 'time', width: 19 },
  { name: 'decidida_por', kind: 'text', width: 16 },
  { name: 'motivo', kind: 'text', width: 40 },
  { name: 'lancamento', kind: 'text', width: 60 },
]
