import t, { type Test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { banco } from '../helper/database.ts'
import { drawn } from '../helper/thorough.ts'
import {
  achar,
  armazem,
  conhecer,
  divergencias,
  fotografia,
  lancar,
  lista,
  processar,
  recusa,
  regra,
} from '../helper/warehouse.ts'

async function cena(t: Test) {
  const { sql, como } = await banco(t)
  const [olivia, adelia] = [como('olivia'), como('adelia')]
  await armazem(sql)
  await conhecer(sql, 'Frete', 'Outra')
  await lancar(sql, { id: '1' }, { id: '2', valor: '1000.00', valor_documento: '100.00' })
  return { sql, olivia, adelia, ana: como('ana') }
}

const certa = achar(`'{"categoria": "Frete"}'::jsonb`, "t.id = 1 and t.categoria <> 'Frete'")
const achado = (campos: Record<string, string>) => {
  const todos = {
    tabela: 'null::text',
    registro_id: "'1'",
    valores_propostos: `'{"categoria": "Outra"}'::jsonb`,
    confianca: '0.99',
    evidencia: `'{}'::jsonb`,
    justificativa: "'porque sim'",
    valor_em_risco: '10.00',
    ...campos,
  }
  const tipos = ['text', 'text', 'jsonb', 'numeric', 'jsonb', 'text', 'numeric']
  return Object.values(todos)
    .map((valor, i) => `(${valor})::${tipos[i]}`)
    .join(', ')
}

/** What a broken rule returns, and the SQLSTATE under which it is recorded. */
const quebradas: [string, string, string?][] = [
  ['raises', achado({ tabela: "audit_interno.configuracao('nada') #>> '{}'" }), 'NC008'],
  ['divides by zero', achado({ confianca: '1 / (random() * 0)::numeric' }), '22012'],
  ['a null key', achado({ registro_id: 'null' })],
  ['an unknown row', achado({ registro_id: "'99'" })],
  ['a key of another type', achado({ registro_id: "'um'" }), '22P02'],
  ['an unknown table', achado({ tabela: "'dw.nada'" })],
  ['another table', achado({ tabela: "'audit.regras'" })],
  ['an unknown column', achado({ valores_propostos: `'{"nada": 1}'` })],
  ['a column that is not the rule\u2019s', achado({ valores_propostos: `'{"descricao": "x"}'` })],
  ['confidence over 1', achado({ confianca: '1.5' })],
  ['negative confidence', achado({ confianca: '-0.1' })],
  ['no confidence', achado({ confianca: 'null' })],
  ['confidence NaN', achado({ confianca: "'NaN'" })],
  ['an amount that is text', achado({ valores_propostos: `'{"valor": "dez"}'` }), '22P02'],
  ['an amount too large', achado({ valores_propostos: `'{"valor": 1e30}'` }), '22003'],
  ['a list as proposal', achado({ valores_propostos: `'[1]'` })],
  ['a text as proposal', achado({ valores_propostos: `'"Frete"'` })],
  ['an empty sentence', achado({ justificativa: "' '" })],
  ['no sentence', achado({ justificativa: 'null' })],
  ['a negative amount at stake', achado({ valor_em_risco: '-1' })],
  ['an amount at stake NaN', achado({ valor_em_risco: "'NaN'" })],
  ['what is already there', achado({ valores_propostos: `'{"categoria": "Frete", "valor": 100}'` })],
]
t.test('a rule that raises or returns nonsense fails alone, and the others run', async (t) => {
  const cenario = await cena(t)
  const { sql, olivia } = cenario
  await regra(cenario, { nome: 'certa', consulta: certa })
  await processar(olivia, 'auto', ['certa'])
  const some = drawn([...quebradas.entries()], 6)
  for (const [i, [nome, consulta, codigo = 'NC012']] of some) {
    await regra(cenario, { nome: `quebrada_${i}`, consulta, colunas: ['categoria', 'valor'] })
    const regras = [`quebrada_${i}`, 'certa', 'validacao_valores']
    const sessao = await processar(olivia, 'auto', regras)
    t.match(
      sessao,
      { status: 'concluida_com_falhas', mensagem: new RegExp(`a regra quebrada_${i} falhou`) },
      nome,
    )
    const execucoes =
      await sql`select regra, status, erro_codigo, erro_mensagem, encontradas from audit.execucoes_regra
      where sessao_id = ${sessao['id']} order by regra`
    t.match(
      execucoes,
      [
        { regra: 'certa', status: 'concluida' },
        { status: 'falhou', erro_codigo: codigo, erro_mensagem: /./, encontradas: 0n },
        { regra: 'validacao_valores', status: 'concluida', encontradas: 1n },
      ],
      nome,
    )
  }
  t.same(await sql`select from audit.divergencias_processadas where regra like 'quebrada%'`, [])
  t.match(await sql`select categoria from dw.lancamentos where id = 1`, [{ categoria: 'Frete' }])
  const two = some.slice(0, 2).map(([i]) => `quebrada_${i}`)
  t.equal((await processar(olivia, 'manual', two))['status'], 'falhou', 'all failed')
})

t.test(
  'a rule whose search_path was opened after it was registered is skipped, and that is told',
  async (t) => {
    const cenario = await cena(t)
    const { sql, olivia, ana } = cenario
    await regra(cenario, { nome: 'certa', consulta: certa })
    await regra(cenario, { nome: 'aberta', consulta: certa })
    for (const caminho of ['set search_path = dw', 'set search_path = pg_temp, dw', 'reset search_path']) {
      await sql.unsafe(`alter function minhas.aberta(audit.janela) ${caminho}`)
      const sessao = await processar(olivia, 'manual', ['certa', 'aberta'])
      t.equal(sessao['status'], 'concluida_com_falhas', caminho)
      const execucoes = await sql`
      select e.regra, e.status, e.motivo from audit.execucoes_regra e where e.sessao_id = ${sessao['id']} order by e.regra`
      t.match(execucoes, [
        { regra: 'aberta', status: 'pulada', motivo: /search_path/ },
        { regra: 'certa', status: 'concluida' },
      ])
      t.equal(
        await recusa(ana`select audit.avaliar_regra('aberta', '2026-01-01', '2026-12-31')`),
        'NC011',
        'nor is it back-tested',
      )
    }
  },
)

t.test(
  'a key that two rows bear is nobody\u2019s: neither is written, whichever the rule meant',
  async (t) => {
    const { sql, como } = await banco(t)
    const [olivia, adelia] = [como('olivia'), como('adelia')]
    await armazem(sql, 'particionada') // the key is unique in no partition
    await conhecer(sql, 'Frete', 'Outra')
    await lancar(sql, { id: '1', categoria: 'Errada' }, { id: '2', categoria: 'Errada' })
    await lancar(sql, { id: '1', data_lancamento: '2026-03-10', categoria: 'Aluguel', documento: 'NF-9' })
    const frete = achar(`'{"categoria": "Frete"}'::jsonb`, "t.categoria = 'Errada'")
    await regra({ sql, adelia }, { nome: 'frete', consulta: frete })
    await regra(
      { sql, adelia },
      {
        nome: 'outra',
        consulta: achar(`'{"categoria": "Outra"}'::jsonb`, "t.id = 2 and t.categoria <> 'Outra'"),
      },
    )
    const before = await fotografia(sql)
    t.match(await processar(olivia, 'auto', ['frete']), {
      status: 'falhou',
      corrigidas: 0n,
      mensagem: /chave 1, .*mais de um registro/,
    })
    t.same(await fotografia(sql), before)
    t.match(await sql`select erro_codigo from audit.execucoes_regra`, [{ erro_codigo: 'NC012' }])
    t.match(
      await processar(olivia, 'auto', ['outra']),
      { status: 'concluida', corrigidas: 1n },
      'who points at other rows goes on',
    )
  },
)

t.test('nothing proposed is a flag; the same finding twice is one, at its highest confidence', async (t) => {
  const cenario = await cena(t)
  await regra(cenario, {
    nome: 'aponta',
    consulta: achado({ valores_propostos: 'null', evidencia: `'null'::jsonb` }),
  })
  await regra(cenario, {
    nome: 'gagueja',
    consulta: `${achado({ confianca: 'c' })} from (values (0.5), (0.91), (0.7)) v (c)
      where janela.chaves is null`,
  })
  t.match(await processar(cenario.olivia, 'manual', ['aponta', 'gagueja']), {
    status: 'concluida',
    encontradas: 2n,
  })
  t.match(await divergencias(cenario.sql), [
    { regra: 'aponta', valores_propostos: {} },
    { regra: 'gagueja', confianca: '0.9100', vezes_detectada: 1 },
  ])
  const [aponta] =
    await cenario.sql`select evidencia from audit.divergencias_processadas where regra = 'aponta'`
  t.same(aponta?.['evidencia'], {}, 'no evidence is none, however it is written')
})

t.test('two different proposals of one rule for one row are left to a person', async (t) => {
  const cenario = await cena(t)
  await regra(cenario, {
    nome: 'indecisa',
    consulta: `${achado({ valores_propostos: "jsonb_build_object('categoria', c)" })}
      from (values ('A'), ('B')) v (c) where janela.chaves is null`,
  })
  t.match(await processar(cenario.olivia, 'auto', ['indecisa']), { encontradas: 2n, corrigidas: 0n })
  const [a] = await divergencias(cenario.sql)
  const ids = lista(...(await divergencias(cenario.sql)).map((d) => d['id']))
  const feitas = await cenario.ana`select * from audit.aprovar_divergencias(${ids}::bigint[], 'ambas')`
  t.same(feitas.map((d) => d['status']).sort(), ['corrigida', 'obsoleta'], 'one row takes one value')
  t.match(await cenario.sql`select categoria from dw.lancamentos where id = 1`, [{ categoria: /^[AB]$/ }])
  t.ok(a)
})

/** The stepwise way: what the command line and the worker do. */
async function passoAPasso(olivia: Sql, modo: string, regras: string[], limite: number) {
  return olivia.reserve().then(async (conexao) => {
    try {
      const [sessao] =
        await conexao`select * from audit_interno.iniciar_sessao(${modo}, null, 'infinity', ${regras})`
      const id = sessao?.['id']
      for (;;) {
        const [passo] = await conexao`select * from audit_interno.proxima_etapa(${id})`
        if (passo?.['etapa'] === 'fim') break
        try {
          await conexao.unsafe(`set statement_timeout = ${limite}`)
          await conexao`select audit_interno.executar_etapa(${id}, ${passo?.['etapa']}, ${passo?.['regra']})`
        } catch (error) {
          await conexao.unsafe('set statement_timeout = 0')
          const { code, message } = error as { code: string; message: string }
          await conexao`select audit_interno.registrar_falha_etapa(${id}, ${passo?.['etapa']}, ${passo?.['regra']},
            ${code}, ${message})`
        }
        await conexao.unsafe('set statement_timeout = 0')
      }
      const [fim] = await conexao`select * from audit.sessoes_processamento where id = ${id}`
      return fim as NonNullable<typeof fim>
    } finally {
      conexao.release()
    }
  })
}

t.test('a pattern that explodes runs into the time limit of its rule, and the others run', async (t) => {
  const cenario = await cena(t)
  const { sql, olivia, adelia } = cenario
  await lancar(sql, { id: '3', categoria: 'Trade Marketing' })
  const padrao = '^(x+)(x+)(x+)\\3\\2\\1z$'
  const salvar = adelia`select audit.salvar_padrao('descricao', 'regex', ${padrao}, 'incluir', 'sem maldade')`
  t.equal(await recusa(salvar), 'NC014', 'it is tried before it is saved')
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into audit.padroes_trade_marketing (campo, tipo, padrao, padrao_dobrado)
      values ('descricao', 'regex', ${padrao}, ${padrao})`
  })
  await sql`update dw.lancamentos set descricao = ${`${'x'.repeat(4001)}z`} where id = 1`
  const sessao = await passoAPasso(olivia, 'auto', ['trade_marketing', 'validacao_valores'], 700)
  t.match(sessao, { status: 'concluida_com_falhas', encontradas: 1n, mensagem: /trade_marketing falhou/ })
  t.match(
    await sql`select status, erro_codigo from audit.execucoes_regra where sessao_id = ${sessao['id']} order by regra`,
    [{ status: 'falhou', erro_codigo: '57014' }, { status: 'concluida' }],
  )
  const falhou = await passoAPasso(olivia, 'auto', ['trade_marketing'], 300)
  t.equal(falhou['status'], 'falhou')
})

t.test('a pattern that was saved before it was known to be invalid can be switched off', async (t) => {
  const { sql, adelia } = await cena(t)
  const [padrao] = await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    return tx`insert into audit.padroes_trade_marketing (campo, tipo, padrao, padrao_dobrado)
      values ('descricao', 'regex', '(?i)verba', '(?i)verba') returning id`
  })
  const [desligado] = await adelia`select ativo from audit.desativar_padrao(${padrao?.['id']}, 'inválido')`
  t.equal(desligado?.['ativo'], false)
  const [ligado] =
    await sql`select regra_trade_marketing.expressao_padroes('incluir', 'descricao', true) as e`
  t.notMatch(String(ligado?.['e']), 'verba')
  t.equal(
    await recusa(sql`update audit.padroes_trade_marketing set ativo = true where id = ${padrao?.['id']}`),
    'NC014',
    'and not on again',
  )
})

t.test(
  'a pattern that takes too long is refused in moments, one that does not is saved at once',
  async (t) => {
    const { adelia } = await cena(t)
    const salvar = async (padrao: string) => {
      const began = Date.now()
      const code = await recusa(
        adelia`select audit.salvar_padrao('descricao', 'regex', ${padrao}, 'incluir', 'teste')`,
      )
      t.ok(Date.now() - began < 3000, `${padrao} ${Date.now() - began} ms`)
      return code
    }
    for (const padrao of [
      '^(x+)(x+)(x+)\\3\\2\\1z$',
      '^(.+)(.+)(.+)\\3\\2\\1$',
      '(\\w+)(\\w+)(\\w+)\\1\\3\\2!$',
    ]) {
      t.equal(await salvar(padrao), 'NC014', padrao)
    }
    for (const padrao of [
      'verba .*marketing',
      '(promo|campanha|brinde)s? +(de )?(natal|páscoa)',
      '^[a-z ]+[0-9]{2,4}$',
      '\\mtrade\\M.*mkt',
      '(a+)+b',
    ]) {
      t.equal(await salvar(padrao), undefined, padrao)
    }
  },
)

t.test('an invalid pattern is refused where it is written', async (t) => {
  const { adelia } = await cena(t)
  const salvar = (tipo: string, padrao: string) =>
    recusa(adelia`select audit.salvar_padrao('descricao', ${tipo}, ${padrao}, 'incluir', 'teste')`)
  // (?i) and (?x) are valid by themselves, and not as one alternative among others
  for (const padrao of [
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
    t.equal(await salvar('regex', padrao), 'NC014', padrao.slice(0, 9))
  t.equal(await salvar('glob', 'x'), 'NC014')
})

t.test('what cannot be a rule is refused when it is registered', async (t) => {
  const cenario = await cena(t)
  const { sql, adelia, olivia } = cenario
  await regra(cenario, { nome: 'certa', consulta: certa })
  await sql.unsafe(`create function minhas.numero(audit.janela) returns setof int language sql stable as 'select 1';
    create function minhas.um_so(audit.janela) returns audit.achado language sql stable as 'select null::audit.achado';
    create function minhas.volatil(audit.janela) returns setof audit.achado language sql as 'select null::audit.achado'`)
  const registrar = (mudancas: Record<string, unknown>, quem = adelia) => {
    const r = {
      nome: 'nova',
      funcao: 'minhas.certa',
      tabela: 'dw.lancamentos',
      chave: 'id',
      colunas: ['valor'],
      ...mudancas,
    }
    return recusa(
      quem`select audit.registrar_regra(${r.nome}, 'x', ${r.funcao}, ${r.tabela}, ${r.chave}, ${r.colunas}::text[])`,
    )
  }
  const recusadas: Record<string, unknown>[] = [
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
  for (const mudancas of recusadas) t.equal(await registrar(mudancas), 'NC011', JSON.stringify(mudancas))
  t.equal(await registrar({}, olivia), '42501', 'only an administrator registers rules')
  t.equal(await registrar({ colunas: ['categoria'] }), undefined, 'what is right is taken')
})
