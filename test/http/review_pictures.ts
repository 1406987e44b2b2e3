// Draws the review page over a small demonstration warehouse, as a desk and a phone show it, into docs/review: `npm run review-pictures`.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../src/db/connection.ts'
import { openEmbedded } from '../../src/embedded/embedded.ts'
import { startServer } from '../../src/http/server.ts'
import { signToken } from '../../src/http/token.ts'
import { readSettings } from '../../src/settings/settings.ts'
import { ROOT } from '../helper/arquivos.ts'
import { launch } from '../helper/navegador.ts'
import { databaseUrl } from '../helper/servidor.ts'

const directory = join(ROOT, 'docs/review')
mkdirSync(directory, { recursive: true })
const server = await openEmbedded(
  { dataDir: mkdtempSync(join(tmpdir(), 'conferente-revisao-')) },
  { temporary: true, settings: { fsync: 'off' } },
)
const browser = await launch()
try {
  const admin = connect(server.url, { max: 1 })
  await admin.unsafe(`create database demonstracao template template0 encoding 'UTF8'`)
  await admin.end()
  const url = databaseUrl(server.url, 'demonstracao')
  spawnSync(process.execPath, ['src/cli/main.ts', 'demo', '--linhas', '20000'], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: url },
    stdio: 'inherit',
  })
  const settings = {
    ...readSettings({ CONFERENTE_JWT_SEGREDO: 'somente para desenhar esta página' }),
    databaseUrl: url,
    port: 0,
  }
  const api = await startServer(settings)
  const sql = connect(url, { max: 1 })
  const [record] = await sql`select * from audit.registrar_token('ana', 'revisor', now() + interval '1 hour')`
  await sql.end()
  const token = await signToken(settings, record as never)

  for (const [name, width, dark] of [
    ['desktop', 1280, false],
    ['phone', 390, true],
  ] as const) {
    const page = await browser.newPage({
      viewport: { width, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      locale: 'pt-BR',
    })
    await page.goto(`${api.url}/revisao?regra=pendente_verificacao`)
    await page.getByLabel('Token').fill(token)
    await page.getByRole('button', { name: 'Entrar' }).click()
    await page
      .getByRole('button', { name: /^Detalhes/ })
      .first()
      .click()
    await page.getByRole('heading', { name: 'Histórico do registro' }).waitFor()
    await page.screenshot({ path: join(directory, `${name}.png`) })
    await page.close()
  }
  await api.close()
} finally {
  await browser.close()
  await server.release()
}
