// A reviewer without a mouse: clears the queue, or what is probably no error, by keyboard alone, and counts the keys.
import type { Page } from 'playwright-core'
import { inHand, itemRows } from './desk.ts'

export interface Effort {
  readonly decisions: number
  readonly keys: number
}

const NOTHING_WAITS = 'Nada espera por decisão.'
const NOTHING_IMPROBABLE = 'Nenhuma improvável espera.'

/** Clears the queue. */
export const clearQueue = (page: Page) => clear(page, NOTHING_WAITS)

/** Goes to the screen of what is probably no error, and clears that. */
export async function clearImprobable(page: Page): Promise<Effort> {
  await page.keyboard.press('6')
  const { decisions, keys } = await clear(page, NOTHING_IMPROBABLE)
  return { decisions, keys: keys + 1 }
}

/** Takes the first act that the page offers for each group: the page knows what only flags, and what was never right. */
async function clear(page: Page, nothing: string, most = 300): Promise<Effort> {
  let keys = 0
  const press = (key: string) => {
    keys += 1
    return page.keyboard.press(key)
  }
  for (let decisions = 0; decisions < most; decisions += 1) {
    const finished = inHand(page, nothing)
    // The page is ahead of the server: at the end, wait for everything that was decided.
    await itemRows(page).first().or(finished).first().waitFor({ timeout: 300_000 })
    if (await finished.isVisible()) return { decisions, keys }
    const [first] = await page.locator('.acts button.first').allTextContents()
    const group = await page.locator('.list [aria-current]').textContent()
    if (first?.startsWith('Rejeitar')) {
      await press('r')
      await page.locator('.panel').waitFor()
      await press('3')
    } else if (first?.includes('proced')) await press('p')
    else {
      await press('a')
      if (await page.locator('.panel').isVisible()) await press('a')
    }
    // The next group is shown before the server has answered.
    await page.waitForFunction(
      `document.querySelector('.list [aria-current]')?.textContent !== ${JSON.stringify(group)}`,
    )
  }
  throw new Error(`more than ${most} decisions`)
}
