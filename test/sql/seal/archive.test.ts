// Old months of facts go to an archive, and the chain is proven as before: with them in a file, and with what is left here.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { age } from '../../helper/archive.ts'
import { one, scenario, sqlstate } from '../../helper/scenario.ts'
import { checkLines, REWRITE, runScript, trailOf } from '../../helper/trail.ts'

const c = await scenario(t)
await c.book(
  { id: 1 },
  { id: 2, confianca: 0.5 },
  { id: 3, confianca: 0.5 },
  { id: 4, confianca: 0.5 },
  { id: 5 },
  { id: 6, confianca: 0.5 },
)
const old = await c.runSession('auto')
await c.approve('ana', (await c.finding(2)).id)
await c.reject('ana', (await c.finding(3)).id)
await c.change(5, 'ERR')
await c.runSession('auto')
const adelia = c.asPerson('adelia')
await adelia`select audit.alterar_configuracao('limites.linhas', '10', 'x')`
await c.sql`select audit_interno.selar()`

const month = await age(c, 30)
await c.runSession('auto')
await c.sql`select audit_interno.selar()`

const verify = async (sql: typeof c.sql = c.asPerson('leo')) => [
  ...(await sql`select situacao, objeto, esperado, encontrado from audit.verificar_integridade()`),
]

/** As \`conferente arquivar\` does it. */
async function archive(ate: string, more: { apagar?: boolean } = {}) {
  const lines = await trailOf(adelia)
  const proven = await checkLines(lines)
  const [asked] = await adelia`select audit.registrar_exportacao('{"formato": "trilha"}') as id`
  await adelia`select audit.finalizar_operacao(${asked?.['id']}, linhas => ${lines.length}, detalhes => ${c.sql.json({ sha256: 'ab'.repeat(32) })})`
  const [done] = await adelia`
    select * from audit.arquivar_meses(${ate}::text::date, 'guarda', ${asked?.['id']}, ${proven.elo}, ${proven.selo}, apagar => ${more.apagar ?? false})`
  await c.sql`select audit_interno.selar()`
  return { lines, proven, done: done as NonNullable<typeof done> }
}

t.test('months that may not be archived stay', async (t) => {
  const act = (ate: unknown, more = '') =>
    sqlstate(adelia.unsafe(`select * from audit.arquivar_meses(${ate}, 'guarda' ${more})`))
  t.equal(await act('null'), 'NC009')
  t.equal(await act(`'infinity'`), 'NC009')
  t.equal(await act(`current_date`), 'NC044', 'this month')
  t.equal(await act(`(current_date - interval '23 months')::date`), 'NC044', 'before corrections are final')
  t.equal(await act(`(current_date - interval '31 months')::date`), 'NC005', 'nothing is so old')
  t.equal(await act(`'${month}'`), 'NC001', 'without a file')
  t.equal(await sqlstate(adelia`select * from audit.arquivar_meses(${month}::text::date, ' ')`), 'NC006')
  for (const who of ['leo', 'ana', 'olivia'] as const)
    t.equal(
      await sqlstate(c.asPerson(who)`select * from audit.arquivar_meses(${month}::text::date, 'guarda')`),
      '42501',
      who,
    )
  await adelia`select audit.alterar_configuracao('sessao.conferir_corrigidas_dias', '3650', 'x')`
  t.equal(await act(`'${month}'`), 'NC044', 'what sessions still compare with the warehouse')
  await adelia`select audit.alterar_configuracao('sessao.conferir_corrigidas_dias', '90', 'x')`
  t.match(await verify(), [{ situacao: 'provada' }])
})

t.test('a file of another chain, or one that ends too early, is refused', async (t) => {
  const lines = await trailOf(adelia)
  const proven = await checkLines(lines)
  const exported = async (kind: string, sha256: string) => {
    const [asked] = await adelia`select audit.registrar_exportacao(${c.sql.json({ formato: kind })}) as id`
    await adelia`select audit.finalizar_operacao(${asked?.['id']}, linhas => 1, detalhes => ${c.sql.json({ sha256 })})`
    return asked?.['id']
  }
  const trail = await exported('trilha', 'ab'.repeat(32))
  const act = (id: unknown, elo: number, selo: string) =>
    sqlstate(
      adelia`select * from audit.arquivar_meses(${month}::text::date, 'guarda', ${id as never}, ${elo}, ${selo})`,
    )
  t.equal(await act(trail, proven.elo, 'ab'.repeat(32)), 'NC001', 'another seal')
  t.equal(await act(trail, 1, JSON.parse(lines[1] as string).selo), 'NC001', 'the first link alone')
  t.equal(
    await act(await exported('csv', 'ab'.repeat(32)), proven.elo, proven.selo),
    'NC001',
    'a list of findings',
  )
  t.equal(await act(await exported('trilha', 'x'), proven.elo, proven.selo), 'NC001', 'no digest')
  t.equal(await act(999999, proven.elo, proven.selo), 'NC001', 'no export')
})

let archived: Awaited<ReturnType<typeof archive>>
t.test('months are archived, and the chain is still proven from its beginning', async (t) => {
  const before =
    await c.sql`select id, status, vezes_detectada from audit.divergencias_processadas order by id`
  const [planned] =
    await adelia`select * from audit.arquivar_meses(${month}::text::date, 'guarda', simular => true)`
  t.match(planned, { operacao_id: null })
  archived = await archive(month)
  t.match({ ...archived.done, operacao_id: null }, planned)
  t.match(await verify(), [{ situacao: 'provada' }])
  t.same(
    await c.sql`select id, status, vezes_detectada from audit.divergencias_processadas order by id`,
    before,
  )
  t.match(await c.asPerson('leo')`select * from audit.arquivamentos()`, [
    {
      operacao_id: archived.done['operacao_id'],
      arquivado_por: 'adelia',
      motivo: 'guarda',
      arquivo_sha256: 'ab'.repeat(32),
      arquivo_selo: archived.proven.selo,
      apagados: false,
    },
  ])
  t.match(archived.proven, { breaks: [], arquivadas: 0 }, 'the file holds all of it')
  const later = await checkLines(await trailOf(adelia), {
    elo: archived.proven.elo,
    selo: archived.proven.selo,
  })
  t.match(
    later,
    { breaks: [], arquivadas: Number(archived.done['operacoes']) },
    'and what is exported later joins it',
  )
})

t.test('only administrators read detached months, and nobody changes them', async (t) => {
  const table = `audit_arquivo.alteracoes_${month.slice(0, 7).replace('-', '_')}`
  t.equal((await adelia.unsafe(`select * from ${table}`)).length, 4)
  for (const who of ['leo', 'ana', 'olivia'] as const)
    t.equal(await sqlstate(c.asPerson(who).unsafe(`select * from ${table}`)), '42501', who)
  for (const act of [`delete from ${table}`, `update ${table} set antes = '{}'`, `truncate ${table}`])
    t.equal(await sqlstate(c.sql.unsafe(act)), 'NC013', act)
  t.equal(await sqlstate(c.sql`delete from audit_interno.fatos_arquivados`), 'NC013')
})

t.test('an archived correction is not rolled back, and says so', async (t) => {
  const { id } = await c.finding(1)
  const correction = one(
    await c.sql`select id from audit.operacoes where tipo = 'correcao' and sessao_id = ${old['id']} order by id limit 1`,
  )['id']
  const approval = one(await c.sql`select id from audit.operacoes where tipo = 'aprovacao'`)['id']
  const olivia = c.asPerson('olivia')
  t.equal(await sqlstate(olivia`select * from audit.reverter_operacao(${correction}, 'x')`), 'NC043')
  t.equal(await sqlstate(olivia`select * from audit.reverter_sessao(${old['id']}, 'x')`), 'NC043')
  t.equal(await sqlstate(c.asPerson('ana')`select * from audit.reverter_divergencias(${[id]}, 'x')`), 'NC043')
  t.equal(await sqlstate(c.asPerson('ana')`select * from audit.desfazer(${approval}, 'x')`), 'NC043')
  t.equal(await sqlstate(c.asPerson('leo')`select * from audit.exportar_divergencias(${old['id']})`), 'NC043')
  const history = await c.asPerson(
    'leo',
  )`select evento, ator, motivo from audit.historico_registro('dw.lancamentos', '1')`
  t.match(history.at(-1), { evento: 'arquivamento', ator: 'adelia', motivo: new RegExp('ab'.repeat(32)) })
  t.match(await verify(), [{ situacao: 'provada' }])
})

t.test('a load that brings back an archived error is noticed', async (t) => {
  await c.change(1, 'ERR')
  await c.runSession('manual')
  t.match(await c.finding(1), { status: 'aberta', motivo: /desfeita fora do sistema/ })
  await c.book({ id: 7, confianca: 0.5 })
  await c.runSession('auto')
  t.match(await c.finding(1), { status: 'corrigida' })
  t.match(await c.finding(3), { status: 'rejeitada' }, 'and rejected findings stay silent')
  await c.sql`select audit_interno.selar()`
  t.match(await verify(), [{ situacao: 'provada' }])
  await c.asPerson('ana')`select * from audit.reverter_divergencias(${[(await c.finding(1)).id]}, 'x')`
  t.equal(await c.categoria(1), 'ERR', 'and later corrections can be rolled back')
  await c.sql`select audit_interno.selar()`
  t.match(await verify(), [{ situacao: 'provada' }])
})

t.test(
  "an archived session's findings and an archived month's certificate are not shown as empty",
  async (t) => {
    t.equal(await sqlstate(c.asPerson('leo')`select * from audit.certificado()`), 'NC043')
    t.equal(await sqlstate(c.asPerson('leo')`select * from audit.amostra()`), 'NC043')
    const [{ detalhes }] =
      (await c.sql`select detalhes from audit.operacoes where tipo = 'arquivamento'`) as never as [
        { detalhes: { certificados: { corrigidas: number }[] } },
      ]
    t.match(detalhes.certificados, [{ corrigidas: 2, valor: 200 }])
  },
)

const at = month.slice(0, 7).replace('-', '_')
/** What a superuser does with all triggers off, and what is said of it. */
const TAMPERINGS: Record<string, readonly [act: string, kinds: readonly string[]]> = {
  nothing: ['select', ['provada']],
  'a detached month forged': [
    `update audit_arquivo.alteracoes_${at} set antes = '{"categoria": "X"}'`,
    ['mes_alterado'],
  ],
  'a row of it gone': [
    `delete from audit_arquivo.deteccoes_${at} where divergencia_id = (select min(divergencia_id) from audit_arquivo.deteccoes_${at})`,
    ['mes_alterado'],
  ],
  'all its rows gone': [`delete from audit_arquivo.estados_${at}`, ['mes_alterado']],
  'a row added': [
    `insert into audit_arquivo.alteracoes_${at} select 999, divergencia_id, null, antes, depois, mes from audit_arquivo.alteracoes_${at} limit 1`,
    ['mes_alterado'],
  ],
  'an archived digest': [
    `update audit_interno.fatos_arquivados set alteracoes = sha256('x') where alteracoes is not null`,
    ['operacao_alterada', 'arquivo_alterado', 'mes_alterado'],
  ],
  'an archived digest gone': [
    `delete from audit_interno.fatos_arquivados where operacao_id = (select min(operacao_id) from audit_interno.fatos_arquivados)`,
    ['operacao_alterada', 'arquivo_alterado', 'mes_alterado'],
  ],
  'who archived': [
    `update audit.operacoes set ator = 'outra' where tipo = 'arquivamento'`,
    ['operacao_alterada'],
  ],
  'the digest of the file': [
    `update audit.operacoes set detalhes = detalhes || '{"arquivo_sha256": "00"}' where tipo = 'arquivamento'`,
    ['operacao_alterada'],
  ],
  'the month': [
    `update audit.operacoes set detalhes = detalhes || '{"mes_fim": "2000-01-01"}' where tipo = 'arquivamento'`,
    ['operacao_alterada'],
  ],
  'an archived operation': [
    `update audit.operacoes set motivo = 'outro' where id = (select min(operacao_id) from audit_interno.fatos_arquivados)`,
    ['operacao_alterada'],
  ],
  'a fact put back, another one': [
    `insert into audit.alteracoes (operacao_id, divergencia_id, antes, depois)
     select operacao_id, divergencia_id, '{}', '{}' from audit_arquivo.alteracoes_${at} limit 1`,
    ['operacao_alterada'],
  ],
  'facts of today hidden as if they were archived': [
    `insert into audit_interno.fatos_arquivados
     select m.operacao_id, (select max(id) from audit.operacoes where tipo = 'arquivamento'), m.mes, m.fatos, m.resumo
     from audit_interno.resumos_mensais('deteccoes', 'audit.deteccoes') m order by m.operacao_id desc limit 1;
     delete from audit.deteccoes where operacao_id = (select max(operacao_id) from audit_interno.fatos_arquivados)`,
    ['arquivo_alterado', 'divergencia_alterada', 'divergencia_sem_deteccao'],
  ],
  'as if by an archiving that never was': [
    `insert into audit_interno.fatos_arquivados
     select m.operacao_id, (select max(id) from audit.operacoes where tipo = 'deteccao'), m.mes, m.fatos, null, m.resumo
     from audit_interno.resumos_mensais('alteracoes', 'audit.alteracoes') m order by m.operacao_id desc limit 1;
     delete from audit.alteracoes where operacao_id = (select max(operacao_id) from audit_interno.fatos_arquivados)`,
    ['arquivo_alterado'],
  ],
  'how often an archived finding was found': [
    `update audit_interno.divergencias_arquivadas set vezes = vezes + 1 where vezes > 0;
     update audit.divergencias_processadas d set vezes_detectada = vezes_detectada + 1
     from audit_interno.divergencias_arquivadas v where v.divergencia_id = d.id and v.vezes > 0`,
    ['estado_alterado'],
  ],
  'a finding and the digest of its archived detection': [
    `update audit.divergencias_processadas set justificativa = 'outra' where registro_id = '3';
     update audit_interno.divergencias_arquivadas v set resumo = audit_interno.resumo_achado(d)
     from audit.divergencias_processadas d where d.id = v.divergencia_id and d.registro_id = '3'`,
    ['estado_alterado', 'divergencia_alterada'],
  ],
  'a setting whose change is archived': [
    `update audit.configuracoes_sistema set valor = '11' where chave = 'limites.linhas'`,
    ['estado_alterado'],
  ],
  'the state of a finding whose decision is archived': [
    `update audit.divergencias_processadas set status = 'aberta' where registro_id = '3'`,
    ['situacao_alterada'],
  ],
}
for (const [name, [act, kinds]] of Object.entries(TAMPERINGS))
  t.test(`tampered with: ${name}`, async (t) => {
    const undone = new Error('undone')
    await c.sql
      .begin(async (tx) => {
        await tx.unsafe(`set local session_replication_role = replica; ${act};
          set local session_replication_role = origin; set local role conferente_leitor`)
        const found = await verify(tx as never)
        t.same(
          new Set(found.map(({ situacao }) => situacao)),
          new Set(kinds),
          found.map((row) => row['objeto']).join(', '),
        )
        throw undone
      })
      .catch((error: unknown) => {
        if (error !== undone) throw error
      })
  })

t.test('facts hidden as if archived are found even when only a day is proved', async (t) => {
  const witness = one(await c.sql`select elo, encode(selo, 'hex') as selo from audit_interno.cadeia`)
  await c.runSession()
  await c.sql`select audit_interno.selar()`
  const undone = new Error('undone')
  await c.sql
    .begin(async (tx) => {
      const since = () =>
        tx`select situacao from audit.verificar_desde(${witness['elo']}, ${witness['selo']})`
      t.match(await since(), [{ situacao: 'provada' }])
      await tx.unsafe(`set local session_replication_role = replica;
        ${TAMPERINGS['facts of today hidden as if they were archived']?.[0]}; set local session_replication_role = origin`)
      t.match(await since(), [{ situacao: 'arquivo_alterado' }])
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
})

t.test('a complete rewrite is noticed only by the file', async (t) => {
  const undone = new Error('undone')
  await c.sql
    .begin(async (tx) => {
      await tx.unsafe(`set local session_replication_role = replica;
        update audit_interno.fatos_arquivados set alteracoes = sha256('x') where alteracoes is not null;
        drop schema audit_arquivo cascade; create schema audit_arquivo;
        update audit.operacoes set detalhes = detalhes || jsonb_build_object('resumo', audit_interno.resumo_arquivamento(id)) where tipo = 'arquivamento';
        ${REWRITE};
        update audit.operacoes o set detalhes = o.detalhes || jsonb_build_object('arquivo_selo', encode(p.selo, 'hex'))
        from audit.operacoes p where o.tipo = 'arquivamento' and p.elo = (o.detalhes ->> 'arquivo_elo')::bigint;
        ${REWRITE}; set local session_replication_role = origin`)
      t.match(await verify(tx as never), [{ situacao: 'provada' }], 'it agrees with itself')
      t.match(
        await tx`select situacao from audit.verificar_integridade(${archived.proven.elo}, ${archived.proven.selo})`,
        [{ situacao: 'testemunha_contradita' }],
      )
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
})

t.test('a file with false claims about archived facts is found by both checkers', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'arquivo-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const lines = await trailOf(adelia)
  const index = lines.findIndex((line) => line.includes('"arquivada"') && line.includes('"alteracao"'))
  for (const [name, change, broken] of [
    ['as it is', (line: string) => line, false],
    ['a digest', (line: string) => line.replace(/("alteracao" ?: ?")../, '$1ff'), true],
    ['none', (line: string) => line.replace(/, ?"arquivada".*$/, '}'), true],
  ] as const) {
    const written = lines.map((line, i) => (i === index ? change(line) : line))
    t.same(
      (await checkLines(written)).breaks.map(({ situacao }) => situacao),
      broken ? ['operacao_alterada'] : [],
      name,
    )
    const file = join(directory, 'trilha.jsonl')
    await writeFile(file, written.join('\n'))
    const { code, stdout } = await runScript(file)
    t.equal(code, broken ? 1 : 0, stdout)
    if (!broken) t.match(stdout, /facts of \d+ operations are in an earlier file/)
  }
})

t.test('the next months are archived too, and nothing of them is left here', async (t) => {
  await c.change(1, 'ERR')
  await c.runSession()
  await c.sql`select audit_interno.selar()`
  const next = await age(c, 28)
  const before =
    await c.sql`select id, status, vezes_detectada from audit.divergencias_processadas order by id`
  const again = await archive(next, { apagar: true })
  t.same(
    await c.sql`select id, status, vezes_detectada from audit.divergencias_processadas order by id`,
    before,
  )
  t.match(await verify(), [{ situacao: 'provada' }])
  t.match(await checkLines(await trailOf(adelia), { elo: again.proven.elo, selo: again.proven.selo }), {
    breaks: [],
  })
  t.equal(
    one(
      await c.sql`select count(*)::int as n from pg_class where relname ~ ${`_${next.slice(0, 7).replace('-', '_')}$`}`,
    )['n'],
    0,
  )
  await c.runSession('auto')
  await c.sql`select audit_interno.selar()`
  t.match(await verify(), [{ situacao: 'provada' }], 'and work goes on')
})

t.test('a broken trail is not archived', async (t) => {
  const last = await age(c, 26)
  await c.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update audit.deteccoes set confianca = 0.1`
  })
  const lines = await trailOf(adelia)
  const [asked] = await adelia`select audit.registrar_exportacao('{"formato": "trilha"}') as id`
  await adelia`select audit.finalizar_operacao(${asked?.['id']}, detalhes => ${c.sql.json({ sha256: 'ab'.repeat(32) })})`
  const { elo, selo } = await checkLines(lines)
  t.equal(
    await sqlstate(
      adelia`select * from audit.arquivar_meses(${last}::text::date, 'guarda', ${asked?.['id']}, ${elo}, ${selo})`,
    ),
    'NC044',
  )
  t.equal(one(await c.sql`select count(*)::int as n from audit.arquivamentos()`)['n'], 2, 'nothing was done')
})

t.test("whatever opens an operation makes the coming months' partitions", async (t) => {
  const next = one(
    await c.sql`select to_char(now() at time zone 'UTC' + interval '1 month', '"audit_interno.estados_"YYYY_MM') as nome`,
  )['nome'] as string
  const there = async () => one(await c.sql`select to_regclass(${next}) is not null as ha`)['ha']
  for (const act of [
    () => c.asPerson('ana')`select audit.comentar(${[1]}, 'x')`,
    () => c.runSession(),
    () => c.sql`select audit_interno.abrir_meses()`,
  ]) {
    await c.sql.unsafe(`do $$ declare v record; begin
      for v in select p.nome from audit_interno.partes_mensais('infinity') p where p.mes > now() loop
        execute format('drop table audit_interno.%I', v.nome);
      end loop; end $$`)
    t.equal(await there(), false)
    await act()
    t.equal(await there(), true)
  }
  t.match(
    await c.sql`select situacao, objeto from audit_interno.quebras_esquema()`,
    [],
    'like those that the migration made before',
  )
})

t.test('a house that stood still for months takes a change that no operation announced', async (t) => {
  const undone = new Error('undone')
  await t.rejects(
    c.sql.begin(async (sql) => {
      await sql.unsafe(`do $$ declare v record; begin
        for v in select p.nome from audit_interno.partes_mensais('infinity') p where p.nome like 'estados%' loop
          execute format('alter table audit_interno.estados detach partition audit_interno.%I', v.nome);
          execute format('alter table audit_interno.%I rename to %I', v.nome, 'antiga_' || v.nome);
        end loop; end $$`)
      await sql`update audit.configuracoes_sistema set valor = '91' where chave = 'sessao.atrasadas_dias'`
      t.equal(one(await sql`select count(*)::int as n from audit_interno.estados`)['n'], 1)
      throw undone
    }),
    undone,
  )
})
