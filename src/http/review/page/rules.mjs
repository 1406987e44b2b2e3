// Regras, for administrators: patterns, rules and settings on the left, the current one on the right. Each change asks for a
// reason.
import { count } from './format.mjs'
import { useKeys } from './keys.mjs'
import { Patterns } from './patterns.mjs'
import { Periods } from './periods.mjs'
import { html, useEffect, useRef, useState } from './preact.mjs'
import { RuleSettings } from './rule.mjs'
import { ruling } from './ruling.mjs'
import { partsOf, Settings } from './settings.mjs'
import { t } from './words.mjs'

/**
 * @typedef {{ key: string, heading: string, title: string, note: string, warn?: boolean, sentence?: string, show: (props: object) => object }} Section
 */

/** @param {any} found @returns {Section[]} */
function sectionsOf(found) {
  const measured = new Map(found.regrasMedidas.nodes.map((/** @type {any} */ one) => [one.regra, one]))
  const active = found.padroes.nodes.filter((/** @type {any} */ { ativo }) => ativo).length
  return [
    {
      key: 'padroes',
      heading: t.ruling.rulesHeading,
      title: t.ruling.patterns,
      note: count(t.ruling.active, active),
      show: (props) => html`<${Patterns} ...${props} />`,
    },
    ...found.regras.nodes.map((/** @type {any} */ rule) => ({
      key: `regra.${rule.nome}`,
      heading: t.ruling.rulesHeading,
      title: t.rule[/** @type {keyof typeof t.rule} */ (rule.nome)] ?? rule.nome,
      sentence: rule.descricao,
      note: !rule.ativa ? t.ruling.off : rule.automatica ? t.ruling.auto : t.ruling.notAuto,
      warn: rule.ativa && !rule.automatica,
      show: (/** @type {object} */ props) =>
        html`<${RuleSettings} rule=${rule} measured=${measured.get(rule.nome)} ...${props} />`,
    })),
    {
      key: 'periodos',
      heading: t.ruling.settingsHeading,
      title: t.ruling.periods.title,
      note: count(t.ruling.periods.closed, found.periodosFechados.nodes.length),
      show: (props) => html`<${Periods} ...${props} />`,
    },
    ...[...partsOf(found.configuracoes.nodes)]
      .filter(([, settings]) => settings.length > 0)
      .map(([part, settings]) => ({
        key: part,
        heading: t.ruling.settingsHeading,
        title: t.ruling.parts[part],
        note: count(t.ruling.settings, settings.length),
        show: (/** @type {object} */ props) =>
          html`<${Settings} key=${part} part=${part} settings=${settings} ...${props} />`,
      })),
  ]
}

/**
 * @param {{ office: import('./office.mjs').Office, address: URLSearchParams,
 *   go: (changes: Record<string, string | null>, how?: { push?: boolean }) => void }} props
 */
export function Rules({ office, address, go }) {
  const [found, setFound] = useState(/** @type {any} */ (undefined))
  const [failed, setFailed] = useState(false)
  const heading = useRef(/** @type {HTMLElement | null} */ (null))
  const load = () => {
    setFailed(false)
    return ruling().then(setFound, (error) => {
      setFailed(true)
      office.refused(error)
    })
  }
  useEffect(() => {
    load()
  }, [])
  const sections = found === undefined ? [] : sectionsOf(found)
  const asked = address.get('grupo')
  const index = Math.max(
    0,
    sections.findIndex(({ key }) => key === asked),
  )
  const section = sections[index]
  useEffect(() => heading.current?.focus(), [section?.key])
  const move = (/** @type {number} */ by) => {
    const next = sections[index + by]
    if (next) go({ grupo: next.key })
  }
  useKeys({ j: () => move(1), k: () => move(-1) })
  if (section === undefined)
    return html`<main class="plain"><p role="status">${failed ? '' : t.loading}</p>${failed && html`<button type="button" onClick=${load}>${t.tryAgain}</button>`}</main>`
  return html`
    <main class=${`desk ruling ${asked === null ? 'at-list' : 'at-hand'}`}>
      <div class="side">
        <nav class="list" aria-label=${t.screen.regras}>
          ${[...Map.groupBy(sections, ({ heading: name }) => name)].map(
            ([name, some]) => html`
              <h2>${name}</h2>
              <ol>${some.map(
                ({
                  key,
                  title,
                  note,
                  warn,
                }) => html`<li key=${key}><button type="button" class="line" aria-current=${key === section.key ? 'true' : undefined} onClick=${() => go({ grupo: key }, { push: true })}>
                  <span class="name">${title}</span><small><span class=${warn ? 'warn' : ''}>${note}</span></small></button></li>`,
              )}</ol>
            `,
          )}
        </nav>
      </div>
      <section class="hand" aria-labelledby="hand">
        <button type="button" class="back" onClick=${() => go({ grupo: null })}>‹ ${t.screen.regras}</button>
        <h2 id="hand" tabindex="-1" ref=${heading}>${section.title}</h2>
        ${section.sentence && html`<p class="sentence" lang="pt-BR">${section.sentence}</p>`}
        ${section.show({ found, office, again: load })}
      </section>
    </main>
  `
}
