import type { Test } from 'tap'
import { isDatabaseError, type Row, type Sql } from '../../src/db/connection.ts'
import { type Banco, banco } from './database.ts'

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
 * A small warehouse and one tiny rule, `errada`: a category that begins with dw.ajuste.prefixo should be CERTA.
 * The row itself tells the rule's confidence; descricao "aponta" makes it flag only, "teimosa" flag again whatever is done.
 * @param made the database to lay it in, where it is not one of this release
 */
export async function cenario(t: Pick<Test, 'teardown'>, made?: Banco) {
  const { sql, url, como } = made ?? (await banco(t))
  await sql.unsafe(`
    create schema if not exists dw;
    create table dw.lancamentos (
      id bigint primary key, data_lancamento date, carregado_em timestamptz, filial text, centro_custo text, conta_contabil text,
      categoria text check (categoria <> 'PROIBIDA'), fornecedor_id text, fornecedor text, documento text, descricao text,
      valor numeric(18,2), valor_documento numeric(18,2), valor_desconto numeric(18,2), confianca numeric);
    create table dw.ajuste (prefixo text not null, quebrada boolean not null default false);
    insert into dw.ajuste values ('ERR');
    -- the ledger knows what the rule proposes: entries in no window, without a date
    insert into dw.lancamentos (id, categoria) values (-1001, 'CERTA'), (-1002, 'OUTRA');
    create function dw.errada(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $f$
    begin
      if (select quebrada from dw.ajuste) then raise exception 'a regra quebrou'; end if;
      return query select 'dw.lancamentos', l.id::text,
        case when l.descricao = 'aponta' then '{}' when l.categoria = 'CERTA' then '{"categoria": "OUTRA"}' else '{"categoria": "CERTA"}' end::jsonb,
        l.confianca, jsonb_build_object('tipo', 'errada'), 'a categoria está errada', l.valor
      from dw.lancamentos l
      where (l.categoria like (select prefixo || '%' from dw.ajuste) or l.descricao = 'teimosa' and l.categoria = 'CERTA')
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (janela.chaves::bigint[]));
    end $f$;
    grant usage on schema dw to conferente_regra, conferente_escrita;
    grant select on dw.lancamentos to conferente_regra, conferente_escrita; grant update on dw.lancamentos to conferente_escrita;
    grant select on dw.ajuste to conferente_regra, conferente_escrita;
    select audit.registrar_regra('errada', 'Categoria errada.', 'dw.errada', 'dw.lancamentos', 'id',
      array['categoria', 'descricao'], 'data_lancamento', 'carregado_em', 'valor', 0.9, 0.95,
      concessao_correcoes => 1000000, concessao_valor => 1e12)`)

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
