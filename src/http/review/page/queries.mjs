// The page's queries. They change nothing.
import { ask } from './api.mjs'

/** @typedef {{ nome: string, papeis: string[] }} Person */

/** Who has signed in; if nobody has, that is an error here and does not open the door. @returns {Promise<Person>} */
export const whoAmI = () =>
  ask('{ quemSou { nome papeis } }', {}, { alone: true }).then(({ quemSou }) => quemSou)

const GROUPS = `query ($after: Cursor) {
  gruposAbertos(first: 1000, after: $after, orderBy: [VALOR_DESC, GRUPO_ASC]) {
    pageInfo { hasNextPage endCursor }
    nodes { grupo regra especie mudanca fornecedor situacao quantidade valor duasPessoas confiancaDe confiancaAte maisAntiga encaminhadaPara paraMim improvavel
      parecidasDecididas parecidasCertas amostra visto fechadas }
  }
}`

/**
 * One page after another.
 * @param {(after: string | null) => Promise<{ nodes: any[], pageInfo: { hasNextPage: boolean, endCursor: string | null } }>} page
 * @param {number} [most] no further page once there are this many
 */
async function pages(page, most = Infinity) {
  /** @type {any[]} */
  const all = []
  /** @type {string | null} */
  let after = null
  do {
    const { nodes, pageInfo } = await page(after)
    all.push(...nodes)
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after !== null && all.length < most)
  return all
}

function groups() {
  return pages((after) => ask(GROUPS, { after }).then(({ gruposAbertos }) => gruposAbertos))
}

/** What somebody proposed and another person has to approve. @param {string} who */
const proposals = (who) =>
  ask(
    `query ($who: String!) {
      divergenciasAbertas(first: 1000, filter: { status: { equalTo: "aguardando_segunda_aprovacao" }, propostaPor: { equalTo: $who } }) {
        nodes { id grupo valorEmRisco }
      }
    }`,
    { who },
  ).then(({ divergenciasAbertas }) => divergenciasAbertas.nodes)

const SESSION = `id modo status inicioProcessamento fimProcessamento linhasExaminadas encontradas corrigidas falhas valorCorrigido valorEmRisco
  mensagem limiteAtingido correio`

const ROUND = `{
  hoje fuso proximaExecucao
  configuracao(chave: "aprovacao.valor_dupla") { valor }
  motivos: configuracao(chave: "revisao.motivos") { valor }
  adiadas: divergenciasAbertas(filter: { adiada: { equalTo: true } }) { totalCount }
  operacoesResumidas(first: 50, orderBy: ID_DESC, filter: { tipo: { equalTo: "correcao" } }) { nodes { iniciadaEm linhas } }
  regras(orderBy: [PRIORIDADE_ASC, NOME_ASC], first: 500) {
    nodes { nome descricao automatica automaticaPerdida colunas colunasResumo }
  }
  sessoes(first: 1, orderBy: ID_DESC, filter: { simulada: { equalTo: false }, status: { notEqualTo: "agendada" } }) {
    nodes { ${SESSION} notificacoes(first: 1, orderBy: ID_DESC, filter: { tipo: { equalTo: "resumo" } }) { nodes { conteudo } } }
  }
}`

/**
 * Everything for the line on top and the lists of groups.
 * @param {string} who
 */
export async function desk(who) {
  const [round, open, mine] = await Promise.all([ask(ROUND), groups(), proposals(who)])
  return {
    today: String(round.hoje),
    zone: String(round.fuso),
    next: round.proximaExecucao,
    corrected: round.operacoesResumidas.nodes
      .filter((/** @type {any} */ { iniciadaEm }) => iniciadaEm.startsWith(round.hoje))
      .reduce((/** @type {number} */ sum, /** @type {any} */ { linhas }) => sum + Number(linhas), 0),
    twoPeople: Number(round.configuracao?.valor ?? Infinity),
    /** @type {readonly { ato: string, texto: string }[]} */
    reasons: round.motivos?.valor ?? [],
    postponed: Number(round.adiadas.totalCount),
    rules: round.regras.nodes,
    session: round.sessoes.nodes[0],
    groups: open,
    mine,
  }
}

/** The result of checking the trail: one line `provada`, or what is broken. */
export const proof = () =>
  ask('{ verificarIntegridade(first: 5) { nodes { situacao elo objeto operacoes fatos } } }').then(
    ({ verificarIntegridade }) => verificarIntegridade.nodes,
  )

const FINDING = `id regra tabela registroId valoresOriginais valoresPropostos valoresDigitados confianca justificativa
  valorEmRisco status propostaPor motivo visto resumo especie mudanca`

/** For what waits: whether its month is closed, and what is to be booked in the open one. */
const PERIOD = 'periodoFechado ajustePeriodo'

const ITEMS = 100

/**
 * A page of what a group holds, most at stake first.
 * @param {Record<string, unknown>} filter
 * @param {boolean} flagged with the evidence, where it takes the place of a proposal
 * @param {string | null} after
 */
export const items = (filter, flagged, after) =>
  ask(
    `query ($filter: DivergenciaAbertaFilter!, $flagged: Boolean!, $after: Cursor) {
      divergenciasAbertas(filter: $filter, first: ${ITEMS}, after: $after, orderBy: [VALOR_EM_RISCO_DESC, ID_ASC]) {
        pageInfo { hasNextPage endCursor } nodes { ${FINDING} ${PERIOD} dias: diasAberta evidencia @include(if: $flagged) }
      }
    }`,
    { filter, flagged, after },
  ).then(({ divergenciasAbertas: { nodes, pageInfo } }) => ({
    items: nodes,
    next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
  }))

/** This many postponed findings are listed at once. */
const POSTPONED = 1000

/**
 * A page of what is postponed, most at stake first.
 * @param {string | null} after
 */
export const postponed = (after) =>
  ask(
    `query ($after: Cursor) {
      divergenciasAbertas(filter: { adiada: { equalTo: true } }, first: ${POSTPONED}, after: $after, orderBy: [VALOR_EM_RISCO_DESC, ID_ASC]) {
        totalCount pageInfo { hasNextPage endCursor } nodes { ${FINDING} ${PERIOD} adiadaAte notaPor notaMotivo notaOperacaoId sessaoId sessaoUltimaId }
      }
    }`,
    { after },
  ).then(({ divergenciasAbertas: { totalCount, nodes, pageInfo } }) => ({
    total: Number(totalCount),
    items: nodes,
    next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
  }))

/** People who decided recently, or were forwarded something. @returns {Promise<string[]>} */
export const people = () =>
  ask('{ decisoes(first: 500, orderBy: ID_DESC) { nodes { ator para } } }').then(({ decisoes }) => [
    ...new Set(
      decisoes.nodes
        .flatMap((/** @type {any} */ { ator, para }) => [ator, para])
        .filter((/** @type {string | null} */ name) => name !== null),
    ),
  ])

/** Suppliers' names of findings. @param {readonly string[]} ids */
export const names = (ids) =>
  ask(
    `query ($ids: [BigInt!]) { divergenciasAbertas(first: 1000, filter: { id: { in: $ids } }) { nodes { id resumo } } }`,
    { ids },
  ).then(({ divergenciasAbertas }) => divergenciasAbertas.nodes)

/** One finding, in any state. @param {string} id */
export const one = (id) =>
  ask(
    `query ($id: BigInt!) { divergencia(id: $id) { ${FINDING} dias: idadeDias evidencia decididaPor aberta { ${PERIOD} } } }`,
    { id },
  ).then(({ divergencia }) => divergencia && { ...divergencia, ...divergencia.aberta })

/** The day in the finance department's zone, whatever the browser's clock says. */
export const today = () => ask('{ hoje }').then(({ hoje }) => String(hoje))

/** This many of the waiting findings are searched, most at stake first. */
export const SEARCHED = 5000

/** What can be searched: everything by which a person knows an entry. */
export const index = () =>
  pages(
    (after) =>
      ask(
        `query ($after: Cursor) {
          divergenciasAbertas(first: 1000, after: $after, orderBy: [VALOR_EM_RISCO_DESC, ID_ASC]) {
            pageInfo { hasNextPage endCursor } nodes { id grupo adiada regra registroId justificativa resumo }
          }
        }`,
        { after },
      ).then(({ divergenciasAbertas }) => divergenciasAbertas),
    SEARCHED,
  )

/** The findings of a session that still wait, each with its group, up to the number that is searched. @param {string} session */
export const foundBySession = (session) =>
  pages(
    (after) =>
      ask(
        `query ($session: BigInt!, $after: Cursor) {
          divergenciasAbertas(first: 1000, after: $after, orderBy: [VALOR_EM_RISCO_DESC, ID_ASC],
            filter: { or: [{ sessaoId: { equalTo: $session } }, { sessaoUltimaId: { equalTo: $session } }] }) {
            pageInfo { hasNextPage endCursor } nodes { id grupo adiada }
          }
        }`,
        { session, after },
      ).then(({ divergenciasAbertas }) => divergenciasAbertas),
    SEARCHED,
  )

/** The latest operations by which sessions corrected; those of one day are shown. */
export const corrections = () =>
  ask(
    `{ operacoesResumidas(first: 50, orderBy: ID_DESC, filter: { tipo: { equalTo: "correcao" } }) {
      nodes { id regra sessaoId iniciadaEm linhas }
    } }`,
  ).then(({ operacoesResumidas }) => operacoesResumidas.nodes)

/** This many rows of an operation are read. */
export const CORRECTED = 1000

/** What an operation changed. @param {string} id */
export const corrected = (id) =>
  ask(
    `query ($id: BigInt!) {
      operacao(id: $id) {
        alteracoes(first: ${CORRECTED}) {
          totalCount
          nodes { antes depois divergencia { id regra tabela registroId especie mudanca confianca justificativa valorEmRisco status resumo vezesDesfeita } }
        }
      }
    }`,
    { id },
  ).then(({ operacao }) => ({
    total: Number(operacao.alteracoes.totalCount),
    rows: operacao.alteracoes.nodes.map((/** @type {any} */ { antes, depois, divergencia }) => ({
      ...divergencia,
      antes,
      depois,
    })),
  }))

/**
 * What the overview shows.
 * @param {number} dias
 */
export const overview = (dias) =>
  ask(
    `query ($dias: Int!) {
      visaoGeral(dias: $dias)
      sessoes(first: 15, orderBy: ID_DESC, filter: { simulada: { equalTo: false } }) { nodes { ${SESSION} solicitadaEm } }
      regras(orderBy: [PRIORIDADE_ASC, NOME_ASC], first: 500) {
        nodes { nome descricao ativa automatica automaticaPerdida limiar aprovadas rejeitadas precisao prova respostas
          concessaoCorrecoes concessaoValor concedidaPor }
      }
      certificado(first: 1) { nodes { corrigidas valor conferidas limite } }
      amostra(first: 1000) { nodes { divergenciaId regra justificativa valor resposta } }
      regrasMedidas(first: 500) { nodes { regra abertas valorAberto abertaDesde precisaoMinima precisaoMaxima } }
      notificacoes(first: 10, orderBy: ID_DESC) { nodes { id tipo status assunto criadaEm enviadaEm destinatarios ultimoErro } }
    }`,
    { dias },
  )
