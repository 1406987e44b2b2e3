// Single keys. They are off while somebody types, while a dialog is open, and for people who turn them off.
import { useLayoutEffect, useRef } from './preact.mjs'

const STORED = 'conferente.teclas'

export const keysOn = () => localStorage[STORED] !== 'nao'
/** @param {boolean} on */
export const turnKeys = (on) => {
  localStorage[STORED] = on ? 'sim' : 'nao'
}

/** @param {EventTarget | null} target */
const typing = (target) =>
  target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select')
/** @param {EventTarget | null} target */
const pressed = (target) => target instanceof HTMLElement && target.matches('button, a, summary, input')

/**
 * @typedef {Record<string, ((event: KeyboardEvent) => void) | undefined | false>} Keys key, as KeyboardEvent.key names it, to what it does
 */

/** The listeners, the innermost last, which is asked first. @type {{ current: Keys }[]} */
const listeners = []

addEventListener('keydown', (event) => {
  const { key, ctrlKey, metaKey, altKey, target } = event
  if (event.defaultPrevented || ctrlKey || metaKey || altKey || document.querySelector('dialog[open]')) return
  if (key !== 'Escape' && (typing(target) || !keysOn())) return
  if ((key === ' ' || key === 'Enter') && pressed(target)) return
  const name = key.length === 1 ? key.toLowerCase() : key
  const act = listeners.findLast(({ current }) => current[name])?.current[name]
  if (!act) return
  event.preventDefault()
  act(event)
})

/**
 * Sets what keys do while this is shown.
 * @param {Keys} keys
 */
export function useKeys(keys) {
  const now = useRef(keys)
  now.current = keys
  // before the next key press
  useLayoutEffect(() => {
    listeners.push(now)
    return () => {
      listeners.splice(listeners.indexOf(now), 1)
    }
  }, [])
}
