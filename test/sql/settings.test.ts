import t from 'tap'
import { connect, isDatabaseError } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'
import { one, scenario, sqlstate } from '../helper/scenario.ts'
import { PASSWORD } from '../helper/server.ts'
import { book, makeWarehouse } from '../helper/warehouse.ts'

t.test('a setting takes only what its type and range allow, and says what that is', async (t) => {
  const c = await scenario(t)
  const alter = (key: string | null, valor: string | null, reason: string | null = 'teste') =>
    c.asPerson('adelia')`select * from audit.alterar_configuracao(${key}, ${valor}::text::jsonb, ${reason})`
  await c.sql`insert into audit.configuracoes_sistema (chave, tipo, valor, padrao, permitidos, descricao) values
    ('teste.booleano', 'booleano', 'true', 'true', null, 'x'), ('teste.hora', 'hora', '"07:00"', '"07:00"', null, 'x'),
    ('teste.escolha', 'texto', '"a"', '"a"', '["a", "b"]', 'x')`
  const types: Record<string, { bons: string[]; maus: string[]; dica: RegExp }> = {
    'limites.linhas': {
      bons: ['0', '10.0', '1e3'],
      maus: ['-1', '1.5', '"10"', 'null', '1e9', '[]'],
      dica: /inteiro.*0.*100000000/,
    },
    'limites.fracao': { bons: ['0.5', '1'], maus: ['1.01', '-0.1', '"0.5"', 'true'], dica: /número.*0.*1/ },
    'sessao.margem_incremental': {
      bons: ['"02:00:00"', '"1 day"', '"PT1H"'],
      maus: ['"3 days"', '"ontem"', '""', '7200', '"99999999999 years"', '"-1 hour"'],
      dica: /intervalo.*172800 segundos/,
    },
    'pendente.rotulos': {
      bons: ['["A", "B"]', '[]', 'null'],
      maus: ['["A", 1]', '["A", " "]', '"A"', '{}', '[["A"]]'],
      dica: /lista.*0.*100.*null/,
    },
    'revisao.motivos': {
      bons: [
        '[]',
        '[{"ato": "rejeitar", "texto": "está certo"}, {"ato": "adiar", "texto": "espero a nota"}]',
      ],
      maus: [
        '["está certo"]',
        '{}',
        '[{"ato": "aprovar", "texto": "x"}]',
        '[{"ato": "rejeitar", "texto": " "}]',
        '[{"ato": "rejeitar", "texto": 1}]',
        '[{"ato": "rejeitar"}]',
        '[{"ato": "rejeitar", "texto": "x", "tecla": 1}]',
        `[{"ato": "rejeitar", "texto": "${'x'.repeat(101)}"}]`,
        `[${Array(10).fill('{"ato": "rejeitar", "texto": "x"}').join()}]`,
      ],
      dica: /rejeitar ou adiar.*100 caracteres; de 0 a 9 elementos/,
    },
    'trade_marketing.categoria': {
      bons: ['"Marketing"', '""', '"  "', 'null'],
      maus: ['1', `"${'x'.repeat(501)}"`],
      dica: /500/,
    },
    'teste.booleano': { bons: ['false'], maus: ['"false"', '0', 'null'], dica: /true ou false/ },
    'teste.hora': {
      bons: ['"23:59"'],
      maus: ['"24:00"', '"7:00"', '"07:60"', '7', '"07:00\\n"'],
      dica: /07:00/,
    },
    'teste.escolha': { bons: ['"b"'], maus: ['"c"'], dica: /um destes/ },
  }
  for (const [key, { bons, maus, dica }] of Object.entries(types)) {
    for (const valor of bons) t.equal(await sqlstate(alter(key, valor)), 'aceito', `${key} ${valor}`)
    for (const valor of maus) {
      const error = await alter(key, valor).then(
        () => undefined,
        (e: unknown) => e,
      )
      t.match(isDatabaseError(error) ? [error.code, error.hint] : error, ['NC009', dica], `${key} ${valor}`)
    }
  }
  t.equal(await sqlstate(alter('limites.linhas', null)), 'NC009')
  t.equal(await sqlstate(alter('nada', '1')), 'NC008')
  t.equal(await sqlstate(alter(null, '1')), 'NC008')
  t.equal(await sqlstate(alter('limites.linhas', '1', ' ')), 'NC006')
  t.equal(
    await sqlstate(c.sql`update audit.configuracoes_sistema set valor = '-1' where chave = 'limites.linhas'`),
    'NC009',
    'also by a direct update',
  )

  await alter('limites.linhas', '70.0')
  t.match(
    one(
      await c.sql`select tipo, status, ator, motivo, detalhes from audit.operacoes order by id desc limit 1`,
    ),
    {
      tipo: 'configuracao',
      status: 'concluida',
      ator: 'adelia',
      motivo: 'teste',
      detalhes: { chave: 'limites.linhas', antes: 1000, depois: 70 },
    },
  )
  await alter('sessao.tamanho_lote', '10.0')
  await c.book({ id: 1 })
  t.match(
    await c.runSession('auto'),
    { status: 'concluida', corrigidas: 1n },
    'a whole number is read as one',
  )
})

t.test('only allowed settings of a rule can be changed', async (t) => {
  const c = await scenario(t)
  const alter = (name: string | null, changes: string, reason = 'teste') =>
    c.asPerson('adelia')`select * from audit.alterar_regra(${name}, ${changes}::text::jsonb, ${reason})`
  t.match(one(await alter('errada', '{"limiar": 0.8, "limite_linhas": 3}')), {
    limiar: '0.8000',
    limite_linhas: 3n,
  })
  t.match(one(await c.sql`select ator, detalhes from audit.operacoes order by id desc limit 1`), {
    ator: 'adelia',
    detalhes: { antes: { limiar: 0.95, limite_linhas: null }, depois: { limiar: 0.8, limite_linhas: 3 } },
  })
  for (const changes of [
    '{"limiar": 1.1}',
    '{"limiar": null}',
    '{"automatica": "talvez"}',
    '{"limite_linhas": -1}',
    '{"limite_valor": "NaN"}',
    '{"limite_valor": "Infinity"}',
    '{"limite_valor": -0.01}',
    '{"tempo_limite": "0"}',
    '{"funcao": "pg_sleep"}',
    '{"aprovadas": 9}',
    '{"nada": 1}',
  ]) {
    t.equal(await sqlstate(alter('errada', changes)), 'NC009', changes)
  }
  t.equal(await sqlstate(alter('errada', '[]')), 'NC001')
  t.equal(await sqlstate(alter('nada', '{}')), 'NC003')
  t.equal(await sqlstate(alter(null, '{}')), 'NC003')
  t.equal(await sqlstate(alter('errada', '{}', '')), 'NC006')
})

t.test('the smallest exchange rate must stay below the largest', async (t) => {
  const c = await scenario(t)
  const alter = (key: string, valor: string) =>
    c.asPerson('adelia')`select audit.alterar_configuracao(${key}, ${valor}::text::jsonb, 'teste')`.then(
      () => 'aceito',
      (e: unknown) => (isDatabaseError(e) ? `${e.code} ${e.hint}` : e),
    )
  t.match(await alter('valores.cambio_minimo', '8.01'), /^NC009 .*no máximo 8/)
  t.match(await alter('valores.cambio_maximo', '2.49'), /^NC009 .*no mínimo 2\.5/)
  t.equal(await alter('valores.cambio_minimo', '8'), 'aceito')
  t.equal(await alter('valores.cambio_maximo', '8'), 'aceito')
})

t.test('a pattern that would match everything, or nothing, is refused', async (t) => {
  const c = await scenario(t)
  const save = (
    field: string | null,
    type: string | null,
    pattern: string | null,
    action = 'incluir',
    reason = 'teste',
  ) =>
    c.asPerson(
      'adelia',
    )`select id, ativo from audit.salvar_padrao(${field}, ${type}, ${pattern}, ${action}, ${reason})`
  for (const [type, pattern] of [
    ['contem', ''],
    ['contem', '   '],
    ['contem', '\u0301'],
    ['palavra', ''],
    ['regex', ''],
    ['regex', '('],
    ['regex', '.*'],
    ['regex', 'a|'],
    ['regex', '\\s*'],
    ['regex', '^'],
    ['contem', 'x'.repeat(501)],
    ['contem', null],
    [null, 'x'],
    ['outro', 'x'],
  ] as const) {
    t.equal(await sqlstate(save('descricao', type, pattern)), 'NC014', `${type} ${pattern?.slice(0, 9)}`)
  }
  t.equal(await sqlstate(save('valor', 'contem', 'x')), 'NC014')
  t.equal(await sqlstate(save('descricao', 'contem', 'x', 'talvez')), 'NC014')
  t.equal(await sqlstate(save('descricao', 'contem', 'x', 'incluir', '')), 'NC006')

  const { id } = one(await save('descricao', 'contem', 'Ação'))
  await c.asPerson('adelia')`select audit.desativar_padrao(${id as never}, 'em desuso')`
  t.match(
    one(await save('descricao', 'contem', 'Ação')),
    { id, ativo: true },
    'switched on again, not doubled',
  )
  t.equal(await sqlstate(c.asPerson('adelia')`select audit.desativar_padrao(999, 'x')`), 'NC004')
  t.match(await c.sql`select ator from audit.operacoes where tipo = 'padrao'`, { length: 3 })
})

t.test('a label that no entry has is set, with a warning that names similar ones', async (t) => {
  const { sql, url } = await testDatabase(t)
  const personalUrl = new URL(url)
  personalUrl.username = 'adelia'
  personalUrl.password = PASSWORD
  const warned: { code: string; message: string }[] = []
  const adelia = connect(personalUrl.href, { max: 1, onWarning: (w) => warned.push(w) })
  t.teardown(() => adelia.end())
  const set = (valor: string) =>
    adelia`select valor from audit.alterar_configuracao('trade_marketing.categoria', ${valor}::text::jsonb, 'teste')`
  await set('"Nada"')
  t.same(warned, [], 'no warehouse, no warning')
  await makeWarehouse(sql)
  await set('"Trade"')
  t.same(warned, [], 'an empty one knows no label')
  await book(sql, { id: 1, categoria: 'Marketing e Trade' })
  t.match(await set('"Trade Marketing"'), [{ valor: 'Trade Marketing' }])
  t.match(warned, [{ code: 'NC031', message: /Marketing e Trade \(1\)/ }])
  await set('"Marketing e Trade"')
  t.equal(warned.length, 1)
  await sql`revoke all on dw.lancamentos from conferente_regra`
  await set('"Outra"')
  t.equal(warned.length, 1, 'an unreadable warehouse does not keep anybody from changing a setting')
})
