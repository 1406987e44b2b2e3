// Run now and simulate, for operators. Others see the progress of the current session.
import { ask } from './api.mjs'
import { Following, isOver, LOOK, session, underWay } from './following.mjs'
import { count, money, number, say } from './format.mjs'
import { html, useEffect, useRef, useState } from './preact.mjs'
import { t } from './words.mjs'

/**
 * @param {{ modo: string, dataInicio: string | null, dataFim: string | null, simular: boolean }} input
 * @param {{ slow?: () => void, signal?: AbortSignal }} how
 */
const request = (input, how) =>
  ask(
    `mutation ($input: SolicitarProcessamentoInput!) { solicitarProcessamento(input: $input) { resultado { id modo status encontradas corrigidas linhasExaminadas
      valorCorrigido valorEmRisco falhas mensagem limiteAtingido resumo } } }`,
    { input },
    how,
  ).then(({ solicitarProcessamento }) => solicitarProcessamento.resultado)

/** The progress of the caller's simulations. @returns {Promise<any[]>} */
const simulations = () =>
  ask('{ simulacoesEmCurso(first: 5) { nodes { processo etapa regra feitas total } } }').then(
    ({ simulacoesEmCurso }) => simulacoesEmCurso.nodes,
  )

/**
 * @param {{ office: import('./office.mjs').Office, operates: boolean, again: () => unknown }} props again: a session has ended
 */
export function Run({ office, operates, again }) {
  const [following, setFollowing] = useState(/** @type {any} */ (undefined))
  const [simulated, setSimulated] = useState(/** @type {any} */ (undefined))
  const [stop, setStop] = useState(/** @type {AbortController | undefined} */ (undefined))
  const [sent, setSent] = useState(false)
  useEffect(() => {
    underWay().then(
      (one) => one && setFollowing(one),
      () => {},
    )
  }, [])
  const act = async (/** @type {any} */ event) => {
    event.preventDefault()
    const { modo, de, ate } = event.target.elements
    const simular = event.submitter?.value === 'simular'
    const input = { modo: modo.value, dataInicio: de.value || null, dataFim: ate.value || null, simular }
    const what = simular ? t.run.simulate : t.run.now
    const giveUp = new AbortController()
    setSimulated(undefined)
    setSent(true)
    if (simular) setStop(giveUp)
    office.quiet()
    try {
      const slow = () => office.tell(say(t.slow, { what }))
      const result = await request(input, simular ? { signal: giveUp.signal, slow } : { slow })
      if (simular) setSimulated(result)
      else setFollowing(await session(result.id))
    } catch (error) {
      if (giveUp.signal.aborted) office.tell(t.run.gaveUp)
      else office.refused(error, what)
    } finally {
      setSent(false)
      setStop(undefined)
    }
  }
  const over = () => {
    office.load()
    again()
  }
  if (!operates && following === undefined) return null
  const busy = sent || (following !== undefined && !isOver(following))
  return html`
    <section class="run">
      <h2>${t.run.title}</h2>
      ${operates && html`<${Form} act=${act} busy=${busy} />`}
      ${stop && html`<${Simulating} stop=${() => stop.abort()} />`}
      ${simulated && html`<${Simulated} session=${simulated} />`}
      ${following && html`<${Following} key=${following.id} first=${following} office=${office} operates=${operates} change=${setFollowing} over=${over} />`}
    </section>
  `
}

/** @param {{ act: (event: any) => unknown, busy: boolean }} props */
const Form = ({ act, busy }) => html`
  <form class="typed" onSubmit=${act}>
    <label>${t.run.mode}<select name="modo"><option value="manual">${t.run.manual}</option><option value="auto">${t.run.auto}</option></select></label>
    <label>${t.run.from}<input name="de" type="date" aria-description=${t.run.without} /></label>
    <label>${t.run.to}<input name="ate" type="date" aria-description=${t.run.without} /></label>
    <button class="first" value="rodar" disabled=${busy}>${t.run.now}</button>
    <button value="simular" disabled=${busy}>${t.run.simulate}</button>
  </form>
  <p class="soft">${t.run.without}</p>
`

/** A simulation is one transaction and leaves no session, so its step is queried separately. @param {{ stop: () => void }} props */
function Simulating({ stop }) {
  const began = useRef(Date.now())
  const [seconds, setSeconds] = useState(0)
  const [at, setAt] = useState(/** @type {readonly any[]} */ ([]))
  useEffect(() => {
    let wanted = true
    let asked = false
    const clock = setInterval(() => {
      setSeconds(Math.round((Date.now() - began.current) / 1000))
      if (asked) return
      asked = true
      simulations()
        .then(
          (some) => wanted && setAt(some),
          () => {}, // the next attempt may succeed
        )
        .finally(() => {
          asked = false
        })
    }, LOOK)
    return () => {
      wanted = false
      clearInterval(clock)
    }
  }, [])
  // The last rule counted is still being read. For corrections, nobody knows beforehand how many will stand.
  const [{ feitas, total } = { feitas: 0, total: null }] = at
  return html`
    <div class="follow">
      <p>${count(t.run.simulating, seconds)}</p>
      ${at.map((one) => html`<p key=${one.processo} role="status"><b>${stepOf(one)}</b></p>`)}
      <progress aria-label=${t.run.simulate} ...${total === null ? {} : { max: Number(total), value: Number(feitas) - 1 }}></progress>
      <button type="button" onClick=${stop}>${t.run.cancel}</button>
    </div>
  `
}

/** What a simulation is doing, in words. @param {any} step */
function stepOf({ etapa, regra, feitas, total }) {
  const words = t.run.step[/** @type {keyof typeof t.run.step} */ (etapa)] ?? etapa
  return say(words, { rule: regra, n: number(Number(feitas)), total: number(Number(total ?? 0)) })
}

/** @param {{ session: any }} props */
function Simulated({ session: { resumo, mensagem, limiteAtingido, modo } }) {
  return html`
    <div class="wide" tabindex="0" role="region" aria-label=${t.run.simulated}>
      <table class="grid">
        <caption>${modo === 'auto' ? t.run.wouldCorrect : t.run.wouldFind}</caption>
        <thead><tr><th scope="col">${t.over.rule}</th><th scope="col" class="number">${t.over.rows}</th><th scope="col" class="number">${t.over.found}</th><th scope="col" class="number">${t.run.fresh}</th>
          <th scope="col" class="number">${t.over.corrected}</th><th scope="col" class="number">${t.over.amount}</th></tr></thead>
        <tbody>${resumo.regras.map(
          (/** @type {any} */ one) => html`
            <tr><th scope="row">${one.regra}${(one.erro_mensagem ?? one.motivo) && html`<small lang="pt-BR">${one.erro_mensagem ?? one.motivo}</small>`}</th><td class="number">${number(one.linhas_examinadas ?? 0)}</td>
              <td class="number">${number(one.encontradas)}</td><td class="number">${number(one.novas)}</td><td class="number">${number(one.corrigidas)}</td><td class="number">${money(one.valor_corrigido)}</td></tr>
          `,
        )}</tbody>
      </table>
      ${(limiteAtingido ?? mensagem) && html`<p class="warn" lang="pt-BR">${limiteAtingido ?? mensagem}</p>`}
    </div>
  `
}
