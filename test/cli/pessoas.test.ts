// Who may sign in, kept from the command line.
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { conferente, personal } from './helper.ts'

t.test('people are registered, listed and removed, each with a reason', async (t) => {
  const { sql, url } = await testDatabase(t)
  const run = (...args: string[]) => conferente(['pessoas', ...args], { url: personal(url, 'adelia') })
  t.match(await run(), { code: 0, stdout: /Ninguém registrado/ })
  const ana = [
    '--nome',
    'Ana',
    '--papel',
    'revisor',
    '--endereco',
    'ana@empresa.com.br',
    '--motivo',
    'contas',
  ]
  t.match(await run(...ana), { code: 0, stderr: /ana entra como revisor/ })
  t.match((await run('--json')).json(), [
    { nome: 'ana', papel: 'conferente_revisor', endereco: 'ana@empresa.com.br', registrada_por: 'adelia' },
  ])
  t.match((await run()).stdout, /ana +revisor +ana@empresa\.com\.br/)
  t.match(await run('--remover', 'ANA', '--motivo', 'saiu'), { code: 0, stderr: /ana não entra mais/ })
  t.match((await run('--json')).json(), [])
  t.match(await run('--remover', 'ana', '--motivo', 'saiu'), { code: 1, stderr: /NC004/ })
  for (const wrong of [
    ['--nome', 'ana'],
    ['--nome', 'ana', '--papel', 'revisor'],
    ['--papel', 'revisor', '--motivo', 'x'],
    ['--nome', 'ana', '--papel', 'dono', '--motivo', 'x'],
    ['--nome', 'ana', '--remover', 'ana', '--motivo', 'x'],
    ['--remover', 'ana'],
  ])
    t.equal((await run(...wrong)).code, 2, wrong.join(' '))
  const other = await conferente(['pessoas', ...ana], { url: personal(url, 'ana') })
  t.match(other, { code: 1, stderr: /conferente_administrador/ })
  t.equal((await sql`select from audit.pessoas`).length, 2)
})

t.test('two names are tied to one person, listed, and untied', async (t) => {
  const { url } = await testDatabase(t)
  const run = (...args: string[]) => conferente(['pessoas', ...args], { url: personal(url, 'adelia') })
  const tied = ['--ligar', 'ana@empresa.com.br', '--pessoa', 'ana']
  t.match(await run('--identidades'), { code: 0, stdout: /Nenhum nome ligado/ })
  t.match(await run(...tied, '--motivo', 'são dela'), { code: 0, stderr: /são a mesma pessoa/ })
  t.match((await run('--identidades')).stdout, /ana@empresa\.com\.br +ana +/)
  t.match(await run('--desligar', 'ana@empresa.com.br', '--motivo', 'engano'), {
    code: 0,
    stderr: /volta a ser uma pessoa à parte/,
  })
  t.match((await run('--identidades', '--json')).json(), [])
  for (const wrong of [
    tied,
    ['--ligar', 'x', '--motivo', 'x'],
    ['--pessoa', 'x', '--motivo', 'x'],
    [...tied, '--desligar', 'x', '--motivo', 'x'],
    ['--identidades', '--nome', 'x'],
  ])
    t.equal((await run(...wrong)).code, 2, wrong.join(' '))
})

t.test('somebody who has left is forgotten, once a simulation has said where the name stands', async (t) => {
  const { sql, url } = await testDatabase(t)
  const run = (...args: string[]) => conferente(['pessoas', ...args], { url: personal(url, 'adelia') })
  await run(
    '--nome',
    'Zuleica',
    '--papel',
    'revisor',
    '--endereco',
    'zu@empresa.com.br',
    '--motivo',
    'contas',
  )
  const forget = ['--esquecer', 'zuleica', '--motivo', 'saiu, a pedido']
  t.match(await run(...forget), { code: 1, stderr: /entra como revisor.*NC045/s })
  await run('--remover', 'zuleica', '--motivo', 'saiu')
  t.match(await run(...forget, '--simular'), {
    code: 0,
    stdout: /audit\.pessoas\.endereco +1/,
    stderr: /Nada foi feito/,
  })
  t.equal((await sql`select from audit.operacoes where tipo = 'esquecimento'`).length, 0)
  t.match(await run(...forget), { code: 0, stderr: /No lugar do nome está pessoa-[0-9a-f]{12}/ })
  t.match(await run(...forget), { code: 1, stderr: /NC004/ })
  t.match(await sql`select distinct nome ~ '^pessoa-[0-9a-f]{12}$' as esquecida from audit.pessoas`, [
    { esquecida: true },
  ])
  t.match(await conferente(['verificar'], { url }), { code: 0, stdout: /Trilha provada/ })
  for (const wrong of [
    ['--esquecer', 'x'],
    ['--simular', '--nome', 'x', '--papel', 'revisor', '--motivo', 'x'],
    [...forget, '--remover', 'x'],
  ])
    t.equal((await run(...wrong)).code, 2, wrong.join(' '))
  const other = await conferente(['pessoas', ...forget], { url: personal(url, 'ana') })
  t.match(other, { code: 1, stderr: /conferente_administrador/ })
})
