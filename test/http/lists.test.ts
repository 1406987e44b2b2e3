// Every list of GraphQL in every order that it offers: what follows and what precedes a row, page by page, is the list itself.
import {
  buildClientSchema,
  type GraphQLEnumType,
  type GraphQLObjectType,
  getIntrospectionQuery,
  getNamedType,
} from 'postgraphile/graphql'
import { test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { ORDERED, TABLES } from '../../src/http/graphql/names.ts'
import { api } from '../helper/api.ts'
import { scenario } from '../helper/scenario.ts'
import { drawn } from '../helper/thorough.ts'

/** How many pages one request asks for, and how many rows are in each. */
const ROOTS = 20
const PAGE = 3

const DIRECTIONS = [
  ['first', 'after', 'hasNextPage'],
  ['last', 'before', 'hasPreviousPage'],
] as const

test('paging reaches every row of every list once, in every order offered', async (t) => {
  const c = await scenario(t)
  await fill(c.sql)
  const { request, token } = await api(t, c, { introspection: ['administrador'] })
  const bearer = await token('administrador')
  const ask = async (query: string, variables = {}) =>
    (await request('/graphql', { token: bearer, body: { query, variables } })).json
  const schema = buildClientSchema((await ask(getIntrospectionQuery())).data)
  const questions = Object.values(schema.getQueryType()?.getFields() ?? {})
  const lists = questions.filter(({ args }) => args.some(({ name }) => name === 'orderBy'))
  t.equal(lists.length, Object.keys(TABLES).length + ORDERED.length)

  for (const { name: list, type, args } of drawn(lists, 4)) {
    const orders = getNamedType(args.find(({ name }) => name === 'orderBy')?.type) as GraphQLEnumType
    const one = getNamedType((getNamedType(type) as GraphQLObjectType).getFields()['nodes']?.type)
    const key = questions.find((question) => getNamedType(question.type) === one)?.args ?? []
    t.ok(key.length > 0, `${list}: one row has a key`)
    const total = (await ask(`{ ${list} { totalCount } }`)).data[list].totalCount
    t.ok(total >= 4, `${list}: ${total} rows`)

    for (const some of portions(orders.getValues().map(({ name }) => name))) {
      const row = key.map(({ name }) => name).join(' ')
      const whole = await ask(
        `{ ${some.map((order) => `${order}: ${list}(orderBy: ${order}, first: ${total}) { edges { cursor node { ${row} } } }`).join(' ')} }`,
      )
      t.equal(whole.errors, undefined, list)
      const rows = new Map<string, { cursor: string; node: object }[]>(
        some.map((order) => [order, whole.data[order].edges]),
      )
      const distinct = (order: string) =>
        new Set(rows.get(order)?.map(({ node }) => JSON.stringify(node))).size
      t.same(
        some.filter((order) => distinct(order) !== total),
        [],
        `${list}: every row once`,
      )
      for (const [count, cursor, more] of DIRECTIONS) {
        if (!args.some(({ name }) => name === count)) continue
        const query = `query (${some.map((order) => `$${order}: Cursor`).join(' ')}) { ${some
          .map(
            (order) => `${order}: ${list}(orderBy: ${order}, ${count}: ${PAGE}, ${cursor}: $${order}) {
              pageInfo { ${more} } edges { cursor node { ${row} } } }`,
          )
          .join(' ')} }`
        for (let at = 0; at < total; at += Math.ceil(total / 3)) {
          const { data, errors } = await ask(
            query,
            Object.fromEntries(some.map((order) => [order, rows.get(order)?.[at]?.cursor])),
          )
          const [from, to] = count === 'first' ? [at + 1, at + 1 + PAGE] : [Math.max(0, at - PAGE), at]
          const page = (order: string) => ({
            pageInfo: { [more]: count === 'first' ? to < total : from > 0 },
            edges: rows.get(order)?.slice(from, to),
          })
          t.same(
            { data, errors },
            { data: Object.fromEntries(some.map((order) => [order, page(order)])), errors: undefined },
            `${list} ${cursor} row ${at + 1} of ${total}`,
          )
        }
      }
    }
  }
})

const portions = (orders: string[]) =>
  Array.from({ length: Math.ceil(orders.length / ROOTS) }, (_, i) => orders.slice(i * ROOTS, (i + 1) * ROOTS))

/** Some rows in every table, written like a restored backup: with repeated values and missing values. */
async function fill(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx.unsafe(`
      set local session_replication_role = replica;
      insert into audit.sessoes_processamento (modo, status, incremental, regras, solicitada_em, solicitada_por, inicio_processamento, mensagem, limite_atingido, total_valor)
      select 'manual', 'concluida', n % 2 = 0, '{errada}', timestamptz '2026-11-01 12:00Z' + n / 2 * interval '1 day', 'olivia',
        case when n % 2 = 0 then timestamptz '2026-11-02 12:00Z' end, case when n % 3 = 0 then 'x' end, case when n % 3 = 1 then 'linhas' end,
        case when n % 2 = 1 then 10 end
      from generate_series(1, 6) n;
      insert into audit.execucoes_regra (sessao_id, regra, status, linhas_examinadas, inicio, duracao, erro_codigo, motivo, hash_funcao)
      select s.id, r.nome, 'concluida', case when s.id % 2 = 0 then 10 end, case when s.id % 3 = 0 then now() end,
        case when s.id % 3 < 2 then interval '2 s' * s.id end, case when s.id % 3 = 1 then 'NC001' end, case when s.id % 2 = 1 then 'x' end, 'h'
      from audit.sessoes_processamento s cross join (select nome from audit.regras order by nome limit 2) r;
      insert into audit.operacoes (tipo, status, sessao_id, regra, ator, motivo, iniciada_em, finalizada_em)
      select 'externa', case when n % 3 = 0 then 'em_andamento' else 'concluida' end, case when n % 2 = 0 then n / 2 end,
        case when n % 3 = 1 then 'errada' end, 'teste', case when n % 2 = 1 then 'x' end, timestamptz '2026-11-01 12:00Z' + n / 3 * interval '1 day',
        case when n % 3 > 0 then timestamptz '2026-11-02 12:00Z' end
      from generate_series(1, 9) n;
      insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id, valores_originais, valores_propostos,
        confianca, evidencia, justificativa, valor_em_risco, valor_decisao, status, detectada_em, ultima_deteccao, proposta_por, decidida_em, decidida_por, motivo,
        identidade, impressao)
      select n % 3 + 1, 6, case when n % 2 = 0 then 'errada' else 'trade_marketing' end, 'h', 'dw.lancamentos', n::text, '{"categoria": "ERR"}',
        case when n % 3 = 0 then '{}' else '{"categoria": "CERTA"}' end::jsonb, 0.5,
        case when n % 3 = 1 then '{}' else jsonb_build_object('tipo', 't' || n % 2) end, 'x', 100, case when n % 2 = 0 then 100 end,
        (array['aberta', 'falha', 'rejeitada', 'corrigida'])[n % 4 + 1],
        timestamptz '2026-11-01 12:00Z' + n / 3 * interval '1 day', timestamptz '2026-11-05 12:00Z', case when n % 3 = 0 then 'ana' end,
        case when n % 4 > 1 then timestamptz '2026-11-05 12:00Z' end, case when n % 4 > 1 then 'bruno' end, case when n % 2 = 0 then 'x' end,
        int4send(n), int4send(n)
      from generate_series(1, 12) n;
      insert into audit_interno.resumos_divergencias select n, jsonb_build_object('valor', n) from generate_series(1, 5) n;
      insert into audit.deteccoes select n % 3 + 1, n, 0.5, '\\x00' from generate_series(1, 7) n;
      insert into audit.alteracoes select n % 3 + 1, n, case when n % 2 = 0 then 1 end, '{}', '{}' from generate_series(1, 7) n;
      insert into audit.correcoes_desfeitas
      select n % 3 + 1, n, 1, case when n % 2 = 0 then 'ausente' else 'outro_valor' end, '{"categoria": "CERTA", "valor": 1}',
        case when n % 2 = 1 then '{"categoria": "ERR", "valor": 2}'::jsonb end, case when n % 3 = 0 then now() end
      from generate_series(1, 7) n;
      insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, valores, confianca, decidida_em)
      select n % 3 + 1, n % 2 + 1, 'aprovacao', 'ana', 'x', case when n % 2 = 0 then '{}'::jsonb end, case when n % 3 = 0 then 0.5 end, now()
      from generate_series(1, 7) n;
      insert into audit.excecoes (operacao_id, regra, tabela, registro_id, motivo, autor, criada_em, expira_em, revogada_em, revogada_por)
      select 1, 'errada', 'dw.lancamentos', (n % 2)::text, 'x', 'ana', now(), now() + interval '1 day', case when n % 2 = 0 then now() end,
        case when n % 2 = 0 then 'ana' end
      from generate_series(1, 6) n;
      insert into audit.canais (nome, tipo, servidor, eventos, sem_valores, motivo, criado_por, alterado_por)
      select 'c' || n, case when n % 2 = 0 then 'slack' else 'teams' end, 'https://x', '{falha}', n % 3 = 0, 'x', 'adelia', 'adelia' from generate_series(1, 5) n;
      insert into audit.notificacoes (tipo, sessao_id, dia, remetente, assunto, proxima_tentativa, ultimo_erro)
      select case when n % 2 = 0 then 'ausencia' else 'falha' end, case when n % 2 = 1 then n end, case when n % 2 = 0 then date '2026-11-01' + n end,
        case when n % 3 = 0 then 'x' end, case when n % 3 = 1 then 'x' end, case when n % 2 = 0 then now() end, case when n % 2 = 1 then 'x' end
      from generate_series(1, 6) n;
      insert into audit.padroes_trade_marketing (campo, tipo, padrao, padrao_dobrado, motivo)
      select 'descricao', 'contem', 'p' || n, 'p' || n, case when n % 2 = 0 then 'x' end from generate_series(1, 6) n;
      insert into audit.agendamentos (previsto_para, sessao_id, agendado_por, erro_codigo)
      select timestamptz '2026-11-01 12:00Z' + n * interval '1 day', case when n % 2 = 0 then n end, 'x', case when n % 2 = 1 then 'NC001' end
      from generate_series(1, 6) n;
      insert into audit.codigos_regra (hash, regra, codigo, visto_em)
      select encode(sha256(convert_to('c' || n, 'UTF8')), 'hex'), 'errada', 'c' || n, timestamptz '2026-11-01 12:00Z' + n / 2 * interval '1 day'
      from generate_series(1, 5) n;
      insert into audit.notas (chave, tipo, numero, serie, emitente, emitente_nome, destinatario, destinatario_nome, data_emissao, emitida_em,
        valor_total, valor_liquido, valor_desconto, valor_com_tributos, valor_ibs, valor_cbs, finalidade, producao, autorizada, protocolo,
        cancelada_em, assinante, confiavel, certificado, resumo_assinado, arquivo, lida_em)
      select lpad(n::text, 44, '0'), 'nfe', n / 2, case when n % 2 = 0 then '1' end, '1', case when n % 2 = 0 then 'x' end, case when n % 3 = 0 then 'x' end,
        case when n % 3 = 1 then 'x' end, date '2026-01-01' + n / 2, timestamptz '2026-01-01 12:00Z' + n / 2 * interval '1 day', n / 2, n / 2,
        case when n % 2 = 0 then n end, case when n % 2 = 1 then n end, case when n % 3 = 0 then n end, case when n % 3 = 1 then n end, '1', true, n < 9,
        case when n % 2 = 0 then 'x' end, case when n > 8 and n % 2 = 0 then now() end, case when n % 3 = 0 then 'x' end, false, '', '', 'x', now()
      from generate_series(1, 12) n;
      insert into audit.notas_recusadas (pasta, arquivo, motivo, detalhe)
      select 'p' || n / 2, 'a' || n, 'xml', case when n % 2 = 0 then 'x' end from generate_series(1, 6) n;
      insert into audit.periodos (mes, filial, motivo, reaberto_por, reaberto_em, reaberto_motivo)
      select date '2026-01-01' + n / 2 * interval '1 month', case when n % 2 = 0 then 'SP' end, 'x', case when n % 3 = 0 then 'x' end,
        case when n % 3 = 0 then now() end, case when n % 3 = 0 then 'x' end
      from generate_series(1, 8) n;
      insert into audit.sucessoras_categoria (de, para, desde, motivo)
      select 'velha ' || n / 2, 'nova ' || n, date '2026-01-01' + n / 2 * interval '1 month', 'x' from generate_series(1, 6) n;
      insert into audit.pessoas (operacao_id, nome, papel, endereco, registrada_por)
      select 1, 'p' || n, 'conferente_leitor', case when n % 2 = 0 then 'p@empresa.com.br' end, 'x' from generate_series(1, 6) n;
      insert into audit.identidades (operacao_id, nome, pessoa, registrada_por)
      select 1, 'i' || n, 'p' || n / 2, 'x' from generate_series(1, 6) n;
      insert into audit.convites (operacao_id, nome, papel, resumo, endereco, emitido_em, emitido_por, expira_em)
      select 1, 'p' || n / 2, 'conferente_leitor', sha256(int4send(n)), case when n % 2 = 0 then 'p@empresa.com.br' end,
        timestamptz '2026-11-01 12:00Z' + n / 2 * interval '1 day', 'x', timestamptz '2026-11-01 12:05Z' + n / 2 * interval '1 day'
      from generate_series(1, 6) n;
      insert into audit.tokens (id, operacao_id, nome, papel, emitido_por, expira_em)
      select 't' || n, 1, 'bi', 'conferente_leitor', 'x', timestamptz '2099-01-01' from generate_series(1, 5) n;
      insert into audit.revogacoes (operacao_id, token_id, nome, motivo, revogado_por)
      select 1, case when n % 2 = 0 then 't' || n end, case when n % 2 = 1 then 'n' || n end, 'x', 'x' from generate_series(1, 6) n`)
  })
}
