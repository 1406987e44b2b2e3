// The findings of a group, a row each: whom and what it is about, and what would change.
import { Details } from './details.mjs'
import { date, held, label, money, plain, proposes, say, share, statusName } from './format.mjs'
import { html, useLayoutEffect, useRef } from './preact.mjs'
import { t } from './words.mjs'

/** Columns with a place of their own; any other that a rule registers is shown with its name. */
const PLACES = ['fornecedor', 'descricao', 'documento', 'data_lancamento', 'filial', 'centro_custo', 'valor']

/**
 * The columns shown of an entry beside the change.
 * @param {readonly any[]} findings
 */
function columnsOf(findings) {
  const known = new Set(findings.flatMap(({ resumo }) => Object.keys(resumo ?? {})))
  const changed = new Set(
    findings.flatMap(({ valoresDigitados, valoresPropostos }) =>
      Object.keys(valoresDigitados ?? valoresPropostos),
    ),
  )
  return {
    document: known.has('documento'),
    day: known.has('data_lancamento'),
    branch: known.has('filial') || known.has('centro_custo'),
    amount: known.has('valor') && !changed.has('valor'),
    flagged: changed.size === 0,
  }
}

/**
 * @param {{ findings: readonly any[], today: string, at: number, left: ReadonlySet<string>, hits: ReadonlySet<string>, open: string | undefined,
 *   choose: (at: number) => void, toggle: ((id: string) => void) | undefined, details: (finding: any) => object | undefined,
 *   look: ((id: string) => void) | undefined, moved: number }} props
 *   moved: grows when a key moved to another one, which then takes the keyboard
 */
export function Items({ findings, today, at, left, hits, open, choose, toggle, details, look, moved }) {
  const body = useRef(/** @type {HTMLTableSectionElement | null} */ (null))
  useLayoutEffect(() => {
    if (moved > 0) /** @type {HTMLElement | null} */ (body.current?.querySelector('[aria-current]'))?.focus()
  }, [at, moved])
  const columns = columnsOf(findings)
  const width =
    3 +
    [columns.document, columns.day, columns.branch, columns.amount, !columns.flagged].filter(Boolean).length
  return html`
    <table class="items">
      <${Head} columns=${columns} />
      <tbody ref=${body}>
        ${findings.map((finding, index) => {
          const { id } = finding
          const names = [
            index === at && 'at',
            left.has(id) && 'left',
            hits.has(id) && 'hit',
            open === id && 'open',
          ]
          return html`
            <tr key=${id} class=${names.filter(Boolean).join(' ')} tabindex="-1" aria-current=${index === at ? 'true' : undefined}
              onClick=${() => choose(index)}>
              <td class="mark">
                ${
                  toggle &&
                  html`<label class="tick"><input type="checkbox" checked=${!left.has(id)} onChange=${() => toggle(id)} />
                    <span class="unseen">${say(t.column.include, { id })}</span></label>`
                }
              </td>
              <td class="entry"><${Entry} finding=${finding} open=${open === id} look=${look} /></td>
              ${columns.document && html`<td data-label=${t.column.document}>${plain(finding.resumo?.documento)}</td>`}
              ${columns.day && html`<td data-label=${t.column.day}>${finding.resumo?.data_lancamento ? date(finding.resumo.data_lancamento, today) : '—'}</td>`}
              ${
                columns.branch &&
                html`<td data-label=${t.column.branch}>${plain(finding.resumo?.filial)}<small class="soft">${finding.resumo?.centro_custo}</small></td>`
              }
              ${columns.amount && html`<td class="number amount" data-label=${t.column.amount}>${held(finding.resumo?.valor)}</td>`}
              <${Change} finding=${finding} flagged=${columns.flagged} today=${today} />
            </tr>
            ${open === id && html`<tr class="details" key=${`${id} details`}><td colspan=${width}><${Details} finding=${finding} actions=${details(finding)} today=${today} /></td></tr>`}
          `
        })}
      </tbody>
    </table>
  `
}

/** @param {{ columns: ReturnType<typeof columnsOf> }} props */
const Head = ({ columns }) => html`
  <thead>
    <tr>
      <th scope="col" class="mark"><span class="unseen">${t.column.take}</span></th>
      <th scope="col">${t.column.entry}</th>
      ${columns.document && html`<th scope="col">${t.column.document}</th>`}
      ${columns.day && html`<th scope="col">${t.column.day}</th>`}
      ${columns.branch && html`<th scope="col">${t.column.branch}</th>`}
      ${columns.amount && html`<th scope="col" class="number">${t.column.amount}</th>`}
      ${
        columns.flagged
          ? html`<th scope="col">${t.column.seen}</th>`
          : html`<th scope="col" class="number">${t.column.before}</th><th scope="col" class="number">${t.column.after}</th>`
      }
    </tr>
  </thead>
`

/** The amount to book in the open month, because nothing is written into a closed one. @param {any} finding */
const closed = ({ ajustePeriodo }) =>
  !Number(ajustePeriodo) ? t.closed.entry : say(t.closed.amount, { value: money(Number(ajustePeriodo)) })

/** @param {{ finding: any, open: boolean, look: ((id: string) => void) | undefined }} props */
function Entry({ finding, open, look }) {
  const { id, registroId, resumo, justificativa, status, motivo, propostaPor, valorEmRisco, confianca } =
    finding
  const others = Object.entries(resumo ?? {}).filter(([column]) => !PLACES.includes(column))
  return html`
    ${
      look &&
      html`<button type="button" class="look" aria-expanded=${open} aria-label=${say(t.details, { id })} onClick=${(
        /** @type {Event} */ event,
      ) => {
        event.stopPropagation()
        look(id)
      }}></button>`
    }
    <span class="who" lang="pt-BR">${resumo?.fornecedor ? plain(resumo.fornecedor) : say(t.row, { id: registroId })}</span>
    <span class="soft line" lang="pt-BR">${resumo ? (resumo.descricao ?? '') : justificativa}</span>
    ${others.map(([column, value]) => html`<span class="soft line">${label(column)}: ${held(value)}</span>`)}
    ${!resumo && html`<span class="soft line">${money(valorEmRisco)}, ${share(confianca)}</span>`}
    ${propostaPor && status === 'aguardando_segunda_aprovacao' && html`<span class="line proposed">${say(t.proposedBy, { who: propostaPor })}: ${motivo}</span>`}
    ${finding.periodoFechado && html`<span class="line closed">${closed(finding)}</span>`}
    ${status === 'falha' && html`<span class="line failure">${motivo}</span>`}
    ${['revertida', 'rejeitada', 'resolvida', 'obsoleta'].includes(status) && html`<span class="line soft">${statusName(status)}</span>`}
  `
}

/** An amount stays in one piece. @param {unknown} value */
const kindOf = (value) => (typeof value === 'number' ? 'amount' : undefined)

/** @param {{ finding: any, flagged: boolean, today: string }} props */
function Change({ finding, flagged, today }) {
  const { valoresOriginais: before, valoresPropostos, valoresDigitados, evidencia, justificativa } = finding
  if (flagged) {
    const twin = evidencia?.gemeo
    return html`<td data-label=${t.column.seen} lang="pt-BR">${
      twin
        ? say(t.twinShort, { id: twin.id, day: date(twin.data_lancamento, today) })
        : html`<span class="clamp">${justificativa}</span>`
    }</td>`
  }
  if (!proposes(finding)) return html`<td></td><td class="number"><em>${t.flagOnly}</em></td>`
  const after = valoresDigitados ?? valoresPropostos
  const columns = Object.keys(after)
  // A single changed column needs no name.
  const name = (/** @type {string} */ column) =>
    columns.length > 1 && html`<span class="soft">${label(column)} </span>`
  return html`
    <td class="number" data-label=${t.column.before}>${columns.map(
      (column) =>
        html`<span class="line">${name(column)}${column in before ? html`<del class=${kindOf(before[column])}>${held(before[column])}</del>` : html`<em>${t.notKept}</em>`}</span>`,
    )}</td>
    <td class="number" data-label=${t.column.after}>${columns.map((column) => html`<span class="line">${name(column)}<ins class=${kindOf(after[column])}>${held(after[column])}</ins></span>`)}</td>
  `
}
