import t, { type Test } from 'tap'
import { conferente } from './helper.ts'

// No server: wrong usage is found before any database is asked.
const url = 'postgresql://ninguem:nada@127.0.0.1:1/nada'
const refused = (t: Test, args: string[], says: RegExp) =>
  t.test(`conferente ${args.join(' ')}`, async (t) => {
    const ran = await conferente(args, { url })
    t.equal(ran.code, 2, ran.stderr)
    t.match(ran.stderr, says)
    t.equal(ran.stdout, '', 'nothing on stdout')
    t.notMatch(ran.stderr, /\n\s+at /, 'no stack')
  })

t.test('wrong usage ends with 2 and says what is wrong', async (t) => {
  await refused(t, [], /Uso: conferente/)
  await refused(t, ['apagar'], /comando desconhecido: apagar/)
  await refused(t, ['lista'], /comando desconhecido: lista Seria listar\?/)
  await refused(t, ['listar', '--foo'], /opção desconhecida: --foo/)
  await refused(t, ['listar', '--status', 'boa'], /valor inválido: boa; são possíveis: aberta/)
  await refused(t, ['listar', '--limite', '-1'], /número inválido: -1/)
  await refused(t, ['aprovar', '1'], /falta a opção obrigatória --motivo/)
  await refused(t, ['aprovar', '--motivo', 'x'], /falta o argumento id/)
  await refused(t, ['aprovar', 'um', '--motivo', 'x'], /id inválido: um/)
  await refused(t, ['aprovar', '1', '--motivo'], /falta o valor da opção --motivo/)
  await refused(t, ['regras', 'demais'], /argumentos demais/)
  await refused(t, ['processar'], /falta a opção obrigatória --modo/)
  await refused(t, ['processar', '--modo', 'talvez'], /valor inválido: talvez/)
  for (const date of ['2026-02-30', '2025-02-29', '2026-13-01', '0000-01-01'])
    await refused(t, ['processar', '--modo', 'manual', '--data-inicio', date], /data impossível/)
  for (const date of ['30/10/2026', 'hoje', '2026-1-1'])
    await refused(t, ['processar', '--modo', 'manual', '--data-fim', date], /data mal escrita/)
  await refused(
    t,
    ['processar', '--modo', 'manual', '--data-inicio', '2026-10-02', '--data-fim', '2026-10-01'],
    /janela invertida: 2026-10-02 é depois de 2026-10-01/,
  )
  await refused(t, ['reverter', '--motivo', 'x'], /diga exatamente um/)
  await refused(t, ['reverter', '--sessao', '1', '--operacao', '1', '--motivo', 'x'], /diga exatamente um/)
  await refused(t, ['corrigir', '1', '--valor', 'categoria', '--motivo', 'x'], /coluna=valor/)
  await refused(t, ['configurar', 'limites.linhas', '5'], /falta a opção obrigatória --motivo/)
  await refused(t, ['listar', '--demo'], /--demo usa o banco da demonstração/)
  await refused(t, ['demo', '--linhas', '5'], /número inválido: 5/)
})

t.test('help is on stdout, in the language, with examples', async (t) => {
  const root = await conferente(['--help'], { url, env: { CONFERENTE_DADOS: '/tmp/meus-dados' } })
  t.equal(root.code, 0)
  t.match(root.stdout, /DATABASE_URL/)
  t.match(root.stdout, '/tmp/meus-dados', 'says where embedded data lie')
  const commands = [...root.stdout.matchAll(/^ {2}([a-z]+) (?:\[opções\]| {2})/gm)].map(
    ([, name]) => name ?? '',
  )
  t.ok(commands.length > 19, commands.join(' '))
  for (const command of commands) {
    const help = await conferente([command, '--help'], { url })
    t.equal(help.code, 0)
    t.match(help.stdout, /Exemplos:\n {2}/)
    t.notMatch(help.stdout, /Usage|Options|default:/)
  }
  const english = await conferente(['listar', '--help'], { url, language: 'en' })
  t.match(english.stdout, /Usage: conferente listar \[options\]/)
  t.match(english.stdout, /Examples:/)
})

t.test('wrong environment variables are all named', async (t) => {
  const ran = await conferente(['regras'], { env: { CONFERENTE_PORTA: 'x', CONFERENTE_DADO: 'y' } })
  t.equal(ran.code, 2)
  t.match(ran.stderr, /CONFERENTE_PORTA está malformada/)
  t.match(ran.stderr, /CONFERENTE_DADO é desconhecida; seria: CONFERENTE_DADOS/)
})
