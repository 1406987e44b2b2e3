// The business's marketing patterns: what each found, a new one with what it would match, and those suggested by decisions.
import { Change, makeChange, Unreadable } from './change.mjs'
import { Changes } from './changes.mjs'
import { count, number, say, share } from './format.mjs'
import { Preview } from './pattern.mjs'
import { html, useState } from './preact.mjs'
import { proposed, savePattern, switchOff } from './ruling.mjs'
import { t } from './words.mjs'

/** @typedef {import('./pattern.mjs').Pattern} Pattern */

/** @type {Pattern} */
const EMPTY = { campo: 'descricao', tipo: 'contem', acao: 'incluir', padrao: '' }

/** Ticked, it says that a person has seen what the pattern matches, so that even a wide one is saved. */
export const seenBox = (text = t.ruling.seen) =>
  html`<label class="check"><input type="checkbox" name="conferido" />${text}</label>`

/**
 * @param {{ found: any, office: import('./office.mjs').Office, again: () => unknown }} props
 */
export function Patterns({ found, office, again }) {
  const [draft, setDraft] = useState(/** @type {Pattern} */ (EMPTY))
  const [opened, setOpened] = useState(0)
  const today = String(found.hoje)
  const patterns = /** @type {any[]} */ (found.padroes.nodes)
  const hits = new Map(found.acertosPadroes.nodes.map((/** @type {any} */ one) => [one.padraoId, one]))
  const off = patterns.filter(({ ativo }) => !ativo)
  const on = patterns.filter(({ ativo }) => ativo)
  const take = (/** @type {Pattern} */ { campo, tipo, acao, padrao }) => {
    setDraft({ campo, tipo, acao, padrao })
    setOpened(opened + 1)
  }
  const save = async (
    /** @type {{ pattern: Pattern, seen: boolean }} */ { pattern, seen },
    /** @type {string} */ reason,
  ) => {
    const went = await makeChange(office, `“${pattern.padrao.trim()}”`, (slow) =>
      savePattern(pattern, seen, reason, slow),
    )
    if (went) {
      setDraft(EMPTY)
      again()
    }
    return went
  }
  return html`
    <${Change} key=${opened} title=${t.ruling.newPattern} focused=${opened > 0} close=${() => take(EMPTY)} save=${save}
      read=${(/** @type {any} */ elements) => {
        if (draft.padrao.trim() === '') throw new Unreadable(t.ruling.preview.type)
        return { pattern: draft, seen: elements.conferido?.checked === true }
      }}
      fields=${html`
        <h3>${t.ruling.newPattern}</h3>
        <div class="row">
          <label class="wide-field">${t.ruling.text}<input name="padrao" autocomplete="off" spellcheck=${false} maxlength="500" value=${draft.padrao}
            aria-description=${t.ruling.folded} onInput=${(/** @type {any} */ event) => setDraft({ ...draft, padrao: event.currentTarget.value })} /></label>
          <${Choice} name="campo" label=${t.ruling.where} options=${t.ruling.field} draft=${draft} change=${setDraft} />
          <${Choice} name="tipo" label=${t.ruling.how} options=${t.ruling.kind} draft=${draft} change=${setDraft} />
          <${Choice} name="acao" label=${t.ruling.means} options=${t.ruling.action} draft=${draft} change=${setDraft} />
        </div>
        <${Preview} pattern=${draft} today=${today} />
        ${draft.acao === 'incluir' && seenBox()}
      `} />
    <${Proposals} office=${office} use=${(/** @type {any} */ one) => take({ ...one, acao: 'incluir' })} />
    <section>
      <h3>${t.ruling.patterns} <small class="soft">${count(t.ruling.active, on.length)}</small></h3>
      ${on.length === 0 ? html`<p class="soft">${t.ruling.noPatterns}</p>` : html`<${Table} name=${count(t.ruling.active, on.length)} patterns=${on} hits=${hits} office=${office} look=${take} again=${again} />`}
      ${
        off.length > 0 &&
        html`<details><summary>${say(t.ruling.inactive, { n: off.length })}</summary>
          <${Table} name=${say(t.ruling.inactive, { n: off.length })} patterns=${off} hits=${hits} office=${office} look=${take} again=${again} /></details>`
      }
    </section>
    <${Changes} operations=${found.operacoes.nodes.filter((/** @type {any} */ { tipo }) => tipo === 'padrao')} all=${found.operacoes.nodes.length} />
  `
}

/**
 * @param {{ name: 'campo' | 'tipo' | 'acao', label: string, options: Record<string, string>, draft: Pattern, change: (draft: Pattern) => void }} props
 */
const Choice = ({ name, label, options, draft, change }) => html`
  <label>${label}
    <select name=${name} value=${draft[name]} onChange=${(/** @type {any} */ event) => change({ ...draft, [name]: event.currentTarget.value })}>
      ${Object.entries(options).map(([value, text]) => html`<option value=${value} selected=${value === draft[name]}>${text}</option>`)}
    </select>
  </label>
`

/**
 * @param {{ name: string, patterns: readonly any[], hits: ReadonlyMap<string, any>, office: import('./office.mjs').Office,
 *   look: (pattern: Pattern) => void, again: () => unknown }} props
 */
function Table({ name, patterns, hits, office, look, again }) {
  const [asking, setAsking] = useState(/** @type {string | undefined} */ (undefined))
  const turn = async (
    /** @type {any} */ pattern,
    /** @type {string} */ reason,
    /** @type {boolean} */ seen,
  ) => {
    const went = await makeChange(office, `“${pattern.padrao}”`, (slow) =>
      pattern.ativo ? switchOff(pattern.id, seen, reason, slow) : savePattern(pattern, seen, reason, slow),
    )
    if (went) again()
    return went
  }
  return html`
    <div class="wide" tabindex="0" role="region" aria-label=${name}>
      <table class="grid patterns">
        <thead><tr><th scope="col">${t.ruling.column.pattern}</th><th scope="col">${t.ruling.column.field}</th><th scope="col" class="number">${t.ruling.column.found}</th>
          <th scope="col" class="number">${t.ruling.column.right}</th><th scope="col" class="number">${t.ruling.column.wrong}</th><th scope="col">${t.ruling.column.reason}</th><th scope="col">${t.ruling.column.act}</th></tr></thead>
        <tbody>${patterns.map((pattern) => {
          const { id, padrao, campo, tipo, acao, ativo, motivo, criadoPor } = pattern
          const hit = hits.get(id)
          const act = ativo ? t.ruling.switchOff : t.ruling.switchOn
          return html`
            <tr key=${id}>
              <th scope="row">${padrao}<small>${t.ruling.kind[/** @type {keyof typeof t.ruling.kind} */ (tipo)]}${acao === 'excluir' && html` · <span class="warn">${t.ruling.action.excluir}</span>`}</small></th>
              <td>${t.ruling.field[/** @type {keyof typeof t.ruling.field} */ (campo)]}</td>
              <td class="number">${number(hit?.achados ?? 0)}</td><td class="number">${number(hit?.confirmados ?? 0)}</td><td class="number">${number(hit?.recusados ?? 0)}</td>
              <td lang="pt-BR">${motivo}<small>${criadoPor}</small></td>
              <td>
                <button type="button" aria-label=${`${t.ruling.look}: ${padrao}`} onClick=${() => look(pattern)}>${t.ruling.look}</button>
                <button type="button" aria-label=${`${act}: ${padrao}`} onClick=${() => setAsking(id)}>${act}</button>
                ${
                  asking === id &&
                  html`<${Change} title=${`${act}: ${padrao}`} fields=${ativo === (acao === 'excluir') ? seenBox(ativo ? t.ruling.seenKept : t.ruling.seen) : null}
                  read=${(/** @type {any} */ elements) => ({ seen: elements.conferido?.checked === true })}
                  save=${(/** @type {{ seen: boolean }} */ { seen }, /** @type {string} */ reason) => turn(pattern, reason, seen)} close=${() => setAsking(undefined)} />`
                }
              </td>
            </tr>
          `
        })}</tbody>
      </table>
    </div>
  `
}

/** @param {{ office: import('./office.mjs').Office, use: (pattern: any) => void }} props */
function Proposals({ office, use }) {
  const [found, setFound] = useState(/** @type {readonly any[] | undefined} */ (undefined))
  const [busy, setBusy] = useState(false)
  const seek = () => {
    setBusy(true)
    proposed()
      .then(setFound, (error) => office.refused(error, t.ruling.proposals))
      .finally(() => setBusy(false))
  }
  return html`
    <section>
      <h3>${t.ruling.proposals}</h3>
      ${found === undefined && html`<button type="button" disabled=${busy} onClick=${seek}>${t.ruling.propose}</button>`}
      ${found?.length === 0 && html`<p class="soft">${t.ruling.noProposals}</p>`}
      ${
        found !== undefined &&
        found.length > 0 &&
        html`
          <div class="wide" tabindex="0" role="region" aria-label=${t.ruling.proposals}>
            <table class="grid">
              <thead><tr><th scope="col">${t.ruling.column.pattern}</th><th scope="col">${t.ruling.column.field}</th><th scope="col" class="number">${t.ruling.column.support}</th><th scope="col" class="number">${t.ruling.column.precision}</th><th scope="col">${t.ruling.column.act}</th></tr></thead>
              <tbody>${found.map(
                (
                  one,
                ) => html`<tr><th scope="row">${one.padrao}</th><td>${t.ruling.field[/** @type {keyof typeof t.ruling.field} */ (one.campo)]}</td><td class="number">${number(one.suporte)}</td>
                  <td class="number">${share(one.precisao)}</td><td><button type="button" aria-label=${`${t.ruling.use}: ${one.padrao}`} onClick=${() => use(one)}>${t.ruling.use}</button></td></tr>`,
              )}</tbody>
            </table>
          </div>
        `
      }
    </section>
  `
}
