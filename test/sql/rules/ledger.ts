import type postgres from 'postgres'
import { asOwner } from '../../helper/owner.ts'

export interface LedgerEntry {
  id?: number | string
  data_lancamento?: string | null
  carregado_em?: string | null
  filial?: string | null
  centro_custo?: string | null
  conta_contabil?: string | null
  categoria?: string | null
  fornecedor_id?: string | null
  fornecedor?: string | null
  documento?: string | null
  descricao?: string | null
  valor?: string | number | null
  valor_documento?: string | number | null
  valor_desconto?: string | number | null
}

export interface RuleFinding {
  tabela: string | null
  registro_id: string
  valores_propostos: Record<string, unknown>
  confianca: string
  // biome-ignore lint/suspicious/noExplicitAny: evidence is free-form JSON, read here by its documented members
  evidencia: any
  justificativa: string
  valor_em_risco: string | null
}

/** The warehouse contract as an empty table with the requested type of key, and its labels. */
export async function makeLedger(
  sql: postgres.Sql,
  key: 'bigint' | 'uuid' | 'text' = 'bigint',
): Promise<void> {
  await sql.unsafe(`
    create schema dw;
    create table dw.lancamentos (
      id ${key} primary key, data_lancamento date, carregado_em timestamptz, filial text, centro_custo text,
      conta_contabil text, categoria text, fornecedor_id text, fornecedor text, documento text, descricao text,
      valor numeric(18,2), valor_documento numeric(18,2), valor_desconto numeric(18,2));
    create index on dw.lancamentos (data_lancamento);
    create index on dw.lancamentos (carregado_em);
    grant usage on schema dw to conferente_regra, conferente_escrita;
    grant select on dw.lancamentos to conferente_regra, conferente_escrita; grant update on dw.lancamentos to conferente_escrita;`)
  await setSetting(sql, 'pendente.rotulos', ['PENDENTE', 'PENDENTE DE VERIFICAÇÃO', 'A CLASSIFICAR'])
  await setSetting(sql, 'trade_marketing.categoria', 'Trade Marketing')
}

let next = 1

/** Books entries; what is not given is ordinary. Returns their keys as text. */
export async function bookEntries(sql: postgres.Sql, ...entries: LedgerEntry[]): Promise<string[]> {
  const rows = entries.map((entry) => ({
    id: next++,
    data_lancamento: '2025-03-10',
    carregado_em: '2025-03-11T12:00:00Z',
    filial: 'Matriz',
    centro_custo: 'Administração',
    conta_contabil: null,
    categoria: 'Serviços',
    fornecedor_id: null,
    fornecedor: 'Fornecedor Qualquer Ltda',
    documento: null,
    descricao: 'serviço prestado',
    valor: 100,
    valor_documento: null,
    valor_desconto: null,
    ...entry,
  }))
  for (let from = 0; from < rows.length; from += 1000) {
    // by way of JSON, because JavaScript has no date for the year 0219 nor for infinity
    await sql`insert into dw.lancamentos
      select * from jsonb_populate_recordset(null::dw.lancamentos, ${sql.json(rows.slice(from, from + 1000) as never)})`
  }
  return rows.map((row) => String(row.id))
}

export interface Window {
  inicio?: string
  fim?: string
  desde?: string
  ate?: string
  chaves?: string[]
}

/** Runs a rule over a window, findings by key. */
export async function findings(
  sql: postgres.Sql,
  rule: string,
  window_: Window = {},
): Promise<RuleFinding[]> {
  return sql<RuleFinding[]>`
    select * from ${sql(`regra_${rule}.detectar`)}(row(
      ${window_.inicio ?? null}::date, ${window_.fim ?? null}::date,
      ${window_.desde ?? null}::timestamptz, ${window_.ate ?? null}::timestamptz,
      ${window_.chaves ?? null}::text[])::audit.janela)
    order by registro_id`
}

/** Changes a setting as an administrator would. */
export async function setSetting(sql: postgres.Sql, key: string, valor: unknown): Promise<void> {
  await asOwner(
    sql as never,
    (owner) =>
      owner`update audit.configuracoes_sistema set valor = ${sql.json(valor as never)} where chave = ${key}`,
  )
}

/** Rows that no rule may choke on. */
export const strangeOnes: LedgerEntry[] = [
  { fornecedor: null, fornecedor_id: null, documento: null, descricao: null, categoria: null },
  {
    fornecedor: '',
    fornecedor_id: '',
    documento: '',
    descricao: '',
    categoria: '',
    centro_custo: '',
    filial: '',
  },
  {
    valor: '-9999999999999999.99',
    valor_documento: '9999999999999999.99',
    valor_desconto: '-9999999999999999.99',
  },
  { valor: '0', valor_documento: '0', valor_desconto: '0' },
  { valor: null, valor_documento: '10' },
  { data_lancamento: '0219-03-01', valor: '55', valor_documento: '5.5' },
  { data_lancamento: '2202-03-01', valor: '0.01', valor_documento: '0.02' },
  { data_lancamento: null, carregado_em: null },
  { data_lancamento: 'infinity', documento: '77', fornecedor: 'Eterno' },
  { data_lancamento: '-infinity', documento: '77', fornecedor: 'Eterno' },
  { descricao: 'a'.repeat(10_000), fornecedor: 'b'.repeat(10_000), documento: '9'.repeat(10_000) },
  { descricao: 'promo 🚗🎉 \u0001\u0007\t\n fim', fornecedor: '🚗', documento: '🚗1' },
  { descricao: "'; drop table dw.lancamentos; --", fornecedor: '\\', documento: '%_' },
]

/**
 * Two more suppliers whose entries of that day have the same ratio to their documents and mention a currency, which shows a rate of
 * exchange.
 */
export function sameRate({ valor, valor_documento, data_lancamento }: LedgerEntry): LedgerEntry[] {
  return [2, 3].map((n) => ({
    fornecedor: `Importadora ${n}`,
    descricao: `invoice USD ${valor_documento}`,
    valor: (Number(valor) * n).toFixed(2),
    valor_documento: (Number(valor_documento) * n).toFixed(2),
    ...(data_lancamento === undefined ? {} : { data_lancamento }),
  }))
}

/** The check digit of an access key, computed as in the manual. */
function withDigit(start: string): string {
  const total = [...start]
    .reverse()
    .reduce((sum, c, i) => sum + (c.toUpperCase().charCodeAt(0) - 48) * (2 + (i % 8)), 0)
  return `${start}${total % 11 < 2 ? 0 : 11 - (total % 11)}`
}

/** An access key; by default of an invoice of goods issued in March 2025 by 11.222.333/0001-81. */
export function key({
  uf = '35',
  mes = '2503',
  cnpj = '11222333000181',
  modelo = '55',
  serie = '001',
  numero = 123456,
} = {}): string {
  return withDigit(`${uf}${mes}${cnpj}${modelo}${serie}${String(numero).padStart(9, '0')}112345678`)
}
