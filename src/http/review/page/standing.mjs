// What each rule did, what people found, and whether it may correct by itself.
import { giveBack } from './acts.mjs'
import { Interval } from './charts.mjs'
import { count, date, dayOf, money, number, say, share } from './format.mjs'
import { Note } from './panel.mjs'
import { html, useState } from './preact.mjs'
import { t } from './words.mjs'

/** What each rule did in the span. @param {{ rules: readonly any[], did: ReadonlyMap<string, any>, days: number }} props */
export function Did({ rules, did, days }) {
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

/**
 * Whether a rule may correct by itself, and why not.
 * @param {any} rule
 */
function standing({ ativa, automatica, automaticaPerdida, prova, respostas, ...granted }) {
  if (!ativa) return { may: t.over.off, why: '' }
  if (automaticaPerdida) return { may: t.over.no, why: automaticaPerdida }
  if (!automatica) return { may: t.over.no, why: t.over.neverGiven }
  const { concessaoCorrecoes, concessaoValor, concedidaPor } = granted
  return prova === 'provada'
    ? { may: t.over.yes, why: count(t.over.proven, Number(respostas)) }
    : {
        may: t.over.granted,
        why: say(t.over.unproven, {
          n: number(concessaoCorrecoes),
          value: money(concessaoValor),
          who: concedidaPor,
        }),
      }
}

/**
 * @param {{ rule: any, measured: any, office: import('./office.mjs').Office, administers: boolean, again: () => unknown, today: string }} props
 */
export function Rule({ rule, measured, office, administers, again, today }) {
  const { nome, descricao, ativa, automatica, limiar, aprovadas, rejeitadas, precisao } = rule
  const { may, why } = standing(rule)
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
