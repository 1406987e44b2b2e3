// The ways by which a value of schema audit reaches TypeScript.
import { parse as parseCsv } from 'csv-parse/sync'
import { readXlsx } from 'hucre/xlsx'
import type { Test } from 'tap'
import { connect } from '../../src/db/connection.ts'
import { rawJSON } from '../../src/db/digits.ts'
import { COLUMNS } from '../../src/export/columns.ts'
import { TABLES } from '../../src/http/graphql/names.ts'
import { factsSchema } from '../../src/mail/facts.ts'
import { conferente, personal } from '../cli/helper.ts'
import { type Api, SECRET } from './api.ts'
import type { Scenario } from './scenario.ts'
import {
  asShown,
  camel,
  document,
  type Kind,
  plain,
  type Rows,
  rounded,
  toMilliseconds,
  toSeconds,
  wallClock,
  written,
} from './values.ts'

export interface Way {
  /** Rows of a relation as this way delivers them, by the names of its columns; undefined if the relation does not go this way. */
  read(relation: string, columns: readonly string[]): Promise<Rows | undefined>
  /** What this way must deliver for a value that psql shows so. */
  readonly expected: (kind: Kind, shown: string) => string
  /** What was delivered, in the same form. */
  readonly got?: (kind: Kind, value: unknown) => string
}

/** Each way by its name, for somebody who may see everything. */
export async function ways(t: Test, c: Scenario, server: Api): Promise<Record<string, Way>> {
  const token = await server.token('administrador', 'adelia')
  const driver = (exactJson: boolean): Way => {
    const sql = connect(c.url, { max: 1, exactJson })
    t.teardown(() => sql.end())
    return {
      read: async (relation, columns) => [
        ...(await sql`select ${sql(columns as string[])} from ${sql(`audit.${relation}`)}`),
      ],
      expected: (kind, shown) =>
        kind.startsWith('timestamp')
          ? toMilliseconds(shown)
          : exactJson
            ? asShown(kind, shown)
            : rounded(kind, shown),
    }
  }
  const rest = async (path: string) =>
    document((await server.request(`/api/v1/${path}`, { token })).text) as Record<string, Rows>
  const listed = async (...args: string[]) => {
    const env = { CONFERENTE_JWT_SEGREDO: SECRET }
    const ran = await conferente([...args, '--json'], { url: personal(c.url, 'adelia'), env })
    t.equal(ran.code, 0, ran.stderr)
    return document(ran.stdout) as unknown as Rows
  }
  const exported = async (query: string) => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${server.url}/api/v1/relatorios/divergencias/export?${query}`, { headers })
    return Buffer.from(await answer.arrayBuffer())
  }
  const named = (rows: readonly unknown[][]): Rows =>
    rows
      .slice(1)
      .map((row) => Object.fromEntries(COLUMNS.map(({ name }, i) => [name, row[i] === '' ? null : row[i]])))
  const file =
    (read: () => Promise<Rows>): Way['read'] =>
    async (relation) =>
      relation === 'vw_divergencias_exportacao' ? read() : undefined
  const facts = async (exactJson: boolean) => {
    const sql = connect(c.url, { max: 1, exactJson })
    const [row] =
      await sql`select audit_interno.conteudo_mensagem(id) as conteudo from audit.notificacoes where tipo = 'resumo' order by id desc limit 1`
    await sql.end()
    return factsSchema.parse(row?.['conteudo'])
  }
  /** Numbers, lists and objects in a mail are texts, so that they keep their digits. */
  const values = (given: object) =>
    Object.fromEntries(
      Object.entries(given).map(([name, value]) => {
        if (typeof value?.n === 'string') return [name, rawJSON(value.n)]
        return [name, /^[[{]/.test(value) ? document(value) : value]
      }),
    )

  return {
    driver: driver(false),
    'driver, exact JSON': driver(true),
    GraphQL: {
      read: async (relation, columns) => {
        const [, many] = TABLES[relation] ?? ['', '']
        const fields = columns.map((name) => `${name}: ${camel(name)}`).join(' ')
        const query = `{ ${camel(many)}(first: 500) { nodes { ${fields} } } }`
        const { data, errors } = (await server.request('/graphql', { token, body: { query } })).json
        if (errors) throw new Error(`${relation}: ${JSON.stringify(errors)}`)
        return data[camel(many)].nodes
      },
      expected: rounded,
    },
    REST: {
      read: async (relation) => {
        switch (relation) {
          case 'divergencias_processadas':
            return (await rest('divergencias?por_pagina=500'))['itens']
          case 'vw_operacoes_resumo':
            return (await rest('auditoria/operacoes?por_pagina=500'))['itens']
          case 'operacoes':
            return (await rest('auditoria/operacoes?por_pagina=500'))['itens']
          case 'sessoes_processamento':
            return (await rest('auditoria/sessoes?por_pagina=500'))['itens']
          case 'execucoes_regra':
            return (await rest('auditoria/sessoes?por_pagina=500'))['itens']?.flatMap(
              (row) => row['execucoes'] as Rows,
            )
          case 'vw_metricas_resumo':
            return (await rest('metricas/resumo')) as unknown as Rows
          case 'vw_metricas_regras':
            return (await rest('relatorios/metricas/performance?de=2020-01-01'))['regras']
          case 'vw_metricas_desempenho':
            return (await rest('relatorios/metricas/performance?de=2020-01-01'))['execucoes']
          default:
            return undefined
        }
      },
      expected: asShown,
    },
    'command line': {
      read: async (relation) => {
        switch (relation) {
          case 'divergencias_processadas':
            return listed('listar')
          case 'vw_correcoes_desfeitas':
            return listed('listar', '--desfeitas')
          case 'sessoes_processamento':
            return listed('sessoes')
          case 'regras':
            return listed('regras')
          case 'padroes_trade_marketing':
            return listed('padroes')
          case 'vw_pessoas':
            return listed('pessoas')
          case 'vw_identidades':
            return listed('pessoas', '--identidades')
          case 'excecoes':
            return listed('excecoes', '--todas')
          case 'notificacoes':
            return listed('notificacoes')
          case 'configuracoes_sistema':
            return listed('configurar')
          case 'tokens':
            return listed('token', '--listar')
          default:
            return undefined
        }
      },
      expected: (kind, shown) =>
        kind.startsWith('timestamp') ? toMilliseconds(shown) : asShown(kind, shown),
    },
    rfc4180: {
      read: file(async () =>
        named(
          parseCsv(await exported('formato=csv&dialeto=rfc4180'), {
            record_delimiter: '\r\n',
          }) as unknown[][],
        ),
      ),
      expected: (kind, shown) => (kind.startsWith('timestamp') ? toSeconds(shown) : shown),
    },
    'pt-BR': {
      read: file(async () =>
        named(
          parseCsv(await exported('formato=csv'), {
            bom: true,
            delimiter: ';',
            record_delimiter: '\r\n',
          }) as unknown[][],
        ),
      ),
      expected: (kind, shown) => (kind.startsWith('timestamp') ? wallClock(shown) : shown),
      got: (kind, value) => {
        const [, day, month, year, clock] = /^(\d\d)\/(\d\d)\/(\d{4}) ([\d:]{8})$/.exec(String(value)) ?? []
        return kind.startsWith('timestamp')
          ? `${year}-${month}-${day}T${clock}.000000Z`
          : String(value).replace(',', '.')
      },
    },
    xlsx: {
      read: file(async () => {
        const { sheets } = await readXlsx(await exported('formato=xlsx'))
        // after the two columns for decisions
        return named((sheets[0]?.rows ?? []).map((row) => row.slice(2)))
      }),
      // a number, with a number's digits
      expected: (kind, shown) => (kind.startsWith('timestamp') ? wallClock(shown) : String(Number(shown))),
      got: (kind, value) => (kind.startsWith('timestamp') ? toSeconds(plain(value)) : String(value)),
    },
    mail: {
      read: async (relation) => {
        const [some, exactly] = [await facts(false), await facts(true)]
        t.same(
          { ...exactly, gerado_em: 0 },
          { ...some, gerado_em: 0 },
          'mail: however the connection reads JSON',
        )
        switch (relation) {
          case 'divergencias_processadas':
            return some.itens?.map((item) => ({
              id: item.id,
              confianca: item.confianca,
              valor_em_risco: item.valor,
              detectada_em: item.desde,
              valores_originais: values(item.antes),
              valores_digitados: values(item.depois),
            }))
          case 'sessoes_processamento':
            return some.sessao && [some.sessao]
          case 'execucoes_regra':
            return some.regras?.map(({ linhas, ...rule }) => ({ ...rule, linhas_examinadas: linhas }))
          default:
            return undefined
        }
      },
      // counts and shares are numbers, amounts texts with their cents
      expected: (kind, shown) =>
        kind === 'numeric' && !shown.includes('.') ? `${shown}.00` : asShown(kind, shown),
      got: (kind, value) =>
        kind === 'numeric' && typeof value === 'number' ? value.toFixed(4) : written(kind, value),
    },
  }
}
