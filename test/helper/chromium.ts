// The browser of tests and pictures: Debian's, which CI installs. Code that only draws pictures does not load the test runner.
import { type Browser, chromium } from 'playwright-core'

export const CHROMIUM = process.env['CONFERENTE_TESTE_CHROMIUM'] ?? '/usr/bin/chromium'

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
