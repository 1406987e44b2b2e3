// Visão geral: sessions, rules and what they may do by themselves, what waits by its age, and mail.
import { giveBack } from './acts.mjs'
import { count, date, dayOf, daysBetween, moment, money, number, plain, say, share } from './format.mjs'
import { Note } from './panel.mjs'
import { html, useEffect, useState } from './preact.mjs'
import { overview } from './queries.mjs'
import { t } from './words.mjs'

/** Days up to which a band of age goes. */
const AGES = [0, 2, 7, 30, Infinity]

/** @param {{ office: import('./office.mjs').Office, administers: boolean }} props */
export function Overview({ office, administers }) {
  const [found, setFound] = useState(/** @type {any} */ (undefined))
  const [failed, setFailed] = useState(false)
  const load = () => {
    setFailed(false)
    return overview().then(setFound, (error) => {
      setFailed(true)
      office.refused(error)
    })
  }
  useEffect(() => {
    load()
  }, [])
  if (found === undefined || !office.desk) {
    return html`<main class="plain"><p role="status">${failed ? '' : t.loading}</p>${failed && html`<button type="button" onClick=${load}>${t.tryAgain}</button>`}</main>`
  }
  const { today } = office.desk
  const measured = new Map(found.regrasMedidas.nodes.map((/** @type {any} */ one) => [one.regra, one]))
  return html`
    <main class="plain overview" tabindex="-1">
      <${Ages} days=${found.resumosMetricas.nodes} today=${today} />
      <section>
        <h2>${t.over.rules}</h2>
        <div class="wide" tabindex="0" role="region" aria-label=${t.over.rules}>
          <table class="grid">
            <thead><tr><th scope="col">${t.over.rule}</th><th scope="col">${t.over.alone}</th><th scope="col" class="number">${t.over.record}</th><th scope="col" class="number">${t.over.least}</th>
              <th scope="col" class="number">${t.over.threshold}</th><th scope="col" class="number">${t.over.waiting}</th><th scope="col" class="number">${t.over.stake}</th></tr></thead>
            <tbody>${found.regras.nodes.map((/** @type {any} */ rule) => html`<${Rule} key=${rule.nome} rule=${rule} measured=${measured.get(rule.nome)} office=${office} administers=${administers} again=${load} />`)}</tbody>
          </table>
        </div>
      </section>
      <section>
        <h2>${t.over.sessions}</h2>
        <div class="wide" tabindex="0" role="region" aria-label=${t.over.sessions}>
          <table class="grid">
            <thead><tr><th scope="col">${t.over.session}</th><th scope="col">${t.over.when}</th><th scope="col">${t.over.status}</th><th scope="col" class="number">${t.over.rows}</th><th scope="col" class="number">${t.over.found}</th>
              <th scope="col" class="number">${t.over.stake}</th><th scope="col" class="number">${t.over.corrected}</th><th scope="col" class="number">${t.over.amount}</th></tr></thead>
            <tbody>${found.sessoes.nodes.map((/** @type {any} */ one) => html`<${Session} key=${one.id} session=${one} most=${Math.max(1, ...found.sessoes.nodes.map((/** @type {any} */ s) => Number(s.encontradas)))} />`)}</tbody>
          </table>
        </div>
      </section>
      <section>
        <h2>${t.over.mail}</h2>
        ${
          found.notificacoes.nodes.length === 0
            ? html`<p>${t.over.noMail}</p>`
            : html`
                <div class="wide" tabindex="0" role="region" aria-label=${t.over.mail}>
                  <table class="grid">
                    <thead><tr><th scope="col">${t.over.subject}</th><th scope="col">${t.over.when}</th><th scope="col">${t.over.status}</th><th scope="col" class="number">${t.over.recipients}</th></tr></thead>
                    <tbody>${found.notificacoes.nodes.map(
                      (
                        /** @type {any} */ one,
                      ) => html`<tr key=${one.id}><td lang="pt-BR">${one.assunto ?? one.tipo}</td><td>${moment(one.enviadaEm ?? one.criadaEm)}</td>
                        <td class=${one.status === 'enviada' ? 'good' : one.status === 'falhou' ? 'bad' : ''}>${t.mailStatus[/** @type {keyof typeof t.mailStatus} */ (one.status)] ?? one.status}${one.ultimoErro && html`<small>${one.ultimoErro}</small>`}</td>
                        <td class="number">${one.destinatarios.length}</td></tr>`,
                    )}</tbody>
                  </table>
                </div>
              `
        }
      </section>
    </main>
  `
}

/** @param {{ days: readonly any[], today: string }} props */
function Ages({ days, today }) {
  const bands = AGES.map((to, index) => {
    const from = index === 0 ? 0 : /** @type {number} */ (AGES[index - 1]) + 1
    const some = days.filter(({ dia }) => {
      const age = daysBetween(dia, today)
      return age >= from && age <= to
    })
    return {
      name:
        to === 0
          ? t.over.today
          : to === Infinity
            ? say(t.over.older, { from })
            : say(t.over.days, { from, to }),
      n: some.reduce((sum, { quantidade }) => sum + Number(quantidade), 0),
      value: some.reduce((sum, { valorEmRisco }) => sum + Number(valorEmRisco), 0),
    }
  })
  const most = Math.max(1, ...bands.map(({ n }) => n))
  return html`
    <section>
      <h2>${t.over.ages}</h2>
      <table class="grid ages">
        <thead><tr><th scope="col">${t.over.age}</th><th scope="col" class="number">${t.over.waiting}</th><th scope="col"><span class="unseen">${t.over.share}</span></th><th scope="col" class="number">${t.over.stake}</th></tr></thead>
        <tbody>${bands.map(({ name, n, value }) => html`<tr><th scope="row">${name}</th><td class="number">${number(n)}</td><td><${Bar} value=${n} most=${most} /></td><td class="number">${money(value)}</td></tr>`)}</tbody>
      </table>
    </section>
  `
}

/** A bar beside its figure, which says the same. @param {{ value: number, most: number }} props */
const Bar = ({ value, most }) =>
  html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=${(100 * value) / most} height="8" rx="1" /></svg>`

/** @param {{ rule: any, measured: any, office: import('./office.mjs').Office, administers: boolean, again: () => unknown }} props */
function Rule({ rule, measured, office, administers, again }) {
  const { nome, descricao, ativa, automatica, automaticaPerdida, limiar, aprovadas, rejeitadas, precisao } =
    rule
  const [asking, setAsking] = useState(false)
  const decided = Number(aprovadas) + Number(rejeitadas)
  const back = async (/** @type {string} */ reason) => {
    setAsking(false)
    if (reason === '') return
    await office.send(
      { key: `rule ${nome}`, title: nome, section: '', count: 1, word: 'rule' },
      async (slow) => {
        await giveBack(nome, reason, slow)
        return [{ id: nome, status: 'autonomia' }]
      },
    )
    again()
  }
  return html`
    <tr>
      <th scope="row">${nome}<small lang="pt-BR">${descricao}</small></th>
      <td>
        ${!ativa ? t.over.off : automatica ? t.over.yes : html`<span class="warn">${t.over.no}</span>`}
        ${automaticaPerdida && html`<small lang="pt-BR">${automaticaPerdida}</small>`}
        ${administers && automaticaPerdida && !asking && html`<button type="button" onClick=${() => setAsking(true)}>${t.over.giveBack}</button>`}
        ${asking && html`<${Note} note="" keep=${back} close=${() => setAsking(false)} />`}
      </td>
      <td class="number">${decided === 0 ? t.over.nobody : html`${share(precisao)}<small>${say(t.tally.of, { right: number(aprovadas), alike: number(decided), share: share(precisao) })}</small>`}</td>
      <td class="number">${measured?.precisaoMinima === null || measured === undefined ? '—' : share(measured.precisaoMinima)}</td>
      <td class="number">${share(limiar)}</td>
      <td class="number">${number(measured?.abertas ?? 0)}${measured?.abertaDesde && html`<small>${say(t.over.since, { day: date(dayOf(measured.abertaDesde)) })}</small>`}</td>
      <td class="number">${money(measured?.valorAberto ?? 0)}</td>
    </tr>
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
