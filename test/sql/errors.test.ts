// The register of errors is complete, and some test expects each of its codes; those that no other test needs are here.
import { test } from 'tap'
import { testDatabase } from '../helper/database.ts'
import { read, sqlFiles, testFiles } from '../helper/files.ts'
import { bookEntries, makeLedger } from './rules/ledger.ts'

const unique = (codes: Iterable<string>) => [...new Set(codes)].sort()

// NC999 is caught by the function that raises it; NC019 needs a warehouse that reverses every undoing.
const UNREACHABLE = ['NC999']

test('sql/ and docs/api.md know the same codes, and each is expected by a test', async (t) => {
  const raised = unique(
    sqlFiles().flatMap((path) => read(`sql/${path}`).match(/(?<=errcode = '|then ')NC\w{3}(?=')/g) ?? []),
  )
  const registered = unique(read('docs/api.md').match(/(?<=^\| )NC\w{3}(?= \|)/gm) ?? [])
  t.ok(raised.length > 15)
  t.same(registered, raised, 'codes of docs/api.md, and those raised in sql/')
  const tests = [...testFiles().values()].join('\n').replace(/^\s*\/\/.*$/gm, '')
  const unexpected = raised.filter(
    (code) => !UNREACHABLE.includes(code) && !new RegExp(`['"]${code}['"]`).test(tests),
  )
  t.same(unexpected, [], 'codes that no test expects')
})

test('wrong arguments are refused by code', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  const [olivia, adelia, ana] = [connectAs('olivia'), connectAs('adelia'), connectAs('ana')]
  const refused = async (code: string, by: typeof sql, call: string) =>
    t.rejects(by.unsafe(`select * from audit.${call}`), { code }, `${code} ${call}`)

  await refused('NC001', olivia, `processar_divergencias('talvez')`)
  await refused('NC002', olivia, `processar_divergencias('manual', '2025-02-01', '2025-01-01')`)
  await refused('NC003', olivia, `processar_divergencias('manual', regras => array['nenhuma'])`)
  await refused('NC001', ana, `aprovar_divergencias('{}', 'certo')`)
  await refused('NC004', ana, `aprovar_divergencias('{999}', 'certo')`)
  await refused('NC006', ana, `rejeitar_divergencias('{999}', ' ')`)
  await refused('NC004', olivia, `reverter_sessao(999, 'engano')`)
  await refused('NC004', olivia, `cancelar_sessao(999, 'engano')`)
  await refused('NC008', adelia, `alterar_configuracao('nao.existe', '1', 'teste')`)
  await refused('NC009', adelia, `alterar_configuracao('limites.linhas', '"muitas"', 'teste')`)
  await refused('NC003', adelia, `alterar_regra('nenhuma', '{"limiar": 0.9}', 'teste')`)
  await refused('NC009', adelia, `alterar_regra('trade_marketing', '{"nome": "outro"}', 'teste')`)
  await refused(
    'NC011',
    adelia,
    `registrar_regra('minha', 'Minha', 'regras.nao_existe', 'dw.lancamentos', 'id', array['valor'])`,
  )
  await refused('NC014', adelia, `salvar_padrao('descricao', 'expressao', '((', 'incluir', 'teste')`)
  await refused(
    'NC018',
    ana,
    `declarar_excecao('trade_marketing', 'dw.lancamentos', '1', 'certo', now() - interval '1 day')`,
  )
})

test('a session needs something to work on, and takes steps only while it is under way', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const olivia = connectAs('olivia')
  await t.rejects(olivia`select audit.processar_divergencias()`, { code: 'NC010' }, 'no warehouse')
  await makeLedger(sql)
  const [session] = await olivia<{ id: string; status: string }[]>`
    select id::text, status from audit.processar_divergencias('manual', '2025-01-01', '2025-01-31')`
  t.equal(session?.status.startsWith('concluida'), true, `session is ${session?.status}`)
  const id = session?.id ?? ''
  await t.rejects(
    sql.unsafe(`select audit_interno.executar_etapa(${id}, 'finalizar', null)`),
    { code: 'NC016' },
    'ended',
  )
  await t.rejects(olivia.unsafe(`select audit.cancelar_sessao(${id}, 'tarde')`), { code: 'NC005' }, 'ended')
  await t.rejects(olivia.unsafe(`select audit.reverter_sessao(${id}, 'nada')`), { code: 'NC017' }, 'nothing')
})

test('an operation is ended once, by the person who opened it', async (t) => {
  const { connectAs } = await testDatabase(t)
  const [ana, bruno] = [connectAs('ana'), connectAs('bruno')]
  const [operation] = await ana<
    { id: string }[]
  >`select audit.registrar_operacao('externa', 'carga à mão')::text as id`
  const end = `select audit.finalizar_operacao(${operation?.id})`
  await t.rejects(bruno.unsafe(end), { code: 'NC007' })
  await ana.unsafe(end)
  await t.rejects(ana.unsafe(end), { code: 'NC005' })
})

test('a rule that finds rows that do not exist fails alone; typed values and undos are checked', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const [olivia, adelia, ana] = [connectAs('olivia'), connectAs('adelia'), connectAs('ana')]
  await makeLedger(sql)
  const [id] = await bookEntries(sql, { categoria: 'A', valor: 10 })
  // One rule flags a row that does not exist; the other is never satisfied, and the warehouse refuses to be set back.
  await sql.unsafe(`
    create schema minhas;
    create function minhas.perdida(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp as $$
      select null::text, '404', '{}'::jsonb, 0.5, '{}'::jsonb, 'perdida', 0.0 where janela.chaves is null $$;
    create function minhas.teimosa(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp as $$
      select null::text, l.id::text, jsonb_build_object('categoria', l.categoria || '!'), 0.5, '{}'::jsonb, 'ainda não', 1.0
      from dw.lancamentos l where janela.chaves is null or l.id::text = any (janela.chaves) $$;
    create function minhas.recusar() returns trigger language plpgsql as $$ begin raise exception 'não volta'; end $$;
    create trigger recusar before update on dw.lancamentos for each row when (new.categoria = 'A')
      execute function minhas.recusar();
    grant usage on schema minhas to conferente_regra, conferente_escrita;
    grant execute on all functions in schema minhas to conferente_regra;`)
  for (const rule of ['perdida', 'teimosa']) {
    await adelia.unsafe(`select audit.registrar_regra('${rule}', '${rule}', 'minhas.${rule}', 'dw.lancamentos', 'id',
      array['categoria'], coluna_data => 'data_lancamento')`)
  }
  const [session] = await olivia<{ id: string; status: string }[]>`
    select id::text, status
    from audit.processar_divergencias('manual', '2025-01-01', '2025-12-31', array['perdida', 'teimosa'])`
  t.equal(session?.status, 'concluida_com_falhas')
  const [failed] = await olivia<{ erro_codigo: string }[]>`
    select erro_codigo from audit.execucoes_regra where sessao_id = ${session?.id ?? ''} and regra = 'perdida'`
  t.equal(failed?.erro_codigo, 'NC012', 'a row that does not exist')

  const [finding] = await ana<{ id: string }[]>`
    select id::text from audit.vw_divergencias_abertas where regra = 'teimosa' and registro_id = ${id ?? ''}`
  const typed = (values: string) =>
    ana.unsafe(`select audit.corrigir_manualmente(${finding?.id}, '${values}', 'teste')`)
  await t.rejects(typed('{}'), { code: 'NC015' }, 'no value')
  await t.rejects(typed('{"valor": 1}'), { code: 'NC015' }, 'a column that the rule may not correct')
  await t.rejects(ana.unsafe(`select audit.aprovar_divergencias('{${finding?.id}}', 'teste')`), {
    code: 'NC019',
  })
  const [row] = await sql`select categoria from dw.lancamentos`
  t.equal(row?.['categoria'], 'A', 'nothing of the batch was kept')
})
