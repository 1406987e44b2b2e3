// All keys, and a way to do without them.
import { keysOn, turnKeys } from './keys.mjs'
import { html, useLayoutEffect, useRef, useState } from './preact.mjs'
import { LANGUAGE, t } from './words.mjs'

/** @param {{ close: () => void }} props */
export function Help({ close }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null))
  const [on, setOn] = useState(keysOn())
  useLayoutEffect(() => dialog.current?.showModal(), [])
  return html`
    <dialog ref=${dialog} aria-labelledby="help" onClose=${close}>
      <h2 id="help">${t.help.title}</h2>
      <dl class="keys">${t.help.keys.map(([keys, what]) => html`<div><dt>${keys?.split(' ').map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${what}</dd></div>`)}</dl>
      <label class="check"><input type="checkbox" checked=${on} onChange=${() => {
        turnKeys(!on)
        setOn(!on)
      }} /> ${t.help.on}</label>
      ${LANGUAGE !== 'pt-BR' && html`<p>${t.help.language}</p>`}
      <div class="actions"><button type="button" class="first" onClick=${() => dialog.current?.close()}>${t.close}</button></div>
    </dialog>
  `
}
