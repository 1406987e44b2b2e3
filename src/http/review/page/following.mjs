// A session under way, which everybody may follow and operators may cancel.
import { ask, Refusal } from './api.mjs'
import { number, say } from './format.mjs'
import { html, useEffect, useRef, useState } from './preact.mjs'
import { t } from './words.mjs'

/** How often, in milliseconds, the current session is checked. */
export const LOOK = 1000
/** A worker takes a session within moments; after this long without one the page says so. */
const TAKEN = 10_000
const ENDED = ['concluida', 'concluida_com_falhas', 'falhou', 'cancelada']

const SESSION = `id modo status etapa partes partesConcluidas linhasExaminadas encontradas corrigidas valorCorrigido falhas mensagem limiteAtingido solicitadaEm
  execucoes(first: 500) { nodes { regra status encontradas corrigidas } }`

/** The session under way, or waiting to start. */
export const underWay = () =>
  ask(
    `{ sessoes(first: 1, orderBy: ID_DESC, filter: { simulada: { equalTo: false }, status: { in: ["agendada", "em_andamento"] } }) { nodes { ${SESSION} } } }`,
  ).then(({ sessoes }) => sessoes.nodes[0])

/** @param {string} id */
export const session = (id) =>
  ask(`query ($id: BigInt!) { sessao(id: $id) { ${SESSION} } }`, { id }).then(({ sessao }) => sessao)

/** @param {string} id @param {string} motivo */
const cancel = (id, motivo) =>
  ask(
    'mutation ($input: CancelarSessaoInput!) { cancelarSessao(input: $input) { resultado { id } } }',
    { input: { id, motivo } },
    { slow: () => {} },
  )

/** Whether a session is over. @param {any} session */
export const isOver = ({ status }) => ENDED.includes(status)

/**
 * A session, checked until it ends.
 * @param {{ first: any, office: import('./office.mjs').Office, operates: boolean, change: (session: any) => void, over: () => void }} props
 */
export function Following({ first, office, operates, change, over }) {
  const since = useRef(Date.now())
  const ended = isOver(first)
  useEffect(() => {
    if (ended) return
    let wanted = true
    const bell = setTimeout(
      () =>
        session(first.id).then(
          (one) => {
            if (!wanted) return
            change({ ...one })
            if (isOver(one)) over()
          },
          // the next attempt may succeed; until then the last known state is shown
          () => wanted && change({ ...first }),
        ),
      LOOK,
    )
    return () => {
      wanted = false
      clearTimeout(bell)
    }
  }, [first])
  const { id, status, etapa, partes, partesConcluidas, encontradas, corrigidas, mensagem, execucoes } = first
  const rules = /** @type {any[]} */ (execucoes.nodes)
  const done = rules.filter((one) => one.status !== 'pendente').length
  const waits = status === 'agendada' && Date.now() - since.current > TAKEN
  const state = t.sessionStatus[/** @type {keyof typeof t.sessionStatus} */ (status)] ?? status
  const far = [
    !ended && etapa,
    rules.length > 0 && say(t.run.rules, { n: done, total: rules.length }),
    Number(partes) > 1 && say(t.run.parts, { n: number(partesConcluidas ?? 0), total: number(partes) }),
    say(t.run.sofar, { found: number(encontradas), corrected: number(corrigidas) }),
  ].filter(Boolean)
  return html`
    <div class="follow">
      <p><b role="status">${say(t.strip.session, { id, when: state })}</b> <span class="soft">${far.join(' · ')}</span></p>
      ${!ended && html`<progress aria-label=${t.run.progress} ...${status === 'agendada' ? {} : { max: Math.max(1, rules.length), value: done }}></progress>`}
      ${waits && html`<p class="warn">${t.run.noWorker}</p>`}
      ${ended && mensagem && html`<p class="warn" lang="pt-BR">${mensagem}</p>`}
      ${!ended && operates && html`<${Cancel} id=${id} office=${office} change=${change} over=${over} />`}
    </div>
  `
}

/**
 * Cancels the session, with a reason.
 * @param {{ id: string, office: import('./office.mjs').Office, change: (session: any) => void, over: () => void }} props
 */
function Cancel({ id, office, change, over }) {
  const [asking, setAsking] = useState(false)
  const giveUp = async (/** @type {any} */ event) => {
    event.preventDefault()
    try {
      await cancel(id, event.target.elements.motivo.value.trim())
      setAsking(false)
      change({ ...(await session(id)) })
      over()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      office.refused(error, t.run.cancel)
    }
  }
  if (!asking) return html`<button type="button" onClick=${() => setAsking(true)}>${t.run.cancel}</button>`
  return html`<form class="typed" onSubmit=${giveUp}><label>${t.run.why}<input name="motivo" required pattern=".*\\S.*" autocomplete="off" /></label>
    <button class="first">${t.run.cancel}</button><button type="button" class="quiet" onClick=${() => setAsking(false)}>${t.cancel}</button></form>`
}
