// The groups that wait, and those that were decided since the page was opened.
import { count, money } from './format.mjs'
import { html, useEffect, useRef } from './preact.mjs'
import { t } from './words.mjs'

/**
 * @param {{ groups: readonly import('./groups.mjs').Group[], done: readonly import('./office.mjs').Done[], current: string | undefined,
 *   pending: ReadonlySet<string>, choose: (key: string) => void }} props
 */
export function List({ groups, done, current, pending, choose }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null))
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const sections = [...Map.groupBy(groups, ({ section }) => section)]
  return html`
    <nav class="list" aria-label=${t.groups} ref=${list}>
      ${sections.map(
        ([section, some]) => html`
          <h2 lang="pt-BR">${section}</h2>
          <ol>${some.map((group) => html`<li key=${group.key}><${Line} group=${group} on=${group.key === current} pending=${pending.has(group.key)} choose=${choose} /></li>`)}</ol>
        `,
      )}
      ${
        done.length > 0 &&
        html`
          <h2>${t.decidedNow}</h2>
          <ol class="done">${done.toReversed().map((one) => html`<li><span lang="pt-BR">${one.title}</span><small>${one.text}</small></li>`)}</ol>
        `
      }
    </nav>
  `
}

/** @param {{ group: import('./groups.mjs').Group, on: boolean, pending: boolean, choose: (key: string) => void }} props */
function Line({ group, on, pending, choose }) {
  const { key, title, supplier, count: n, value, two, status } = group
  return html`
    <button type="button" class="line" aria-current=${on ? 'true' : undefined} onClick=${() => choose(key)}>
      <span class="name" lang="pt-BR">${title}</span>
      <span class="sum">${money(value)}</span>
      <small>
        ${supplier && html`<span lang="pt-BR">${supplier} · </span>`}${count(t.entries, n)}
        ${two > 0 && status !== 'aguardando_segunda_aprovacao' && html` · <span class="warn">${two >= n ? t.needsTwo : count(t.needTwo, two)}</span>`}
        ${pending && html` · ${t.deciding}`}
      </small>
    </button>
  `
}
