// A real browser for the tests of the review page. Without one they are skipped, and say so.
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { t as file, type Test } from 'tap'
import { CHROMIUM, launch } from './chromium.ts'

/** Pass it to a test that needs a browser: the reason why it is skipped, or nothing. */
export const noBrowser: { skip?: string } = existsSync(CHROMIUM)
  ? {}
  : { skip: `no browser at ${CHROMIUM}: apt-get install chromium, or name one in CONFERENTE_TESTE_CHROMIUM` }

export interface Sight {
  readonly width?: number
  readonly dark?: boolean
}

/** One for all tests of a file. */
let shared: Promise<Browser> | undefined

/** Opens windows, each for one person, closed with the test; an error in a page fails it. */
export async function openBrowser(t: Test): Promise<(url: string, sight?: Sight) => Promise<Page>> {
  if (shared === undefined) {
    shared = launch()
    file.teardown(async () => (await shared)?.close())
  }
  const browser = await shared
  return async (url, { width = 1280, dark = false } = {}) => {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      timezoneId: 'America/Sao_Paulo',
    })
    t.teardown(() => context.close())
    const page = await context.newPage()
    page.on('pageerror', (error) => t.fail(`the page threw: ${error.message}`))
    page.setDefaultTimeout(60_000)
    await page.goto(url)
    return page
  }
}
