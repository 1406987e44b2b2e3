import { XLSX_MIME } from '../../export/media.ts'
import type { Catalogue } from '../../i18n/index.ts'
import { STATUSES } from '../../session/states.ts'
import { DAY, type Schema } from './schemas.ts'

const OPERATIONS = [
  'deteccao',
  'correcao',
  'autoverificacao',
  'aprovacao',
  'rejeicao',
  'correcao_manual',
  'confirmacao',
  'adiamento',
  'encaminhamento',
  'comentario',
  'reabertura',
  'desfazimento',
  'reversao',
  'excecao',
  'certificacao',
  'configuracao',
  'regra',
  'padrao',
  'retencao',
  'sucessora',
  'periodo',
  'canal',
  'notas',
  'sessao',
  'acesso',
  'instalacao',
  'registro',
  'exportacao',
  'externa',
  'carimbo',
  'arquivamento',
  'esquecimento',
]
const SESSION_STATUSES = [
  'agendada',
  'em_andamento',
  'concluida',
  'concluida_com_falhas',
  'falhou',
  'cancelada',
]
const ORDER = ['id', 'detectada_em', 'ultima_deteccao', 'valor_em_risco', 'confianca', 'vezes_detectada']

const INT32 = 2_147_483_647
/** Keys count upwards from 1; beyond this a JSON number would not be exact. */
const ID = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }
const RULE = { type: 'string', pattern: '^[a-z][a-z0-9_]{0,62}$' }
const TEXT = { type: 'string', minLength: 1, maxLength: 1000 }
const SEEN = { type: 'string', minLength: 1, maxLength: 64 }

const oneOf = (...values: string[]) => ({ type: 'string', enum: values })
/** One or more values of a parameter, repeated in the query. */
const some = (items: Schema) => ({ type: 'array', items, minItems: 1, maxItems: 50 })
/** One for each finding of a decision. */
const each = (items: Schema) => ({ type: 'array', items, minItems: 1, maxItems: 1000 })
const number = (maximum: number) => ({ type: 'number', minimum: 0, maximum })
const orNull = (schema: Schema & { type: string }) => ({ ...schema, type: [schema.type, 'null'] })

/** Everything that a request may contain: its form and its meaning. */
export function parameters({ rest: { parameter: said } }: Catalogue) {
  const share = { ...number(1), description: said.confianca }
  const amount = { ...number(1e15), description: said.valor }
  const day = { ...DAY, description: said.dia }
  const rules = { ...some(RULE), description: said.regra }
  return {
    day,
    dayOrNull: orNull(day),
    /** Days, both included. */
    period: { de: day, ate: day },
    /** When a finding was first found. */
    found: { detectada_de: day, detectada_ate: day },
    share: { confianca_minima: share, confianca_maxima: share },
    amount: { valor_minimo: amount, valor_maximo: amount },
    statuses: { ...some(oneOf(...STATUSES)), description: said.status },
    rule: { ...RULE, description: said.umaRegra },
    rules,
    rulesOrNull: orNull(rules),
    table: { ...TEXT, description: said.tabela },
    row: { ...TEXT, description: said.registro },
    finding: { ...ID, description: said.id },
    findings: { ...each(ID), description: said.ids },
    seen: { ...each(SEEN), description: said.visto },
    until: { ...orNull(DAY), description: said.ate },
    forWhom: { ...TEXT, description: said.para },
    comment: { type: 'string', minLength: 1, maxLength: 2000, description: said.comentario },
    fileName: { type: 'string', minLength: 1, maxLength: 200, description: said.nome },
    sheet: { contentMediaType: XLSX_MIME, description: said.arquivo },
    reason: { type: 'string', minLength: 1, maxLength: 2000, description: said.motivo },
    month: { ...DAY, description: said.mes },
    lastMonth: { ...orNull(DAY), description: said.ateMes },
    branch: { ...orNull({ type: 'string', minLength: 1, maxLength: 200 }), description: said.filial },
    operation: { ...ID, description: said.operacao },
    operationKinds: { ...some(oneOf(...OPERATIONS)), description: said.tipo },
    operationStatus: oneOf('em_andamento', 'concluida', 'falhou'),
    actor: { ...TEXT, description: said.ator },
    session: { ...ID, description: said.sessao },
    sessionStatuses: { ...some(oneOf(...SESSION_STATUSES)), description: said.status },
    mode: { ...oneOf('manual', 'auto'), description: said.modo },
    simulate: { type: 'boolean', default: false, description: said.simular },
    format: { ...oneOf('csv', 'xlsx'), description: said.formato },
    dialect: { ...oneOf('pt-BR', 'rfc4180'), default: 'pt-BR', description: said.dialeto },
    order: {
      ...oneOf(...ORDER.flatMap((name) => [name, `-${name}`])),
      default: '-id',
      description: said.ordem,
    },
    pages: {
      pagina: { type: 'integer', minimum: 1, maximum: INT32, default: 1, description: said.pagina },
      por_pagina: { type: 'integer', minimum: 1, maximum: 500, default: 50, description: said.porPagina },
    },
  }
}
