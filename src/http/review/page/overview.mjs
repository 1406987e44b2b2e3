// Visão geral: what waits and its trend, what each rule did and whether it may correct by itself, sessions, and mail.
import { Bar } from './charts.mjs'
import { clock, count, date, dayOf, moment, money, number, plain, say, weekday } from './format.mjs'
import { html, useEffect, useState } from './preact.mjs'
import { overview } from './queries.mjs'
import { Run } from './run.mjs'
import { Sample } from './sample.mjs'
import { Did, Rule } from './standing.mjs'
import { Ages, Now, SPANS, Trend } from './trend.mjs'
import { t } from './words.mjs'

/** @param {{ office: import('./office.mjs').Office, administers: boolean, operates: boolean, reviews: boolean }} props */
export function Overview({ office, administers, operates, reviews }) {
  const [found, setFound] = useState(/** @type {any} */ (undefined))
  const [failed, setFailed] = useState(false)
  const [days, setDays] = useState(/** @type {number} */ (SPANS[0]))
  const load = () => {
    setFailed(false)
    return overview(days).then(setFound, (error) => {
      setFailed(true)
      office.refused(error)
    })
  }
  useEffect(() => {
    load()
  }, [days])
  if (found === undefined || !office.desk) {
    return html`<main class="plain"><p role="status">${failed ? '' : t.loading}</p>${failed && html`<button type="button" onClick=${load}>${t.tryAgain}</button>`}</main>`
  }
  const { today, next, zone } = office.desk
  const { visaoGeral: view } = found
  const measured = new Map(found.regrasMedidas.nodes.map((/** @type {any} */ one) => [one.regra, one]))
  const did = new Map(view.regras.map((/** @type {any} */ one) => [one.regra, one]))
  const most = Math.max(1, ...found.sessoes.nodes.map((/** @type {any} */ one) => Number(one.encontradas)))
  return html`
    <main class="plain overview" tabindex="-1">
      <${Now} view=${view} />
      <${Run} office=${office} operates=${operates} again=${load} />
      <${Trend} view=${view} days=${days} choose=${setDays} today=${today} />
      <${Ages} bands=${view.idades} />
      <section>
        <h2>${t.over.rules}</h2>
        <div class="wide" tabindex="0" role="region" aria-label=${t.over.rules}>
          <table class="grid">
            <thead><tr><th scope="col">${t.over.rule}</th><th scope="col">${t.over.alone}</th><th scope="col" class="number">${t.over.record}</th><th scope="col">${t.over.interval}</th>
              <th scope="col" class="number">${t.over.threshold}</th><th scope="col" class="number">${t.over.waiting}</th><th scope="col" class="number">${t.over.stake}</th></tr></thead>
            <tbody>${found.regras.nodes.map(
              (/** @type {any} */ rule) =>
                html`<${Rule} key=${rule.nome} rule=${rule} measured=${measured.get(rule.nome)} office=${office} administers=${administers} again=${load} today=${today} />`,
            )}</tbody>
          </table>
        </div>
        <${Did} rules=${found.regras.nodes} did=${did} days=${view.dias} />
      </section>
      <${Sample} certificate=${found.certificado.nodes[0]} sample=${found.amostra.nodes} office=${office} reviews=${reviews} again=${load} />
      <section>
        <h2>${t.over.sessions}</h2>
        <p>${next ? say(t.ruling.next, { when: `${weekday(next)}, ${date(dayOf(next), today)} ${clock(next)}`, zone }) : t.strip.never}</p>
        <div class="wide" tabindex="0" role="region" aria-label=${t.over.sessions}>
          <table class="grid">
            <thead><tr><th scope="col">${t.over.session}</th><th scope="col">${t.over.when}</th><th scope="col">${t.over.status}</th><th scope="col" class="number">${t.over.rows}</th><th scope="col" class="number">${t.over.found}</th>
              <th scope="col" class="number">${t.over.stake}</th><th scope="col" class="number">${t.over.corrected}</th><th scope="col" class="number">${t.over.amount}</th></tr></thead>
            <tbody>${found.sessoes.nodes.map((/** @type {any} */ one) => html`<${Session} key=${one.id} session=${one} most=${most} />`)}</tbody>
          </table>
        </div>
      </section>
      <${Mail} letters=${found.notificacoes.nodes} sums=${view.correio} days=${view.dias} />
    </main>
  `
}

/** @param {{ letters: readonly any[], sums: any, days: number }} props */
function Mail({ letters, sums, days }) {
  const said = /** @type {const} */ ([
    ['enviada', sums.enviadas],
    ['falhou', sums.falharam],
    ['composta', sums.esperam],
    ['dispensada', sums.dispensadas],
  ])
  return html`
    <section>
      <h2>${t.over.mail}</h2>
      <p>${say(t.over.lastDays, { n: days })}: ${said.map(([name, n]) => `${t.mailStatus[name]} ${number(n)}`).join(', ')}.</p>
      ${
        letters.length === 0
          ? html`<p>${t.over.noMail}</p>`
          : html`
              <div class="wide" tabindex="0" role="region" aria-label=${t.over.mail}>
                <table class="grid">
                  <thead><tr><th scope="col">${t.over.subject}</th><th scope="col">${t.over.when}</th><th scope="col">${t.over.status}</th><th scope="col" class="number">${t.over.recipients}</th></tr></thead>
                  <tbody>${letters.map(
                    (
                      one,
                    ) => html`<tr key=${one.id}><td lang="pt-BR">${one.assunto ?? one.tipo}</td><td>${moment(one.enviadaEm ?? one.criadaEm)}</td>
                      <td class=${one.status === 'enviada' ? 'good' : one.status === 'falhou' ? 'bad' : ''}>${t.mailStatus[/** @type {keyof typeof t.mailStatus} */ (one.status)] ?? one.status}${one.ultimoErro && html`<small>${one.ultimoErro}</small>`}</td>
                      <td class="number">${one.destinatarios.length}</td></tr>`,
                  )}</tbody>
                </table>
              </div>
            `
      }
    </section>
  `
}

/** @param {{ session: any, most: number }} props */
function Session({ session, most }) {
  const {
    id,
    modo,
    status,
    inicioProcessamento,
    solicitadaEm,
    linhasExaminadas,
    encontradas,
    corrigidas,
    falhas,
    valorCorrigido,
    valorEmRisco,
    mensagem,
    correio,
  } = session
  const well = status === 'concluida'
  return html`
    <tr>
      <th scope="row"><a href=${`?sessao=${id}`}>${id}</a> <small>${modo}</small></th>
      <td>${moment(inicioProcessamento ?? solicitadaEm)}</td>
      <td class=${well ? 'good' : ['falhou', 'concluida_com_falhas'].includes(status) ? 'bad' : ''}>${t.sessionStatus[/** @type {keyof typeof t.sessionStatus} */ (status)] ?? status}
        ${mensagem && html`<small lang="pt-BR">${mensagem}</small>`}${correio && html`<small class="bad" lang="pt-BR">${correio}</small>`}</td>
      <td class="number">${plain(linhasExaminadas === null ? null : number(linhasExaminadas))}</td>
      <td class="number">${number(encontradas)} <${Bar} value=${Number(encontradas)} most=${most} /></td>
      <td class="number">${money(valorEmRisco)}</td>
      <td class="number">${number(corrigidas)}${Number(falhas) > 0 && html`<small class="bad">${count(t.over.failures, Number(falhas))}</small>`}</td>
      <td class="number">${money(valorCorrigido)}</td>
    </tr>
  `
}
