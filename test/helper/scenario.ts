import type { Test } from 'tap'
import { isDatabaseError, type Row, type Sql } from '../../src/db/connection.ts'
import { type Banco, banco } from './database.ts'
import { SCENARIO } from './scenario_tables.ts'

type People = Parameters<Banco['como']>[0]

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
 * @param made the database to lay it in, where it is not one of this release
 */
export async function cenario(t: Pick<Test, 'teardown'>, made?: Banco) {
  if (made) await made.sql.unsafe(SCENARIO)
  const { sql, url, como } = made ?? (await banco(t, 'scenario'))

  const people = new Map<People, Sql>()
  const pessoa = (nome: People): Sql => {
    const known = people.get(nome) ?? como(nome)
    people.set(nome, known)
    return known
  }
  return {
    sql,
    url,
    como,
    pessoa,
    async lancar(...entries: Entry[]) {
      for (const e of entries) {
        await sql`insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
          values (${e.id}, ${e.data ?? '2026-11-10'}::text::date, coalesce(${e.carregado ?? null}::text::timestamptz, now() - interval '1 hour'),
            ${e.categoria ?? 'ERR'}, ${e.descricao ?? 'x'}, ${e.valor ?? 100}, ${e.confianca ?? 0.99})`
      }
    },
    /** A session of one rule as a person runs it. */
    async processar(modo: 'manual' | 'auto' = 'manual', conexao: Sql = pessoa('olivia')): Promise<Row> {
      return one(await conexao`select * from audit.processar_divergencias(${modo}, regras => '{errada}')`)
    },
    /** id and status of every finding on a row, oldest first. */
    async achados(registro: number) {
      const rows = await sql`select id::int, status, vezes_detectada, motivo, decidida_por
        from audit.divergencias_processadas where registro_id = ${String(registro)} order by id`
      return rows as unknown as {
        id: number
        status: string
        vezes_detectada: number
        motivo: string | null
      }[]
    },
    async achado(registro: number) {
      const list = await this.achados(registro)
      const last = list.at(-1)
      if (!last) throw new Error(`no finding on row ${registro}`)
      return last
    },
    async status(registro: number) {
      return (await this.achados(registro)).map((a) => a.status).join(' ')
    },
    async categoria(registro: number): Promise<string | undefined> {
      return (await sql`select categoria from dw.lancamentos where id = ${registro}`)[0]?.['categoria']
    },
    async mudar(registro: number, categoria: string) {
      await sql`update dw.lancamentos set categoria = ${categoria}, carregado_em = now() - interval '1 hour' where id = ${registro}`
    },
    /** Approves what the list shows at this moment. */
    aprovar: (quem: People, ...ids: number[]) =>
      pessoa(quem)`select id::int, status, resultado, codigo, explicacao, aviso, operacao_id::int
        from audit.aprovar_divergencias(${ids}, 'conferido', ${visto(pessoa(quem), ids)})`,
    /** What the list shows of findings now; null of an unknown one. */
    visto: async (...ids: number[]) =>
      (await sql`select ${visto(sql, ids)} as visto`)[0]?.['visto'] as (string | null)[],
    confirmar: (quem: People, ...ids: number[]) =>
      pessoa(quem)`select id::int, status, resultado, codigo, explicacao, operacao_id::int
        from audit.confirmar_divergencias(${ids}, 'nota cancelada com o fornecedor')`,
    /** ate: a day, or null until the row changes. */
    adiar: (quem: People, ate: string | null, ...ids: number[]) =>
      pessoa(quem)`select id::int, status, resultado, codigo, explicacao, operacao_id::int
        from audit.adiar(${ids}, ${ate}::text::date, 'espero a nota de crédito')`,
    encaminhar: (quem: People, para: string, ...ids: number[]) =>
      pessoa(quem)`select id::int, status, resultado, codigo, explicacao, operacao_id::int
        from audit.encaminhar(${ids}, ${para}, 'conhece o fornecedor')`,
    comentar: (quem: People, ...ids: number[]) =>
      pessoa(quem)`select id::int, status, resultado, codigo, explicacao, operacao_id::int
        from audit.comentar(${ids}, 'liguei para o fornecedor')`,
    desfazer: (quem: People, operacao: unknown) =>
      pessoa(quem)`select id::int, status, resultado, codigo, explicacao, aviso
        from audit.desfazer(${operacao as number}, 'cliquei errado')`,
    rejeitar: (quem: People, ...ids: number[]) =>
      pessoa(quem)`select id::int, status, resultado, codigo, explicacao, aviso, operacao_id::int
        from audit.rejeitar_divergencias(${ids}, 'está certo')`,
    digitar: (quem: People, id: number, valores: object) =>
      pessoa(quem)`select id::int, status, visto, operacao_id::int
        from audit.corrigir_manualmente(${id}, ${sql.json(valores as never)}, 'olhei a nota')`,
  }
}

const visto = (sql: Sql, ids: number[]) => sql`array(
  select (select audit.divergencia_visto(d) from audit.divergencias_processadas d where d.id = u.id)
  from unnest(${ids}::bigint[]) with ordinality as u (id, n) order by u.n)`

export type Cenario = Awaited<ReturnType<typeof cenario>>

export function one(rows: readonly Row[]): Row {
  const [row] = rows
  if (!row) throw new Error('no row came back')
  return row
}

/** The SQLSTATE that a statement fails with, or what it did instead. */
export async function codigo(statement: PromiseLike<unknown>): Promise<string> {
  try {
    await statement
    return 'aceito'
  } catch (error) {
    if (isDatabaseError(error)) return error.code
    throw error
  }
}
