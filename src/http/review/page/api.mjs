// The page's one way to the server: GraphQL with the token of whoever sits here.
import { API, t } from './words.mjs'

/** What the server refused, in its own words; `login` when the token is no good (any more). */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {{ hint?: string | undefined, code?: string | undefined, login?: boolean }} [more]
   */
  constructor(message, { hint, code, login = false } = {}) {
    super(message)
    this.hint = hint
    this.code = code
    this.login = login
  }
}

// The token stays with this tab of the browser, as on the page of the REST document, and is forgotten when it closes.
export const token = {
  /** @returns {string | undefined} */
  get: () => sessionStorage['conferente'],
  /** @param {string | undefined} value */
  set(value) {
    if (value) sessionStorage['conferente'] = value
    else delete sessionStorage['conferente']
  },
}

/**
 * Asks, or changes something.
 * @param {string} query
 * @param {Record<string, unknown>} [variables]
 * @returns {Promise<any>} the answer's data
 * @throws {Refusal}
 */
export async function ask(query, variables = {}) {
  let response, answer
  try {
    response = await fetch(API, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.get()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    })
    answer = await response.json()
  } catch {
    throw new Refusal(t.offline)
  }
  const { errors, data, detail, sugestao } = answer
  if (errors?.length > 0) {
    const [{ message, extensions }] = errors
    throw new Refusal(message, {
      code: extensions?.codigo,
      hint: [extensions?.detalhe, extensions?.sugestao].filter(Boolean).join(' ') || undefined,
    })
  }
  if (!response.ok) throw new Refusal(detail ?? t.offline, { hint: sugestao, login: response.status === 401 })
  return data
}

/** The day where the finance department is, whatever the browser's clock says. */
export const today = () => ask('{ hoje }').then(({ hoje }) => String(hoje))

const FINDING = `id regra tabela registroId valoresOriginais valoresPropostos valoresDigitados confianca justificativa evidencia
  valorEmRisco status propostaPor motivo visto regraRegistrada { colunas }`

/**
 * What waits, most at stake first, a page of it.
 * @param {Record<string, unknown>} filter
 * @param {string | null} after
 */
export const list = (filter, after) =>
  ask(
    `query ($filter: DivergenciaAbertaFilter, $after: Cursor) {
      divergenciasAbertas(filter: $filter, first: 50, after: $after, orderBy: [VALOR_EM_RISCO_DESC, ID_ASC]) {
        totalCount pageInfo { hasNextPage endCursor } nodes { ${FINDING} idade: diasAberta }
      }
    }`,
    { filter, after },
  )

/** @param {string} id */
export const one = (id) =>
  ask(`query ($id: BigInt!) { divergencia(id: $id) { ${FINDING} idade: idadeDias } }`, { id })

export const rules = () =>
  ask(
    '{ regras(orderBy: [PRIORIDADE_ASC, NOME_ASC], first: 500) { nodes { nome perdida: automaticaPerdida } } }',
  )

/** Of a long history so many of the latest events are shown. */
export const EVENTS = 100

/**
 * What happened to a row, latest first, and how much there is of it in all.
 * @param {{ tabela: string, registroId: string }} finding
 * @returns {Promise<{ total: number, events: any[] }>}
 */
export async function history({ tabela, registroId: id }) {
  const part = async (/** @type {number} */ offset) => {
    const { historicoRegistro } = await ask(
      `query ($tabela: String!, $id: String!, $first: Int!, $offset: Int!) {
        historicoRegistro(tabela: $tabela, id: $id, first: $first, offset: $offset) { totalCount nodes { quando evento ator motivo } }
      }`,
      { tabela, id, first: EVENTS, offset },
    )
    return { total: historicoRegistro.totalCount, events: historicoRegistro.nodes.reverse() }
  }
  const begin = await part(0)
  return begin.total > EVENTS ? part(begin.total - EVENTS) : begin
}

/** @param {string} id */
export const record = (id) =>
  ask(
    'query ($id: BigInt!) { verRegistro(divergenciaId: $id, first: 500) { nodes { coluna tipo valor } } }',
    { id },
  )

const DECISIONS = {
  reject: 'rejeitarDivergencias',
  confirm: 'confirmarDivergencias',
  reopen: 'reabrirDivergencias',
}

const RESULT = 'id status motivo resultado explicacao operacaoId aviso'

/**
 * Decides over findings. Answers what became of each; approved is what the list showed.
 * @param {string} action
 * @param {readonly any[]} findings
 * @param {{ reason: string, values?: Record<string, unknown>, until?: string, wrong?: boolean, operation?: string | undefined }} said
 * @returns {Promise<{ id: string, status: string, motivo?: string | null, resultado?: string, explicacao?: string | null, operacaoId?: string | null, aviso?: string | null }[]>}
 */
export async function decide(action, findings, { reason: motivo, values: valores, until, wrong, operation }) {
  const ids = findings.map(({ id }) => id)
  const [first] = findings
  if (action === 'correct') {
    const { corrigirManualmente } = await ask(
      `mutation ($id: BigInt!, $valores: JSON!, $motivo: String!) {
        corrigirManualmente(input: { id: $id, valores: $valores, motivo: $motivo }) { resultado { ${RESULT} } }
      }`,
      { id: first.id, valores, motivo },
    )
    return [corrigirManualmente.resultado]
  }
  if (action === 'except') {
    const { regra, tabela, registroId } = first
    const { declararExcecao } = await ask(
      `mutation ($input: DeclararExcecaoInput!) { declararExcecao(input: $input) { resultado { aviso } } }`,
      { input: { regra, tabela, registroId, motivo, expiraEm: until } },
    )
    return [{ id: first.id, status: 'excecao', aviso: declararExcecao.resultado.aviso }]
  }
  if (action === 'undo') {
    const { desfazer } = await ask(
      `mutation ($operacao: BigInt!, $motivo: String!) {
        desfazer(input: { operacao: $operacao, motivo: $motivo }) { resultado { ${RESULT} } }
      }`,
      { operacao: operation, motivo },
    )
    return desfazer.resultado
  }
  if (action === 'revert') {
    const { reverterDivergencias } = await ask(
      `mutation ($ids: [BigInt]!, $motivo: String!, $porque: String!) {
        reverterDivergencias(input: { ids: $ids, motivo: $motivo, porque: $porque }) {
          resultado { id: divergenciaId status: resultado registroId antes depois agora explicacao aviso }
        }
      }`,
      { ids, motivo, porque: wrong ? 'erradas' : 'outra-razao' },
    )
    return reverterDivergencias.resultado
  }
  if (action === 'approve') {
    const { aprovarDivergencias } = await ask(
      `mutation ($ids: [BigInt]!, $motivo: String!, $visto: [String]!) {
        aprovarDivergencias(input: { ids: $ids, motivo: $motivo, visto: $visto }) { resultado { ${RESULT} } }
      }`,
      { ids, motivo, visto: findings.map(({ visto }) => visto) },
    )
    return aprovarDivergencias.resultado
  }
  const name = DECISIONS[/** @type {keyof typeof DECISIONS} */ (action)]
  const answer = await ask(
    `mutation ($ids: [BigInt]!, $motivo: String!) {
      ${name}(input: { ids: $ids, motivo: $motivo }) { resultado { ${RESULT} } }
    }`,
    { ids, motivo },
  )
  return answer[name].resultado
}
