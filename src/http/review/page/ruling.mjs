// What administrators set: patterns, rules and settings, the changes made to them, and the acts that change them.
import { ask } from './api.mjs'

/** This many of the latest changes are read. */
export const CHANGES = 500

const PATTERN = 'id campo tipo acao padrao ativo motivo criadoEm criadoPor'
const MEASURES = 'regra precisao precisaoMinima precisaoMaxima'

/** Everything that can be set, as it is now. */
export const ruling = () =>
  ask(`{
    hoje fuso proximaExecucao
    padroes(first: 1000, orderBy: [ACAO_DESC, CAMPO_ASC, PADRAO_ASC]) { nodes { ${PATTERN} } }
    acertosPadroes(first: 1000) { nodes { padraoId achados confirmados recusados } }
    regras(orderBy: [PRIORIDADE_ASC, NOME_ASC], first: 500) {
      nodes { nome descricao tabela ativa automatica automaticaPerdida limiar piso confiancaBase limiteLinhas limiteFracao limiteValor prioridade
        colunasResumo dependencias tempoLimite { days hours minutes seconds } prova respostas erroObservado
        concessaoCorrecoes concessaoValor concedidaPor }
    }
    regrasMedidas(first: 500) { nodes { ${MEASURES} } }
    periodosFechados(first: 500) { nodes { mes filial origem fechadoPor fechadoEm motivo } }
    configuracoes(first: 500, orderBy: CHAVE_ASC) {
      nodes { chave valor padrao tipo minimo maximo permitidos unidade descricao alteradaEm alteradaPor }
    }
    operacoes(first: ${CHANGES}, orderBy: ID_DESC, filter: { tipo: { in: ["configuracao", "regra", "padrao", "periodo"] } }) {
      nodes { id tipo regra ator motivo iniciadaEm detalhes }
    }
  }`)

/**
 * What a pattern would match, measured.
 * @param {{ campo: string, tipo: string, padrao: string }} pattern
 */
export const measure = (pattern) =>
  ask(
    `query ($campo: String!, $tipo: String!, $padrao: String!) {
      medirPadrao(campo: $campo, tipo: $tipo, padrao: $padrao) {
        de ate fracao lancamentos emMarketing pendentes emOutra valorEmOutra soEste vetados categorias discordam
      }
    }`,
    pattern,
  ).then(({ medirPadrao }) => medirPadrao)

/** This many entries matched by a pattern are shown. */
const SAMPLE = 10

/**
 * The latest entries that a pattern would match.
 * @param {{ campo: string, tipo: string, padrao: string }} pattern
 */
export const matched = (pattern) =>
  ask(
    `query ($campo: String!, $tipo: String!, $padrao: String!) {
      previsaoPadrao(campo: $campo, tipo: $tipo, padrao: $padrao, limite: ${SAMPLE}, first: ${SAMPLE}) {
        nodes { registroId dataLancamento categoria fornecedor descricao contaContabil valor jaEmMarketing }
      }
    }`,
    pattern,
  ).then(({ previsaoPadrao }) => previsaoPadrao.nodes)

/** Patterns that people's decisions suggest. */
export const proposed = () =>
  ask('{ proporPadroes(first: 50) { nodes { campo tipo padrao suporte lancamentos precisao } } }').then(
    ({ proporPadroes }) => proporPadroes.nodes,
  )

/**
 * @param {{ campo: string, tipo: string, padrao: string, acao: string }} pattern
 * @param {boolean} conferido whether a person has seen what it matches, and saves it though the ledger often disagrees
 * @param {string} motivo
 * @param {() => void} slow
 */
export const savePattern = ({ campo, tipo, padrao, acao }, conferido, motivo, slow) =>
  ask(
    'mutation ($input: SalvarPadraoInput!) { salvarPadrao(input: $input) { resultado { id } } }',
    { input: { campo, tipo, padrao, acao, motivo, conferido } },
    { slow },
  )

/**
 * @param {string} id
 * @param {boolean} conferido whether a person has seen what an excluding one keeps from the others
 * @param {string} motivo
 * @param {() => void} slow
 */
export const switchOff = (id, conferido, motivo, slow) =>
  ask(
    'mutation ($input: DesativarPadraoInput!) { desativarPadrao(input: $input) { resultado { id } } }',
    { input: { id, motivo, conferido } },
    { slow },
  )

/**
 * Changes the named settings of a rule.
 * @param {string} nome
 * @param {Record<string, unknown>} mudancas
 * @param {string} motivo
 * @param {() => void} slow
 */
export const changeRule = (nome, mudancas, motivo, slow) =>
  ask(
    'mutation ($input: AlterarRegraInput!) { alterarRegra(input: $input) { resultado { nome } } }',
    { input: { nome, mudancas, motivo } },
    { slow },
  )

/**
 * @param {string} chave
 * @param {unknown} valor
 * @param {boolean} conferido whether a person has seen what the patterns match under another marketing category
 * @param {string} motivo
 * @param {() => void} slow
 */
export const configure = (chave, valor, conferido, motivo, slow) =>
  ask(
    'mutation ($input: AlterarConfiguracaoInput!) { alterarConfiguracao(input: $input) { resultado { chave aviso } } }',
    { input: { chave, valor, motivo, conferido } },
    { slow },
  ).then(({ alterarConfiguracao }) => alterarConfiguracao.resultado.aviso)

/**
 * Closes months of the books.
 * @param {{ mes: string, ate: string | null, filial: string | null }} period
 * @param {string} motivo
 * @param {() => void} slow
 */
export const closePeriod = (period, motivo, slow) =>
  ask(
    'mutation ($input: FecharPeriodoInput!) { fecharPeriodo(input: $input) { resultado { id } } }',
    { input: { ...period, motivo } },
    { slow },
  )

/**
 * @param {{ mes: string, filial: string | null }} period
 * @param {string} motivo
 * @param {() => void} slow
 */
export const reopenPeriod = (period, motivo, slow) =>
  ask(
    'mutation ($input: ReabrirPeriodoInput!) { reabrirPeriodo(input: $input) { resultado { id } } }',
    { input: { ...period, motivo } },
    { slow },
  )
