// The review page: asks for the token, shows what waits for a person, and takes decisions. Nothing is decided here.
import { list, one, Refusal, rules, token } from './api.mjs'
import { Decision } from './decision.mjs'
import { Filters, filterOf } from './filters.mjs'
import { Findings } from './findings.mjs'
import { count, outcome, plain, proposes, say } from './format.mjs'
import { html, render, useEffect, useRef, useState } from './preact.mjs'
import { t } from './words.mjs'

/**
 * @typedef {{ action: string, findings: any[], leftOut?: number, operation?: string | undefined }} Deciding
 * @typedef {{ kind: 'done' | 'missed' | 'refused', text: string, hint?: string | undefined, undo?: Deciding | undefined, conflicts?: any[] }} Notice
 */

/** Acts that whoever did them may take back as a whole. */
const UNDONE = ['approve', 'reject', 'confirm', 'correct']

const asked = () => new URLSearchParams(location.search)

function Page() {
  const [known, setKnown] = useState(Boolean(token.get()))
  const [refusal, setRefusal] = useState('')
  /** @param {string} [why] */
  const leave = (why = '') => {
    token.set(undefined)
    setRefusal(why)
    setKnown(false)
  }
  return html`
    <header>
      <h1>Conferente <span>${t.heading}</span></h1>
      ${known && html`<button type="button" class="quiet" onClick=${() => leave()}>${t.leave}</button>`}
    </header>
    ${known ? html`<${Review} leave=${leave} />` : html`<${Login} refusal=${refusal} refuse=${setRefusal} enter=${() => setKnown(true)} />`}
  `
}

/** @param {{ refusal: string, refuse: (why: string) => void, enter: () => void }} props */
function Login({ refusal, refuse, enter }) {
  /** @param {any} event */
  const submit = (event) => {
    event.preventDefault()
    const value = event.target.elements.token.value.trim()
    // What no header may hold, as from a text that was cut short, would look as if the server were silent.
    if (!/^[\w.~+/-]+=*$/.test(value)) return refuse(t.tokenMalformed)
    token.set(value)
    enter()
  }
  return html`
    <main>
      <form class="login" onSubmit=${submit}>
        ${refusal && html`<p role="alert" class="notice refused">${refusal}</p>`}
        <label for="token">${t.token}</label>
        <input id="token" name="token" type="password" autocomplete="off" required aria-describedby="token-help" />
        <p id="token-help">${t.tokenHelp}</p>
        <button>${t.enter}</button>
      </form>
    </main>
  `
}

/** @param {{ leave: (why?: string) => void }} props */
function Review({ leave }) {
  const [search, setSearch] = useState(asked)
  const [known, setKnown] = useState(/** @type {{ nome: string, perdida: string | null }[]} */ ([]))
  const [page, setPage] = useState(
    /** @type {{ total: number, findings: any[], next: string | null } | undefined} */ (undefined),
  )
  const [selected, setSelected] = useState(/** @type {ReadonlySet<string>} */ (new Set()))
  const [deciding, setDeciding] = useState(/** @type {Deciding | undefined} */ (undefined))
  const [notice, setNotice] = useState(/** @type {Notice | undefined} */ (undefined))
  const [failed, setFailed] = useState(false)
  const only = search.get('divergencia')
  // The last question asked: an answer to an earlier one comes too late and is dropped.
  const last = useRef(0)
  // What the address asks for now, also for what was begun before it changed.
  const now = useRef(search)
  now.current = search

  /** @param {unknown} error */
  const refused = (error) => {
    if (!(error instanceof Refusal)) throw error
    if (error.login) leave(error.message)
    else setNotice({ kind: 'refused', text: error.message, hint: error.hint })
  }

  /** @param {string | null} after */
  const load = async (after) => {
    last.current += 1
    const mine = last.current
    setFailed(false)
    const id = now.current.get('divergencia')
    try {
      if (id !== null) {
        const { divergencia } = await one(id)
        if (mine !== last.current) return
        setPage({ total: divergencia ? 1 : 0, findings: divergencia ? [divergencia] : [], next: null })
        return
      }
      const {
        totalCount: total,
        nodes,
        pageInfo,
      } = (await list(filterOf(now.current), after)).divergenciasAbertas
      if (mine !== last.current) return
      setPage((before) => ({
        total,
        findings: after === null ? nodes : [...(before?.findings ?? []), ...nodes],
        next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
      }))
    } catch (error) {
      if (mine !== last.current) return
      setFailed(true)
      refused(error)
    }
  }

  useEffect(() => {
    setSelected(new Set())
    setPage(undefined)
    load(null)
  }, [search])
  useEffect(() => {
    rules().then(({ regras }) => setKnown(regras.nodes), refused)
    const back = () => {
      setDeciding(undefined)
      setNotice(undefined)
      setSearch(asked())
    }
    addEventListener('popstate', back)
    return () => removeEventListener('popstate', back)
  }, [])

  /** @param {URLSearchParams} next */
  const go = (next) => {
    history.pushState(null, '', next.size > 0 ? `?${next}` : location.pathname)
    setSearch(next)
    setNotice(undefined)
  }
  /**
   * @param {string} action
   * @param {any[]} findings
   * @param {any[]} results
   */
  const decided = (action, findings, results) => {
    setDeciding(undefined)
    setSelected(new Set())
    const done = results.filter(({ resultado }) => resultado !== 'deixada')
    const operation = done.find(({ operacaoId }) => operacaoId)?.operacaoId
    const ids = new Set(results.filter(({ resultado }) => resultado === 'feita').map(({ id }) => id))
    const undo = findings.filter(({ id }) => ids.has(id))
    const { missed, text } = outcome(results)
    setNotice({
      kind: missed > 0 ? 'missed' : 'done',
      text,
      hint: [...new Set(results.map(({ aviso }) => aviso).filter(Boolean))].join(' ') || undefined,
      conflicts: results.filter(({ status }) => status === 'conflito'),
      undo: UNDONE.includes(action) && operation ? { action: 'undo', findings: undo, operation } : undefined,
    })
    load(null)
  }

  // What was refused may have been decided by somebody else meanwhile: the list is asked for again.
  const close = (/** @type {boolean} */ refused) => {
    setDeciding(undefined)
    if (!refused) return
    setSelected(new Set())
    load(null)
  }

  const marked = page?.findings.filter(({ id }) => selected.has(id)) ?? []
  const approvable = marked.filter(proposes)
  return html`
    <main tabindex="-1">
      ${
        only === null
          ? html`<${Filters} search=${search} names=${known.map(({ nome }) => nome)} go=${go} />`
          : html`<p class="only">${say(t.only, { id: only })} <a href=${location.pathname} onClick=${(
              /** @type {Event} */ event,
            ) => {
              event.preventDefault()
              go(new URLSearchParams())
            }}>${t.all}</a></p>`
      }
      ${known.map(({ nome, perdida }) => perdida !== null && html`<p class="notice missed lost" role="status">${say(t.lost, { rule: nome, why: perdida })}</p>`)}
      <div aria-live="polite">
        ${notice && html`<${Told} notice=${notice} decide=${setDeciding} close=${() => setNotice(undefined)} />`}
        ${!failed && html`<p class="count">${page === undefined ? t.loading : tally(page.total, only)}</p>`}
      </div>
      ${
        marked.length > 0 &&
        html`
          <div class="bar" role="group" aria-label=${count(t.selected, marked.length)}>
            <strong>${count(t.selected, marked.length)}</strong>
            <button type="button" disabled=${approvable.length === 0}
              onClick=${() => setDeciding({ action: 'approve', findings: approvable, leftOut: marked.length - approvable.length })}>${t.action.approve}</button>
            <button type="button" class="quiet" onClick=${() => setDeciding({ action: 'reject', findings: marked })}>${t.action.reject}</button>
            <button type="button" class="quiet" onClick=${() => setDeciding({ action: 'confirm', findings: marked })}>${t.action.confirm}</button>
          </div>
        `
      }
      ${failed && html`<button type="button" onClick=${() => load(null)}>${t.again}</button>`}
      ${
        page !== undefined &&
        page.findings.length > 0 &&
        html`
          <${Findings} findings=${page.findings} open=${only !== null} selected=${selected} select=${setSelected}
            decide=${(/** @type {string} */ action, /** @type {any[]} */ findings) => setDeciding({ action, findings })} refused=${refused} />
          ${page.next !== null && html`<button type="button" class="quiet" onClick=${() => load(page.next)}>${t.more}</button>`}
        `
      }
      ${
        deciding !== undefined &&
        html`<${Decision} ...${deciding} decided=${decided} close=${close} leave=${leave} />`
      }
    </main>
  `
}

/**
 * @param {number} total
 * @param {string | null} only
 */
function tally(total, only) {
  if (only !== null) return total === 0 ? say(t.unknown, { id: only }) : ''
  return total === 0 ? t.count.none : count(t.count, total)
}

/** @param {{ notice: Notice, decide: (what: Deciding) => void, close: () => void }} props */
function Told({ notice, decide, close }) {
  const { kind, text, hint, undo, conflicts = [] } = notice
  return html`
    <div class=${`notice ${kind}`} role=${kind === 'refused' ? 'alert' : 'status'}>
      <p>${text} ${hint}</p>
      ${undo && html`<button type="button" class="quiet" onClick=${() => decide(undo)}>${t.undo}</button>`}
      <button type="button" class="quiet" onClick=${close}>${t.close}</button>
      ${conflicts.length > 0 && html`<${Conflicts} conflicts=${conflicts} />`}
    </div>
  `
}

/**
 * What could not be taken back, three ways.
 * @param {{ conflicts: readonly any[] }} props
 */
function Conflicts({ conflicts }) {
  return html`
    <table class="facts">
      <thead><tr><th scope="col">${t.conflict.record}</th><th scope="col">${t.conflict.before}</th><th scope="col">${t.conflict.after}</th><th scope="col">${t.conflict.now}</th></tr></thead>
      <tbody>
        ${conflicts.map(
          ({ registroId, antes, depois, agora }) =>
            html`<tr><td>${registroId}</td>${[antes, depois, agora].map((values) => html`<td>${held(values)}</td>`)}</tr>`,
        )}
      </tbody>
    </table>
  `
}

/** @param {Record<string, unknown> | null} values */
const held = (values) =>
  Object.entries(values ?? {})
    .map(([column, value]) => `${column}: ${plain(value)}`)
    .join('; ')

render(html`<${Page} />`, document.body)
