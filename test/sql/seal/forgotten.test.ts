// Somebody who has left is forgotten: the name is in no dump, and all that was sealed is proven as before.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import t from 'tap'
import type { Sql } from '../../../src/db/connection.ts'
import { age } from '../../helper/archive.ts'
import { newcomer } from '../../helper/database.ts'
import { one, scenario, sqlstate } from '../../helper/scenario.ts'
import { checkLines, REWRITE, trailOf } from '../../helper/trail.ts'

const c = await scenario(t)
const adelia = c.asPerson('adelia')
const NAME = 'Zuleica Prado'
const ADDRESS = 'Zuleica.Prado@casa.com.br'
/** No spelling of the name, the address or the login, nor what of them anybody could compute. Others have longer names. */
const TRACES = [
  /zul[eé]ica(?!rolina| ramos)/i,
  ...[ADDRESS, ADDRESS.toLowerCase(), 'zuleica prado', 'zuleica'].map(
    (said) => new RegExp(createHash('sha256').update(said).digest('hex'), 'i'),
  ),
]

/** As the API does for somebody who signed in by single sign-on. */
const acting = <T>(name: string, role: string, act: (tx: Sql) => PromiseLike<T>) =>
  c.connectAs('api').begin(async (tx) => {
    await tx`select audit_interno.assumir(${name}, ${`conferente_${role}`}, null, now(), true)`
    return act(tx as unknown as Sql)
  })
const approve = async (name: string, entry: number) => {
  const { id } = await c.finding(entry)
  const seen = await c.shown(id)
  await acting(name, 'revisor', (tx) => tx`select audit.aprovar_divergencias(${[id]}, 'conferido', ${seen})`)
}
const seal = () => c.sql`select audit_interno.selar()`
const id = async (entry: number) => (await c.finding(entry)).id
const forget = (name: string, sql: Sql = adelia) =>
  sql`select * from audit.esquecer_pessoa(${name}, 'saiu em 2026, pedido do titular')`
const verify = async () => [
  ...(await c.asPerson('leo')`select situacao, objeto from audit.verificar_integridade()`),
]

/** All that a dump of the database holds, but for the warehouse. */
async function dump(): Promise<string> {
  const tables = await c.sql`
    select c.oid::regclass::text as name from pg_class c
    where c.relkind = 'r' and c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'dw') order by 1`
  const held = await Promise.all(
    tables.map(({ name }) =>
      c.sql.unsafe(`select string_agg(x::text, E'\n' order by x::text) as rows from ${name} x`),
    ),
  )
  return tables.map(({ name }, at) => `${name}\n${held[at]?.[0]?.['rows'] ?? ''}`).join('\n')
}

await c.book(
  { id: 1 },
  ...[2, 3, 4, 5, 6, 7].map((id) => ({ id, confianca: 0.5 })),
  ...[8, 9, 10].map((id) => ({ id, confianca: 0.5, valor: 200_000 })),
)
await adelia`select audit.registrar_pessoa(${NAME}, 'revisor', 'contas a pagar', ${ADDRESS})`
await adelia`select audit.ligar_identidade('zuleica', ${NAME}, 'o login dela')`
await adelia`select audit.criar_convite(${NAME}, 'revisor', sha256('segredo'), true)`
await adelia`select audit.registrar_token(${NAME}, 'leitor', now() + interval '9 days')`
await acting(NAME, 'operador', (tx) => tx`select audit.processar_divergencias('auto', regras => '{errada}')`)
await approve(NAME, 2)
// facts of two years ago, which are in the archive
await seal()
const month = await age(c, 30)
{
  const proven = await checkLines(await trailOf(adelia))
  const asked = one(await adelia`select audit.registrar_exportacao('{"formato": "trilha"}') as id`)
  await adelia`select audit.finalizar_operacao(${asked['id']}, linhas => 1, detalhes => ${c.sql.json({ sha256: 'ab'.repeat(32) })})`
  await adelia`select audit.arquivar_meses(${month}::text::date, 'guarda', ${asked['id']}, ${proven.elo}, ${proven.selo})`
}
await approve(NAME, 8)
await c.approve('ana', await id(8))
await c.approve('ana', await id(9))
await approve('zuleica', 9)
await approve(NAME, 10)
await acting(
  'zuleica',
  'revisor',
  async (tx) => tx`select audit.rejeitar_divergencias(${[await id(3)]}, 'certo')`,
)
const SAID = 'ZULÉICA  Prado viu, zuleica.prado@CASA.com.br. Zuleica Ramos não; zuleicarolina também não.'
await c.asPerson('ana')`select audit.comentar(${[await id(4)]}, ${SAID})`
await c.forward('ana', 'zuleica', await id(4))
await acting(
  NAME,
  'revisor',
  (tx) =>
    tx`select audit.declarar_excecao('errada', 'dw.lancamentos', '6', 'frete', now() + interval '1 day')`,
)
const asAdministrator = (act: (tx: Sql) => PromiseLike<unknown>) => acting(NAME, 'administrador', act)
await asAdministrator((tx) => tx`select audit.alterar_configuracao('limites.linhas', '10', 'meu limite')`)
await asAdministrator(
  (tx) => tx`select audit.salvar_padrao('descricao', 'contem', 'campanha', 'incluir', 'x')`,
)
await asAdministrator((tx) => tx`select audit.fechar_periodo('2026-01-01', 'x')`)
await asAdministrator(
  (tx) => tx`select audit.alterar_regra('errada', '{"limiar": 0.9}', 'a pedido de Zuleica Prado')`,
)
await acting(
  NAME,
  'revisor',
  (tx) => tx`select audit.registrar_operacao('externa', 'carga', ${c.sql.json({ por: [{ [NAME]: 'x' }] })})`,
)
await acting(
  'zuleicarolina',
  'revisor',
  async (tx) => tx`select audit.rejeitar_divergencias(${[await id(5)]}, 'certo')`,
)
await acting(
  'zuleica ramos',
  'revisor',
  async (tx) => tx`select audit.rejeitar_divergencias(${[await id(7)]}, 'certo')`,
)
const setting = (...addresses: string[]) =>
  adelia`select audit.alterar_configuracao('correio.destinatarios', ${c.sql.json(addresses)}, 'avisos')`
await setting(ADDRESS, 'gestora@casa.com.br')
// as the worker leaves a letter that it has composed
await c.sql.unsafe(`set role conferente_dono;
  update audit.notificacoes set status = 'composta', identificador = 'x', destinatarios = '{${ADDRESS}}', conteudo = '{"itens": [{"por": "zuleica", "texto": "por Zuleica Prado\\nhoje"}]}'
  where id = (select min(id) from audit.notificacoes);
  reset role`)
await c.sql.unsafe(`select graphile_worker.add_job('x', '{"to": "${ADDRESS}"}'::json)`)
await seal()
const head = one(await c.sql`select elo::int, encode(selo, 'hex') as selo from audit_interno.cadeia`) as {
  elo: number
  selo: string
}
await c.sql`select audit_interno.registrar_carimbo('x', ${head.elo}, decode(${head.selo}, 'hex'), decode(${head.selo}, 'hex'), now(), 'x')`
await seal()

t.test('whoever is still in office is not forgotten, and hears what to do first', async (t) => {
  const { login } = await newcomer(t, c, 'zp', 'conferente_revisor')
  await adelia`select audit.ligar_identidade(${login}, ${NAME}, 'o login novo')`
  const refused = async (detail: RegExp) => {
    const error = await forget(NAME).then(
      () => null,
      (error: unknown) => error,
    )
    t.match(error, { code: 'NC045', detail }, String(detail))
  }
  await refused(/entra como revisor/)
  await adelia`select audit.remover_pessoa(${NAME}, 'saiu')`
  await refused(/o login zp_/)
  await c.sql.unsafe(`revoke conferente_revisor from ${login}`)
  const token = one(
    await adelia`select id from audit.registrar_token('zuleica', 'leitor', now() + interval '9 days')`,
  )
  await refused(new RegExp(`token ${token['id']}`))
  await adelia`select audit.revogar_acesso('saiu', nome => 'zuleica')`
  await refused(/espera a segunda aprovação/)
  await c.reject('ana', await id(10))
  await refused(/foi encaminhada/)
  await c.forward('ana', 'bruno', await id(4))
  const session = one(
    await acting('zuleica', 'operador', (tx) => tx`select id from audit.solicitar_processamento('manual')`),
  )
  await refused(/sessão/)
  await c.asPerson('olivia')`select audit.cancelar_sessao(${session['id']}, 'x')`
  await refused(/correio.destinatarios/)
  await setting('gestora@casa.com.br')
  await refused(/a mensagem/)
  await c.sql.unsafe(
    `set role conferente_dono; update audit.notificacoes set status = 'enviada', entregues = destinatarios where status = 'composta'; reset role`,
  )
  await adelia`select audit.desligar_identidade(${login}, 'não era dela')`
  await seal()
})

t.test('only an administrator may, and only with a reason that does not name the person', async (t) => {
  for (const who of ['leo', 'ana', 'olivia'] as const)
    t.equal(await sqlstate(forget(NAME, c.asPerson(who))), '42501', who)
  t.equal(await sqlstate(forget('Adélia')), 'NC007')
  for (const name of ['conferente', '', ' ', 'pessoa-0123456789ab'])
    t.equal(await sqlstate(forget(name)), 'NC001', name)
  for (const name of ['zule', 'prado', 'ninguem mais']) t.equal(await sqlstate(forget(name)), 'NC004', name)
  for (const why of ['', ' '])
    t.equal(await sqlstate(adelia`select audit.esquecer_pessoa('zuleica', ${why})`), 'NC006')
  for (const why of ['Zuleica saiu', `era ${ADDRESS}`])
    t.equal(await sqlstate(adelia`select audit.esquecer_pessoa('zuleica', ${why})`), 'NC001')
  t.equal(
    await sqlstate(
      adelia.begin('isolation level repeatable read', (tx) => forget(NAME, tx as unknown as Sql)),
    ),
    '25001',
  )
})

t.test('a simulation says where the name stands, and changes nothing', async (t) => {
  const before = await dump()
  const places = await adelia`select * from audit.esquecer_pessoa(${NAME}, 'x', simular => true)`
  t.equal(await dump(), before)
  const of = (place: string) => places.find(({ lugar }) => lugar === place)
  t.match(of('audit.operacoes.ator'), { operacao_id: null, pseudonimo: null })
  for (const place of [
    'audit.decisoes.ator',
    'audit.pessoas.endereco',
    'audit.notificacoes.conteudo',
    'graphile_worker.jobs',
  ])
    t.ok(of(place), place)
  t.match(of('audit.decisoes.motivo'), { linhas: 1n, em_duvida: 0n })
})

t.test('while the trail is broken nobody is forgotten', async (t) => {
  const undone = new Error('undone')
  await t.rejects(
    c.sql.begin(async (tx) => {
      await tx.unsafe(`set local session_replication_role = replica; update audit.configuracoes_sistema set valor = '11' where chave = 'limites.linhas';
        set local session_replication_role = origin`)
      t.equal(await sqlstate(tx.savepoint((inner) => forget(NAME, inner as unknown as Sql))), 'NC045')
      throw undone
    }),
    undone,
  )
})

t.test('a kill in the middle leaves all as it was', async (t) => {
  const before = await dump()
  const own = c.connectAs('adelia')
  const { pid } = one(await own`select pg_backend_pid()::int as pid`)
  await c.sql.begin(async (tx) => {
    await tx`select from audit.tokens for update` // its turn comes last
    const forgetting = forget(NAME, own).then(
      () => 'done',
      () => 'cut',
    )
    let waits = 0
    for (let tries = 0; waits === 0 && tries < 3000; tries += 1) {
      await tx`select pg_sleep(0.02)`
      waits = Number(one(await tx`select cardinality(pg_blocking_pids(${pid})) as n`)['n'])
    }
    t.ok(waits > 0, 'it was under way')
    await tx`select pg_terminate_backend(${pid})`
    t.equal(await forgetting, 'cut')
  })
  t.equal(await dump(), before)
})

const links = () =>
  c.sql`select id, elo, resumo, selo_anterior, selo from audit.operacoes where elo is not null order by elo`
let pseudonym = ''

t.test('forgotten: no dump holds the name, and everything sealed is as it was sealed', async (t) => {
  const held = await dump()
  for (const trace of [TRACES[0], TRACES[1]]) t.match(held, trace, 'it was there')
  const before = await links()
  const earlier = await trailOf(adelia)
  t.match(await verify(), [{ situacao: 'provada' }])
  const rows = await forget(' zuleíca ')
  pseudonym = String(rows[0]?.['pseudonimo'])
  t.match(pseudonym, /^pessoa-[0-9a-f]{12}$/)
  await seal()
  const now = await dump()
  for (const trace of TRACES) t.notMatch(now, trace)
  t.match(now, /zuleicarolina/)
  t.match(now, /zuleica ramos/)
  t.same((await links()).slice(0, before.length), before)
  t.match(await verify(), [{ situacao: 'provada' }])
  t.match(
    await c.asPerson('leo')`select situacao from audit.verificar_integridade(${head.elo}, ${head.selo})`,
    [{ situacao: 'provada' }],
  )
  t.match(await c.asPerson('leo')`select situacao from audit.verificar_desde(${head.elo}, ${head.selo})`, [
    { situacao: 'provada' },
  ])
  const lines = await trailOf(adelia)
  const whole = lines.join('\n')
  for (const trace of TRACES) t.notMatch(whole, trace)
  const report = await checkLines(lines, head)
  t.match(
    report.breaks.filter(({ situacao }) => !situacao.startsWith('carimbo')),
    [],
  )
  const said = one(
    await c.sql`select linhas::int, detalhes ->> 'pseudonimo' as pseudonimo from audit.operacoes where tipo = 'esquecimento'`,
  )
  t.same(said, { linhas: report.esquecidos, pseudonimo: pseudonym })
  t.match(
    (await checkLines(earlier, head)).breaks.filter(({ situacao }) => !situacao.startsWith('carimbo')),
    [],
    'a file exported before',
  )
})

t.test('pg_dump finds nothing either, where there is one', async (t) => {
  const version = String(
    one(await c.sql`select current_setting('server_version_num')::int / 10000 as n`)['n'],
  )
  const program = `/usr/lib/postgresql/${version}/bin/pg_dump`
  if (!existsSync(program))
    return t.pass('nothing found', { skip: `no pg_dump of PostgreSQL ${version} here` })
  for (const more of [[], ['--data-only']]) {
    const { stdout } = await promisify(execFile)(program, [...more, '--exclude-schema=dw', c.url], {
      maxBuffer: 1 << 30,
    })
    t.match(stdout, pseudonym)
    for (const trace of TRACES) t.notMatch(stdout, trace)
  }
})

t.test('no column for a name is left out', async (t) => {
  const left = await c.sql`
    select c.oid::regclass::text || '.' || a.attname as coluna
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace::regnamespace::text in ('audit', 'audit_interno')
      and a.attname ~ '(_por|ator|autor|motivo|destinatarios|endereco|pessoa|mensagem)$'
      and not exists (select from audit_interno.onde_ha_nomes() n where n.tabela = c.oid::regclass::text and n.coluna = a.attname)
    order by 1`
  t.same(
    left.map(({ coluna }) => coluna),
    [
      'audit.notas_recusadas.motivo', // one of a few words
      'audit_interno.destinos_canais.endereco', // of a channel
    ],
  )
})

t.test('nobody who holds the database finds the name by trying names', async (t) => {
  const [operation] = await c.sql`select id from audit.operacoes where tipo = 'esquecimento'`
  t.match(
    await c.sql`select count(*)::int as n from audit_interno.estados where sal is not null and operacao_id < ${operation?.['id']}`,
    [{ n: 0 }],
  )
  t.match(
    await c.sql.unsafe(
      `select count(sal)::int as n from audit_arquivo.estados_${month.slice(0, 7).replace('-', '_')}`,
    ),
    [{ n: 0 }],
  )
  for (const name of [NAME.toLowerCase(), 'zuleica']) {
    const found = await c.sql`
      select count(*) filter (where sha256(s.autoria || convert_to(row(${name}::text, d.motivo, d.para, d.antes)::text, 'UTF8')) = f.resumo)::int as hit,
        count(*)::int as tried
      from audit_interno.fatos_esquecidos f
      join audit_interno.sais s on s.operacao_id = f.operacao_id
      join audit.decisoes d on d.id = f.fato_id
      where f.parte = 'decisao' and d.ator = ${pseudonym}`
    t.match(found, [{ hit: 0 }])
    t.ok(Number(found[0]?.['tried']) > 3)
  }
})

t.test('what the person did stands under the pseudonym', async (t) => {
  const list = await c.sql`select distinct ator from audit.decisoes order by 1`
  t.same(
    list.map(({ ator }) => ator),
    ['ana', pseudonym, 'zuleica ramos', 'zuleicarolina'].sort(),
  )
  t.match(
    await c.sql`select proposta_por, decidida_por from audit.divergencias_processadas where registro_id in ('8', '9') order by id`,
    [
      { proposta_por: pseudonym, decidida_por: 'ana' },
      { proposta_por: 'ana', decidida_por: pseudonym },
    ],
  )
  const comment = one(await c.sql`select motivo from audit.decisoes where tipo = 'comentario'`)
  t.equal(comment['motivo'], `${pseudonym} viu, ${pseudonym}. Zuleica Ramos não; zuleicarolina também não.`)
})

t.test(
  'the pseudonym is nobody: it signs in nowhere, decides nothing, and is not who comes back under the old name',
  async (t) => {
    t.equal(
      await sqlstate(adelia`select audit.registrar_token(${pseudonym}, 'revisor', now() + interval '1 day')`),
      'NC001',
    )
    t.equal(await sqlstate(acting(pseudonym, 'revisor', (tx) => tx`select 1`)), 'NC020')
    t.equal(await sqlstate(adelia`select audit.ligar_identidade('ana', ${pseudonym}, 'x')`), 'NC001')
    t.equal(await sqlstate(forget(NAME)), 'NC004', 'forgotten already')
    t.equal(await sqlstate(forget(pseudonym)), 'NC001')
    t.match(await c.sql`select audit_interno.mesma_pessoa(${NAME}, ${pseudonym}) as mesma`, [
      { mesma: false },
    ])
  },
)

/** Acts as a superuser without triggers, and asks a reader; nothing of it is kept. */
async function broken(act: string, rewritten = false): Promise<string[]> {
  const undone = new Error('undone')
  let found: string[] = []
  await c.sql
    .begin(async (tx) => {
      await tx.unsafe(`set local session_replication_role = replica; ${act}`)
      if (rewritten) await tx.unsafe(REWRITE)
      await tx.unsafe('set local session_replication_role = origin; set local role conferente_leitor')
      const rows = rewritten
        ? await tx`select situacao from audit.verificar_integridade(${head.elo}, ${head.selo})`
        : await tx`select situacao from audit.verificar_integridade()`
      found = rows.map(({ situacao }) => situacao as string)
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw new Error(act, { cause: error })
    })
  return found
}

t.test('whoever changes something beside it is found', async (t) => {
  t.same(await broken('select'), ['provada'])
  const named = async (act: string, kind: string) => {
    const found = await broken(act)
    t.ok(found.includes(kind), `${act}: ${found}`)
  }
  const swap = (column: string, one: string, other: string) =>
    `${column} = case ${column} when '${one}' then '${other}' when '${other}' then '${one}' else ${column} end`
  for (const table of ['operacoes', 'decisoes'])
    for (const other of ['ana', 'outra'])
      await named(`update audit.${table} set ${swap('ator', pseudonym, other)}`, 'operacao_alterada')
  await named(`update audit.excecoes set autor = 'outra' where autor = '${pseudonym}'`, 'operacao_alterada')
  await named(`update audit.decisoes set motivo = 'outro' where ator = '${pseudonym}'`, 'operacao_alterada')
  await named(
    `update audit.decisoes set tipo = 'aprovacao' where tipo = 'rejeicao' and ator = '${pseudonym}'`,
    'operacao_alterada',
  )
  await named(`update audit.decisoes set ator = 'outra' where tipo = 'comentario'`, 'operacao_alterada')
  await named(
    `update audit.operacoes set detalhes = detalhes || '{"x": 1}' where id in (select operacao_id from audit_interno.fatos_esquecidos where parte = 'detalhes')`,
    'operacao_alterada',
  )
  await named(
    `update audit.operacoes set detalhes = detalhes || '{"pseudonimo": "pessoa-0123456789ab"}' where tipo = 'esquecimento'`,
    'operacao_alterada',
  )
  await named(`update audit.pessoas set nome = 'ana' where nome = '${pseudonym}'`, 'acesso_alterado')
  await named(`update audit.tokens set nome = 'ana' where nome = '${pseudonym}'`, 'estado_alterado')
  await named(
    `update audit.divergencias_processadas set decidida_por = 'bruno' where decidida_por = '${pseudonym}'`,
    'situacao_alterada',
  )
  for (const column of ['resumo', 'agora'])
    await named(`update audit_interno.fatos_esquecidos set ${column} = sha256('x')`, 'estado_alterado')
  await named('delete from audit_interno.fatos_esquecidos', 'operacao_alterada')
  await named(
    `update audit.decisoes set ator = 'outra' where ator = '${pseudonym}';
     update audit_interno.fatos_esquecidos f set agora = p.agora from audit_interno.partes_pessoais() p
     where p.operacao_id = f.operacao_id and p.parte = f.parte and p.fato_id = f.fato_id`,
    'estado_alterado',
  )
  await named(
    `insert into audit_interno.fatos_esquecidos select o.id, 'autoria', o.id, (select max(id) from audit.operacoes where tipo = 'esquecimento'), p.agora, p.agora
     from audit.operacoes o join audit_interno.partes_pessoais() p on p.operacao_id = o.id and p.parte = 'autoria' where o.ator = 'ana' and not exists (select from audit_interno.fatos_esquecidos f where f.operacao_id = o.id) limit 1`,
    'estado_alterado',
  )
  for (const column of ['autoria', 'detalhes'])
    await named(`update audit_interno.sais set ${column} = 'x'`, 'operacao_alterada')
  await named('delete from audit_interno.sais', 'operacao_alterada')
  await named(`update audit_interno.estados set sal = null`, 'estado_alterado')
  await named(`update audit_interno.estados set resumos = '{}', chaves = '{}'`, 'operacao_alterada')
  t.ok(
    (await broken(`update audit.decisoes set ator = 'outra' where ator = '${pseudonym}'`, true)).includes(
      'testemunha_contradita',
    ),
  )
})

t.test('nobody writes what stands in for names, and nobody else changes a name', async (t) => {
  for (const act of [
    `update audit.decisoes set ator = 'outra'`,
    'delete from audit_interno.sais',
    `update audit_interno.sais set autoria = 'x'`,
    'truncate audit_interno.sais',
    'update audit_interno.estados set sal = null',
  ])
    t.equal(
      await sqlstate(c.sql.begin((tx) => tx.unsafe(`set local role conferente_dono; ${act}`))),
      'NC013',
      act,
    )
})

t.test('whoever comes back is somebody new, and can be forgotten again', async (t) => {
  await acting(
    NAME,
    'revisor',
    async (tx) => tx`select audit.rejeitar_divergencias(${[await id(4)]}, 'certo')`,
  )
  await c.asPerson('ana')`select audit.comentar(${[await id(4)]}, ${`Zuleica Prado e ${pseudonym}`})`
  const rows = await forget(NAME)
  await seal()
  t.not(rows[0]?.['pseudonimo'], pseudonym)
  t.match(await verify(), [{ situacao: 'provada' }])
  for (const trace of TRACES) t.notMatch(await dump(), trace)
  await forget('zuleica ramos')
  await seal()
  t.match(await verify(), [{ situacao: 'provada' }])
  const report = await checkLines(await trailOf(adelia), head)
  t.match(
    report.breaks.filter(({ situacao }) => !situacao.startsWith('carimbo')),
    [],
  )
  t.equal(
    report.esquecidos,
    one(await c.sql`select count(*)::int as n from audit_interno.fatos_esquecidos`)['n'],
  )
})

t.test('what is the name, and what only contains it', async (t) => {
  const said = async (name: string, text: string, ...others: string[]) =>
    one(
      await c.sql`select audit_interno.sem_nome(${text}::text, row(null, array[audit_interno.chave_pessoa(${name})], audit_interno.padrao_nome(${name}),
        audit_interno.padrao_nome(${name}, false), ${others.length === 0 ? null : c.sql`(select string_agg(audit_interno.padrao_nome(x, false), '|') from unnest(${others}::text[]) x)`},
        '{}', 'X')::audit_interno.esquecida) as texto`,
    )['texto']
  const cases: [name: string, text: string, expected: string, ...others: string[]][] = [
    ['ana', 'Ana', 'X'],
    ['ana', ' á N a ', 'X'],
    ['ana', 'falei com Ana, e ANA disse: (ana)', 'falei com X, e X disse: (X)'],
    ['ana', 'Banana, anã-rosa e anagrama', 'Banana, anã-rosa e anagrama'],
    ['ana', 'Ana Paula disse', 'Ana Paula disse'],
    ['ana', 'ana paula disse', 'X paula disse'],
    ['ana', 'ana paula disse à ana', 'ana paula disse à X', 'ana paula'],
    ['ana', 'joão ana', 'joão ana', 'joão ana'],
    [
      'ana',
      'ana@casa.com.br, ana.paula@casa.com.br, eu.ana',
      'ana@casa.com.br, ana.paula@casa.com.br, eu.ana',
    ],
    ['ana souza', 'Ana\n  Souza e Ana Souzas', 'X e Ana Souzas'],
    ['ana souza', 'a\u0301na sou\u200bza', 'X'],
    ['ana souza', 'diz a\u0301na sou\u200bza', 'diz X'],
    [
      'ana@casa.com.br',
      'de <ana@casa.com.br>; não ana@casa.com.br.org, banana@casa.com.br',
      'de <X>; não ana@casa.com.br.org, banana@casa.com.br',
    ],
    ['o. [x]*(\\d)+^$|', 'diz O. [x]*(\\d)+^$| e 5', 'diz X e 5'],
  ]
  for (const [name, text, expected, ...others] of cases)
    t.equal(await said(name, text, ...others), expected, `${name}: ${text}`)
})
