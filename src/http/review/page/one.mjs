// One finding, whatever became of it: where the links of letters lead.

import { decideSome, leave } from './acts.mjs'
import { WAITING } from './api.mjs'
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
import { t } from './words.mjs'

const NONE = new Set()

/**
 * @param {{ id: string, office: import('./office.mjs').Office, decides: boolean, me: string, all: () => void }} props
 */
export function One({ id, office, decides, me, all }) {
  const [finding, setFinding] = useState(/** @type {any} */ (undefined))
  const [panel, setPanel] = useState(
    /** @type {'reject' | import('./acts.mjs').Aside | undefined} */ (undefined),
  )
  const [dialog, setDialog] = useState(
    /** @type {'correct' | 'except' | 'revert' | 'reopen' | undefined} */ (undefined),
  )
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
  const status = finding?.status
  const waits = WAITING.includes(status)
  const title = finding
    ? describe({ ...finding, confiancaDe: finding.confianca, confiancaAte: finding.confianca }, finding.regra)
        .title
    : ''
  const what = {
    key: `one ${id}`,
    title: `${say(t.numbered, { id })}, ${title}`,
    section: title,
    value: Number(finding?.valorEmRisco ?? 0),
    count: 1,
  }

  /** @param {import('./acts.mjs').Word} word @param {string} reason */
  const decide = async (word, reason) => {
    setPanel(undefined)
    await office.send({ ...what, word }, (slow) => decideSome(word, [finding], reason, slow))
    load() // also after a refusal: somebody else may have been faster
  }
  const approves =
    decides &&
    waits &&
    proposes(finding) &&
    !(status === 'aguardando_segunda_aprovacao' && finding.propostaPor === me)
  const approve = approves && (() => decide('approve', count(t.reasonFor.approve, 1)))
  const reject = decides && waits && (() => setPanel('reject'))
  const confirm = decides && waits && (() => decide('confirm', count(t.reasonFor.confirm, 1)))
  const putAside = async (
    /** @type {import('./acts.mjs').Aside} */ word,
    /** @type {import('./acts.mjs').Said} */ said,
  ) => {
    setPanel(undefined)
    await office.send({ ...what, word }, (slow) => leave(word, [id], said, slow))
    load()
  }
  const postpone = decides && waits && (() => setPanel('postpone'))
  const forward = decides && waits && (() => setPanel('forward'))
  const comment = decides && finding && (() => setPanel('comment'))
  const correct = decides && waits && (() => setDialog('correct'))
  useKeys(
    panel || dialog
      ? {}
      : {
          a: approve,
          r: reject,
          p: confirm,
          e: correct,
          s: postpone,
          f: forward,
          c: comment,
          u: decides && office.takeBack,
        },
  )
  const link = html`<a href=${location.pathname} onClick=${(/** @type {Event} */ event) => {
    event.preventDefault()
    all()
  }}>${t.all}</a>`
  if (finding === undefined) {
    return html`<main class="plain"><p role="status">${failed ? '' : t.loading}</p>${failed && html`<button type="button" onClick=${load}>${t.tryAgain}</button>`} ${link}</main>`
  }
  if (finding === null)
    return html`<main class="plain"><h1>${say(t.unknown, { id })}</h1><p>${link}</p></main>`
  return html`
    <main class="plain single">
      <p>${say(t.onlyOne, { id })} ${link}</p>
      <h1 id="hand" tabindex="-1" lang="pt-BR">${title}</h1>
      <p><span class=${`status ${status}`}>${statusName(status)}</span> ${money(finding.valorEmRisco)}, ${share(finding.confianca)} ${finding.motivo && html`<span class="soft" lang="pt-BR">${finding.motivo}</span>`}</p>
      ${
        !panel &&
        html`
          <div class="acts">
            ${approve && html`<button type="button" class="first" onClick=${approve}>${t.action.approve} <kbd>a</kbd></button>`}
            ${reject && html`<button type="button" onClick=${reject}>${t.action.reject} <kbd>r</kbd></button>`}
            ${confirm && html`<button type="button" onClick=${confirm}>${t.action.confirm} <kbd>p</kbd></button>`}
            ${correct && html`<button type="button" onClick=${correct}>${t.act.correct} <kbd>e</kbd></button>`}
            ${postpone && html`<button type="button" onClick=${postpone}>${t.act.postpone} <kbd>s</kbd></button>`}
            ${forward && html`<button type="button" onClick=${forward}>${t.act.forward} <kbd>f</kbd></button>`}
            ${comment && html`<button type="button" onClick=${comment}>${t.act.comment} <kbd>c</kbd></button>`}
            ${decides && ['aberta', 'falha'].includes(status) && html`<button type="button" onClick=${() => setDialog('except')}>${t.action.except}</button>`}
            ${decides && status === 'corrigida' && html`<button type="button" onClick=${() => setDialog('revert')}>${t.action.revert}</button>`}
            ${decides && ['rejeitada', 'revertida', 'resolvida'].includes(status) && html`<button type="button" onClick=${() => setDialog('reopen')}>${t.action.reopen}</button>`}
          </div>
        `
      }
      ${panel === 'reject' && html`<${Reasons} title=${count(t.act.reject, 1)} reasons=${office.reasons('rejeitar')} other=${true} chosen=${(/** @type {string} */ reason) => decide('reject', reason)} close=${() => setPanel(undefined)} />`}
      ${
        panel &&
        panel !== 'reject' &&
        html`<${Aside} word=${panel} office=${office} me=${me} title=${count(t.aside[panel], 1)} close=${() => setPanel(undefined)}
          reason=${count(t.reasonFor[panel === 'forward' ? 'forward' : 'postpone'], 1)}
          chosen=${(/** @type {import('./acts.mjs').Said} */ said) => putAside(panel, said)} />`
      }
      <${Items} findings=${[finding]} today=${office.desk?.today ?? ''} at=${0} left=${NONE} hits=${NONE} open=${undefined} moved=${0}
        choose=${() => {}} toggle=${undefined} look=${undefined} details=${() => undefined} />
      <${Details} key=${`${id} ${status} ${office.done.length}`} finding=${finding} actions=${undefined} today=${office.desk?.today ?? ''} />
      ${dialog && html`<${Decision} action=${dialog} finding=${finding} office=${office} what=${what} close=${() => setDialog(undefined)} done=${load} />`}
    </main>
  `
}
