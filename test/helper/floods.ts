// A ledger of one supplier and one day that is full of nearly the same.
import type { Sql } from '../../src/db/connection.ts'

const KEY = '35250311222333000181550010001234561123456789'

/** Number, amount and amount of the document of the ith entry. */
export const SHAPES: Record<string, string> = {
  'one document, amount and day': `'TAR 01', 12.5, null`,
  'no number': `'S/N', 12.5, null`,
  'one access key': `'${KEY}', 80, null`,
  'one access key in many amounts': `'${KEY}', 80 + i / 100.0, null`,
  'numbers that differ in zeros alone': `repeat('0', (i % 190)::int) || '77', 80, null`,
  'partial reversals of one number': `'NF 7', case when i % 3 = 2 then -(1 + i * 0.01) else 100 + (i / 3) * 0.01 end, null`,
  'a document twice and a part reversed': `'NF ' || i / 3, case when i % 3 = 2 then -40 else 100 end, null`,
  'parts in the number': `'NF 345 P' || 1 + i % 99, 80, null`,
  'shares of one document': `'NF 9', 10, 1000000`,
  'turned signs': `'NF ' || i, -10 - i, 10 + i`,
}

/** Fills an empty dw.lancamentos with so many entries of a shape. */
export async function pour(sql: Sql, shape: string, entries: number): Promise<void> {
  await sql`truncate dw.lancamentos`
  await sql.unsafe(`
    insert into dw.lancamentos (id, data_lancamento, carregado_em, filial, centro_custo, categoria, fornecedor_id, fornecedor, descricao,
      documento, valor, valor_documento)
    select i, '2025-03-10', '2025-03-11 12:00+00', 'Matriz', 'Adm', 'Serviços', 'F1', 'Banco Um', 'tarifa', ${shape}
    from generate_series(1, ${entries}::bigint) i`)
}
