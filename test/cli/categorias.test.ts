// What became of categories, from the command line.
import t from 'tap'
import { scenario } from '../helper/scenario.ts'
import { conferente, personal } from './helper.ts'

t.test(
  'an administrator names the successor of a category, everybody sees it, and it is removed again',
  async (t) => {
    const c = await scenario(t)
    const [adelia, leo] = [personal(c.url, 'adelia'), personal(c.url, 'leo')]
    t.match(await conferente(['categorias'], { url: leo }), {
      code: 0,
      stdout: /Nenhuma categoria com sucessora/,
    })
    const succeed = (...args: string[]) => conferente(['categorias', 'suceder', ...args], { url: adelia })
    t.match(await succeed('Escritório', 'Papelaria', '--desde', '2026-04-01', '--motivo', 'novo plano'), {
      code: 0,
      stderr: /Sucessora 1: desde 2026-04-01 "Escritório" é "Papelaria"/,
    })
    t.match(await conferente(['categorias', 'listar'], { url: leo }), {
      stdout: /Escritório\s+Papelaria\s+2026-04-01\s+sim\s+adelia\s+novo plano/,
    })
    await c.book({ id: 1, categoria: 'Papelaria' })
    const unknown = await succeed('Limpeza', 'Papelarai', '--desde', '2026-04-01', '--motivo', 'novo plano')
    t.match(unknown, { code: 0, stderr: /Sucessora \d+:/ })
    t.match(unknown.stderr, /nenhum lançamento tem a categoria: Papelarai \(.*Papelaria/)
    t.notMatch(
      (await succeed('Faxina', 'papelaria', '--desde', '2026-04-01', '--motivo', 'novo plano')).stderr,
      /nenhum lançamento/,
    )
    t.equal((await succeed('a', 'b', '--desde', '2026-02-30', '--motivo', 'x')).code, 2)
    t.match(await succeed('a', 'A', '--desde', '2026-02-01', '--motivo', 'x'), {
      code: 2,
      stderr: /são a mesma categoria/,
    })
    t.match(await conferente(['categorias', 'desativar', '1', '--motivo', 'engano'], { url: leo }), {
      code: 1,
      stderr: /conferente_administrador/,
    })
    t.equal(
      (await conferente(['categorias', 'desativar', '1', '--motivo', 'engano'], { url: adelia })).code,
      0,
    )
    t.match((await conferente(['categorias', '--json'], { url: leo })).json(), [
      {},
      {},
      { de: 'Escritório', ativo: false, motivo: 'engano' },
    ])
  },
)
