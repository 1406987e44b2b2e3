// One finding, in any state: where links in mail lead.

import { decideSome, leave } from './acts.mjs'
import { Aside } from './aside.mjs'
import { Decision } from './decision.mjs'
import { Details } from './details.mjs'
import { count, money, proposes, say, share, statusName } from './format.mjs'
import { describe } from './groups.mjs'
import { Items } from './items.mjs'
import { useKeys } from './keys.mjs'
import { Reasons } from './panel.mjs'
import { html, useEffect, useRef, useState } from './preact.mjs'
import { one as ask } from './queries.mjs'
import { t, WAITING } from './words.mjs'

const NONE = new Set()

/**
 * The finding, loaded again after every act; null: there is none with that number.
 * @param {string} id
 * @param {import('./office.mjs').Office} office
 */
function useFinding(id, office) {
  const [finding, setFinding] = useState(/** @type {any} */ (undefined))
  const [failed, setFailed] = useState(false)
  const last = useRef(0)
  const load = () => {
    last.current += 1
    const mine = last.current
    setFailed(false)
    ask(id).then(
      (found) => mine === last.current && setFinding(found),
      (error) => {
        if (mine !== last.current) return
        setFailed(true)
        office.refused(error)
      },
    )
    return () => {
      last.current += 1
    }
  }
  useEffect(load, [id, office.done])
  return { finding, failed, load }
}

/**
 * @param {{ id: string, office: import('./office.mjs').Office, decides: boolean, me: string, all: () => void }} props
 */
export function One({ id, office, decides, me, all }) {
  const { finding, failed, load } = useFinding(id, office)
  const link = html`<a href=${location.pathname} onClick=${(/** @type {Event} */ event) => {
    event.preventDefault()
    all()
  }}>${t.all}</a>`
  if (finding === undefined) {
    return html`<main class="plain"><p role="status">${failed ? '' : t.loading}</p>${failed && html`<button type="button" onClick=${load}>${t.tryAgain}</button>`} ${link}</main>`
  }
  if (finding === null)
    return html`<main class="plain"><h1>${say(t.unknown, { id })}</h1><p>${link}</p></main>`
  return html`<${Found} key=${finding.id} finding=${finding} office=${office} decides=${decides} me=${me} load=${load} link=${link} />`
}

/**
 * @param {{ finding: any, office: import('./office.mjs').Office, decides: boolean, me: string, load: () => void, link: unknown }} props link: to all others
 */
function Found({ finding, office, decides, me, load, link }) {
  const [panel, setPanel] = useState(
    /** @type {'reject' | import('./acts.mjs').Aside | undefined} */ (undefined),
  )
  const [dialog, setDialog] = useState(
    /** @type {'correct' | 'except' | 'revert' | 'reopen' | undefined} */ (undefined),
  )
  const { id, regra, confianca, status, valorEmRisco, motivo } = finding
  const { title } = describe({ ...finding, confiancaDe: confianca, confiancaAte: confianca }, regra)
  const what = {
    ...{ key: `one ${id}`, title: `${say(t.numbered, { id })}, ${title}`, section: title },
    ...{ value: Number(valorEmRisco ?? 0), count: 1 },
  }
  /** @param {string} word @param {Parameters<import('./office.mjs').Office['send']>[1]} work */
  const send = async (word, work) => {
    setPanel(undefined)
    await office.send({ ...what, word }, work)
    load() // also after a refusal: somebody else may have been faster
  }
  /** @param {import('./acts.mjs').Word} word @param {string} reason */
  const decide = (word, reason) => send(word, (slow) => decideSome(word, [finding], reason, slow))
  const acts = actsOn(finding, me, { decide, setPanel, setDialog })
  const offered = decides ? acts.filter(({ may }) => may) : []
  useKeys(
    panel || dialog
      ? {}
      : {
          ...Object.fromEntries(offered.flatMap(({ letter, act }) => (letter ? [[letter, act]] : []))),
          u: decides && office.takeBack,
        },
  )
  const today = office.desk?.today ?? ''
  return html`
    <main class="plain single">
      <p>${say(t.onlyOne, { id })} ${link}</p>
      <h1 id="hand" tabindex="-1" lang="pt-BR">${title}</h1>
      <p><span class=${`status ${status}`}>${statusName(status)}</span> ${money(valorEmRisco)}, ${share(confianca)} ${motivo && html`<span class="soft" lang="pt-BR">${motivo}</span>`}</p>
      ${
        !panel &&
        html`<div class="acts">${offered.map(
          ({ label, letter, act }) =>
            html`<button type="button" class=${letter === 'a' ? 'first' : undefined} onClick=${act}>${label}${letter && html` <kbd>${letter}</kbd>`}</button>`,
        )}</div>`
      }
      ${panel === 'reject' && html`<${Reasons} title=${count(t.act.reject, 1)} reasons=${office.reasons('rejeitar')} other=${true} chosen=${(/** @type {string} */ reason) => decide('reject', reason)} close=${() => setPanel(undefined)} />`}
      ${
        panel &&
        panel !== 'reject' &&
        html`<${Aside} word=${panel} office=${office} me=${me} title=${count(t.aside[panel], 1)} close=${() => setPanel(undefined)}
          reason=${count(t.reasonFor[panel === 'forward' ? 'forward' : 'postpone'], 1)}
          chosen=${(/** @type {import('./acts.mjs').Said} */ said) => send(panel, (slow) => leave(panel, [id], said, slow))} />`
      }
      <${Items} findings=${[finding]} today=${today} at=${0} left=${NONE} hits=${NONE} open=${undefined} moved=${0}
        choose=${() => {}} toggle=${undefined} look=${undefined} details=${() => undefined} />
      <${Details} key=${`${id} ${status} ${office.done.length}`} finding=${finding} actions=${undefined} today=${today} />
      ${dialog && html`<${Decision} action=${dialog} finding=${finding} office=${office} what=${what} close=${() => setDialog(undefined)} done=${load} />`}
    </main>
  `
}

/**
 * The possible acts on a finding, in the order of the buttons; one without a letter has no key.
 * @param {any} finding
 * @param {string} me
 * @param {{ decide: (word: import('./acts.mjs').Word, reason: string) => void, setPanel: (panel: 'reject' | import('./acts.mjs').Aside) => void,
 *   setDialog: (dialog: 'correct' | 'except' | 'revert' | 'reopen') => void }} ways
 * @returns {{ may: boolean, letter?: string, label: string, act: () => void }[]}
 */
function actsOn(finding, me, { decide, setPanel, setDialog }) {
  const { status, propostaPor } = finding
  const waits = WAITING.includes(status)
  const own = status === 'aguardando_segunda_aprovacao' && propostaPor === me
  const { action, act, reasonFor } = t
  return [
    {
      ...{ may: waits && proposes(finding) && !own, letter: 'a', label: action.approve },
      act: () => decide('approve', count(reasonFor.approve, 1)),
    },
    { may: waits, letter: 'r', label: action.reject, act: () => setPanel('reject') },
    {
      ...{ may: waits, letter: 'p', label: action.confirm },
      act: () => decide('confirm', count(reasonFor.confirm, 1)),
    },
    { may: waits, letter: 'e', label: act.correct, act: () => setDialog('correct') },
    { may: waits, letter: 's', label: act.postpone, act: () => setPanel('postpone') },
    { may: waits, letter: 'f', label: act.forward, act: () => setPanel('forward') },
    { may: true, letter: 'c', label: act.comment, act: () => setPanel('comment') },
    { may: ['aberta', 'falha'].includes(status), label: action.except, act: () => setDialog('except') },
    { may: status === 'corrigida', label: action.revert, act: () => setDialog('revert') },
    {
      ...{ may: ['rejeitada', 'revertida', 'resolvida'].includes(status), label: action.reopen },
      act: () => setDialog('reopen'),
    },
  ]
}
