// Months that are closed, from the command line.
import t from 'tap'
import { scenario } from '../helper/scenario.ts'
import { conferente, personal } from './helper.ts'

t.test('an administrator closes months, everybody sees them, and one is reopened', async (t) => {
  const c = await scenario(t)
  const [adelia, leo] = [personal(c.url, 'adelia'), personal(c.url, 'leo')]
  t.match(await conferente(['periodo', 'listar'], { url: leo }), {
    code: 0,
    stdout: /Nenhum período fechado/,
  })
  const closed = await conferente(
    ['periodo', 'fechar', '2026-09', '--ate', '2026-10', '--motivo', 'balancete'],
    { url: adelia },
  )
  t.match(closed, { code: 0, stdout: /Fechado: 2026-09, 2026-10/ }, closed.stderr)
  t.match(
    await conferente(['periodo', 'fechar', '2026-10', '--filial', 'SP', '--motivo', 'SP'], { url: adelia }),
    {
      stdout: /Fechado para a filial SP: 2026-10/,
    },
  )
  t.match(await conferente(['periodo', 'listar'], { url: leo }), {
    stdout: /2026-09\s+empresa toda\s+conferente\s+adelia.*balancete[\s\S]*2026-10\s+SP/,
  })
  t.match((await conferente(['periodo', 'listar', '--json'], { url: leo })).json(), [
    { mes: '2026-09', filial: null },
    { mes: '2026-10', filial: null },
    { mes: '2026-10', filial: 'SP' },
  ])
  t.match(await conferente(['periodo', 'reabrir', '2026-09', '--motivo', 'ajuste'], { url: adelia }), {
    code: 0,
    stdout: /Reaberto: 2026-09/,
  })
})

t.test('errors are reported in words', async (t) => {
  const c = await scenario(t)
  const [adelia, leo] = [personal(c.url, 'adelia'), personal(c.url, 'leo')]
  for (const month of ['10/2026', '2026-13', '2026-10-01', '0000-01', 'outubro']) {
    const wrong = await conferente(['periodo', 'fechar', month, '--motivo', 'x'], { url: adelia })
    t.match(wrong, { code: 2, stderr: /mês mal escrito: .*AAAA-MM/ })
  }
  t.equal((await conferente(['periodo', 'fechar', '2026-10'], { url: adelia })).code, 2)
  t.match(await conferente(['periodo', 'reabrir', '2026-10', '--motivo', 'x'], { url: adelia }), {
    code: 1,
    stderr: /não está fechado: 10\/2026/,
  })
  t.match(await conferente(['periodo', 'fechar', '2026-10', '--motivo', 'x'], { url: leo }), {
    code: 1,
    stderr: /conferente_administrador/,
  })
})
