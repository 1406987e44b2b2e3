// What waits, in groups that a person decides at once: findings with a name, in a stable order.

import { folded, say } from './format.mjs'
import { LANGUAGE, t } from './words.mjs'

/**
 * @typedef {object} Group
 * @property {string} key
 * @property {string} grupo
 * @property {string} rule
 * @property {string} status situacao
 * @property {string} section
 * @property {string} title
 * @property {string} sentence
 * @property {number} count
 * @property {number} value
 * @property {number} two how many need two people
 * @property {number} closed how many lie in a closed period
 * @property {string} from
 * @property {string} to
 * @property {string} since
 * @property {number} alike decided so far
 * @property {number} right of those
 * @property {boolean} flagged nothing is proposed
 * @property {boolean} unlikely
 * @property {string | null} change
 * @property {string} sample one of them
 * @property {string | null} supplier
 * @property {string | null} forwarded to whom
 * @property {unknown} visto
 * @property {readonly string[]} mine of what waits for a second person, what I proposed: not mine to approve
 * @property {boolean} own what I proposed, and nothing else
 * @property {Record<string, unknown>} filter by which its findings are asked for
 */

/** Up to here the wording says improbable. Whether a group is set apart for that, the database decides for each rule. */
const UNLIKELY = 0.1

const FACTOR = /^fator_(\d+)$/
/** Kinds whose name does not say whether the amount is too large or too small. */
const BOTH_WAYS = ['razao_cambial', 'outro', 'digitos_trocados']

/**
 * The name of a group, and what it means, from its rule, kind and change.
 * @param {any} group
 * @param {string} description of the rule
 * @returns {{ title: string, sentence: string }}
 */
export function describe({ regra, especie, mudanca, confiancaDe, confiancaAte }, description) {
  if (regra === 'validacao_valores') {
    const [, way = ''] = / (aumenta|diminui)$/.exec(mudanca ?? '') ?? []
    const [, n] = FACTOR.exec(especie ?? '') ?? []
    const factor = way === 'aumenta' ? 'dividido' : 'multiplicado'
    const kind = t.kind[/** @type {keyof typeof t.kind} */ (n ? factor : especie)]
    const direction = BOTH_WAYS.includes(especie) && way ? t.way[/** @type {keyof typeof t.way} */ (way)] : ''
    if (kind) return { title: say(kind.title, { n }) + direction, sentence: say(kind.sentence, { n }) }
  }
  const band = t.band[mudanca ? bandOf(confiancaDe, confiancaAte) : 'sure']
  const change = mudanca ? wordsOf(mudanca) : ''
  const name = especie
    ? `${String(especie).replaceAll('_', ' ')}${change && ': '}${change}`
    : change || t.flagged
  return {
    title: say(band.title, { name: name.charAt(0).toUpperCase() + name.slice(1) }),
    sentence:
      `${t.ruleSentence[/** @type {keyof typeof t.ruleSentence} */ (regra)] ?? description} ${band.sentence}`.trim(),
  }
}

/** @param {any} from @param {any} to */
const bandOf = (from, to) =>
  to <= UNLIKELY ? 'unlikely' : from < 0.5 ? 'doubtful' : from < 0.95 ? 'likely' : 'sure'

/**
 * `categoria → X` needs no column name: the label is enough.
 * @param {string} change
 */
const wordsOf = (change) => change.replace(/^categoria → /, '→ ')

/** What is probably no error stays off the morning's screen, unless somebody is dealing with it. @param {any} group */
const screenOf = ({ situacao, improvavel, encaminhadaPara }) =>
  situacao === 'aguardando_segunda_aprovacao'
    ? 'segunda'
    : improvavel && situacao === 'aberta' && encaminhadaPara === null
      ? 'improvaveis'
      : 'fila'

/**
 * @param {{ groups: any[], mine: any[], rules: any[] }} desk
 * @param {'fila' | 'segunda' | 'improvaveis'} screen
 * @returns {Group[]}
 */
export function groupsFor({ groups, mine, rules }, screen) {
  const known = new Map(rules.map((rule) => [rule.nome, rule]))
  const proposed = Map.groupBy(mine, ({ grupo }) => grupo)
  return groups
    .filter((group) => screenOf(group) === screen)
    .flatMap((group) => {
      const own = proposed.get(group.grupo) ?? []
      const whole = made(group, known)
      const ids = own.map(({ id }) => id)
      if (ids.length === 0) return [whole]
      const value = own.reduce((sum, { valorEmRisco }) => sum + Number(valorEmRisco), 0)
      return [
        { ...whole, mine: ids, count: whole.count - ids.length, value: whole.value - value },
        { ...whole, key: `${whole.key} own`, mine: ids, own: true, count: ids.length, value, section: t.own },
      ].filter(({ count }) => count > 0)
    })
}

/**
 * @param {any} group
 * @param {Map<string, any>} rules
 * @returns {Group}
 */
function made(group, rules) {
  const { grupo, regra, especie, mudanca, situacao, fornecedor } = group
  const description = rules.get(regra)?.descricao ?? regra
  const unlikely = group.improvavel
  const forwarded = group.encaminhadaPara
  return {
    ...describe(group, description),
    key: grupo,
    grupo,
    rule: regra,
    status: situacao,
    section: forwarded
      ? group.paraMim
        ? t.forMe
        : t.forOthers
      : situacao === 'falha'
        ? t.failed
        : (t.rule[/** @type {keyof typeof t.rule} */ (regra)] ?? description),
    count: Number(group.quantidade),
    value: Number(group.valor),
    two: Number(group.duasPessoas),
    closed: Number(group.fechadas),
    from: group.confiancaDe,
    to: group.confiancaAte,
    since: group.maisAntiga,
    alike: Number(group.parecidasDecididas),
    right: Number(group.parecidasCertas),
    flagged: mudanca === null,
    unlikely,
    change: mudanca,
    sample: group.amostra[0],
    supplier: fornecedor,
    forwarded,
    visto: group.visto,
    mine: [],
    own: false,
    filter: {
      grupo: { equalTo: grupo },
      // the name says it all; the rest only helps the database
      regra: { equalTo: regra },
      status: { equalTo: situacao },
      especie: especie === null ? { isNull: true } : { equalTo: especie },
    },
  }
}

/** Which of a group's findings to load: of proposals for two people either mine or the others'. @param {Group} group @param {string} me */
export const filterOf = ({ filter, own, mine }, me) => ({
  ...filter,
  ...(own ? { propostaPor: { equalTo: me } } : mine.length > 0 ? { propostaPor: { notEqualTo: me } } : {}),
})

/** Sections with a place of their own. */
const SECTIONS = new Map([
  [t.forMe, Infinity],
  [t.failed, Number.MAX_VALUE],
  [t.own, -2],
  [t.forOthers, -3],
])

/**
 * Sorts groups in an order that stays: sections with most at stake first. What came later takes its place among
 * those that are there, and what is left of a group keeps its place.
 * @param {readonly Group[]} groups
 * @param {Map<string, number>} seen what a section or a group had at stake when it was first seen; added to
 */
export function ordered(groups, seen) {
  for (const [section, some] of Map.groupBy(groups, ({ section }) => section)) {
    const value = some.reduce((sum, { value }) => sum + value, 0)
    if (!seen.has(section)) {
      seen.set(section, SECTIONS.get(section) ?? value)
    }
  }
  for (const { key, value } of groups) if (!seen.has(key)) seen.set(key, value)
  const rank = (/** @type {string} */ name) => seen.get(name) ?? 0
  return groups.toSorted(
    (a, b) =>
      rank(b.section) - rank(a.section) ||
      a.section.localeCompare(b.section, LANGUAGE) ||
      rank(b.key) - rank(a.key) ||
      a.key.localeCompare(b.key),
  )
}

/**
 * Which groups a search finds, and which findings in them.
 * @param {readonly Group[]} groups
 * @param {readonly any[]} index
 * @param {string} search
 */
export function find(groups, index, search) {
  const hits = new Set()
  const found = new Set()
  for (const { id, grupo, text } of index) {
    if (!has(text, search)) continue
    hits.add(id)
    found.add(grupo)
  }
  return {
    hits,
    groups: groups.filter(
      (group) =>
        found.has(group.grupo) ||
        has(folded(`${group.title} ${group.section} ${group.rule} ${group.supplier ?? ''}`), search),
    ),
  }
}

/**
 * Whether a folded text has all the words of a search.
 * @param {string} text
 * @param {string} search
 */
export const has = (text, search) =>
  folded(search)
    .split(/\s+/)
    .every((word) => text.includes(word))
