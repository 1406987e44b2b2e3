import type { Test } from 'tap'
import { isDatabaseError, type Row, type Sql } from '../../src/db/connection.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { SCENARIO } from './scenario_tables.ts'

type People = Parameters<TestDatabase['connectAs']>[0]

export interface Entry {
  id: number
  categoria?: string
  descricao?: string
  valor?: number
  confianca?: number
  data?: string
  carregado?: string
}

/**
 * The small warehouse of scenario_tables.ts, and what people do in it.
 * @param made the database to create it in, if not one of this release
 */
export async function scenario(t: Pick<Test, 'teardown'>, made?: TestDatabase) {
  if (made) {
    const alone = await made.sql.reserve()
    await alone.unsafe(SCENARIO)
    alone.release()
  }
  const { sql, url, connectAs } = made ?? (await testDatabase(t, 'scenario'))

  const people = new Map<People, Sql>()
  const asPerson = (name: People): Sql => {
    const known = people.get(name) ?? connectAs(name)
    people.set(name, known)
    return known
  }
  return {
    sql,
    url,
    connectAs,
    asPerson,
    async book(...entries: Entry[]) {
      for (const e of entries) {
        await sql`insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
          values (${e.id}, ${e.data ?? '2026-11-10'}::text::date, coalesce(${e.carregado ?? null}::text::timestamptz, now() - interval '1 hour'),
            ${e.categoria ?? 'ERR'}, ${e.descricao ?? 'x'}, ${e.valor ?? 100}, ${e.confianca ?? 0.99})`
      }
    },
    /** A session of one rule as a person runs it. */
    async runSession(mode: 'manual' | 'auto' = 'manual', connection: Sql = asPerson('olivia')): Promise<Row> {
      return one(await connection`select * from audit.processar_divergencias(${mode}, regras => '{errada}')`)
    },
    /** id and status of every finding on a row, oldest first. */
    async findings(record: number) {
      const rows = await sql`select id::int, status, vezes_detectada, motivo, decidida_por
        from audit.divergencias_processadas where registro_id = ${String(record)} order by id`
      return rows as unknown as {
        id: number
        status: string
        vezes_detectada: number
        motivo: string | null
      }[]
    },
    async finding(record: number) {
      const list = await this.findings(record)
      const last = list.at(-1)
      if (!last) throw new Error(`no finding on row ${record}`)
      return last
    },
    async status(record: number) {
      return (await this.findings(record)).map((a) => a.status).join(' ')
    },
    async categoria(record: number): Promise<string | undefined> {
      return (await sql`select categoria from dw.lancamentos where id = ${record}`)[0]?.['categoria']
    },
    async change(record: number, category: string) {
      await sql`update dw.lancamentos set categoria = ${category}, carregado_em = now() - interval '1 hour' where id = ${record}`
    },
    /** Approves what the list shows at this moment. */
    approve: (who: People, ...ids: number[]) =>
      asPerson(who)`select id::int, status, resultado, codigo, explicacao, aviso, operacao_id::int
        from audit.aprovar_divergencias(${ids}, 'conferido', ${shown(asPerson(who), ids)})`,
    /** What the list shows of findings now; null for an unknown one. */
    shown: async (...ids: number[]) =>
      (await sql`select ${shown(sql, ids)} as visto`)[0]?.['visto'] as (string | null)[],
    confirm: (who: People, ...ids: number[]) =>
      asPerson(who)`select id::int, status, resultado, codigo, explicacao, operacao_id::int
        from audit.confirmar_divergencias(${ids}, 'nota cancelada com o fornecedor')`,
    /** ate: a day, or null until the row changes. */
    postpone: (who: People, until: string | null, ...ids: number[]) =>
      asPerson(who)`select id::int, status, resultado, codigo, explicacao, operacao_id::int
        from audit.adiar(${ids}, ${until}::text::date, 'espero a nota de crédito')`,
    forward: (who: People, to: string, ...ids: number[]) =>
      asPerson(who)`select id::int, status, resultado, codigo, explicacao, operacao_id::int
        from audit.encaminhar(${ids}, ${to}, 'conhece o fornecedor')`,
    comment: (who: People, ...ids: number[]) =>
      asPerson(who)`select id::int, status, resultado, codigo, explicacao, operacao_id::int
        from audit.comentar(${ids}, 'liguei para o fornecedor')`,
    undo: (who: People, operation: unknown) =>
      asPerson(who)`select id::int, status, resultado, codigo, explicacao, aviso
        from audit.desfazer(${operation as number}, 'cliquei errado')`,
    reject: (who: People, ...ids: number[]) =>
      asPerson(who)`select id::int, status, resultado, codigo, explicacao, aviso, operacao_id::int
        from audit.rejeitar_divergencias(${ids}, 'está certo')`,
    typeIn: (who: People, id: number, values: object) =>
      asPerson(who)`select id::int, status, visto, operacao_id::int
        from audit.corrigir_manualmente(${id}, ${sql.json(values as never)}, 'olhei a nota')`,
  }
}

const shown = (sql: Sql, ids: number[]) => sql`array(
  select (select audit.divergencia_visto(d) from audit.divergencias_processadas d where d.id = u.id)
  from unnest(${ids}::bigint[]) with ordinality as u (id, n) order by u.n)`

export type Scenario = Awaited<ReturnType<typeof scenario>>

export function one(rows: readonly Row[]): Row {
  const [row] = rows
  if (!row) throw new Error('no row came back')
  return row
}

/** The SQLSTATE that a statement fails with, or what it did instead. */
export async function sqlstate(statement: PromiseLike<unknown>): Promise<string> {
  try {
    await statement
    return 'aceito'
  } catch (error) {
    if (isDatabaseError(error)) return error.code
    throw error
  }
}
