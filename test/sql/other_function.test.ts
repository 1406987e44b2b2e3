// Another version of a rule runs as rules do, as conferente_regra, whoever asks for it. That role reads what any rule reads, so
// the version is held to what a registered one is held to, and to an owner who could have registered it.
import t, { type Test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { banco } from '../helper/database.ts'
import { INFINITA, interromper } from '../helper/endless.ts'
import { armazem, lancar } from '../helper/warehouse.ts'

interface Recusa {
  code?: string
  message: string
  detail?: string
  hint?: string
}

const PATH = 'set search_path = pg_catalog, pg_temp'
const FOUND = `select null::text, l.id::text, '{}'::jsonb, 0.5, '{}'::jsonb, 'suspeito', 1.0 from dw.lancamentos l`

async function cena(t: Test) {
  const { sql, como } = await banco(t)
  await armazem(sql)
  await lancar(sql, { id: '1' })
  await funcao(sql, 'dw.boa', FOUND)
  await funcao(sql, 'dw.boa_v2', FOUND)
  await como(
    'adelia',
  )`select audit.registrar_regra('boa', 'x', 'dw.boa', 'dw.lancamentos', 'id', array['categoria'],
    coluna_data => 'data_lancamento')`
  return { sql, como, ana: como('ana') }
}

const funcao = (sql: Sql, nome: string, corpo: string, como = `stable ${PATH}`) =>
  sql.unsafe(`create function ${nome}(janela audit.janela) returns setof audit.achado language sql ${como} as $$ ${corpo} $$;
    grant execute on function ${nome}(audit.janela) to conferente_regra`)

const avaliar = (sql: Sql, outra: string): Promise<Recusa | undefined> =>
  sql`select * from audit.avaliar_regra('boa', '2026-01-01', '2026-12-31', ${outra})`.then(
    () => undefined,
    (error: Recusa) => error,
  )

t.test('a reviewer cannot have a function of her own read what rules read', async (t) => {
  const { sql, ana } = await cena(t)
  const espia = (
    nome: string,
  ) => `create function ${nome}(audit.janela) returns setof audit.achado language plpgsql stable ${PATH}
    as $$ begin raise exception 'lidos: %', (select count(*) from dw.lancamentos); end $$`
  // one connection: temporary functions are seen by nobody else
  const session = await ana.reserve()
  t.teardown(() => session.release())
  await session.unsafe(espia('pg_temp.espia'))
  const temporaria = await avaliar(session, 'pg_temp.espia')
  t.match(temporaria, { code: 'NC011' })
  t.notMatch(temporaria?.message, /lidos/)

  // a place of her own in the database, too
  await sql.unsafe('create schema de_ana; grant usage, create on schema de_ana to public')
  await ana.unsafe(espia('de_ana.espia'))
  const recusa = await avaliar(ana, 'de_ana.espia')
  t.match(recusa, { code: '42501', message: /de_ana\.espia é de ana/, hint: /conferente_administrador/ })
  await t.rejects(ana`select from dw.lancamentos`, { code: '42501' }, 'which she may not read herself')
  for (const dono of ['adelia', 'conferente_dono']) {
    await sql.unsafe(`alter function de_ana.espia(audit.janela) owner to ${dono}`)
    t.match(await avaliar(ana, 'de_ana.espia'), { message: /lidos: 1/ }, `${dono} could have registered it`)
  }
})

t.test(
  'whoever owns it, a version that is tried reads nothing of ours that rules may not, and writes nothing',
  async (t) => {
    const { sql, ana } = await cena(t)
    await sql`select audit_interno.abrir_operacao('externa', motivo => 'uma operação')`
    const last = async () => (await sql`select last_value from audit.operacoes_id_seq`)[0]?.['last_value']
    const before = await last()
    await sql.unsafe('create schema dela; grant usage on schema dela to public')
    const tentar = async (nome: string, comando: string) => {
      // stable promises nothing of what it calls, and a sequence is not rolled back
      await sql.unsafe(`
      create function dela.${nome}_ajuda() returns bigint language plpgsql volatile as $$ begin ${comando}; return 1; end $$;
      create function dela.${nome}(audit.janela) returns setof audit.achado language plpgsql stable ${PATH}
        as $$ begin raise exception 'feito: %', dela.${nome}_ajuda(); end $$;
      alter function dela.${nome}(audit.janela) owner to conferente_dono`)
      return avaliar(ana, `dela.${nome}`)
    }
    for (const tabela of [
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
      const recusa = await tentar(`le_${tabela.replace('.', '_')}`, `perform from ${tabela}`)
      t.match(recusa, { code: '42501' }, tabela)
    }
    const writes = {
      sequencia: `perform setval('audit.operacoes_id_seq', 4242)`,
      lancamento: `update dw.lancamentos set valor = 0`,
      regra: `update audit.regras set limiar = 0`,
      estatistica: `delete from regra_pendente_verificacao.estatistica_peso`,
      objeto: `create table dela.deixada ()`,
    }
    for (const [nome, comando] of Object.entries(writes)) {
      const recusa = await tentar(nome, comando)
      t.ok(['25006', '42501'].includes(recusa?.code ?? ''), `${nome}: ${recusa?.code} ${recusa?.message}`)
    }
    t.equal(await last(), before, 'the sequence is where it was')
  },
)

t.test('another version is held to what a registered function is held to', async (t) => {
  const { sql, ana } = await cena(t)
  t.equal(await avaliar(ana, 'dw.boa_v2'), undefined)
  await funcao(sql, 'dw.sem_caminho', FOUND, 'stable')
  await funcao(sql, 'dw.volatil', FOUND, PATH)
  await sql.unsafe(`create function dw.numero(audit.janela) returns int language sql stable ${PATH} return 1`)
  t.match(await avaliar(ana, 'dw.sem_caminho'), { code: 'NC011', message: /search_path/ })
  for (const outra of ['dw.volatil', 'dw.numero', 'dw.nada', 'boa', ''])
    t.match(await avaliar(ana, outra), { code: 'NC011' }, outra)
  t.match(await avaliar(ana, 'dw.boa_v2(audit.janela)'), { code: 'NC011', message: /sem argumentos/ })
})

t.test('a temporary table of the caller never stands before what a rule reads', async (t) => {
  const { sql, ana } = await cena(t)
  const session = await ana.reserve()
  t.teardown(() => session.release())
  // a view is read with its owner's rights, but the functions in it run with those of whoever reads it
  await session.unsafe(`
    create function pg_temp.leitora() returns bigint language plpgsql as $$
    begin raise exception 'lidos: %', (select count(*) from audit.tokens); end $$;
    create temp view lancamentos as select pg_temp.leitora() as id;
    grant select on lancamentos to public`)
  const corpo = FOUND.replace('dw.lancamentos', 'lancamentos')
  for (const [i, caminho] of ['dw', 'pg_temp, dw', 'pg_temp, dw, pg_temp'].entries()) {
    await funcao(sql, `dw.aberta_${i}`, corpo, `stable set search_path = ${caminho}`)
    t.match(await avaliar(session, `dw.aberta_${i}`), { code: 'NC011', message: /pg_temp/ }, caminho)
  }
  await funcao(sql, 'dw.fechada', corpo, 'stable set search_path = dw, pg_temp')
  t.equal(await avaliar(session, 'dw.fechada'), undefined)
  await funcao(sql, 'dw.um_nome', FOUND, `stable set search_path = 'dw, pg_temp'`)
  t.match(
    await avaliar(session, 'dw.um_nome'),
    { code: 'NC011', message: /pg_temp/ },
    'one odd name, not two',
  )
  await funcao(sql, 'dw.vazia', FOUND, `stable set search_path = ''`)
  t.equal(await avaliar(session, 'dw.vazia'), undefined, 'every name is said in full')
})

t.test('what fails while two are compared says which of them failed', async (t) => {
  const { sql, ana } = await cena(t)
  await funcao(sql, 'dw.divide', FOUND.replace('1.0', '1 / (l.id - l.id)'))
  await funcao(sql, 'dw.exagera', FOUND.replace('0.5', '1.5'))
  t.match(await avaliar(ana, 'dw.divide'), {
    code: '22012',
    message: 'division by zero',
    detail: /dw\.divide/,
    hint: /dw\.divide/,
  })
  t.match(await avaliar(ana, 'dw.exagera'), { code: 'NC012', detail: /registro 1.*dw\.exagera/ })
  await sql`create or replace function dw.boa(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp as $$ select * from dw.divide(janela) $$`
  t.match(await avaliar(ana, 'dw.boa_v2'), {
    code: '22012',
    message: 'division by zero',
    hint: /dw\.boa que falhou, e não dw\.boa_v2/,
  })

  await sql.unsafe(`create function dw.infinita(audit.janela) returns setof audit.achado language plpgsql stable ${PATH}
    as $$ ${INFINITA} $$`)
  await sql`create or replace function dw.boa(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$ begin return; end $$`
  const [recusa] = await Promise.all([avaliar(ana, 'dw.infinita'), interromper(sql)])
  t.match(recusa, {
    code: '57014',
    message: 'canceling statement due to user request',
    hint: /dw\.infinita que falhou/,
  })
})
