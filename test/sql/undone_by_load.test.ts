// A nightly load overwrites corrections with the old values. Every channel says so, and nothing is silently corrected again.
import t from 'tap'
import { SessionInterrupted } from '../../src/session/session.ts'
import { conferente, personal } from '../cli/helper.ts'
import { configure, counts, message, reload, source, undone } from '../helper/nightly_load.ts'
import { asOwner } from '../helper/owner.ts'
import { inParts, MONTHS, monthsWorkshop, ROWS } from '../helper/parts.ts'
import { one, scenario } from '../helper/scenario.ts'

t.test('errors that a reload brings back are reported, corrected again and counted once', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, valor: 100 }, { id: 2, valor: 50 }, { id: 3, categoria: 'BOA' })
  await source(c)
  t.match(await c.runSession('auto'), {
    status: 'concluida',
    corrigidas: 2n,
    desfeitas: 0n,
    valor_corrigido: '150.00',
  })
  await reload(c)
  const second = await c.runSession('auto')
  t.match(second, {
    status: 'concluida_com_falhas',
    corrigidas: 2n,
    desfeitas: 2n,
    refeitas: 2n,
    valor_corrigido: '0',
    mensagem:
      /correções desfeitas fora do sistema: 2 errada \(2 pela carga de \d\d\/\d\d\/\d{4} \d\dh\); refeitas agora: 2; corrija na origem/,
  })
  t.match(await counts(c, second['id']), { conferidas: 2, recorrentes: 2, encontradas: 2, novas: 0 })
  t.equal(await c.categoria(1), 'CERTA', 'right in the morning')
  t.equal(await c.status(1), 'corrigida')
  t.match(await c.runSession('auto'), { status: 'concluida', desfeitas: 0n }, 'reported once for each load')

  await reload(c)
  t.match(await c.runSession('auto'), { desfeitas: 2n, refeitas: 2n, valor_corrigido: '0' })
  t.match(
    one(
      await c.asPerson('leo')`select sum(valor_corrigido)::float as valor, sum(refeitas)::int as refeitas,
        sum(desfeitas)::int as desfeitas from audit.vw_metricas_desempenho`,
    ),
    { valor: 150, refeitas: 4, desfeitas: 4 },
  )
  t.match(
    await c.asPerson(
      'leo',
    )`select nome, valor from audit.metricas() where nome like '%feitas_total' order by 1`,
    [
      { nome: 'conferente_correcoes_desfeitas_total', valor: 4 },
      { nome: 'conferente_correcoes_refeitas_total', valor: 4 },
    ],
  )
  t.match(one(await c.asPerson('leo')`select audit.relatorio_desempenho() -> 'sessoes' as s`)['s'], {
    valor_corrigido: 150,
    desfeitas: 4,
    refeitas: 4,
  })
  t.match(
    one(
      await c.asPerson('leo')`select * from audit.diagnosticar_contrato() where item = 'correções desfeitas'`,
    ),
    { situacao: 'aviso', detalhe: /^4 desfeitas .* em 2 sessões/, sugestao: /conferente listar --desfeitas/ },
    'by the diagnosis',
  )
  const lines = await undone(c)
  t.match(
    lines.map(
      ({ corrigida_em, carregado_em, vista_em }) => corrigida_em < carregado_em && carregado_em < vista_em,
    ),
    [true, true],
  )
  t.match(
    lines,
    ['1', '2'].map((registro_id) => ({
      registro_id,
      tabela: 'dw.lancamentos',
      coluna: 'categoria',
      valor_corrigido: 'CERTA',
      valor_encontrado: 'ERR',
      situacao: 'valor_anterior',
      vezes_desfeita: 2,
      status: 'corrigida',
    })),
  )
  t.match(
    await c.asPerson(
      'leo',
    )`select evento from audit.historico_registro('dw.lancamentos', '1') where evento like 'correção%'`,
    { length: 2 },
  )
  t.match(await c.sql`select * from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})

t.test(
  'even if load times go back, undone corrections outside the window are noticed and made again',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 }, { id: 2, categoria: 'BOA' })
    await source(c)
    await c.runSession('auto')
    await reload(c, 'antiga')
    t.match(await c.runSession('manual'), {
      status: 'concluida_com_falhas',
      desfeitas: 1n,
      refeitas: 0n,
      recorrentes: 1n,
      mensagem: /1 errada \(1 sem carga identificada/,
    })
    t.match(await c.finding(1), {
      status: 'aberta',
      motivo: /desfeita fora do sistema; carga não identificada: carregado_em/,
    })
    t.match(await undone(c), [{ carregado_em: null }])
    t.match(await c.runSession('auto'), {
      status: 'concluida',
      desfeitas: 0n,
      refeitas: 1n,
      valor_corrigido: '0',
      mensagem: /1 correções que uma carga havia desfeito foram refeitas/,
    })
    t.equal(await c.categoria(1), 'CERTA', 'after a manual session that only reported it')
    await reload(c, 'antiga')
    t.match(await c.runSession('auto'), { desfeitas: 1n, refeitas: 1n, corrigidas: 1n })
    t.equal(await c.categoria(1), 'CERTA')
  },
)

t.test('an approved correction that was overwritten is not reported as done', async (t) => {
  const c = await scenario(t)
  await c.sql`select audit.alterar_configuracao('correio.destinatarios', '["gestora@empresa.com.br"]', 'teste')`
  await c.book({ id: 1, confianca: 0.6 }, { id: 2, confianca: 0.6 }, { id: 3, categoria: 'BOA' })
  await source(c)
  await c.runSession()
  await c.approve('ana', (await c.finding(1)).id, (await c.finding(2)).id)
  t.match(await c.runSession('auto'), { status: 'concluida' })
  await reload(c)
  await c.sql`delete from dw.lancamentos where id = 2`
  t.match(await c.runSession('auto'), {
    status: 'concluida_com_falhas',
    desfeitas: 2n,
    refeitas: 0n,
    mensagem: /1 com o registro apagado/,
  })
  t.match(
    await c.finding(1),
    { status: 'aberta', motivo: /pela carga de/ },
    'a person decided before, and decides again',
  )
  t.match(await c.finding(2), { status: 'obsoleta', motivo: /não existe mais/ })
  t.match(await undone(c), [{ situacao: 'valor_anterior' }, { situacao: 'ausente', valor_encontrado: null }])
  for (const type of ['resumo', 'divergencias']) {
    const { text, html, subject } = await message(c, type)
    for (const said of [text, html]) {
      t.match(said, /2 correções desfeitas fora do sistema/i, type)
      t.match(said, /errada: 1 pela carga de/, type)
      t.match(said, /1 com o registro apagado/, type)
      t.match(said, /corrigir na origem, com a lista de conferente listar --desfeitas/, type)
      t.match(said, /\?sessao=\d+/, type)
      t.notMatch(said, /Tudo feito|Confere ao centavo/i, type)
    }
    if (type === 'resumo') t.match(subject, /Concluído com ressalvas .*2 correções desfeitas/)
  }
})

t.test('another value written over a correction closes its finding, and new errors are found', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 })
  await c.runSession('auto')
  await c.sql`update dw.lancamentos set categoria = case id when 1 then 'BOA' else 'ERR OUTRA' end,
    carregado_em = case id when 3 then now() else now() - interval '10 days' end where id < 4`
  const { id } = await c.runSession('manual')
  t.match(await counts(c, id), { desfeitas: 3, obsoletas: 3, novas: 2, encontradas: 2 })
  t.equal(await c.status(1), 'obsoleta')
  t.equal(await c.status(2), 'obsoleta aberta', 'even outside the window')
  t.equal(await c.status(3), 'obsoleta aberta')
  t.match(await undone(c), [{ valor_encontrado: 'BOA', situacao: 'outro_valor' }, {}, {}])
})

t.test('a key that a reload gave to another entry is not an undone correction', async (t) => {
  const c = await scenario(t)
  await asOwner(
    c.sql,
    (owner) => owner`update audit.regras set colunas_identidade = '{documento}' where nome = 'errada'`,
  )
  await c.book({ id: 1 }, { id: 2 })
  await c.sql`update dw.lancamentos set documento = 'NF ' || id`
  await source(c, "update dw.origem set documento = 'NF 9' where id = 2")
  await c.runSession('auto')
  await reload(c)
  t.match(await c.runSession('manual'), { desfeitas: 1n, mensagem: /1 errada/ })
  t.match(await c.findings(2), [{ status: 'obsoleta', motivo: /outro lançamento/ }, { status: 'aberta' }])
  t.match(await undone(c), [{ registro_id: '1' }])
})

t.test(
  'a document that we corrected is still the same entry, whether the load keeps it or not',
  async (t) => {
    const c = await scenario(t)
    await asOwner(
      c.sql,
      (owner) => owner`update audit.regras set colunas_identidade = '{documento}' where nome = 'errada'`,
    )
    await c.sql.unsafe(`
    create schema minhas; grant usage on schema minhas to conferente_regra;
    create function minhas.nota(janela audit.janela) returns setof audit.achado language plpgsql stable
      set search_path = pg_catalog, pg_temp as $f$ begin return query
        select 'dw.lancamentos', l.id::text, jsonb_build_object('documento', upper(l.documento)), 0.99, '{}'::jsonb, 'maiúsculas', l.valor
        from dw.lancamentos l where l.documento <> upper(l.documento) and (janela.chaves is null or l.id = any (janela.chaves::bigint[]));
      end $f$;
    insert into dw.lancamentos (id, documento) values (-1, 'NF 1'), (-2, 'NF 2'), (-3, 'NF 3');
    select audit.registrar_regra('nota', 'Documento em maiúsculas.', 'minhas.nota', 'dw.lancamentos', 'id', array['documento'],
      'data_lancamento', 'carregado_em', 'valor', 0.9, 0.95,
      concessao_correcoes => 1000000, concessao_valor => 1e12, prioridade => 200)`)
    await c.book({ id: 1 }, { id: 2 }, { id: 3 })
    await c.sql`update dw.lancamentos set documento = 'nf ' || id where id between 1 and 3`
    const both = async (mode: string) =>
      one(
        await c.asPerson(
          'olivia',
        )`select * from audit.processar_divergencias(${mode}, regras => '{errada,nota}')`,
      )
    t.match(await both('auto'), { corrigidas: 6n })
    await c.sql`update dw.lancamentos
    set categoria = 'ERR', documento = case id when 1 then documento when 2 then 'nf 2' else 'NF 99' end
    where id between 1 and 3`
    t.match(await both('manual'), { desfeitas: 4n })
    t.same(
      (await undone(c)).map((row) => `${row['regra']} ${row['registro_id']} ${row['situacao']}`),
      [
        'errada 1 valor_anterior', // the load kept our document
        'errada 2 valor_anterior', // the load brought its own
        'nota 2 valor_anterior',
        'nota 3 outro_valor',
      ],
    )
    t.match((await c.findings(3))[0], { status: 'obsoleta', motivo: /outro lançamento/ })
  },
)

t.test('what the system itself wrote over a correction does not count as undone from outside', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  await source(c)
  await c.runSession('auto')
  await c.asPerson('ana')`select audit.reverter_divergencias(${[(await c.finding(2)).id]}, 'foi engano')`
  t.match(await c.runSession('auto'), { desfeitas: 0n }, 'a rollback is our own doing')
  await c.sql`update dw.ajuste set prefixo = 'CERTA'`
  t.match(await c.runSession('auto'), { corrigidas: 1n, desfeitas: 0n })
  t.equal(await c.categoria(1), 'OUTRA')
  await c.sql`update dw.ajuste set prefixo = 'ERR'`
  t.match(
    await c.runSession('auto'),
    { status: 'concluida', desfeitas: 0n },
    'the newer correction is the one that should stand',
  )
  t.equal(await c.status(1), 'corrigida corrigida')
  await reload(c)
  t.match(await c.runSession('auto'), { desfeitas: 2n, refeitas: 1n })
  t.equal(await c.status(1), 'corrigida obsoleta')
  t.equal(await c.categoria(2), 'ERR', 'what a person took back is left alone')
})

t.test('a correction undone too often waits for a person', async (t) => {
  const c = await scenario(t)
  await c.sql`select audit.alterar_configuracao('correio.destinatarios', '["gestora@empresa.com.br"]', 'teste')`
  await configure(c, 'sessao.desfeitas_maximo', 2)
  await c.book({ id: 1 }, { id: 2, categoria: 'BOA' })
  await source(c)
  await c.runSession('auto')
  await reload(c)
  t.match(await c.runSession('auto'), { desfeitas: 1n, refeitas: 1n })
  await reload(c)
  t.match(await c.runSession('auto'), {
    desfeitas: 1n,
    refeitas: 0n,
    corrigidas: 0n,
    mensagem: /já desfeitas 2 vezes ou mais, auto não as refaz: 1/,
  })
  t.match(await c.finding(1), { status: 'aberta', motivo: /desfeita 2 vezes, auto já não a refaz/ })
  t.match(
    (await message(c, 'divergencias')).text,
    /1 já desfeita 2 vezes ou mais: auto não a refaz, uma pessoa decide/,
  )
  await c.runSession('auto')
  t.equal(await c.categoria(1), 'ERR', 'nor by a later session')
  await c.approve('ana', (await c.finding(1)).id)
  t.equal(await c.categoria(1), 'CERTA')
})

t.test(
  'a typed value that was overwritten is reopened with the value, and auto leaves it alone',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 }, { id: 2, categoria: 'BOA' })
    await source(c)
    await c.runSession()
    await c.typeIn('ana', (await c.finding(1)).id, { categoria: 'MINHA' })
    await c.approve('bruno', (await c.finding(1)).id)
    await reload(c)
    t.match(await c.runSession('auto'), { status: 'concluida_com_falhas', desfeitas: 1n, corrigidas: 0n })
    t.equal(await c.status(1), 'aberta')
    t.match(await undone(c), [{ valor_corrigido: 'MINHA', valor_encontrado: 'ERR' }])
  },
)

t.test('how far back to compare is a setting, and reaching the limit is reported', async (t) => {
  const c = await scenario(t)
  await c.sql`select audit.alterar_configuracao('correio.destinatarios', '["gestora@empresa.com.br"]', 'teste')`
  await c.book({ id: 1, carregado: new Date(Date.now() - 20 * 3_600_000).toISOString() })
  await source(c)
  await c.runSession('auto')
  await c.book({ id: 2 }, { id: 3, categoria: 'BOA' })
  await c.runSession('auto')
  await configure(c, 'sessao.conferir_corrigidas_linhas', 1)
  const cutOff = await c.runSession()
  t.match(cutOff, {
    status: 'concluida',
    mensagem: /a regra errada: 1 de 2 correções anteriores conferidas, as mais novas/,
  })
  t.match(await counts(c, cutOff['id']), { conferidas: 1, desfeitas: 0 })
  t.match((await message(c, 'resumo')).text, /1 de 2 correções anteriores conferidas/)

  await configure(c, 'sessao.conferir_corrigidas_linhas', 100)
  await configure(c, 'sessao.conferir_corrigidas_dias', 0)
  await c.sql`update dw.lancamentos set categoria = 'ERR', carregado_em = case id when 2 then now() else carregado_em end
    where id between 1 and 2`
  const { id, mensagem: saidTexts } = await c.runSession()
  t.match(
    await counts(c, id),
    { conferidas: 1, desfeitas: 1, conferencia: null },
    'what the rule finds again is always looked at',
  )
  t.equal(await c.status(1), 'corrigida', 'older than asked for')
  t.equal(await c.status(2), 'aberta')
  t.match(saidTexts, /1 errada/)
})

t.test('a simulation reports undone corrections and changes nothing', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2, categoria: 'BOA' })
  await source(c)
  await c.runSession('auto')
  await reload(c)
  t.match(
    one(
      await c.asPerson(
        'olivia',
      )`select * from audit.processar_divergencias('auto', regras => '{errada}', simular => true)`,
    ),
    { desfeitas: 1n, refeitas: 1n, mensagem: /desfeitas fora/, resumo: { regras: [{ desfeitas: 1 }] } },
  )
  t.equal(await c.status(1), 'corrigida')
  t.same(await undone(c), [])
})

t.test('the command line reports undone corrections and prints the list for the source', async (t) => {
  const c = await scenario(t)
  const [olivia, leo] = [personal(c.url, 'olivia'), personal(c.url, 'leo')]
  const empty = await conferente(['listar', '--desfeitas'], { url: leo })
  t.match(empty, { code: 0, stdout: /Nenhuma correção desfeita/ }, empty.stderr)
  await c.book({ id: 1 }, { id: 2, categoria: 'BOA' })
  await source(c)
  await c.runSession('auto')
  await reload(c)
  const ran = await conferente(['processar', '--modo', 'auto', '--regra', 'errada'], { url: olivia })
  t.equal(ran.code, 1, 'not simply corrected')
  t.match(ran.stdout, /1 correções anteriores desfeitas fora do sistema, 1 refeitas/)
  t.match(ran.stdout, /mensagem: .*correções desfeitas fora do sistema: 1 errada/)
  t.match(ran.stderr, /A lista para quem cuida da origem: conferente listar --desfeitas/)
  const said = await conferente(['listar', '--desfeitas'], { url: leo })
  t.match(said.stdout, /errada\s+dw\.lancamentos\s+1\s+categoria\s+CERTA\s+ERR\s/, said.stderr)
  t.match((await conferente(['listar', '--desfeitas', '--json'], { url: leo })).json(), [
    { registro_id: '1', valor_corrigido: 'CERTA', valor_encontrado: 'ERR', vezes_desfeita: 1 },
  ])
  t.equal((await conferente(['listar', '--desfeitas', '--status', 'aberta'], { url: leo })).code, 2)
})

t.test('when workers share the session, corrections are compared once, not in every part', async (t) => {
  const { sql, url, request } = await monthsWorkshop(t)
  await inParts(url, await request('auto'))
  await sql`update dw.mensal set situacao = 'errada' where id > 0`
  const id = await request('auto')
  const rows = MONTHS * ROWS
  t.match(await inParts(url, id), {
    status: 'concluida_com_falhas',
    partes: BigInt(MONTHS),
    desfeitas: BigInt(rows),
    refeitas: BigInt(rows),
    corrigidas: BigInt(rows),
    encontradas: BigInt(rows),
    valor_corrigido: '0',
    mensagem: new RegExp(`${rows} mensal \\(${rows} sem carga identificada`),
  })
  t.equal(
    one(await sql`select count(distinct divergencia_id)::int as n from audit.correcoes_desfeitas`)['n'],
    rows,
  )
  t.equal(one(await sql`select count(distinct operacao_id)::int as n from audit.correcoes_desfeitas`)['n'], 1)
  t.match(await sql`select from dw.mensal where situacao = 'errada'`, { length: 0 })
})

t.test('what another session finds between two parts is counted once', async (t) => {
  const { sql, url, connectAs, request, closeGates, stopped, accounts } = await monthsWorkshop(t)
  await inParts(url, await request('auto'))
  await sql`update dw.mensal set situacao = 'errada' where id > 0`
  await inParts(url, await request())
  const id = await request()
  const open = await closeGates(1)
  const pause = new AbortController()
  const begun = inParts(url, id, pause.signal)
  await stopped(1)
  pause.abort()
  await open()
  await t.rejects(begun, SessionInterrupted)
  await connectAs('olivia')`
    select from audit.processar_divergencias('manual', '2026-01-01', '2026-06-30', '{mensal}')`
  await inParts(url, id)
  const rows = MONTHS * ROWS
  t.match(await accounts(id), { status: 'concluida', deteccoes: rows, divergencias: rows, encontradas: rows })
})

t.test('the cost grows with the number undone, even with old planner statistics', async (t) => {
  const c = await scenario(t)
  const rows = 400
  await c.sql`insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
    select n, '2026-11-10', now() - interval '1 hour', 'ERR', 'x', 100, 0.99 from generate_series(1, ${rows}) n`
  await configure(c, 'limites.fracao', 1)
  await source(c)
  await c.runSession('auto')
  await reload(c)
  await c.runSession('auto')
  await reload(c)
  await c.sql`analyze`
  const read = await c.sql.begin(async (tx) => {
    // the plan that the planner prefers for ten thousand rows of which it expects one, obtained here with few
    await tx`set local enable_hashjoin = off`
    await tx`set local enable_mergejoin = off`
    const [session] = await tx`select * from audit.processar_divergencias('auto', regras => '{errada}')`
    t.match(session, { desfeitas: BigInt(rows) })
    return tx`select seq_tup_read::int as linhas from pg_stat_xact_all_tables where relname = 'conferente_achado'`
  })
  t.equal(read.length, 1)
  t.ok(read[0]?.['linhas'] < 20 * rows, `${read[0]?.['linhas']} rows of findings read for ${rows}`)
})
