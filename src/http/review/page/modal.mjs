// What every dialog of the page does with the keyboard.
import { useLayoutEffect, useRef } from './preact.mjs'

/** A dialog that is open from the start. */
export function useModal() {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null))
  // before the next key can fall beside it
  useLayoutEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement)
    dialog.current?.showModal()
    // Back to where the keyboard was; if that is gone, to the group.
    return () =>
      (before?.isConnected
        ? before
        : /** @type {HTMLElement | null} */ (document.querySelector('#hand'))
      )?.focus()
  }, [])
  return dialog
}
