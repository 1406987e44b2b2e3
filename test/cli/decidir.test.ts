import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { scenario } from '../helper/scenario.ts'
import { fillIn, readRows, saveSheet } from '../helper/sheet.ts'
import { conferente, personal } from './helper.ts'

t.test('conferente exportar, a spreadsheet program, conferente decidir', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3, valor: 150_000 })
  await c.runSession('manual')
  const directory = await mkdtemp(join(tmpdir(), 'decidir-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const file = join(directory, 'fila.xlsx')
  const url = personal(c.url, 'ana')
  const exported = await conferente(
    ['exportar', '--formato', 'xlsx', '--status', 'aberta', '--arquivo', file],
    { url },
  )
  t.equal(exported.code, 0, exported.stderr)
  const rows = await readRows(await readFile(file))
  const decide = (...more: string[]) => conferente(['decidir', file, ...more], { url })

  const untouched = await decide()
  t.equal(untouched.code, 2)
  t.match(untouched.stderr, /nenhuma linha da planilha tem uma decisão/)

  const [um, two, three] = [(await c.finding(1)).id, (await c.finding(2)).id, (await c.finding(3)).id]
  await writeFile(file, await saveSheet(fillIn(rows, { [um]: ['aprovar'], [three]: ['aprovar', 'conferi'] })))
  const simulated = await decide('--simular')
  t.equal(simulated.code, 0, simulated.stderr)
  t.match(simulated.stdout, /corrigida/)
  t.match(simulated.stderr, /Foi uma simulação: nada mudou/)
  t.notMatch(simulated.stderr, /operação|desfazer/)
  t.equal(await c.categoria(1), 'ERR')
  const done = await decide()
  t.equal(done.code, 0, done.stderr)
  t.match(done.stdout, /corrigida/)
  t.match(done.stdout, /aguardando_segunda_aprovacao\s+outra pessoa ainda precisa aprovar/)
  t.match(done.stderr, /2 feitas/)
  t.match(done.stderr, /operação \d+; SHA-256 da planilha: [0-9a-f]{64}/)
  t.equal(await c.categoria(1), 'CERTA')

  await writeFile(file, await saveSheet(fillIn(rows, { [two]: ['rejeitar', 'certo'] })))
  const half = await decide('--json')
  t.equal(half.code, 1, 'lines that were left are reported')
  t.match(half.stderr, /1 feita, 2 deixadas como estavam|2 deixadas como estavam, 1 feita/)
  t.match(half.json(), [
    { linha: 2, id: String(um), resultado: 'deixada', codigo: 'NC005' },
    { linha: 3, id: String(two), resultado: 'feita', status: 'rejeitada' },
    { linha: 4, id: String(three), resultado: 'deixada', codigo: 'NC007' },
  ])

  t.match(await conferente(['decidir', join(directory, 'nada.xlsx')], { url }), {
    code: 1,
    stderr: /este arquivo não existe/,
  })
  t.match(await conferente(['decidir', directory], { url }), { code: 1, stderr: /não é uma planilha/ })
  await writeFile(file, 'id;decisao\n')
  t.match(await conferente(['decidir', file], { url, language: 'en' }), {
    code: 1,
    stderr: /not an XLSX spreadsheet/,
  })
  t.match(await conferente(['decidir'], { url }), { code: 2 })
})
