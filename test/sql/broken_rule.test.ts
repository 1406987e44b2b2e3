import t, { type Test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'
import { drawn } from '../helper/thorough.ts'
import {
  arrayOf,
  book,
  findingsIn,
  makeKnown,
  makeRule,
  makeWarehouse,
  photograph,
  proposing,
  refusalOf,
  runSession,
} from '../helper/warehouse.ts'

async function scene(t: Test) {
  const { sql, connectAs } = await testDatabase(t)
  const [olivia, adelia] = [connectAs('olivia'), connectAs('adelia')]
  await makeWarehouse(sql)
  await makeKnown(sql, 'Frete', 'Outra')
  await book(sql, { id: '1' }, { id: '2', valor: '1000.00', valor_documento: '100.00' })
  return { sql, olivia, adelia, ana: connectAs('ana') }
}

const right = proposing(`'{"categoria": "Frete"}'::jsonb`, "t.id = 1 and t.categoria <> 'Frete'")
const finding = (fields: Record<string, string>) => {
  const all = {
    tabela: 'null::text',
    registro_id: "'1'",
    valores_propostos: `'{"categoria": "Outra"}'::jsonb`,
    confianca: '0.99',
    evidencia: `'{}'::jsonb`,
    justificativa: "'porque sim'",
    valor_em_risco: '10.00',
    ...fields,
  }
  const types = ['text', 'text', 'jsonb', 'numeric', 'jsonb', 'text', 'numeric']
  return Object.values(all)
    .map((valor, i) => `(${valor})::${types[i]}`)
    .join(', ')
}

/** What a broken rule returns, and the SQLSTATE under which it is recorded. */
const broken: [string, string, string?][] = [
  ['raises', finding({ tabela: "audit_interno.configuracao('nada') #>> '{}'" }), 'NC008'],
  ['divides by zero', finding({ confianca: '1 / (random() * 0)::numeric' }), '22012'],
  ['a null key', finding({ registro_id: 'null' })],
  ['an unknown row', finding({ registro_id: "'99'" })],
  ['a key of another type', finding({ registro_id: "'um'" }), '22P02'],
  ['an unknown table', finding({ tabela: "'dw.nada'" })],
  ['another table', finding({ tabela: "'audit.regras'" })],
  ['an unknown column', finding({ valores_propostos: `'{"nada": 1}'` })],
  ['a column that is not the rule\u2019s', finding({ valores_propostos: `'{"descricao": "x"}'` })],
  ['confidence over 1', finding({ confianca: '1.5' })],
  ['negative confidence', finding({ confianca: '-0.1' })],
  ['no confidence', finding({ confianca: 'null' })],
  ['confidence NaN', finding({ confianca: "'NaN'" })],
  ['an amount that is text', finding({ valores_propostos: `'{"valor": "dez"}'` }), '22P02'],
  ['an amount too large', finding({ valores_propostos: `'{"valor": 1e30}'` }), '22003'],
  ['a list as proposal', finding({ valores_propostos: `'[1]'` })],
  ['a text as proposal', finding({ valores_propostos: `'"Frete"'` })],
  ['an empty sentence', finding({ justificativa: "' '" })],
  ['no sentence', finding({ justificativa: 'null' })],
  ['a negative amount at stake', finding({ valor_em_risco: '-1' })],
  ['an amount at stake NaN', finding({ valor_em_risco: "'NaN'" })],
  ['what is already there', finding({ valores_propostos: `'{"categoria": "Frete", "valor": 100}'` })],
]
t.test('a rule that raises or returns nonsense fails alone, and the others run', async (t) => {
  const scenario = await scene(t)
  const { sql, olivia } = scenario
  await makeRule(scenario, { nome: 'certa', consulta: right })
  await runSession(olivia, 'auto', ['certa'])
  const some = drawn([...broken.entries()], 6)
  for (const [i, [name, query, sqlstate = 'NC012']] of some) {
    await makeRule(scenario, { nome: `quebrada_${i}`, consulta: query, colunas: ['categoria', 'valor'] })
    const rules = [`quebrada_${i}`, 'certa', 'validacao_valores']
    const session = await runSession(olivia, 'auto', rules)
    t.match(
      session,
      { status: 'concluida_com_falhas', mensagem: new RegExp(`a regra quebrada_${i} falhou`) },
      name,
    )
    const executions =
      await sql`select regra, status, erro_codigo, erro_mensagem, encontradas from audit.execucoes_regra
      where sessao_id = ${session['id']} order by regra`
    t.match(
      executions,
      [
        { regra: 'certa', status: 'concluida' },
        { status: 'falhou', erro_codigo: sqlstate, erro_mensagem: /./, encontradas: 0n },
        { regra: 'validacao_valores', status: 'concluida', encontradas: 1n },
      ],
      name,
    )
  }
  t.same(await sql`select from audit.divergencias_processadas where regra like 'quebrada%'`, [])
  t.match(await sql`select categoria from dw.lancamentos where id = 1`, [{ categoria: 'Frete' }])
  const two = some.slice(0, 2).map(([i]) => `quebrada_${i}`)
  t.equal((await runSession(olivia, 'manual', two))['status'], 'falhou', 'all of them failed')
})

t.test(
  'a rule whose search_path was unpinned after registration is skipped, and the session says so',
  async (t) => {
    const scenario = await scene(t)
    const { sql, olivia, ana } = scenario
    await makeRule(scenario, { nome: 'certa', consulta: right })
    await makeRule(scenario, { nome: 'aberta', consulta: right })
    for (const path of ['set search_path = dw', 'set search_path = pg_temp, dw', 'reset search_path']) {
      await sql.unsafe(`alter function minhas.aberta(audit.janela) ${path}`)
      const session = await runSession(olivia, 'manual', ['certa', 'aberta'])
      t.equal(session['status'], 'concluida_com_falhas', path)
      const executions = await sql`
      select e.regra, e.status, e.motivo from audit.execucoes_regra e where e.sessao_id = ${session['id']} order by e.regra`
      t.match(executions, [
        { regra: 'aberta', status: 'pulada', motivo: /search_path/ },
        { regra: 'certa', status: 'concluida' },
      ])
      t.equal(
        await refusalOf(ana`select audit.avaliar_regra('aberta', '2026-01-01', '2026-12-31')`),
        'NC011',
        'nor can it be back-tested',
      )
    }
  },
)

t.test('if two rows have the same key, neither is written, whichever the rule meant', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const [olivia, adelia] = [connectAs('olivia'), connectAs('adelia')]
  await makeWarehouse(sql, 'particionada') // the key is unique in no partition
  await makeKnown(sql, 'Frete', 'Outra')
  await book(sql, { id: '1', categoria: 'Errada' }, { id: '2', categoria: 'Errada' })
  await book(sql, { id: '1', data_lancamento: '2026-03-10', categoria: 'Aluguel', documento: 'NF-9' })
  const freight = proposing(`'{"categoria": "Frete"}'::jsonb`, "t.categoria = 'Errada'")
  await makeRule({ sql, adelia }, { nome: 'frete', consulta: freight })
  await makeRule(
    { sql, adelia },
    {
      nome: 'outra',
      consulta: proposing(`'{"categoria": "Outra"}'::jsonb`, "t.id = 2 and t.categoria <> 'Outra'"),
    },
  )
  const before = await photograph(sql)
  t.match(await runSession(olivia, 'auto', ['frete']), {
    status: 'falhou',
    corrigidas: 0n,
    mensagem: /chave 1, .*mais de um registro/,
  })
  t.same(await photograph(sql), before)
  t.match(await sql`select erro_codigo from audit.execucoes_regra`, [{ erro_codigo: 'NC012' }])
  t.match(
    await runSession(olivia, 'auto', ['outra']),
    { status: 'concluida', corrigidas: 1n },
    'the rule that points at other rows continues',
  )
})

t.test(
  'an empty proposal is a flag; the same finding twice counts once, with its highest confidence',
  async (t) => {
    const scenario = await scene(t)
    await makeRule(scenario, {
      nome: 'aponta',
      consulta: finding({ valores_propostos: 'null', evidencia: `'null'::jsonb` }),
    })
    await makeRule(scenario, {
      nome: 'gagueja',
      consulta: `${finding({ confianca: 'c' })} from (values (0.5), (0.91), (0.7)) v (c)
      where janela.chaves is null`,
    })
    t.match(await runSession(scenario.olivia, 'manual', ['aponta', 'gagueja']), {
      status: 'concluida',
      encontradas: 2n,
    })
    t.match(await findingsIn(scenario.sql), [
      { regra: 'aponta', valores_propostos: {} },
      { regra: 'gagueja', confianca: '0.9100', vezes_detectada: 1 },
    ])
    const [flags] =
      await scenario.sql`select evidencia from audit.divergencias_processadas where regra = 'aponta'`
    t.same(flags?.['evidencia'], {}, 'empty evidence is no evidence, however it is written')
  },
)

t.test('two different proposals of one rule for one row are left to a person', async (t) => {
  const scenario = await scene(t)
  await makeRule(scenario, {
    nome: 'indecisa',
    consulta: `${finding({ valores_propostos: "jsonb_build_object('categoria', c)" })}
      from (values ('A'), ('B')) v (c) where janela.chaves is null`,
  })
  t.match(await runSession(scenario.olivia, 'auto', ['indecisa']), { encontradas: 2n, corrigidas: 0n })
  const [a] = await findingsIn(scenario.sql)
  const ids = arrayOf(...(await findingsIn(scenario.sql)).map((d) => d['id']))
  const done = await scenario.ana`select * from audit.aprovar_divergencias(${ids}::bigint[], 'ambas')`
  t.same(done.map((d) => d['status']).sort(), ['corrigida', 'obsoleta'], 'a row can take only one value')
  t.match(await scenario.sql`select categoria from dw.lancamentos where id = 1`, [{ categoria: /^[AB]$/ }])
  t.ok(a)
})

/** Step by step, as the command line and the worker do; one rule has so little time that only what never ends must miss it. */
async function stepByStep(olivia: Sql, mode: string, rules: string[], hurried: string) {
  return olivia.reserve().then(async (connection) => {
    try {
      const [session] =
        await connection`select * from audit_interno.iniciar_sessao(${mode}, null, 'infinity', ${rules})`
      const id = session?.['id']
      for (;;) {
        const [step] = await connection`select * from audit_interno.proxima_etapa(${id})`
        if (step?.['etapa'] === 'fim') break
        try {
          if (step?.['regra'] === hurried) await connection.unsafe("set statement_timeout = '700ms'")
          await connection`select audit_interno.executar_etapa(${id}, ${step?.['etapa']}, ${step?.['regra']})`
        } catch (error) {
          await connection.unsafe('set statement_timeout = 0')
          const { code, message } = error as { code: string; message: string }
          await connection`select audit_interno.registrar_falha_etapa(${id}, ${step?.['etapa']}, ${step?.['regra']},
            ${code}, ${message})`
        }
        await connection.unsafe('set statement_timeout = 0')
      }
      const [end] = await connection`select * from audit.sessoes_processamento where id = ${id}`
      return end as NonNullable<typeof end>
    } finally {
      connection.release()
    }
  })
}

t.test("a pattern that takes exponential time hits its rule's time limit, and other rules run", async (t) => {
  const scenario = await scene(t)
  const { sql, olivia, adelia } = scenario
  await book(sql, { id: '3', categoria: 'Trade Marketing' })
  const pattern = '^(x+)(x+)(x+)\\3\\2\\1z$'
  const save = adelia`select audit.salvar_padrao('descricao', 'regex', ${pattern}, 'incluir', 'sem maldade')`
  t.equal(await refusalOf(save), 'NC014', 'it is tried before it is saved')
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into audit.padroes_trade_marketing (campo, tipo, padrao, padrao_dobrado)
      values ('descricao', 'regex', ${pattern}, ${pattern})`
  })
  await sql`update dw.lancamentos set descricao = ${`${'x'.repeat(4001)}z`} where id = 1`
  const session = await stepByStep(
    olivia,
    'auto',
    ['trade_marketing', 'validacao_valores'],
    'trade_marketing',
  )
  t.match(session, { status: 'concluida_com_falhas', encontradas: 1n, mensagem: /trade_marketing falhou/ })
  t.match(
    await sql`select status, erro_codigo from audit.execucoes_regra where sessao_id = ${session['id']} order by regra`,
    [{ status: 'falhou', erro_codigo: '57014' }, { status: 'concluida' }],
  )
  const failed = await stepByStep(olivia, 'auto', ['trade_marketing'], 'trade_marketing')
  t.equal(failed['status'], 'falhou')
})

t.test('an invalid pattern that is already saved can be switched off', async (t) => {
  const { sql, adelia } = await scene(t)
  const [pattern, veto] = await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    return tx`insert into audit.padroes_trade_marketing (campo, tipo, padrao, padrao_dobrado, acao)
      values ('descricao', 'regex', '(?i)verba', '(?i)verba', 'incluir'), ('descricao', 'regex', '(?i)obra', '(?i)obra', 'excluir') returning id`
  })
  t.match(
    await adelia`select ativo from audit.desativar_padrao(${veto?.['id']}, 'inválido')`,
    [{ ativo: false }],
    'an excluding pattern too, though its effect cannot be measured',
  )
  const [off] = await adelia`select ativo from audit.desativar_padrao(${pattern?.['id']}, 'inválido')`
  t.equal(off?.['ativo'], false)
  const [on] = await sql`select regra_trade_marketing.expressao_padroes('incluir', 'descricao', true) as e`
  t.notMatch(String(on?.['e']), 'verba')
  t.equal(
    await refusalOf(sql`update audit.padroes_trade_marketing set ativo = true where id = ${pattern?.['id']}`),
    'NC014',
    'and cannot be switched on again',
  )
})

t.test('a pattern that would take too long is refused, others are saved', async (t) => {
  const { adelia } = await scene(t)
  const save = (pattern: string) =>
    refusalOf(adelia`select audit.salvar_padrao('descricao', 'regex', ${pattern}, 'incluir', 'teste')`)
  for (const pattern of [
    '^(x+)(x+)(x+)\\3\\2\\1z$',
    '^(.+)(.+)(.+)\\3\\2\\1$',
    '(\\w+)(\\w+)(\\w+)\\1\\3\\2!$',
  ]) {
    t.equal(await save(pattern), 'NC014', pattern)
  }
  for (const pattern of [
    'verba .*marketing',
    '(promo|campanha|brinde)s? +(de )?(natal|páscoa)',
    '^[a-z ]+[0-9]{2,4}$',
    '\\mtrade\\M.*mkt',
    '(a+)+b',
  ]) {
    t.equal(await save(pattern), undefined, pattern)
  }
})

t.test('an invalid pattern is refused when it is saved', async (t) => {
  const { adelia } = await scene(t)
  const save = (type: string, pattern: string) =>
    refusalOf(adelia`select audit.salvar_padrao('descricao', ${type}, ${pattern}, 'incluir', 'teste')`)
  // (?i) and (?x) are valid by themselves, but not as one alternative among others
  for (const pattern of [
    '(',
    '[a',
    'a{2,1}',
    '.*',
    '',
    ' ',
    'x'.repeat(501),
    '(?i)verba',
    '(?x)ver ba',
    '***=verba',
    'a)|(b',
  ])
    t.equal(await save('regex', pattern), 'NC014', pattern.slice(0, 9))
  t.equal(await save('glob', 'x'), 'NC014')
})

t.test('a function that cannot be a rule is refused at registration', async (t) => {
  const scenario = await scene(t)
  const { sql, adelia, olivia } = scenario
  await makeRule(scenario, { nome: 'certa', consulta: right })
  await sql.unsafe(`create function minhas.numero(audit.janela) returns setof int language sql stable as 'select 1';
    create function minhas.um_so(audit.janela) returns audit.achado language sql stable as 'select null::audit.achado';
    create function minhas.volatil(audit.janela) returns setof audit.achado language sql as 'select null::audit.achado'`)
  const registrar = (changes: Record<string, unknown>, who = adelia) => {
    const r = {
      nome: 'nova',
      funcao: 'minhas.certa',
      tabela: 'dw.lancamentos',
      chave: 'id',
      colunas: ['valor'],
      ...changes,
    }
    return refusalOf(
      who`select audit.registrar_regra(${r.nome}, 'x', ${r.funcao}, ${r.tabela}, ${r.chave}, ${r.colunas}::text[])`,
    )
  }
  const refused: Record<string, unknown>[] = [
    { funcao: 'minhas.nada' },
    { funcao: 'minhas.numero' },
    { funcao: 'minhas.um_so' },
    { funcao: 'minhas.volatil' },
    { tabela: 'dw.nada' },
    { colunas: ['nada'] },
    { colunas: ['valor', 'id'] },
    { colunas: [] },
    { colunas: ['valor', null] },
    { colunas: null },
    { chave: 'nada' },
    { nome: 'certa' },
    { nome: 'Com Espaço' },
    { nome: null },
  ]
  for (const changes of refused) t.equal(await registrar(changes), 'NC011', JSON.stringify(changes))
  t.equal(await registrar({}, olivia), '42501', 'only an administrator registers rules')
  t.equal(await registrar({ colunas: ['categoria'] }), undefined, 'a right one is accepted')
})
