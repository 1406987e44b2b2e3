// Draws every kind of message as a phone and a desktop show it, light and dark, into docs/mail: `npm run mail-pictures`. Arguments:
// a directory to write to instead, and names of messages to draw alone.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '../../src/db/connection.ts'
import { mailText } from '../../src/i18n/index.ts'
import type { Facts } from '../../src/mail/facts.ts'
import { render } from '../../src/mail/render.ts'
import { launch } from '../helper/chromium.ts'
import { ROOT } from '../helper/files.ts'
import { databaseUrl, prepare, TEMPLATE } from '../helper/server.ts'
import { throwAwayServer } from '../helper/throwaway.ts'
import { mailScene } from './scene.ts'

const [directory = join(ROOT, 'docs/mail'), ...only] = process.argv.slice(2)

const MESSAGES = [
  'resumo',
  'resumo-lacunas',
  'resumo-nada',
  'divergencias',
  'limite',
  'falha',
  'ausencia',
] as const

/** Every message in Portuguese, the digest in English too. */
const SHOTS: readonly { name: string; from: string; en?: boolean; width: number; dark: boolean }[] = [
  ...MESSAGES.flatMap((name) =>
    [375, 720].flatMap((width) => [false, true].map((dark) => ({ name, from: name, width, dark }))),
  ),
  { name: 'resumo-en', from: 'resumo', en: true, width: 375, dark: false },
]

const server = await throwAwayServer()
let scene: Record<string, Facts>
try {
  await prepare(server.url)
  const sql = connect(databaseUrl(server.url, TEMPLATE), { max: 1 })
  scene = await mailScene(sql)
  await sql.end()
} finally {
  await server.release()
}

mkdirSync(directory, { recursive: true })
const browser = await launch()
try {
  for (const { name, from, en = false, width, dark } of SHOTS) {
    if (only.length > 0 && !only.includes(name)) continue
    const facts = { ...(scene[from] as Facts), ...(en && { idioma: 'en' as const }) }
    const names = en ? 'findings-session-29' : 'divergencias-sessao-29'
    const note = mailText(facts.idioma).attached(`${names}.csv, ${names}.xlsx`)
    const { html, pictures } = await render(facts, facts.tipo === 'resumo' ? { note } : undefined)
    const shown = pictures.reduce(
      (text, { cid, content }) =>
        text.replaceAll(`cid:${cid}`, `data:image/png;base64,${content.toString('base64')}`),
      html,
    )
    const page = await browser.newPage({
      viewport: { width, height: 800 },
      colorScheme: dark ? 'dark' : 'light',
    })
    await page.setContent(shown)
    const file = `${name}-${width < 480 ? 'phone' : 'desktop'}-${dark ? 'dark' : 'light'}.png`
    writeFileSync(join(directory, file), await page.screenshot({ fullPage: true }))
    // README shows what a phone shows before anybody scrolls.
    if (file === 'resumo-phone-light.png')
      writeFileSync(join(directory, 'resumo-first-screen.png'), await page.screenshot())
    await page.close()
  }
} finally {
  await browser.close()
}
