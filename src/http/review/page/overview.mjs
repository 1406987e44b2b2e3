// Visão geral: what waits and its trend, what each rule did and whether it may correct by itself, sessions, and mail.

import { giveBack } from './acts.mjs'
import { Interval, Pairs } from './charts.mjs'
import {
  clock,
  count,
  date,
  dayOf,
  moment,
  money,
  number,
  plain,
  roughly,
  say,
  share,
  weekday,
} from './format.mjs'
import { Note } from './panel.mjs'
import { html, useEffect, useState } from './preact.mjs'
import { overview } from './queries.mjs'
import { Run } from './run.mjs'
import { t } from './words.mjs'

/** Spans of days to choose from. */
const SPANS = [30, 90]

/** @param {{ office: import('./office.mjs').Office, administers: boolean, operates: boolean }} props */
export function Overview({ office, administers, operates }) {
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
                html`<${Rule} key=${rule.nome} rule=${rule} measured=${measured.get(rule.nome)} least=${Number(found.minimas?.valor ?? 0)} office=${office} administers=${administers} again=${load} today=${today} />`,
            )}</tbody>
          </table>
        </div>
        <${Did} rules=${found.regras.nodes} did=${did} days=${view.dias} />
      </section>
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

/** What waits, and what the span came to. @param {{ view: any }} props */
function Now({ view: { espera, sessoes, dias, tendencia } }) {
  const sum = (/** @type {string} */ name) =>
    tendencia.reduce((/** @type {number} */ n, /** @type {any} */ day) => n + Number(day[name]), 0)
  const fact = (/** @type {unknown} */ figure, /** @type {string} */ name, tone = '') =>
    html`<div class=${tone}><dt>${name}</dt><dd>${figure}</dd></div>`
  const bad = Number(sessoes.com_falhas) + Number(sessoes.falharam)
  return html`
    <section>
      <h2>${t.over.now}</h2>
      <dl class="tally">
        ${fact(number(espera.quantidade), t.over.waitNow)}
        ${fact(money(espera.valor), t.over.stakeNow)}
        ${fact(number(sum('novas')), say(t.over.cameIn, { days: dias }))}
        ${fact(number(sum('decididas')), say(t.over.decidedIn, { days: dias }))}
        ${fact(number(sum('corrigidas')), say(t.over.correctedIn, { days: dias }))}
        ${fact(roughly(sum('valor_corrigido')), say(t.over.amountIn, { days: dias }))}
        ${fact(bad === 0 ? number(sessoes.total) : say(t.over.badOf, { bad, total: number(sessoes.total) }), say(t.over.sessionsIn, { days: dias }), bad > 0 ? 'warn' : '')}
      </dl>
    </section>
  `
}

/** @param {{ view: any, days: number, choose: (days: number) => void, today: string }} props */
function Trend({ view, days, choose, today }) {
  const all = /** @type {any[]} */ (view.tendencia)
  const title = (/** @type {string} */ what) => say(what, { days: view.dias })
  return html`
    <section>
      <h2>${t.over.trend}</h2>
      <div role="group" aria-label=${t.over.span} class="spans">
        ${SPANS.map((n) => html`<button type="button" aria-pressed=${n === days ? 'true' : 'false'} onClick=${() => choose(n)}>${say(t.over.lastDays, { n })}</button>`)}
      </div>
      <div class="charts">
        <figure>
          <figcaption>${t.over.findings}: <span class="key came"></span>${t.over.came} <span class="key went"></span>${t.over.went}</figcaption>
          <${Pairs} days=${all.map(({ dia, novas, corrigidas, decididas }) => ({ day: dia, came: Number(novas), went: Number(corrigidas) + Number(decididas) }))} money=${false} today=${today} title=${title(t.over.chartFindings)} />
        </figure>
        <figure>
          <figcaption>${t.over.amounts}: <span class="key came"></span>${t.over.cameValue} <span class="key went"></span>${t.over.wentValue}</figcaption>
          <${Pairs} days=${all.map((day) => ({ day: day.dia, came: Number(day.valor_novas), went: Number(day.valor_corrigido) }))} money=${true} today=${today} title=${title(t.over.chartAmounts)} />
        </figure>
      </div>
      <details>
        <summary>${t.over.table}</summary>
        <table class="grid trend">
          <thead><tr><th scope="col">${t.over.day}</th><th scope="col" class="number">${t.over.new}</th><th scope="col" class="number">${t.over.cameValue}</th><th scope="col" class="number">${t.over.decided}</th><th scope="col" class="number">${t.over.corrected}</th><th scope="col" class="number">${t.over.wentValue}</th></tr></thead>
          <tbody>${all.toReversed().map(
            (
              day,
            ) => html`<tr><th scope="row">${date(day.dia, today)}</th><td class="number">${number(day.novas)}</td><td class="number">${money(day.valor_novas)}</td><td class="number">${number(day.decididas)}</td>
                <td class="number">${number(day.corrigidas)}</td><td class="number">${money(day.valor_corrigido)}</td></tr>`,
          )}</tbody>
        </table>
      </details>
    </section>
  `
}

/** @param {{ bands: readonly any[] }} props */
function Ages({ bands }) {
  const most = Math.max(1, ...bands.map(({ quantidade }) => Number(quantidade)))
  const name = (/** @type {any} */ { de, ate }) =>
    ate === 0
      ? t.over.today
      : ate === null
        ? say(t.over.older, { from: de })
        : say(t.over.days, { from: de, to: ate })
  return html`
    <section>
      <h2>${t.over.ages}</h2>
      <table class="grid ages">
        <thead><tr><th scope="col">${t.over.age}</th><th scope="col" class="number">${t.over.waiting}</th><th scope="col"><span class="unseen">${t.over.share}</span></th><th scope="col" class="number">${t.over.stake}</th></tr></thead>
        <tbody>${bands.map((band) => html`<tr><th scope="row">${name(band)}</th><td class="number">${number(band.quantidade)}</td><td><${Bar} value=${Number(band.quantidade)} most=${most} /></td><td class="number">${money(band.valor)}</td></tr>`)}</tbody>
      </table>
    </section>
  `
}

/** What each rule did in the span. @param {{ rules: readonly any[], did: ReadonlyMap<string, any>, days: number }} props */
function Did({ rules, did, days }) {
  const title = say(t.over.didIn, { days })
  return html`
    <h3>${title}</h3>
    <div class="wide" tabindex="0" role="region" aria-label=${title}>
      <table class="grid">
        <thead><tr><th scope="col">${t.over.rule}</th><th scope="col" class="number">${t.over.ran}</th><th scope="col" class="number">${t.over.rows}</th><th scope="col" class="number">${t.over.found}</th><th scope="col" class="number">${t.over.new}</th>
          <th scope="col" class="number">${t.over.corrected}</th><th scope="col" class="number">${t.over.amount}</th><th scope="col" class="number">${t.over.undone}</th><th scope="col" class="number">${t.over.seconds}</th></tr></thead>
        <tbody>${rules.map(({ nome }) => {
          const one = did.get(nome)
          const bad = Number(one?.falhas ?? 0) + Number(one?.puladas ?? 0)
          return html`
            <tr key=${nome}><th scope="row">${nome}${one?.ultimo && html`<small lang="pt-BR">${one.ultimo}</small>`}</th>
              <td class="number">${number(one?.sessoes ?? 0)}${bad > 0 && html`<small class="bad">${say(t.over.notRun, { failed: one.falhas, skipped: one.puladas })}</small>`}</td>
              <td class="number">${number(one?.linhas_examinadas ?? 0)}</td><td class="number">${number(one?.encontradas ?? 0)}</td><td class="number">${number(one?.novas ?? 0)}</td>
              <td class="number">${number(one?.corrigidas ?? 0)}${Number(one?.recusadas) > 0 && html`<small class="bad">${count(t.over.failures, Number(one.recusadas))}</small>`}</td><td class="number">${money(one?.valor_corrigido ?? 0)}</td>
              <td class="number">${number(one?.desfeitas ?? 0)}</td><td class="number">${one?.segundos === null || one === undefined ? '—' : number(one.segundos)}</td></tr>
          `
        })}</tbody>
      </table>
    </div>
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

/** A bar beside its figure, which says the same. @param {{ value: number, most: number }} props */
const Bar = ({ value, most }) =>
  html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=${(100 * value) / most} height="8" rx="1" /></svg>`

/**
 * Whether a rule may correct by itself, and why not.
 * @param {any} rule
 * @param {number} least decisions from which its record says something
 */
function standing(
  { ativa, automatica, automaticaPerdida, limiar, certasNoLimiar, erradasNoLimiar, limiteInferior },
  least,
) {
  const decided = Number(certasNoLimiar) + Number(erradasNoLimiar)
  if (!ativa) return { may: t.over.off, why: '' }
  if (automaticaPerdida) return { may: t.over.no, why: automaticaPerdida }
  if (!automatica) return { may: t.over.no, why: t.over.neverGiven }
  if (decided < least) return { may: t.over.yes, why: say(t.over.unproven, { n: decided, least }) }
  return Number(limiteInferior) >= Number(limiar)
    ? { may: t.over.yes, why: say(t.over.proven, { share: share(limiteInferior) }) }
    : { may: t.over.yes, why: say(t.over.nearly, { share: share(limiteInferior), asked: share(limiar) }) }
}

/**
 * @param {{ rule: any, measured: any, least: number, office: import('./office.mjs').Office, administers: boolean, again: () => unknown, today: string }} props
 */
function Rule({ rule, measured, least, office, administers, again, today }) {
  const { nome, descricao, ativa, automatica, limiar, aprovadas, rejeitadas, precisao } = rule
  const { may, why } = standing(rule, least)
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
        <span class=${ativa && !automatica ? 'warn' : ''}>${may}</span>
        ${why && html`<small lang="pt-BR">${why}</small>`}
        ${administers && ativa && !automatica && !asking && html`<button type="button" onClick=${() => setAsking(true)}>${t.over.giveBack}</button>`}
        ${asking && html`<${Note} note="" keep=${back} close=${() => setAsking(false)} />`}
      </td>
      <td class="number">${decided === 0 ? t.over.nobody : html`${share(precisao)}<small>${say(t.tally.of, { right: number(aprovadas), alike: number(decided), share: share(precisao) })}</small>`}</td>
      <td>${
        decided === 0
          ? '—'
          : html`<${Interval} least=${Number(measured?.precisaoMinima)} share=${Number(precisao)} most=${Number(measured?.precisaoMaxima)} asked=${Number(limiar)} />
              <small>${say(t.range, { from: share(measured?.precisaoMinima), to: share(measured?.precisaoMaxima) })}</small>`
      }</td>
      <td class="number">${share(limiar)}</td>
      <td class="number">${number(measured?.abertas ?? 0)}${measured?.abertaDesde && html`<small>${say(t.over.since, { day: date(dayOf(measured.abertaDesde), today) })}</small>`}</td>
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
