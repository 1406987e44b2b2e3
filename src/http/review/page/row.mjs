// Queries about one row: its evidence, its history, and the row in the warehouse.
import { ask } from './api.mjs'

/** The evidence, which lists do not carry. @param {string} id */
export const evidence = (id) =>
  ask(`query ($id: BigInt!) { divergencia(id: $id) { evidencia } }`, { id }).then(
    ({ divergencia }) => divergencia?.evidencia,
  )

/** This many of the latest events of a long history are shown. */
export const EVENTS = 100

/**
 * What happened to a row, latest first, and the number of all events.
 * @param {string} tabela
 * @param {string} id
 * @returns {Promise<{ total: number, events: any[] }>}
 */
export async function history(tabela, id) {
  const part = async (/** @type {number} */ offset) => {
    const { historicoRegistro } = await ask(
      `query ($tabela: String!, $id: String!, $first: Int!, $offset: Int!) {
        historicoRegistro(tabela: $tabela, id: $id, first: $first, offset: $offset) { totalCount nodes { quando evento ator regra motivo hashRegra } }
      }`,
      { tabela, id, first: EVENTS, offset },
    )
    return { total: historicoRegistro.totalCount, events: historicoRegistro.nodes.reverse() }
  }
  const begin = await part(0)
  return begin.total > EVENTS ? part(begin.total - EVENTS) : begin
}

/** The code of a rule as it was, by the hash that names it. @param {string} hash @returns {Promise<string | undefined>} */
export const ruleCode = (hash) =>
  ask('query ($hash: String!) { codigoRegra(hash: $hash) { codigo } }', { hash }).then(
    ({ codigoRegra }) => codigoRegra?.codigo,
  )

/** The row behind a finding, as the warehouse holds it now. @param {string} id */
export const record = (id) =>
  ask(
    'query ($id: BigInt!) { verRegistro(divergenciaId: $id, first: 500) { nodes { coluna tipo valor } } }',
    { id },
  ).then(({ verRegistro }) => verRegistro.nodes)

/** The entries of the ledger most like the one behind a finding. @param {string} id @returns {Promise<any[]>} */
export const alike = (id) =>
  ask(
    `query ($id: BigInt!) {
      lancamentosParecidos(divergenciaId: $id, limite: 8, first: 8) {
        nodes { registroId dataLancamento documento fornecedor descricao valor categoria mesmaEmpresa mesmasPalavras }
      }
    }`,
    { id },
    { slow: () => {} },
  ).then(({ lancamentosParecidos }) => lancamentosParecidos.nodes)

/** Findings of other rules, or of other days, on a row. @param {string} tabela @param {string} registro */
export const findingsOf = (tabela, registro) =>
  ask(
    `query ($tabela: String!, $registro: String!) {
      divergencias(first: 20, orderBy: ID_DESC, filter: { tabela: { equalTo: $tabela }, registroId: { equalTo: $registro } }) {
        nodes { id regra status }
      }
    }`,
    { tabela, registro },
  ).then(({ divergencias }) => divergencias.nodes)

/** The most labels of a column that are offered at once. */
export const LABELS = 200

/**
 * The ledger's labels in columns of a rule, the commonest two hundred; none where a column is free text.
 * @param {string} regra
 * @param {readonly string[]} columns
 * @returns {Promise<ReadonlyMap<string, readonly { rotulo: string, lancamentos: string }[]>>}
 */
export const labelsIn = async (regra, columns) => {
  const asked = columns.map(
    (_, at) =>
      `c${at}: rotulosLivro(regra: $regra, coluna: $c${at}, first: ${LABELS}) { nodes { rotulo lancamentos } }`,
  )
  const named = columns.map((_, at) => `, $c${at}: String!`).join('')
  const answer = await ask(`query ($regra: String!${named}) { ${asked.join(' ')} }`, {
    regra,
    ...Object.fromEntries(columns.map((column, at) => [`c${at}`, column])),
  })
  return new Map(columns.map((column, at) => [column, answer[`c${at}`].nodes]))
}

/**
 * The labels of a column that contain a piece of text, an exact match first.
 * @param {string} regra
 * @param {string} coluna
 * @param {string} trecho
 * @returns {Promise<readonly string[]>}
 */
export const labelsLike = (regra, coluna, trecho) =>
  ask(
    `query ($regra: String!, $coluna: String!, $trecho: String!) {
      rotulosLivro(regra: $regra, coluna: $coluna, trecho: $trecho, first: ${LABELS}) { nodes { rotulo } }
    }`,
    { regra, coluna, trecho },
  ).then(({ rotulosLivro }) =>
    rotulosLivro.nodes.map((/** @type {{ rotulo: string }} */ { rotulo }) => rotulo),
  )
