// A browser on the findings of a small warehouse, and people who each sign in by a one-time link.
import type { Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import type { ServerReport, ServerSettings } from '../../src/http/server.ts'
import { api } from './api.ts'
import { openBrowser, type Sight } from './browser.ts'
import { scenario } from './scenario.ts'

interface Service {
  readonly changes?: Partial<ServerSettings> | undefined
  readonly report?: ServerReport | undefined
}

interface Scene extends Service {
  /** Whether the rule registers the columns by which a person knows an entry. */
  readonly resumo?: boolean
}

export async function makeDesk(t: Test, { resumo = false, changes, report }: Scene = {}) {
  const scene = await scenario(t)
  if (resumo) {
    await scene.asPerson('adelia')`
      select from audit.alterar_regra('errada', '{"colunas_resumo": ["fornecedor", "documento", "data_lancamento", "filial", "descricao", "valor"]}', 'teste')`
  }
  return { cena: scene, ...(await openCounter(t, scene, { changes, report })) }
}

/** The page over an existing database, and the way in. */
export async function openCounter(
  t: Test,
  { sql, url }: { sql: Sql; url: string },
  { changes, report }: Service = {},
) {
  const server = await api(t, { sql, url }, changes, report)
  const open = await openBrowser(t)
  return {
    server,
    async signIn(
      role: 'leitor' | 'revisor' | 'operador' | 'administrador',
      name: string,
      search = '',
      sight?: Sight,
    ): Promise<Page> {
      const page = await open(
        `${server.url}/revisao${search}#convite=${await server.invitation(role, name)}`,
        sight,
      )
      await page.getByRole('button', { name: 'Entrar', exact: true }).click()
      return page
    },
    open: (search = '', sight?: Sight) => open(`${server.url}/revisao${search}`, sight),
  }
}

export type Desk = Awaited<ReturnType<typeof makeDesk>>

/** The heading of the current group, or of a part of the screen. */
export const inHand = (page: Page, title: string) =>
  page.getByRole('heading', { level: 2, name: title, exact: true })
/** Waits until the line on top says so. */
export const waitFor = (page: Page, text: string | RegExp) =>
  page.getByRole('heading', { level: 1, name: text }).waitFor()
/** The text there, as it is laid out. */
export const readable = (there: Locator) =>
  there.evaluate((element) => Reflect.get(element, 'innerText') as string)
/** The result of the last act, once it says this. */
export async function saidOnPage(page: Page, text: RegExp): Promise<string> {
  const said = page.locator('.said .notice')
  await said.filter({ hasText: text }).waitFor()
  return readable(said)
}
export const itemRows = (page: Page) => page.locator('table.items tbody tr:not(.details)')
/** Waits until the current group can be decided. */
export const untilReady = (page: Page) => itemRows(page).first().waitFor()
export const dialogOf = (page: Page) => page.getByRole('dialog')
/** Gives the reason that a dialog asks for, and confirms. */
export async function giveReason(page: Page, reason: string): Promise<void> {
  await dialogOf(page).getByLabel('Motivo').fill(reason)
  await dialogOf(page).getByRole('button', { name: 'Confirmar' }).click()
}
