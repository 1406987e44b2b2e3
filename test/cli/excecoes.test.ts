import t from 'tap'
import { connect } from '../../src/db/connection.ts'
import { scenario } from '../helper/scenario.ts'
import { conferente, personal } from './helper.ts'

const nowhere = 'postgresql://ninguem:nada@127.0.0.1:1/nada'

t.test(
  'a row is declared right by its finding or its key, listed, and checked again once revoked',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1, confianca: 0.5 }, { id: 2, confianca: 0.5 })
    await c.runSession()
    const url = personal(c.url, 'bruno')
    const [d] = await c.sql`select id from audit.divergencias_processadas where registro_id = '1'`
    const declared = await conferente(
      ['excecoes', '--declarar', String(d?.['id']), '--ate', '2099-12-31', '--motivo', 'contrato'],
      { url },
    )
    t.equal(declared.code, 0, declared.stderr)
    t.match(declared.stdout, /a regra errada não aponta o registro 1 até 01\/01\/2100/)
    const byKey = await conferente(
      [
        'excecoes',
        '--regra',
        'errada',
        '--registro',
        '2',
        '--ate',
        '2099-12-31',
        '--motivo',
        'contrato',
        '--json',
      ],
      { url },
    )
    t.equal(byKey.code, 0, byKey.stderr)
    t.match(byKey.json(), [{ registro_id: '2', autor: 'bruno' }])
    t.match(await c.sql`select status from audit.divergencias_processadas`, [
      { status: 'rejeitada' },
      { status: 'rejeitada' },
    ])
    t.match((await conferente(['excecoes'], { url: personal(c.url, 'leo') })).stdout, /errada[\s\S]*errada/)

    const [e] = await c.sql`select id, expira_em from audit.excecoes where registro_id = '1'`
    t.equal(
      new Date(e?.['expira_em'] as Date).toISOString(),
      '2100-01-01T03:00:00.000Z',
      'to the end of the day in São Paulo',
    )
    const revoked = await conferente(['excecoes', '--revogar', String(e?.['id']), '--motivo', 'acabou'], {
      url,
    })
    t.equal(revoked.code, 0, revoked.stderr)
    const left = await conferente(['excecoes', '--json'], { url })
    t.match(left.json(), [{ registro_id: '2' }])
    t.equal((await conferente(['excecoes', '--todas', '--json'], { url })).json().length, 2)
    t.match(await c.sql`select status from audit.divergencias_processadas where registro_id = '1'`, [
      { status: 'aberta' },
    ])
  },
)

t.test('unknown ids, past dates and missing rights are refused, and change nothing', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.5 })
  await c.runSession()
  const ran = (url: string, ...args: string[]) => conferente(['excecoes', ...args, '--motivo', 'x'], { url })
  const url = personal(c.url, 'bruno')
  const unknown = await ran(url, '--declarar', '999', '--ate', '2099-12-31')
  t.equal(unknown.code, 1, 'as everywhere for an unknown id')
  t.match(unknown.stderr, /divergência desconhecida: 999/)
  t.match((await ran(url, '--regra', 'nenhuma', '--registro', '1', '--ate', '2099-12-31')).stderr, /NC003/)
  t.match((await ran(url, '--regra', 'errada', '--registro', '77', '--ate', '2099-12-31')).stderr, /NC004/)
  t.match((await ran(url, '--declarar', '1', '--ate', '2020-12-31')).stderr, /NC018/)
  t.match((await ran(url, '--revogar', '5')).stderr, /NC004/)
  t.match(
    (await ran(personal(c.url, 'leo'), '--declarar', '1', '--ate', '2099-12-31')).stderr,
    /conferente_revisor/,
  )
  t.same(await c.sql`select from audit.excecoes`, [])
})

t.test('wrong usage is reported before any database is opened', async (t) => {
  for (const [args, says] of [
    [['--declarar', '1', '--ate', '2099-12-31'], /--motivo/],
    [['--declarar', '1', '--motivo', 'x'], /--ate/],
    [['--declarar', '1', '--revogar', '2', '--motivo', 'x'], /uma só coisa/],
    [['--regra', 'r', '--ate', '2099-12-31', '--motivo', 'x'], /--registro/],
    [['--registro', '1', '--ate', '2099-12-31', '--motivo', 'x'], /--regra/],
    [['--motivo', 'x'], /uma só coisa/],
    [['--declarar', '1', '--ate', '31/12/2099', '--motivo', 'x'], /data mal escrita/],
  ] as const) {
    const ran = await conferente(['excecoes', ...args], { url: nowhere })
    t.equal(ran.code, 2, args.join(' '))
    t.match(ran.stderr, says, args.join(' '))
  }
})

t.test('if an exception costs the rule auto, the command says so and how to give it back', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 })
  await c.runSession()
  for (const other of [2, 3, 4]) await c.reject('bruno', (await c.finding(other)).id)
  const warned: { code?: string; message?: string }[] = []
  const ana = connect(personal(c.url, 'ana'), { max: 1, onWarning: (warning) => warned.push(warning) })
  await ana`begin`
  await ana`select audit.declarar_excecao('errada', 'dw.lancamentos', '1', 'contrato', now() + interval '1 day')`
  await ana`rollback`
  await ana.end()
  t.match(warned, [{ code: 'NC032', message: /conferente regras --auto errada --motivo/ }], 'in psql')
  const { id } = await c.finding(1)
  const ran = await conferente(
    ['excecoes', '--declarar', String(id), '--motivo', 'contrato', '--ate', '2999-01-01'],
    { url: personal(c.url, 'ana') },
  )
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stderr, /errada perdeu a correção automática: .*conferente regras --auto errada --motivo/)
})
