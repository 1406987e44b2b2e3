// The head of every screen: the place, the person, and the manager's figures.
import { isAside } from './acts.mjs'
import { clock, count, date, dayOf, heldAll, money, number, plain, roughly, say, weekday } from './format.mjs'
import { html, useEffect, useState } from './preact.mjs'
import { proof } from './queries.mjs'
import { t } from './words.mjs'

/** @typedef {'fila' | 'segunda' | 'adiadas' | 'corrigidas' | 'geral' | 'improvaveis' | 'regras'} Screen */
/** @type {readonly Screen[]} */
const SCREENS = ['fila', 'segunda', 'adiadas', 'corrigidas', 'geral', 'improvaveis', 'regras']
/** The screens for these roles: only administrators set rules. @param {readonly string[]} roles */
export const screensOf = (roles) =>
  SCREENS.filter((name) => name !== 'regras' || roles.includes('administrador'))

/**
 * @param {{ screen: Screen | undefined, counts: Partial<Record<Screen, number>>, me: import('./queries.mjs').Person, show: (screen: Screen) => void,
 *   leave: () => void, help: () => void }} props
 */
export function Top({ screen, counts, me, show, leave, help }) {
  const role = me.papeis.at(-1) ?? 'leitor'
  return html`
    <header class="top">
      <strong>Conferente</strong>
      <nav aria-label=${t.screens}>
        ${screensOf(me.papeis)
          .filter((name) => name !== 'improvaveis' || name === screen)
          .map(
            (name) =>
              html`<a href=${`?tela=${name}`} aria-current=${name === screen ? 'page' : undefined} onClick=${(
                /** @type {Event} */ event,
              ) => {
                event.preventDefault()
                show(name)
              }}>${t.screen[name]} ${(counts[name] ?? 0) > 0 && html`<b>${number(counts[name])}</b>`}</a>`,
          )}
      </nav>
      <span class="me"><span class="who">${me.nome}</span>, ${t.role[/** @type {keyof typeof t.role} */ (role)] ?? role}</span>
      <button type="button" class="quiet help" aria-label=${t.help.title} onClick=${help}>?</button>
      <button type="button" class="quiet" onClick=${leave}>${t.leave}</button>
    </header>
  `
}

/**
 * @param {{ office: import('./office.mjs').Office, waiting: readonly import('./groups.mjs').Group[] | undefined, unlikely: number,
 *   show: (screen: Screen) => void, printedBy: string }} props
 */
export function Strip({ office, waiting, unlikely, show, printedBy }) {
  const { desk, done } = office
  if (!desk || !waiting) return null
  const n = waiting.reduce((sum, { count: some }) => sum + some, 0)
  const value = waiting.reduce((sum, group) => sum + group.value, 0)
  const decided = done.reduce(
    (sum, one) => sum + (one.section === '' || isAside(one.word) ? 0 : one.count),
    0,
  )
  const { session, next, today, zone, rules } = desk
  return html`
    <section class="strip" aria-label=${t.strip.title}>
      <h1>${n === 0 ? t.nothing : say(t.strip.waits[n === 1 ? 'one' : 'many'], { n: number(n), decisions: count(t.strip.decisions, waiting.length), value: money(value) })}</h1>
      ${
        unlikely > 0 &&
        html`<a href="?tela=improvaveis" onClick=${(/** @type {Event} */ event) => {
          event.preventDefault()
          show('improvaveis')
        }}>${count(t.strip.unlikely, unlikely)}</a>`
      }
      ${desk.postponed > 0 && html`<span>${count(t.strip.postponed, desk.postponed)}</span>`}
      ${session && html`<${Session} session=${session} today=${today} />`}
      <${Control} session=${session} />
      <${Proof} />
      <span>${next ? say(t.strip.next, { when: dayOf(next) === today ? clock(next) : `${weekday(next)}, ${date(dayOf(next), today)} ${clock(next)}`, zone }) : t.strip.never}</span>
      ${rules.map((/** @type {any} */ { nome, automaticaPerdida }) => automaticaPerdida !== null && html`<p class="lost" role="status" lang="pt-BR">${say(t.lost, { rule: nome, why: automaticaPerdida })}</p>`)}
      <div class="progress" role="progressbar" aria-label=${t.strip.progress} aria-valuemin="0" aria-valuemax=${n + decided} aria-valuenow=${decided}>
        <progress max=${Math.max(1, n + decided)} value=${decided} aria-hidden="true"></progress>
      </div>
      <p class="printed">${say(t.printed, { who: printedBy })}</p>
    </section>
  `
}

/** @param {{ session: any, today: string }} props */
function Session({ session, today }) {
  const {
    id,
    status,
    inicioProcessamento,
    linhasExaminadas,
    encontradas,
    corrigidas,
    valorCorrigido,
    mensagem,
  } = session
  const began = inicioProcessamento
  const when = began
    ? dayOf(began) === today
      ? clock(began)
      : `${date(dayOf(began), today)} ${clock(began)}`
    : ''
  const well = status === 'concluida'
  const state = well
    ? ''
    : ` (${t.sessionStatus[/** @type {keyof typeof t.sessionStatus} */ (status)] ?? status})`
  const found = say(t.strip.found, {
    rows: number(linhasExaminadas ?? 0),
    found: number(encontradas),
    corrected: number(corrigidas),
    value: roughly(valorCorrigido),
  })
  return html`
    <span class=${well || status === 'em_andamento' ? '' : 'bad'}>
      ${say(t.strip.session, { id, when })}${state}: ${found}${!well && mensagem && html`. <span lang="pt-BR">${mensagem}</span>`}
    </span>
  `
}

/** Whether the sums before and after the session agree, as its digest says. @param {{ session: any }} props */
function Control({ session }) {
  const control = session?.notificacoes.nodes[0]?.conteudo?.controle
  if (!control || control.erro) return html`<span>${t.strip.notReconciled}</span>`
  return Number(control.sem_explicacao) === 0
    ? html`<span><b class="good" aria-hidden="true">✓</b> ${t.strip.reconciled}</span>`
    : html`<span class="bad">${say(t.strip.unexplained, { value: money(control.sem_explicacao) })}</span>`
}

/** Checking the trail takes time, so it comes after everything else, and once. */
function Proof() {
  const [found, setFound] = useState(/** @type {any[] | string | undefined} */ (undefined))
  useEffect(() => {
    const later = setTimeout(() => proof().then(setFound, (error) => setFound(error.message)), 500)
    return () => clearTimeout(later)
  }, [])
  if (found === undefined) return html`<span class="soft">${t.strip.proving}</span>`
  if (typeof found === 'string') return html`<span title=${found}>${t.strip.notProven}</span>`
  const [first] = found
  return first?.situacao === 'provada'
    ? html`<span><b class="good" aria-hidden="true">✓</b> ${say(t.strip.proven, { n: number(Number(first.operacoes) + Number(first.fatos)) })}</span>`
    : html`<span class="bad" role="alert">${say(t.strip.broken, { what: found.map(({ situacao, objeto }) => `${situacao} ${plain(objeto)}`).join('; ') })}</span>`
}

/**
 * The result of the last act, and what it left.
 * @param {{ office: import('./office.mjs').Office, undo: (() => void) | undefined, hints: boolean }} props hints: whether the keys of a queue do anything here
 */
export function Said({ office, undo, hints }) {
  const { notice } = office
  return html`
    <footer class="foot">
      ${hints && html`<span class="hints" aria-hidden="true">${t.hints.map(([keys, what]) => html`<span><kbd>${keys}</kbd> ${what}</span>`)}</span>`}
      <div class="said" aria-live="polite">
        ${
          notice &&
          html`
            <div class=${`notice ${notice.kind}`} role=${notice.kind === 'refused' ? 'alert' : 'status'}>
              <p>${notice.text} ${notice.hint}</p>
              ${undo && office.canUndo() && notice.kind !== 'refused' && html`<button type="button" onClick=${undo}>${t.action.undo} <kbd>u</kbd></button>`}
              <button type="button" class="quiet" aria-label=${t.close} onClick=${office.quiet}>×</button>
            </div>
            ${(notice.conflicts?.length ?? 0) > 0 && html`<${Conflicts} conflicts=${notice.conflicts} />`}
          `
        }
      </div>
    </footer>
  `
}

/** What could not be rolled back, three ways. @param {{ conflicts: readonly any[] }} props */
function Conflicts({ conflicts }) {
  return html`
    <table class="facts">
      <thead><tr><th scope="col">${t.conflict.record}</th><th scope="col">${t.conflict.before}</th><th scope="col">${t.conflict.after}</th><th scope="col">${t.conflict.now}</th></tr></thead>
      <tbody>
        ${conflicts.map(
          ({ registroId, antes, depois, agora }) =>
            html`<tr><td>${registroId}</td>${[antes, depois, agora].map((values) => html`<td>${heldAll(values)}</td>`)}</tr>`,
        )}
      </tbody>
    </table>
  `
}
