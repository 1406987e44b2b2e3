// Draws the review page over a small demonstration warehouse and a morning's load, as a desktop and a phone show it, into
// docs/review: `npm run review-pictures`.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { connect } from '../../src/db/connection.ts'
import { startServer } from '../../src/http/server.ts'
import { drawSecret } from '../../src/http/signin/secret.ts'
import { readSettings } from '../../src/settings/settings.ts'
import { launch } from '../helper/chromium.ts'
import { ROOT } from '../helper/files.ts'
import { databaseUrl } from '../helper/server.ts'
import { throwAwayServer } from '../helper/throwaway.ts'

const directory = join(ROOT, 'docs/review')
mkdirSync(directory, { recursive: true })

interface Picture {
  readonly name: string
  readonly search: string
  readonly width: number
  readonly height: number
  readonly dark?: boolean
  /** revisor, unless told otherwise */
  readonly role?: string
  /** What to do before the picture is taken. */
  readonly begin: (page: Page) => Promise<unknown>
}

const items = (page: Page) => page.locator('table.items tbody tr').first().waitFor()

const PICTURES: readonly Picture[] = [
  {
    name: 'queue',
    search: '',
    width: 1280,
    height: 800,
    begin: async (page) => {
      await items(page)
      for (const key of ['j', 'j', 'j']) await page.keyboard.press(key)
      await items(page)
      await page.getByText('trilha íntegra').waitFor()
      for (const key of ['ArrowDown', 'ArrowDown', ' ']) await page.keyboard.press(key)
    },
  },
  {
    name: 'twin',
    search: '?busca=segunda+vez',
    width: 1280,
    height: 800,
    dark: true,
    begin: async (page) => {
      await items(page)
      await page.keyboard.press('o')
      await page.locator('.twin').waitFor()
      await page.getByRole('heading', { name: /^Registro/ }).waitFor()
    },
  },
  {
    name: 'phone',
    search: '',
    width: 390,
    height: 800,
    begin: async (page) => {
      await page.locator('.list button.line').nth(3).click()
      await items(page)
    },
  },
  {
    name: 'overview',
    search: '',
    width: 1280,
    height: 900,
    role: 'administrador',
    begin: async (page) => {
      await items(page)
      await page.keyboard.press('5')
      await page.getByRole('heading', { name: 'Agora' }).waitFor()
    },
  },
  {
    name: 'rules',
    search: '',
    width: 1280,
    height: 900,
    role: 'administrador',
    begin: async (page) => {
      await items(page)
      await page.keyboard.press('7')
      await page.locator('h2#hand').waitFor()
    },
  },
]

const server = await throwAwayServer()
const browser = await launch()
try {
  const admin = connect(server.url, { max: 1 })
  await admin.unsafe(`create database demonstracao template template0 encoding 'UTF8'`)
  await admin.end()
  const url = databaseUrl(server.url, 'demonstracao')
  const conferente = (...args: string[]) =>
    spawnSync(process.execPath, ['src/cli/main.ts', ...args], {
      cwd: ROOT,
      env: { ...process.env, DATABASE_URL: url },
      stdio: 'inherit',
    })
  conferente('demo', '--linhas', '20000')
  const sql = connect(url, { max: 1 })
  const [loaded] = await sql`select audit.hoje()::text as dia, exemplo.carregar_dia(4000, audit.hoje())`
  conferente('processar', '--modo', 'auto', '--data-inicio', loaded?.['dia'], '--data-fim', loaded?.['dia'])
  const settings = {
    ...readSettings({ CONFERENTE_JWT_SEGREDO: 'somente para desenhar esta página' }),
    databaseUrl: url,
    port: 0,
  }
  const api = await startServer(settings)

  for (const { name, search, width, height, dark, role = 'revisor', begin } of PICTURES) {
    const page = await browser.newPage({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      locale: 'pt-BR',
    })
    const { secret, digest } = drawSecret()
    await sql`select audit.criar_convite('maria', ${role}, ${digest})`
    await page.goto(`${api.url}/revisao${search}#convite=${secret}`)
    await page.getByRole('button', { name: 'Entrar', exact: true }).click()
    await begin(page)
    await page.waitForTimeout(500)
    await page.screenshot({ path: join(directory, `${name}.png`) })
    await page.close()
  }
  await sql.end()
  await api.close()
} finally {
  await browser.close()
  await server.release()
}
