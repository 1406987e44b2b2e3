import type { Catalogue } from '../../i18n/index.ts'
import type { Access } from '../database.ts'

export type Schema = Readonly<Record<string, unknown>>

/** The rows in the answers, each with its relation or view. */
const ROWS = {
  Divergencia: 'audit.divergencias_processadas',
  ResultadoDecisao: 'audit.resultado_decisao',
  ResultadoPlanilha: 'audit.resultado_planilha',
  Operacao: 'audit.vw_operacoes_resumo',
  Sessao: 'audit.sessoes_processamento',
  Execucao: 'audit.execucoes_regra',
  Periodo: 'audit.periodos',
  LinhaResumo: 'audit.vw_metricas_resumo',
  LinhaDesempenho: 'audit.vw_metricas_desempenho',
  RegraMedida: 'audit.vw_metricas_regras',
} as const

type RowName = keyof typeof ROWS

/** What SQL functions add to the rows of a relation, or leave out. */
const CHANGES: Partial<Record<RowName, { without: string[]; add: Record<string, Schema> }>> = {
  Divergencia: {
    without: ['identidade', 'impressao'],
    add: {
      idade_dias: { type: 'integer' },
      visto: { type: 'string' },
      resumo: {},
      adiada_ate: { type: ['string', 'null'], pattern: '^(\\d{4}-\\d\\d-\\d\\d|infinity)$' },
    },
  },
  Operacao: { without: ['duracao'], add: { segundos: { type: ['number', 'null'] }, detalhes: {} } },
  Sessao: {
    without: [],
    add: {
      correio: { type: ['string', 'null'] },
      execucoes: { type: 'array', items: { $ref: 'Execucao#' } },
    },
  },
  Execucao: { without: ['sessao_id', 'duracao'], add: { segundos: { type: ['number', 'null'] } } },
}

interface Column {
  relation: string
  name: string
  type: string
  notNull: boolean
  comment: string | null
}

/** Schemas of the rows, read from the database's own catalog, so that they always list the columns that exist. */
export async function rowSchemas(access: Access): Promise<Schema[]> {
  const columns = await access.asReader(
    (sql) => sql<Column[]>`
      select c.oid::regclass::text as relation, a.attname as name, a.atttypid::regtype::text as type,
        a.attnotnull as "notNull", col_description(c.oid, a.attnum) as comment
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.oid::regclass::text = any (${Object.values(ROWS)}) order by a.attnum`,
  )
  return Object.entries(ROWS).map(([$id, relation]) => {
    const { without = [], add = {} } = CHANGES[$id as RowName] ?? {}
    const kept = columns.filter((column) => column.relation === relation && !without.includes(column.name))
    return {
      $id,
      type: 'object',
      properties: {
        ...Object.fromEntries(kept.map((column) => [column.name, columnSchema(column)])),
        ...add,
      },
    }
  })
}

const TYPES: Readonly<Record<string, Schema>> = {
  bigint: { type: 'integer' },
  integer: { type: 'integer' },
  numeric: { type: 'number' },
  'double precision': { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  'timestamp with time zone': { type: 'string', format: 'date-time' },
  text: { type: 'string' },
  'text[]': { type: 'array', items: { type: 'string' } },
}

function columnSchema({ type, notNull, comment }: Column): Schema {
  const { type: plain, ...rest } = TYPES[type] ?? {}
  const description = comment === null ? {} : { description: comment }
  if (plain === undefined) return description
  return { type: notNull ? plain : [plain, 'null'], ...rest, ...description }
}

/** A problem document (RFC 9457). */
export const PROBLEM: Schema = {
  $id: 'Problema',
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    codigo: { type: 'string', description: 'SQLSTATE: docs/api.md' },
    sugestao: { type: 'string' },
  },
}

/** A problem document for everything that is refused. */
function problems(text: Catalogue): Schema {
  const problem = {
    description: text.rest.answer.problem,
    content: { 'application/problem+json': { schema: { $ref: 'Problema#' } } },
  }
  return { '4xx': problem, '5xx': problem }
}

/** Answers of an operation: its result, and problem documents. */
export function answers(
  text: Catalogue,
  done: Record<number, { description: string; schema: Schema }>,
): Schema {
  return {
    ...Object.fromEntries(
      Object.entries(done).map(([status, { description, schema }]) => [
        status,
        { description, content: { 'application/json': { schema } } },
      ]),
    ),
    ...problems(text),
  }
}

/** A file of findings, in one format or the other. */
export function files(text: Catalogue): Schema {
  const file = { schema: { type: 'string', contentMediaType: 'application/octet-stream' } }
  const content = {
    'text/csv': file,
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': file,
  }
  return { 200: { description: text.rest.answer.file, content }, ...problems(text) }
}

export const list = (name: RowName): Schema => ({ type: 'array', items: { $ref: `${name}#` } })

/** A page of rows with the overall total. */
export const page = (name: RowName): Schema => ({
  type: 'object',
  required: ['total', 'pagina', 'por_pagina', 'itens'],
  properties: {
    total: { type: 'integer', minimum: 0 },
    pagina: { type: 'integer' },
    por_pagina: { type: 'integer' },
    itens: list(name),
  },
})

export const DAY = { type: 'string', format: 'date', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }

/** What an act did to findings. */
export const DECIDED: Schema = {
  type: 'object',
  required: ['por_resultado', 'por_status', 'itens'],
  properties: {
    por_resultado: { type: 'object', additionalProperties: { type: 'integer' } },
    por_status: { type: 'object', additionalProperties: { type: 'integer' } },
    itens: list('ResultadoDecisao'),
  },
}

/** What became of the lines of a spreadsheet. */
export const SHEET_DECIDED: Schema = {
  type: 'object',
  required: ['arquivo', 'por_resultado', 'itens'],
  properties: {
    arquivo: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    por_resultado: { type: 'object', additionalProperties: { type: 'integer' } },
    itens: list('ResultadoPlanilha'),
  },
}

/** A month that is closed now, here or by the warehouse's own list. */
export const CLOSED: Schema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['mes', 'filial', 'origem'],
    properties: {
      mes: { type: 'string', format: 'date' },
      filial: { type: ['string', 'null'] },
      origem: { type: 'string' },
      fechado_por: { type: ['string', 'null'] },
      fechado_em: { type: ['string', 'null'], format: 'date-time' },
      motivo: { type: ['string', 'null'] },
    },
  },
}

const TOTALS = [
  'total',
  'concluidas',
  'com_falhas',
  'falharam',
  'canceladas',
  'em_andamento',
  'segundos_mediana',
  'segundos_p95',
  'linhas_examinadas',
  'encontradas',
  'corrigidas',
  'desfeitas',
  'refeitas',
  'valor_em_risco',
  'valor_corrigido',
]

export const PERFORMANCE: Schema = {
  type: 'object',
  required: ['de', 'ate', 'sessoes', 'regras', 'execucoes'],
  properties: {
    de: DAY,
    ate: DAY,
    sessoes: {
      type: 'object',
      required: TOTALS,
      properties: Object.fromEntries(TOTALS.map((name) => [name, { type: ['number', 'null'] }])),
    },
    regras: list('RegraMedida'),
    execucoes: list('LinhaDesempenho'),
  },
}

/** Members of a request. */
export interface Members extends Schema {
  readonly properties: Readonly<Record<string, Schema>>
}

/** Exactly these members. */
export const object = (properties: Record<string, Schema>, required: readonly string[] = []): Members => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length > 0 && { required }),
})
