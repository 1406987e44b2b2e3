// A reviewer without a mouse: clears the queue, and then what is probably no error, by keys alone, and counts them.
import type { Page } from 'playwright-core'
import { itens, naMao } from './desk.ts'

export interface Effort {
  readonly decisions: number
  readonly keys: number
}

/** Takes what the page offers first for each group: it knows what only flags, and what was never right. */
export async function clearByKeyboard(page: Page, most = 200): Promise<Effort> {
  let keys = 0
  let decisions = 0
  const press = (key: string) => {
    keys += 1
    return page.keyboard.press(key)
  }
  // what is probably no error has a screen of its own
  for (const nothing of ['Nada espera por decisão.', 'Nada improvável espera.']) {
    for (; decisions < most; decisions += 1) {
      const finished = naMao(page, nothing)
      await itens(page).first().or(finished).first().waitFor()
      if (await finished.isVisible()) break
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
      // The next one is in hand before the server has answered.
      await page.waitForFunction(
        `document.querySelector('.list [aria-current]')?.textContent !== ${JSON.stringify(group)}`,
      )
    }
    if (nothing.includes('decisão')) await press('6')
  }
  return { decisions, keys }
}
