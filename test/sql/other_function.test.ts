// Another version of a rule runs like any rule, as conferente_regra, whoever asks for it. That role reads what any rule reads, so
// the version must meet what a registered one must meet, and belong to somebody who could have registered it.
import t, { type Test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'
import { ENDLESS, interrupt } from '../helper/endless.ts'
import { book, makeWarehouse } from '../helper/warehouse.ts'

interface Refusal {
  code?: string
  message: string
  detail?: string
  hint?: string
}

const PATH = 'set search_path = pg_catalog, pg_temp'
const FOUND = `select null::text, l.id::text, '{}'::jsonb, 0.5, '{}'::jsonb, 'suspeito', 1.0 from dw.lancamentos l`

async function scene(t: Test) {
  const { sql, connectAs } = await testDatabase(t)
  await makeWarehouse(sql)
  await book(sql, { id: '1' })
  await fn(sql, 'dw.boa', FOUND)
  await fn(sql, 'dw.boa_v2', FOUND)
  await connectAs(
    'adelia',
  )`select audit.registrar_regra('boa', 'x', 'dw.boa', 'dw.lancamentos', 'id', array['categoria'],
    coluna_data => 'data_lancamento')`
  return { sql, connectAs, ana: connectAs('ana') }
}

const fn = (sql: Sql, name: string, body: string, connectAs = `stable ${PATH}`) =>
  sql.unsafe(`create function ${name}(janela audit.janela) returns setof audit.achado language sql ${connectAs} as $$ ${body} $$;
    grant execute on function ${name}(audit.janela) to conferente_regra`)

const backTest = (sql: Sql, other: string): Promise<Refusal | undefined> =>
  sql`select * from audit.avaliar_regra('boa', '2026-01-01', '2026-12-31', ${other})`.then(
    () => undefined,
    (error: Refusal) => error,
  )

t.test('a reviewer cannot make her own function read what rules read', async (t) => {
  const { sql, ana } = await scene(t)
  const spy = (
    name: string,
  ) => `create function ${name}(audit.janela) returns setof audit.achado language plpgsql stable ${PATH}
    as $$ begin raise exception 'lidos: %', (select count(*) from dw.lancamentos); end $$`
  // one connection, because nobody else sees temporary functions
  const session = await ana.reserve()
  t.teardown(() => session.release())
  await session.unsafe(spy('pg_temp.espia'))
  const temporary = await backTest(session, 'pg_temp.espia')
  t.match(temporary, { code: 'NC011' })
  t.notMatch(temporary?.message, /lidos/)

  // a place of her own in the database, too
  await sql.unsafe('create schema de_ana; grant usage, create on schema de_ana to public')
  await ana.unsafe(spy('de_ana.espia'))
  const refusal = await backTest(ana, 'de_ana.espia')
  t.match(refusal, { code: '42501', message: /de_ana\.espia é de ana/, hint: /conferente_administrador/ })
  await t.rejects(ana`select from dw.lancamentos`, { code: '42501' }, 'which she may not read herself')
  for (const owner of ['adelia', 'conferente_dono']) {
    await sql.unsafe(`alter function de_ana.espia(audit.janela) owner to ${owner}`)
    t.match(await backTest(ana, 'de_ana.espia'), { message: /lidos: 1/ }, `${owner} could have registered it`)
  }
})

t.test(
  'a version that is tried reads nothing of ours that rules may not, and writes nothing, whoever owns it',
  async (t) => {
    const { sql, ana } = await scene(t)
    await sql`select audit_interno.abrir_operacao('externa', motivo => 'uma operação')`
    const last = async () => (await sql`select last_value from audit.operacoes_id_seq`)[0]?.['last_value']
    const before = await last()
    await sql.unsafe('create schema dela; grant usage on schema dela to public')
    const attempt = async (name: string, command: string) => {
      // stable promises nothing about what it calls, and a sequence is not rolled back
      await sql.unsafe(`
      create function dela.${name}_ajuda() returns bigint language plpgsql volatile as $$ begin ${command}; return 1; end $$;
      create function dela.${name}(audit.janela) returns setof audit.achado language plpgsql stable ${PATH}
        as $$ begin raise exception 'feito: %', dela.${name}_ajuda(); end $$;
      alter function dela.${name}(audit.janela) owner to conferente_dono`)
      return backTest(ana, `dela.${name}`)
    }
    for (const table of [
      'audit.tokens',
      'audit.revogacoes',
      'audit.operacoes',
      'audit.sessoes_processamento',
      'audit.configuracoes_sistema',
      'audit.notificacoes',
      'audit.excecoes',
      'audit_interno.cadeia',
      'graphile_worker._private_jobs',
    ]) {
      const refusal = await attempt(`le_${table.replace('.', '_')}`, `perform from ${table}`)
      t.match(refusal, { code: '42501' }, table)
    }
    const writes = {
      sequencia: `perform setval('audit.operacoes_id_seq', 4242)`,
      lancamento: `update dw.lancamentos set valor = 0`,
      regra: `update audit.regras set limiar = 0`,
      estatistica: `delete from regra_pendente_verificacao.estatistica_peso`,
      objeto: `create table dela.deixada ()`,
    }
    for (const [name, command] of Object.entries(writes)) {
      const refusal = await attempt(name, command)
      t.ok(['25006', '42501'].includes(refusal?.code ?? ''), `${name}: ${refusal?.code} ${refusal?.message}`)
    }
    t.equal(await last(), before, 'the sequence has not moved')
  },
)

t.test('another version must meet the requirements of a registered function', async (t) => {
  const { sql, ana } = await scene(t)
  t.equal(await backTest(ana, 'dw.boa_v2'), undefined)
  await fn(sql, 'dw.sem_caminho', FOUND, 'stable')
  await fn(sql, 'dw.volatil', FOUND, PATH)
  await sql.unsafe(`create function dw.numero(audit.janela) returns int language sql stable ${PATH} return 1`)
  t.match(await backTest(ana, 'dw.sem_caminho'), { code: 'NC011', message: /search_path/ })
  for (const other of ['dw.volatil', 'dw.numero', 'dw.nada', 'boa', ''])
    t.match(await backTest(ana, other), { code: 'NC011' }, other)
  t.match(await backTest(ana, 'dw.boa_v2(audit.janela)'), { code: 'NC011', message: /sem argumentos/ })
})

t.test("a caller's temporary table never hides what a rule reads", async (t) => {
  const { sql, ana } = await scene(t)
  const session = await ana.reserve()
  t.teardown(() => session.release())
  // a view reads with its owner's rights, but its functions run with those of its reader
  await session.unsafe(`
    create function pg_temp.leitora() returns bigint language plpgsql as $$
    begin raise exception 'lidos: %', (select count(*) from audit.tokens); end $$;
    create temp view lancamentos as select pg_temp.leitora() as id;
    grant select on lancamentos to public`)
  const body = FOUND.replace('dw.lancamentos', 'lancamentos')
  for (const [i, path] of ['dw', 'pg_temp, dw', 'pg_temp, dw, pg_temp'].entries()) {
    await fn(sql, `dw.aberta_${i}`, body, `stable set search_path = ${path}`)
    t.match(await backTest(session, `dw.aberta_${i}`), { code: 'NC011', message: /pg_temp/ }, path)
  }
  await fn(sql, 'dw.fechada', body, 'stable set search_path = dw, pg_temp')
  t.equal(await backTest(session, 'dw.fechada'), undefined)
  await fn(sql, 'dw.um_nome', FOUND, `stable set search_path = 'dw, pg_temp'`)
  t.match(
    await backTest(session, 'dw.um_nome'),
    { code: 'NC011', message: /pg_temp/ },
    'one odd name, not two',
  )
  await fn(sql, 'dw.vazia', FOUND, `stable set search_path = ''`)
  t.equal(await backTest(session, 'dw.vazia'), undefined, 'every name is written in full')
})

t.test('an error while comparing two versions says which one failed', async (t) => {
  const { sql, ana } = await scene(t)
  await fn(sql, 'dw.divide', FOUND.replace('1.0', '1 / (l.id - l.id)'))
  await fn(sql, 'dw.exagera', FOUND.replace('0.5', '1.5'))
  t.match(await backTest(ana, 'dw.divide'), {
    code: '22012',
    message: 'division by zero',
    detail: /dw\.divide/,
    hint: /dw\.divide/,
  })
  t.match(await backTest(ana, 'dw.exagera'), { code: 'NC012', detail: /registro 1.*dw\.exagera/ })
  await sql`create or replace function dw.boa(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp as $$ select * from dw.divide(janela) $$`
  t.match(await backTest(ana, 'dw.boa_v2'), {
    code: '22012',
    message: 'division by zero',
    hint: /foi dw\.boa, e não dw\.boa_v2/,
  })

  await sql.unsafe(`create function dw.infinita(audit.janela) returns setof audit.achado language plpgsql stable ${PATH}
    as $$ ${ENDLESS} $$`)
  await sql`create or replace function dw.boa(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$ begin return; end $$`
  const [refusal] = await Promise.all([backTest(ana, 'dw.infinita'), interrupt(sql)])
  t.match(refusal, {
    code: '57014',
    message: 'canceling statement due to user request',
    hint: /foi dw\.infinita, e não/,
  })
})
