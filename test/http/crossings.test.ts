// Every number, time, day and document of schema audit, by every way in which it reaches TypeScript: each shows what psql shows. An
// unlisted column, or a way that the list does not name, fails here.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Test, test } from 'tap'
import { connect } from '../../src/db/connection.ts'
import { readDecisions } from '../../src/export/index.ts'
import { XLSX_MIME } from '../../src/export/media.ts'
import { conferente, personal } from '../cli/helper.ts'
import { api } from '../helper/api.ts'
import { asOwner } from '../helper/owner.ts'
import { receive } from '../helper/postman.ts'
import { type Scenario, scenario } from '../helper/scenario.ts'
import { exportSheet, fillIn, readRows, saveSheet } from '../helper/sheet.ts'
import {
  asShown,
  type Column,
  camel,
  catalogue,
  document,
  fill,
  KINDS,
  type Kind,
  type Rows,
  rounded,
  shown,
  toMilliseconds,
  written,
} from '../helper/values.ts'
import { makeRule, proposing } from '../helper/warehouse.ts'
import { ways } from '../helper/ways.ts'

/**
 * The list. For each relation its columns and, in front, the ways that every column takes besides the driver (however it reads
 * JSON) and GraphQL: R REST, C command line with --json, F files (both dialects of CSV, and XLSX), M mail.
 */
const CROSSINGS = `
agendamentos
  -   agendado_em previsto_para sessao_id
alteracoes
  -   antes depois divergencia_id operacao_id reverte_operacao_id
canais
  -   alterado_em criado_em id
codigos_regra
  -   visto_em
configuracoes_sistema
  C   alterada_em maximo minimo padrao permitidos valor
convites
  -   emitido_em expira_em id operacao_id
correcoes_desfeitas
  -   agora carregado_em correcao_operacao_id divergencia_id esperado operacao_id
decisoes
  -   antes ate confianca decidida_em divergencia_id id operacao_id valores
deteccoes
  -   confianca divergencia_id operacao_id
divergencias_processadas
  RCM confianca detectada_em id valor_em_risco valores_digitados valores_originais
  RC  adiada_ate decidida_em evidencia sessao_id sessao_ultima_id ultima_deteccao valores_propostos
  R   entrada mes valor_decisao
excecoes
  C   criada_em entrada expira_em id operacao_id revogada_em
execucoes_regra
  RM  corrigidas encontradas linhas_examinadas novas recorrentes refeitas resolvidas valor_em_risco
  -   sessao_id
  R   atrasadas atrasadas_fim atrasadas_inicio carregado_ate carregado_desde conferidas corrigida_ate deixadas desfeitas falhas fechadas fim inicio obsoletas suprimidas total_valor valor_corrigido valor_fechado
identidades
  -   id operacao_id registrada_em
notas
  -   cancelada_em data_emissao emitida_em lida_em numero valor_cbs valor_com_tributos valor_desconto valor_ibs valor_liquido valor_total
notas_recusadas
  -   recusada_em vista_em
notificacoes
  -   canal_id composta_em conteudo desistida_em ultima_tentativa
  C   alarme_id criada_em dia enviada_em id proxima_tentativa recusados sessao_id
operacoes
  R   detalhes elo finalizada_em id iniciada_em linhas sessao_id
padroes_trade_marketing
  C   criado_em id
periodos
  -   fechado_em id mes reaberto_em
pessoas
  -   id operacao_id registrada_em
regras
  C   aprovadas automaticas_revertidas certas_no_limiar concedida_em concessao_correcoes concessao_valor confianca_base erradas_no_limiar erro_observado evidencia_contra evidencia_favor limiar limite_fracao limite_linhas limite_valor piso precisao registrada_em rejeitadas respostas
retencoes
  -   aliquota criado_em id vale_ate vale_de
revogacoes
  -   id operacao_id revogado_em
sessoes_processamento
  RCM carregado_ate carregado_desde corrigidas data_fim data_inicio desfeitas encontradas falhas fim_processamento id linhas_examinadas novas obsoletas recorrentes refeitas resolvidas suprimidas valor_corrigido valor_em_risco
  RC  inicio_processamento partes partes_concluidas resumo solicitada_em total_valor ultima_atividade
sucessoras_categoria
  -   criado_em desde id
tokens
  -   convite_id operacao_id
  C   emitido_em expira_em
vw_correcoes_desfeitas
  C   carregado_em corrigida_em divergencia_id sessao_id valor_em_risco vista_em
vw_divergencias_abertas
  -   adiada_ate ajuste_periodo confianca detectada_em evidencia id nota_operacao_id resumo sessao_id sessao_ultima_id ultima_deteccao valor_em_risco valores_digitados valores_originais valores_propostos
vw_divergencias_exportacao
  -   resumo valores_antes valores_depois
  F   confianca decidida_em detectada_em id sessao_id sessao_ultima_id ultima_deteccao valor_em_risco
vw_grupos_abertos
  -   amostra confianca_ate confianca_de duas_pessoas fechadas mais_antiga parecidas_certas parecidas_decididas quantidade valor visto
vw_identidades
  C   registrada_em
vw_metricas_desempenho
  R   corrigidas desfeitas dia encontradas falhas fim inicio linhas_examinadas linhas_por_segundo novas obsoletas recorrentes refeitas resolvidas segundos sessao_id suprimidas valor_corrigido valor_em_risco
vw_metricas_regras
  R   aberta_desde abertas aprovadas limiar precisao precisao_maxima precisao_minima rejeitadas valor_aberto
vw_metricas_resumo
  R   confianca_media dia quantidade valor_em_risco
vw_operacoes_resumo
  R   elo finalizada_em id iniciada_em linhas sessao_id
vw_pessoas
  C   registrada_em
vw_resumos
  -   divergencia_id resumo
`

/** What functions return, by the same letters. */
const ANSWERS = `
avaliacao
  C   achados certas cobertura confianca_media conhecidas danos erradas_no_limiar erro_calibracao julgadas precisao recuperacao
resultado_decisao
  RC  confianca decidida_em id operacao_id valor_em_risco valores_digitados valores_originais valores_propostos
resultado_planilha
  RC  id operacao_id
resultado_reversao
  C   agora antes depois divergencia_id operacao_id
verificacao
  C   elo fatos ocorrencias operacao_id operacoes pendentes
`

const WAYS: Readonly<Record<string, readonly string[]>> = {
  R: ['REST'],
  C: ['command line'],
  F: ['rfc4180', 'pt-BR', 'xlsx'],
  M: ['mail'],
}

/** At least one row of every relation, with everything filled that can be, and values that are easily lost on the way. */
async function scene(t: Test): Promise<Scenario> {
  const c = await scenario(t)
  const [adelia, ana] = [c.asPerson('adelia'), c.asPerson('ana')]
  await receive(c.sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await asOwner(
    c.sql,
    (owner) => owner`update audit.regras set colunas_resumo = '{descricao,valor}' where nome = 'errada'`,
  )
  await c.book(
    { id: 1, confianca: 0.9 },
    { id: 2 },
    { id: 3, valor: 200_000 },
    { id: 4 },
    { id: 5, data: '2026-03-10', confianca: 0.6 },
  )
  await adelia`select audit.salvar_canal('equipe', 'teste', 'slack', 'https://hooks.slack.com/services/x')`
  await c.runSession('auto')
  await c.sql`select from audit_interno.conferir_alarmes()`
  await c.sql`update dw.lancamentos set categoria = 'ERR', carregado_em = clock_timestamp() where id = 2`
  await c.runSession('manual')
  await c.typeIn('ana', (await c.finding(3)).id, { categoria: 'OUTRA' })
  await c.postpone('ana', '2099-12-01', (await c.finding(3)).id)
  const [exception] =
    await ana`select id from audit.declarar_excecao('errada', 'dw.lancamentos', '4', 'contrato', now() + interval '1 year')`
  await ana`select audit.revogar_excecao(${exception?.['id']}, 'acabou')`
  await adelia`select audit.fechar_periodo('2026-03-01', 'balancete', null, '2026-04-01')`
  await adelia`select audit.reabrir_periodo('2026-04-01', 'ajuste')`
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'verba cooperada', 'incluir', 'teste')`
  await adelia`select audit.salvar_retencao('CBS', 0.90, '2028-01-01', 'de teste', 'teste', '2028-12-31')`
  await adelia`select audit.salvar_sucessora('VELHA', 'NOVA', '2026-03-01', 'teste')`
  await adelia`select audit.alterar_configuracao('resumo.leitores', 'true', 'teste')`
  await adelia`select audit.registrar_pessoa('ana', 'revisor', 'teste', 'ana@empresa.com.br')`
  await adelia`select audit.ligar_identidade('ana@empresa.com.br', 'ana', 'teste')`
  await adelia`select audit.criar_convite('ana', null, sha256('segredo'))`
  await c.runSession('manual')
  await asOwner(
    c.sql,
    (owner) => owner`insert into audit.agendamentos (previsto_para, agendado_por) values (now(), 'teste')`,
  )
  await asOwner(
    c.sql,
    (
      owner,
    ) => owner`insert into audit.notas (chave, tipo, numero, serie, emitente, emitente_nome, destinatario, destinatario_nome, data_emissao,
      emitida_em, valor_total, valor_liquido, valor_desconto, valor_com_tributos, valor_ibs, valor_cbs, parcelas, finalidade, producao,
      autorizada, protocolo, cancelada_em, assinante, confiavel, certificado, resumo_assinado, arquivo)
    select lpad(n::text, 44, '0'), 'nfe', 9007199254740993, '1', '1', 'x', 'x', 'x', '2026-02-28', '2026-02-28 23:59:59.123456-03',
      9007199254740993.01, 9007199254740993.02, 9007199254740993.03, 9007199254740993.04, 9007199254740993.05, 9007199254740993.06,
      '{9007199254740993.07}', '1', true, true, 'x', case n when 1 then timestamptz '2026-03-01 00:00:00.654321Z' end, 'x', true, '', '', 'x'
    from generate_series(1, 2) n`,
  )
  await asOwner(
    c.sql,
    (owner) =>
      owner`insert into audit.notas_recusadas (pasta, arquivo, motivo, detalhe) values ('p', 'a', 'xml', 'x')`,
  )
  return c
}

/** A list by relation and column: the letters of its ways. */
function listing(text: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>()
  let relation = ''
  for (const line of text.trim().split('\n')) {
    const [, name] = /^(\w+)$/.exec(line) ?? []
    if (name !== undefined) {
      relation = name
      found.set(name, new Map())
      continue
    }
    const [, ways = '', columns = ''] = /^ {2}([RCFM]+|-)\s+(.+)$/.exec(line) ?? []
    for (const column of columns.split(' ')) found.get(relation)?.set(column, ways)
  }
  return found
}

test('values that GraphQL and REST both return are the same as in psql', async (t) => {
  const c = await scene(t)
  const server = await api(t, c)
  await server.token('leitor', 'extra')
  await c.asPerson('adelia')`select audit.revogar_acesso('teste', nome => 'extra')`
  await fill(c.sql)
  await asOwner(
    c.sql,
    (owner) => owner`update audit.periodos set reaberto_em = null where mes = '2026-03-01'`,
  )
  await asOwner(c.sql, (owner) => owner`update audit.notas set cancelada_em = null where chave like '%2'`)
  const list = listing(CROSSINGS)
  const empty = new Set<string>()
  const all = await catalogue(c.sql)
  t.same(
    [...list]
      .flatMap(([relation, columns]) => [...columns.keys()].map((column) => `${relation}.${column}`))
      .sort(),
    all.map(({ relation, column }) => `${relation}.${column}`).sort(),
    'the list names every such column of the schema, and no others',
  )
  for (const [name, way] of Object.entries(await ways(t, c, server))) {
    const letter = Object.entries(WAYS).find(([, names]) => names.includes(name))?.[0]
    for (const relation of new Set(all.map((column) => column.relation))) {
      const columns = all.filter((column) => column.relation === relation)
      const rows = await way.read(
        relation,
        columns.map(({ column }) => column),
      )
      const crossing = columns.filter(({ column }) => rows?.some((row) => row[column] !== undefined))
      const named = columns.filter(
        ({ column }) => letter === undefined || list.get(relation)?.get(column)?.includes(letter),
      )
      t.same(
        crossing.map(({ column }) => column),
        named.map(({ column }) => column),
        `${relation}, ${name}: everything in the list goes that way, and nothing else`,
      )
      if (!rows || crossing.length === 0) continue
      const line = (row: Record<string, unknown>, write: (kind: Kind, value: never) => string) =>
        crossing
          .map(
            ({ column, kind }) =>
              `${column}: ${row[column] == null ? null : write(kind, row[column] as never)}`,
          )
          .join(', ')
      const expected = (await shown(c.sql, `audit.${relation}`, crossing)).map((row) =>
        line(row, way.expected),
      )
      const strange = rows
        .map((row) => line(row, way.got ?? written))
        .filter((row) => !expected.includes(row))
      t.same(
        strange.slice(0, 1),
        strange.length > 0 ? expected.slice(0, 1) : [],
        `${relation}, ${name}: the same as in psql`,
      )
      for (const { column } of crossing)
        if (rows.every((row) => row[column] == null)) empty.add(`${relation}.${column} by ${name}`)
    }
  }
  t.same([...empty], [], 'and at least one row has a value in each')
})

test('acts, back-tests and the proof of the trail answer the same through each API', async (t) => {
  const c = await scenario(t)
  const adelia = c.asPerson('adelia')
  await makeRule(
    { sql: c.sql, adelia },
    {
      nome: 'quantia',
      colunas: ['valor'],
      consulta: proposing(
        `jsonb_build_object('valor', t.valor + 0.10)`,
        "t.descricao = 'quantia' and t.valor < 90071992547409.90",
      ),
    },
  )
  await adelia`select audit.alterar_configuracao('aprovacao.valor_dupla', '1e15', 'teste')`
  const rows = Array.from({ length: 16 }, (_, i) => i + 1)
  await c.book(...rows.map((id) => ({ id, descricao: 'quantia', categoria: 'BOA' })))
  await c.sql`update dw.lancamentos set valor = 90071992547409.80 where descricao = 'quantia'`
  await c.asPerson('olivia')`select from audit.processar_divergencias('manual', regras => '{quantia}')`
  const ids = (await c.sql`select id::int from audit.divergencias_processadas order by id`).map((r) =>
    Number(r['id']),
  )
  const inSheet = ids.splice(12)
  await c.approve('ana', ...ids.slice(6))

  const server = await api(t, c)
  const token = await server.token('revisor', 'ana')
  const url = personal(c.url, 'ana')
  const plainly = connect(url, { max: 1 })
  const exactly = connect(url, { max: 1, exactJson: true })
  const connected = [plainly, exactly]
  t.teardown(() => Promise.all(connected.map((sql) => sql.end())))
  const listed = async (...args: string[]) =>
    [document((await conferente([...args, '--json'], { url })).stdout)].flat() as unknown as Rows
  const graphql = async (
    kind: 'query' | 'mutation',
    field: string,
    call: string,
    columns: readonly string[],
    at: 'nodes' | 'resultado',
  ) => {
    const fields = columns.map((name) => `${name}: ${camel(name)}`).join(' ')
    const query = `${kind} { ${field}${call} { ${at} { ${fields} } } }`
    const { data, errors } = (await server.request('/graphql', { token, body: { query } })).json
    if (errors) throw new Error(`${query}: ${JSON.stringify(errors)}`)
    return data[field][at] as Rows
  }
  const finding = () => ids.shift() as number
  const days = "'2026-01-01', '2026-12-31'"

  const list = listing(ANSWERS)
  const types = await c.sql<Column[]>`
    select c.relname as relation, a.attname as "column", format_type(a.atttypid, null) as kind
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'audit'::regnamespace and c.relkind = 'c' and format_type(a.atttypid, null) = any (${[...KINDS]})
      and exists (select from pg_proc p where p.prorettype = c.reltype and p.pronamespace = 'audit'::regnamespace)
    order by c.relname, a.attname collate "C"`
  t.same(
    [...list].flatMap(([type, columns]) => [...columns.keys()].map((column) => `${type}.${column}`)).sort(),
    types.map(({ relation, column }) => `${relation}.${column}`).sort(),
    'the list names every such column of every type that a function of the schema returns',
  )
  const of = (relation: string) => types.filter((type) => type.relation === relation)
  /** Each way's answer, and where psql shows the same. */
  const answers: Record<
    string,
    (columns: readonly string[]) => Promise<[way: string, rows: Rows, shown: string][]>
  > = {
    avaliacao: async (columns) => {
      const shown = `audit.avaliar_regra('quantia', ${days})`
      return [
        ...(await Promise.all(
          connected.map(
            async (sql) =>
              ['driver', [...(await sql.unsafe(`select * from ${shown}`))], shown] as [string, Rows, string],
          ),
        )),
        [
          'GraphQL',
          await graphql(
            'mutation',
            'avaliarRegra',
            '(input: { regra: "quantia", dataInicio: "2026-01-01", dataFim: "2026-12-31" })',
            columns,
            'resultado',
          ),
          shown,
        ],
        [
          'C',
          await listed(
            'avaliar',
            '--regra',
            'quantia',
            '--data-inicio',
            '2026-01-01',
            '--data-fim',
            '2026-12-31',
          ),
          shown,
        ],
      ]
    },
    resultado_decisao: async (columns) => {
      const shown = (id: number) =>
        `(select d.*, (select max(o.operacao_id) from audit.decisoes o where o.divergencia_id = d.id) as operacao_id from audit.divergencias_processadas d where d.id = ${id}) as d`
      const [um, two, three, four, five] = [finding(), finding(), finding(), finding(), finding()]
      finding()
      const rest = await server.request(`/api/v1/divergencias/${four}/rejeitar`, {
        token,
        method: 'DELETE',
        body: { motivo: 'x' },
      })
      return [
        ['driver', [...(await plainly`select * from audit.rejeitar_divergencias(${[um]}, 'x')`)], shown(um)],
        [
          'driver, exact JSON',
          [...(await exactly`select * from audit.rejeitar_divergencias(${[two]}, 'x')`)],
          shown(two),
        ],
        [
          'GraphQL',
          await graphql(
            'mutation',
            'rejeitarDivergencias',
            `(input: { ids: ["${three}"], motivo: "x" })`,
            columns,
            'resultado',
          ),
          shown(three),
        ],
        ['R', [document(rest.text)], shown(four)],
        ['C', await listed('rejeitar', String(five), '--motivo', 'x'), shown(five)],
      ]
    },
    resultado_planilha: async () => {
      const shown = (id: number) =>
        `(select o.divergencia_id as id, o.operacao_id from audit.decisoes o where o.divergencia_id = ${id}) as d`
      const [um, two, three, four] = inSheet as [number, number, number, number]
      const filled = async (id: number) =>
        saveSheet(fillIn(await readRows(await exportSheet(c.asPerson('ana'))), { [id]: ['rejeitar', 'x'] }))
      const lines = async (id: number) => JSON.stringify((await readDecisions(await filled(id))).lines)
      const digest = '0'.repeat(64)
      const path = join(await mkdtemp(join(tmpdir(), 'planilha-')), 'fila.xlsx')
      t.teardown(() => rm(dirname(path), { recursive: true }))
      await writeFile(path, await filled(four))
      const rest = await fetch(`${server.url}/api/v1/divergencias/planilha`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': XLSX_MIME },
        body: new Uint8Array(await filled(three)),
      })
      return [
        [
          'driver',
          [
            ...(await plainly`select * from audit.decidir_planilha(${await lines(um)}::text::jsonb, ${digest})`),
          ],
          shown(um),
        ],
        [
          'driver, exact JSON',
          [
            ...(await exactly`select * from audit.decidir_planilha(${await lines(two)}::text::jsonb, ${digest})`),
          ],
          shown(two),
        ],
        ['R', (document(await rest.text()) as unknown as { itens: Rows }).itens, shown(three)],
        ['C', await listed('decidir', path), shown(four)],
      ]
    },
    resultado_reversao: async (columns) => {
      const shown = (id: number) =>
        `(select a.divergencia_id, a.operacao_id, a.depois as antes, a.antes as depois, a.depois as agora from audit.alteracoes a
          where a.divergencia_id = ${id} order by a.operacao_id desc limit 1) as a`
      const [um, two, three, four] = [finding(), finding(), finding(), finding()]
      return [
        ['driver', [...(await plainly`select * from audit.reverter_divergencias(${[um]}, 'x')`)], shown(um)],
        [
          'driver, exact JSON',
          [...(await exactly`select * from audit.reverter_divergencias(${[two]}, 'x')`)],
          shown(two),
        ],
        [
          'GraphQL',
          await graphql(
            'mutation',
            'reverterDivergencias',
            `(input: { ids: ["${three}"], motivo: "x" })`,
            columns,
            'resultado',
          ),
          shown(three),
        ],
        ['C', await listed('reverter', '--divergencia', String(four), '--motivo', 'x'), shown(four)],
      ]
    },
    verificacao: async (columns) => {
      const shown = 'audit.verificar_integridade()'
      return [
        ...(await Promise.all(
          connected.map(
            async (sql) =>
              ['driver', [...(await sql.unsafe(`select * from ${shown}`))], shown] as [string, Rows, string],
          ),
        )),
        ['GraphQL', await graphql('query', 'verificarIntegridade', '(first: 10)', columns, 'nodes'), shown],
        ['C', await listed('verificar'), shown],
      ]
    },
  }
  for (const [type, ask] of Object.entries(answers)) {
    const columns = of(type)
    for (const [way, rows, from] of await ask(columns.map(({ column }) => column))) {
      const psql = await shown(c.sql, from, columns)
      const line = (row: Record<string, unknown>, write: (kind: Kind, value: never) => string) =>
        columns.map(
          ({ column, kind }) =>
            `${column}: ${row[column] == null ? null : write(kind, row[column] as never)}`,
        )
      const kept = way === 'C' || way === 'R' || way === 'driver, exact JSON'
      const as = (kind: Kind, value: string) => {
        const said = kept ? asShown(kind, value) : rounded(kind, value)
        return kind.startsWith('timestamp') && way !== 'R' && way !== 'GraphQL' ? toMilliseconds(said) : said
      }
      t.ok(rows.length > 0, `${type}, ${way}`)
      t.same(
        rows.map((row) => line(row, written)),
        psql.map((row) => line(row, as)),
        `${type}, ${way}: the same as in psql`,
      )
    }
  }
})
