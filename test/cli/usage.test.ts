import t, { type Test } from 'tap'
import { drawn } from '../helper/thorough.ts'
import { conferente } from './helper.ts'

// No server: wrong usage is found before any database is opened.
const url = 'postgresql://ninguem:nada@127.0.0.1:1/nada'
const refused = (t: Test, args: string[], says: RegExp) =>
  t.test(`conferente ${args.join(' ')}`, async (t) => {
    const ran = await conferente(args, { url })
    t.equal(ran.code, 2, ran.stderr)
    t.match(ran.stderr, says)
    t.equal(ran.stdout, '', 'nothing on stdout')
    t.notMatch(ran.stderr, /\n\s+at /, 'no stack trace')
  })

const WRONG: [args: string[], says: RegExp][] = [
  [[], /Uso: conferente/],
  [['apagar'], /comando desconhecido: apagar/],
  [['lista'], /comando desconhecido: lista Seria listar\?/],
  [['listar', '--foo'], /opção desconhecida: --foo/],
  [['listar', '--status', 'boa'], /valor inválido: boa; são possíveis: aberta/],
  [
    ['padroes', 'salvar', 'x', '--campo', 'texto', '--motivo', 'x'],
    /valor inválido: texto; são possíveis: descricao, fornecedor, conta_contabil/,
  ],
  [['listar', '--limite', '-1'], /número inválido: -1/],
  [['aprovar', '1'], /falta a opção obrigatória --motivo/],
  [['aprovar', '--motivo', 'x'], /falta o argumento id/],
  [['aprovar', 'um', '--motivo', 'x'], /id inválido: um/],
  [['aprovar', '1', '--motivo'], /falta o valor da opção --motivo/],
  [['regras', 'demais'], /argumentos demais/],
  [['processar'], /falta a opção obrigatória --modo/],
  [['processar', '--modo', 'talvez'], /valor inválido: talvez/],
  ...['2026-02-30', '2025-02-29', '2026-13-01', '0000-01-01'].map((date): [string[], RegExp] => [
    ['processar', '--modo', 'manual', '--data-inicio', date],
    /data impossível/,
  ]),
  ...['30/10/2026', 'hoje', '2026-1-1'].map((date): [string[], RegExp] => [
    ['processar', '--modo', 'manual', '--data-fim', date],
    /data mal escrita/,
  ]),
  [
    ['processar', '--modo', 'manual', '--data-inicio', '2026-10-02', '--data-fim', '2026-10-01'],
    /datas invertidas: 2026-10-02 vem depois de 2026-10-01/,
  ],
  [['reverter', '--motivo', 'x'], /informe exatamente um/],
  [['reverter', '--sessao', '1', '--operacao', '1', '--motivo', 'x'], /informe exatamente um/],
  [['corrigir', '1', '--valor', 'categoria', '--motivo', 'x'], /coluna=valor/],
  [['configurar', 'limites.linhas', '5'], /falta a opção obrigatória --motivo/],
  [['listar', '--demo'], /--demo usa o banco da demonstração/],
  [['demo', '--linhas', '5'], /número inválido: 5/],
]

t.test('wrong usage exits with 2 and says what is wrong', async (t) => {
  for (const [args, says] of drawn(WRONG, 8)) await refused(t, args, says)
})

t.test('help is on stdout, in the language, with examples', async (t) => {
  const root = await conferente(['--help'], { url, env: { CONFERENTE_DADOS: '/tmp/meus-dados' } })
  t.equal(root.code, 0)
  t.match(root.stdout, /DATABASE_URL/)
  t.match(root.stdout, '/tmp/meus-dados', 'says where the embedded data are')
  const commands = [...root.stdout.matchAll(/^ {2}([a-z]+) (?:\[opções\]| {2})/gm)].map(
    ([, name]) => name ?? '',
  )
  t.ok(commands.length > 19, commands.join(' '))
  for (const command of drawn(commands, 6)) {
    const help = await conferente([command, '--help'], { url })
    t.equal(help.code, 0)
    t.match(help.stdout, /Exemplos:\n {2}/)
    t.notMatch(help.stdout, /Usage|Options|default:|display help/)
  }
  const english = await conferente(['listar', '--help'], { url, language: 'en' })
  t.match(english.stdout, /Usage: conferente listar \[options\]/)
  t.match(english.stdout, /Examples:/)
})

t.test('wrong environment variables are all named', async (t) => {
  const ran = await conferente(['regras'], { env: { CONFERENTE_PORTA: 'x', CONFERENTE_DADO: 'y' } })
  t.equal(ran.code, 2)
  t.match(ran.stderr, /CONFERENTE_PORTA tem um valor inválido; informe um número de porta/)
  t.match(ran.stderr, /CONFERENTE_DADO não existe; talvez CONFERENTE_DADOS/)
})
