// What a person may do, one request each. The database decides what it does, and whether this person may.
import { ask } from './api.mjs'

/**
 * @typedef {{ id: string, status: string, motivo?: string | null, resultado?: string, explicacao?: string | null, operacaoId?: string | null,
 *   aviso?: string | null }} Result what became of one finding
 * @typedef {'approve' | 'reject' | 'confirm'} Word
 * @typedef {'postpone' | 'forward' | 'comment'} Aside an act that answers nothing
 * @typedef {{ motivo: string, ate?: string | null, para?: string }} Said ate: a day, or null until the row changes
 */

const RESULT = 'id status motivo resultado explicacao operacaoId aviso'
const BY_GROUP = {
  approve: 'aprovar',
  reject: 'rejeitar',
  confirm: 'confirmar',
  postpone: 'adiar',
  forward: 'encaminhar',
  comment: 'comentar',
}
/** The result for a finding whose status has not changed. */
const ASIDE = { postpone: 'adiada', forward: 'encaminhada', comment: 'comentada' }
/** @param {string} word @returns {word is Aside} */
export const isAside = (word) => word in ASIDE

/** @param {string} became @param {readonly Result[]} results */
export const named = (became, results) =>
  results.map((result) => (result.resultado === 'feita' ? { ...result, status: became } : result))

/**
 * A decision over a group as it was shown, except some of it.
 * @param {Word | Aside} word
 * @param {{ grupo: string, visto: unknown, exceto: readonly string[] } & Said} group
 * @param {() => void} slow
 * @returns {Promise<Result[]>}
 */
export const decideGroup = (word, group, slow) =>
  ask(
    `mutation ($input: DecidirGrupoInput!) { decidirGrupo(input: $input) { resultado { ${RESULT} } } }`,
    {
      input: { ...group, ...(word === 'postpone' && { ate: group.ate ?? 'infinity' }), ato: BY_GROUP[word] },
    },
    { slow },
  ).then(({ decidirGrupo: { resultado } }) => (isAside(word) ? named(ASIDE[word], resultado) : resultado))

/**
 * A decision over findings one by one; each is approved only as it was seen.
 * @param {Word | 'reopen'} word
 * @param {readonly any[]} findings
 * @param {string} motivo
 * @param {() => void} slow
 * @returns {Promise<Result[]>}
 */
export async function decideSome(word, findings, motivo, slow) {
  const ids = findings.map(({ id }) => id)
  if (word === 'approve') {
    const { aprovarDivergencias } = await ask(
      `mutation ($ids: [BigInt]!, $motivo: String!, $visto: [String]!) {
        aprovarDivergencias(input: { ids: $ids, motivo: $motivo, visto: $visto }) { resultado { ${RESULT} } }
      }`,
      { ids, motivo, visto: findings.map(({ visto }) => visto) },
      { slow },
    )
    return aprovarDivergencias.resultado
  }
  const name = {
    reject: 'rejeitarDivergencias',
    confirm: 'confirmarDivergencias',
    reopen: 'reabrirDivergencias',
  }[word]
  const answer = await ask(
    `mutation ($ids: [BigInt]!, $motivo: String!) { ${name}(input: { ids: $ids, motivo: $motivo }) { resultado { ${RESULT} } } }`,
    { ids, motivo },
    { slow },
  )
  return answer[name].resultado
}

/**
 * Postpones findings, forwards them, or comments on them.
 * @param {Aside} word
 * @param {readonly string[]} ids
 * @param {Said} said
 * @param {() => void} slow
 * @returns {Promise<Result[]>}
 */
export const leave = (word, ids, { motivo, ate = null, para }, slow) => {
  const [name, type, input] = /** @type {const} */ ({
    postpone: ['adiar', 'AdiarInput', { ids, ate: ate ?? 'infinity', motivo }],
    forward: ['encaminhar', 'EncaminharInput', { ids, para, motivo }],
    comment: ['comentar', 'ComentarInput', { ids, comentario: motivo }],
  })[word]
  return ask(
    `mutation ($input: ${type}!) { ${name}(input: $input) { resultado { ${RESULT} } } }`,
    { input },
    { slow },
  ).then((answer) => named(ASIDE[word], answer[name].resultado))
}

/**
 * Proposes values that a person typed.
 * @param {string} id
 * @param {Record<string, unknown>} valores
 * @param {string} motivo
 * @param {() => void} slow
 * @returns {Promise<Result[]>}
 */
export const correct = (id, valores, motivo, slow) =>
  ask(
    `mutation ($id: BigInt!, $valores: JSON!, $motivo: String!) {
      corrigirManualmente(input: { id: $id, valores: $valores, motivo: $motivo }) { resultado { ${RESULT} } }
    }`,
    { id, valores, motivo },
    { slow },
  ).then(({ corrigirManualmente }) => [corrigirManualmente.resultado])

/**
 * Declares a row right until a day.
 * @param {any} finding
 * @param {string} until
 * @param {string} motivo
 * @param {() => void} slow
 * @returns {Promise<Result[]>}
 */
export const except = ({ id, regra, tabela, registroId }, until, motivo, slow) =>
  ask(
    'mutation ($input: DeclararExcecaoInput!) { declararExcecao(input: $input) { resultado { aviso } } }',
    { input: { regra, tabela, registroId, motivo, expiraEm: `${until}T23:59:59` } },
    { slow },
  ).then(({ declararExcecao }) => [{ id, status: 'excecao', aviso: declararExcecao.resultado.aviso }])

/**
 * Takes back one's own act.
 * @param {string} operacao
 * @param {string} motivo
 * @param {() => void} slow
 * @returns {Promise<Result[]>}
 */
export const undo = (operacao, motivo, slow) =>
  ask(
    `mutation ($operacao: BigInt!, $motivo: String!) { desfazer(input: { operacao: $operacao, motivo: $motivo }) { resultado { ${RESULT} } } }`,
    { operacao, motivo },
    { slow },
  ).then(({ desfazer }) => desfazer.resultado)

const REVERSED =
  'id: divergenciaId status: resultado operacaoId registroId antes depois agora explicacao aviso'
const why = (/** @type {boolean} */ wrong) => (wrong ? 'erradas' : 'outra-razao')

/**
 * Takes back corrections, anybody's. Wrong ones count against their rule.
 * @param {readonly string[]} ids
 * @param {string} motivo
 * @param {boolean} wrong
 * @param {() => void} slow
 * @returns {Promise<Result[]>}
 */
export const revert = (ids, motivo, wrong, slow) =>
  ask(
    `mutation ($ids: [BigInt]!, $motivo: String!, $porque: String!) {
      reverterDivergencias(input: { ids: $ids, motivo: $motivo, porque: $porque }) { resultado { ${REVERSED} } }
    }`,
    { ids, motivo, porque: why(wrong) },
    { slow },
  ).then(({ reverterDivergencias }) => reverterDivergencias.resultado)

/**
 * Takes back all that an operation corrected.
 * @param {string} id
 * @param {string} motivo
 * @param {boolean} wrong
 * @param {() => void} slow
 * @returns {Promise<Result[]>}
 */
export const revertOperation = (id, motivo, wrong, slow) =>
  ask(
    `mutation ($id: BigInt!, $motivo: String!, $porque: String!) {
      reverterOperacao(input: { id: $id, motivo: $motivo, porque: $porque }) { resultado { ${REVERSED} } }
    }`,
    { id, motivo, porque: why(wrong) },
    { slow },
  ).then(({ reverterOperacao }) => reverterOperacao.resultado)

/**
 * Gives a rule back what it may do by itself.
 * @param {string} nome
 * @param {string} motivo
 * @param {() => void} slow
 */
export const giveBack = (nome, motivo, slow) =>
  ask(
    `mutation ($nome: String!, $mudancas: JSON!, $motivo: String!) {
      alterarRegra(input: { nome: $nome, mudancas: $mudancas, motivo: $motivo }) { resultado { nome } }
    }`,
    { nome, mudancas: { automatica: true }, motivo },
    { slow },
  )
