// Marketing patterns, from the command line.
import { existsSync } from 'node:fs'
import t from 'tap'
import { scenario } from '../helper/scenario.ts'
import { conferente, personal } from './helper.ts'

t.test('a pattern is saved, refused while it is too wide, and listed', async (t) => {
  const c = await scenario(t)
  const [adelia, leo] = [personal(c.url, 'adelia'), personal(c.url, 'leo')]
  await c.sql`update audit.configuracoes_sistema set valor = '"Certa"' where chave = 'trade_marketing.categoria'`
  await c.book(
    { id: 1, categoria: 'Certa', descricao: 'display no ponto de venda' },
    { id: 2, categoria: 'Obras', descricao: 'reparo do piso do ponto de venda' },
  )
  t.match(await conferente(['padroes'], { url: leo }), { code: 0, stdout: /Nenhum padrão.*padroes salvar/ })
  const save = (...args: string[]) =>
    conferente(['padroes', 'salvar', ...args, '--motivo', 'frase das notas'], { url: adelia })
  t.match(await save('display'), {
    code: 0,
    stderr: /Padrão \d+ salvo: "display"\. Ele só propõe/,
  })
  const wide = await save('ponto de venda')
  t.match(
    wide,
    {
      code: 1,
      stderr: /alcança 2 lançamentos; em outra categoria: 1 \(50%\)[\s\S]*--conferido/,
    },
    wide.stderr,
  )
  t.equal((await save('ponto de venda', '--conferido')).code, 0)
  t.match((await save('reparo', '--tipo', 'palavra', '--acao', 'excluir', '--json')).json(), [
    { padrao: 'reparo', acao: 'excluir', criado_por: 'adelia' },
  ])
  t.match((await conferente(['padroes', '--json'], { url: leo })).json(), { length: 3 })
  t.match(await conferente(['padroes', 'listar'], { url: leo }), { stdout: /ponto de venda\s+adelia/ })
  t.equal((await save('x', '--tipo', 'glob')).code, 2)
  t.match(await conferente(['padroes', 'salvar', 'x', '--motivo', 'y'], { url: leo }), {
    code: 1,
    stderr: /conferente_administrador/,
  })
})

t.test(
  'on a terminal it shows what the pattern matches, and asks',
  { skip: !existsSync('/usr/bin/script') && 'no script here to be a terminal' },
  async (t) => {
    const c = await scenario(t)
    await c.sql`update audit.configuracoes_sistema set valor = '"Certa"' where chave = 'trade_marketing.categoria'`
    await c.book(
      { id: 1, categoria: 'Certa', descricao: 'verba' },
      { id: 2, categoria: 'Obras', descricao: 'verba de obras' },
    )
    const asked = (answer: string) =>
      conferente(['padroes', 'salvar', 'verba', '--motivo', 'frase'], {
        url: personal(c.url, 'adelia'),
        shell: () => `d=$(mktemp -d) && mkfifo $d/in && exec 3<>$d/in
          (for i in $(seq 300); do grep -q 'Salvar o' $d/out && break; sleep 0.1; done 2>/dev/null; printf '${answer}' >&3) &
          script -qefc "stty cols 200; $0 $*" $d/out <&3; code=$?; kill $! 2>/dev/null; rm -r $d; exit $code`,
      })
    const saved = async () => (await c.sql`select from audit.padroes_trade_marketing`).length
    const no = await asked('n')
    t.match(
      no.stdout,
      /Alcança 2 lançamentos .*1 já em marketing[\s\S]*Em outra categoria: 1 \(50,0%\)[\s\S]*Obras \(1\)/,
    )
    t.equal(await saved(), 0)
    t.match(no.stdout, /sim[^\n]{0,40}não/, 'in the chosen language')
    const scripted = await conferente(['padroes', 'salvar', 'obras', '--motivo', 'frase'], {
      url: personal(c.url, 'adelia'),
    })
    t.match(scripted.stdout, /Alcança 1 lançamento/, 'also without a terminal')
    await c.sql`delete from audit.padroes_trade_marketing`
    t.match((await asked('y')).stdout, /Padrão \d+ salvo/)
    t.equal(await saved(), 1)
  },
)
