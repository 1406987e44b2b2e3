import { isDeepStrictEqual } from 'node:util'
import type postgres from 'postgres'
import t from 'tap'
import { connect } from '../../../src/db/connection.ts'
import { onCitus } from '../../helper/cluster.ts'
import { testDatabase } from '../../helper/database.ts'
import {
  findings as achar,
  bookEntries,
  type LedgerEntry,
  makeLedger,
  setSetting,
  strangeOnes,
  type Window,
} from './ledger.ts'

const RULE_FUNCTION = 'pendente_verificacao'

/** As the engine does: statistics first, then the rule. */
async function findings(sql: postgres.Sql, window_: Window = {}) {
  await sql`select regra_pendente_verificacao.preparar(null)`
  return achar(sql, RULE_FUNCTION, window_)
}

const month = (index: number, day = 10) =>
  `${2024 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`

/** A year of steady suppliers, each with one category, so that there is a past to calibrate on. */
function year(perMonth = 60): LedgerEntry[] {
  return Array.from({ length: 12 * perMonth }, (_, i) => ({
    data_lancamento: month(Math.floor(i / perMonth), 1 + (i % 28)),
    fornecedor_id: `${String(10_000_000 + (i % 20))}000100`,
    fornecedor: `Fornecedor ${String.fromCharCode(65 + (i % 20))}`,
    categoria: `Categoria ${1 + ((i % 20) % 5)}`,
    centro_custo: `Centro ${i % 3}`,
    descricao:
      ['limpeza mensal', 'frete rodoviário', 'energia elétrica', 'manutenção predial', 'material gráfico'][
        (i % 20) % 5
      ] ?? null,
    valor: 100 + (i % 7) * 50,
  }))
}
const pending: LedgerEntry = {
  categoria: 'Pendente',
  data_lancamento: month(12),
  descricao: 'sem informação',
}
const known: LedgerEntry = {
  ...pending,
  fornecedor_id: '10000001000100',
  fornecedor: 'Fornecedor B',
  centro_custo: 'Centro 1',
  descricao: 'frete rodoviário',
  valor: 150,
}

t.test(
  'a pending entry gets the category of similar entries, with a confidence that history supports',
  async (t) => {
    const { sql } = await testDatabase(t)
    await makeLedger(sql)
    await bookEntries(sql, ...year())
    const cases: [string, LedgerEntry][] = [
      ['by code', { ...known, fornecedor: 'FORNEC. B & CIA. LTDA - EPP' }],
      [
        'by another branch of the company',
        { ...known, fornecedor_id: '10.000.001/0007-77', fornecedor: null },
      ],
      [
        'by another spelling of the name',
        { ...known, fornecedor_id: null, fornecedor: 'FORNECEDOR  B LTDA.' },
      ],
      ['without account and cost centre', { ...known, centro_custo: '', conta_contabil: ' ' }],
    ]
    const ids = await bookEntries(sql, ...cases.map(([, entry]) => entry))
    const by = new Map((await findings(sql)).map((a) => [a.registro_id, a]))
    for (const [i, [how]] of cases.entries()) {
      const finding = by.get(ids[i] as string)
      t.same(finding?.valores_propostos, { categoria: 'Categoria 2' }, how)
      t.ok(Number(finding?.confianca) > 0.9, `${how}: ${finding?.confianca}`)
      t.match(
        finding?.justificativa,
        /até esse mês com (o mesmo [nfc][oeó]|a mesma e).* estão em "Categoria 2"/,
      )
      t.ok(finding?.evidencia.calibracao.casos > 0)
    }
    t.equal(by.size, cases.length, 'entries that are not pending are not touched')
  },
)

t.test('words decide where the supplier is unknown, with less confidence', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...year())
  const [fresh, right] = await bookEntries(
    sql,
    { ...pending, fornecedor: 'Nunca Visto', descricao: 'ENERGIA ELETRICA do galpão' },
    known,
  )
  const by = new Map((await findings(sql)).map((a) => [a.registro_id, a]))
  t.same(by.get(fresh as string)?.valores_propostos, { categoria: 'Categoria 3' })
  t.same(
    by
      .get(fresh as string)
      ?.evidencia.palavras.map((p: { palavra: string }) => p.palavra)
      .sort(),
    ['eletrica', 'energia'],
  )
  t.ok(Number(by.get(fresh as string)?.confianca) < Number(by.get(right as string)?.confianca))
})

t.test('without history: flagged, not corrected', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const [only] = await bookEntries(sql, pending)
  const [finding, ...rest] = await findings(sql)
  t.same(rest, [])
  t.match(finding, { registro_id: only, valores_propostos: {}, valor_em_risco: '100.00' })
  t.same(finding?.valores_propostos, {})
  t.ok(Number(finding?.confianca) < 0.1)
  t.match(finding?.justificativa, /nada parecido/)
})

t.test("a supplier's recent entries count separately from its whole history", async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const booking = (m: number, category: string): LedgerEntry => ({
    ...known,
    categoria: category,
    data_lancamento: month(m),
  })
  // ten months of one category, then two of another
  const history = Array.from({ length: 12 }, (_, m) => booking(m, m < 10 ? 'Antiga' : 'Nova'))
  await bookEntries(sql, ...history, known, { ...known, centro_custo: 'Centro nunca visto' })
  await sql`select regra_pendente_verificacao.preparar(null)`
  const [shown, never] = await sql<{ categorias: string[]; recentes: number[] }[]>`
    select p.recentes, array(select c.categoria from unnest(p.categorias) with ordinality u (id, n)
      join regra_pendente_verificacao.estatistica_categoria c on c.id = u.id order by u.n) as categorias
    from regra_pendente_verificacao.pontuar_pendencias(null, null, null, true) p order by p.ids[1]::int`
  // counts halve in a month and a half
  const weight = (months: number[]) => months.reduce((total, m) => total + 0.5 ** ((11 - m) / 1.5), 0)
  const newOne = weight([10, 11])
  const old = weight([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  const chance = Math.log((newOne + 0.25) / (old + 0.25))
  const sayAll = (o?: { categorias: string[]; recentes: number[] }) =>
    Object.fromEntries(o?.categorias.map((c, i) => [c, o.recentes[i]?.toFixed(6)]) ?? [])
  t.same(sayAll(shown), { Antiga: (-chance).toFixed(6), Nova: chance.toFixed(6) })
  t.ok(chance > 0, 'the new one is ahead, though the old one has five times the entries')
  t.same(never?.recentes, [0, 0], 'nothing about a cost centre where the supplier never was')
})

const skip = onCitus('a transaction over nodes has no parallel workers')
t.test('two processes together find what one finds, each entry once', { skip }, async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...year())
  const who: LedgerEntry[] = [
    {},
    { fornecedor_id: '10000002000100', fornecedor: 'Fornecedor C' },
    { fornecedor_id: '10.000.002/0007-00', fornecedor: null },
    { fornecedor_id: null },
    { fornecedor_id: '', fornecedor: 'Fornecedor D' },
    { fornecedor_id: null, fornecedor: null },
    { fornecedor_id: 'nunca', fornecedor: 'Nunca Visto', centro_custo: null, descricao: null },
  ]
  await bookEntries(
    sql,
    ...Array.from({ length: 2100 }, (_, i) => ({
      ...known,
      ...who[i % who.length],
      valor: 100 + (i % 9) * 50,
    })),
  )
  const steps = (processes: number) =>
    sql.begin(async (tx) => {
      await tx.unsafe(`set local max_parallel_workers_per_gather = ${processes}`)
      await tx`truncate regra_pendente_verificacao.estatistica_controle`
      await tx`select regra_pendente_verificacao.preparar(null)`
      return {
        contagens: (
          await tx`select nivel, chave, mes, categoria, linhas from regra_pendente_verificacao.estatistica_contagem order by 1, 2, 3, 4`
        ).map((r) => ({ ...r })),
        calibracao: (
          await tx`select * from regra_pendente_verificacao.estatistica_calibracao order by grupo, faixa`
        ).map((r) => ({ ...r })),
        achados: (await tx`select * from regra_pendente_verificacao.detectar(null) order by registro_id`).map(
          (r) => ({ ...r }),
        ),
      }
    })
  const two = await steps(2)
  t.equal(two.achados.length, 2100)
  t.equal(new Set(two.achados.map((a) => a['registro_id'])).size, 2100)
  const um = await steps(0)
  // drawing a difference of thousands of rows takes minutes
  for (const o of ['contagens', 'calibracao', 'achados'] as const) t.ok(isDeepStrictEqual(um[o], two[o]), o)

  const freeOnes = (setting: string) =>
    sql.begin(async (tx) => {
      await tx.unsafe(`set local ${setting}`)
      return (await tx`select regra_pendente_verificacao.em_metades() as sim`)[0]?.['sim']
    })
  t.same(
    [
      await freeOnes('max_parallel_workers_per_gather = 2'),
      await freeOnes('max_parallel_workers_per_gather = 0'),
      await freeOnes("conferente.lado_a_lado = 'sim'"),
    ],
    [true, false, false],
    'not where parallel query is off, nor where workers already share the cores',
  )

  const plan = await sql.begin(async (tx) => {
    await tx`set local role conferente_dono`
    return tx`explain select * from regra_pendente_verificacao.explicar_pendencias(null, 0)
      union all select * from regra_pendente_verificacao.explicar_pendencias(null, 1)`
  })
  t.match(JSON.stringify(plan), /Parallel Append/, 'each half is a process of its own')
})

t.test('entries share an answer only if exactly the same is known about them', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const history = year(100)
  await bookEntries(
    sql,
    // a third without an account, a third with a known one, a third with one that is nowhere else
    ...history.map((l, i) => ({ ...l, conta_contabil: [null, `3.${i % 5}`, `9.${i}`][i % 3] ?? null })),
    // and twins of these without an account
    ...history.filter((_, i) => i % 3 === 2).map((l) => ({ ...l, conta_contabil: null })),
    known,
    { ...known, data_lancamento: month(12, 20) },
    { ...known, valor: 151 },
    { ...known, centro_custo: 'Centro 2' },
  )
  await sql`select regra_pendente_verificacao.preparar(null)`
  const together = await sql<{ n: number }[]>`
    select cardinality(p.ids) as n from regra_pendente_verificacao.pontuar_pendencias(null, null, null, true) p order by 1 desc`
  // 151 was never paid: only its band is known
  t.same(
    together.map(({ n }) => n),
    [2, 1, 1],
    'the two that are the same, and each one that differs',
  )

  const [alone] = await sql`
    with p as materialized (
      select u.id, u.certa, p.com_conta, p.grupo, cardinality(p.ids) as iguais
      from regra_pendente_verificacao.pontuar_pendencias(null, regra_pendente_verificacao.meses_retroteste(), 6000, false) p
      cross join lateral unnest(p.ids, p.certas) u (id, certa)
    ), e as materialized (
      select * from regra_pendente_verificacao.entradas_pendencia(null, regra_pendente_verificacao.meses_retroteste(), 6000, null)
    )
    select count(*) > 500 as muitas, max(p.iguais) > 1 as juntas,
      count(*) = count(distinct (p.id, p.com_conta)) as uma_vez,
      bool_and((p.grupo % 6 >= 3) = e.espera) as espera, bool_and(p.certa = e.certa) as certas,
      bool_and(p.com_conta) filter (where e.conta is null) as sem_conta,
      bool_or(p.com_conta) filter (where e.conta like '9.%') as conta_nova,
      count(distinct p.com_conta) filter (where e.conta like '3.%') as perguntas
    from p join e on e.id = p.id`
  t.same(
    alone,
    {
      muitas: true,
      juntas: true,
      uma_vez: true,
      espera: true,
      certas: true,
      sem_conta: true,
      conta_nova: false,
      perguntas: 2n,
    },
    'in a back-test each keeps its own wait, its own truth and the questions that fit its account',
  )
})

t.test('a thin or short history gives a modest confidence', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(
    sql,
    ...Array.from({ length: 30 }, (_, i) => ({
      data_lancamento: month(0, 1 + (i % 28)),
      fornecedor: 'Único',
      categoria: 'A',
    })),
  )
  const [one] = await bookEntries(sql, { ...pending, data_lancamento: month(1), fornecedor: 'Único' })
  const [finding] = await findings(sql)
  t.match(finding, { registro_id: one, valores_propostos: { categoria: 'A' } })
  t.ok(
    Number(finding?.confianca) < 0.9,
    `thirty of thirty, but no month to check it against: ${finding?.confianca}`,
  )
  t.match(finding?.justificativa, /Ainda não há meses anteriores/)
})

t.test('the sentence agrees with what it names', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const book = {
    fornecedor: 'Papel',
    fornecedor_id: '11222333000181',
    categoria: 'A',
    data_lancamento: month(1),
  }
  await bookEntries(sql, { ...book, conta_contabil: '4.1', centro_custo: null })
  const alone = { ...pending, fornecedor: null, descricao: null, centro_custo: null }
  const [account, company, name] = await bookEntries(
    sql,
    { ...alone, conta_contabil: '4.1' },
    { ...alone, fornecedor_id: '11222333000262', valor: 7 },
    { ...alone, fornecedor: 'Papel Ltda' },
  )
  const by = new Map((await findings(sql)).map((a) => [a.registro_id, a.justificativa]))
  t.match(by.get(account as string), /1 de 1 .* com a mesma conta contábil estão/)
  t.match(by.get(company as string), /com a mesma empresa do fornecedor estão/)
  t.match(by.get(name as string), /com o mesmo nome do fornecedor estão/)
})

t.test("the sentence names the supplier's history before the account's", async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const fleet = { fornecedor_id: '99888777000100', fornecedor: 'Frota S/A', centro_custo: 'Pátio' }
  await bookEntries(
    sql,
    { conta_contabil: '9.9', categoria: 'De outro', data_lancamento: month(1) },
    ...Array.from({ length: 3 }, () => ({ ...fleet, categoria: 'Frota', data_lancamento: month(1) })),
    { ...pending, ...fleet, conta_contabil: '9.9' },
  )
  const [stopped] = await findings(sql)
  t.equal(stopped?.valores_propostos['categoria'], 'Frota')
  t.match(stopped?.justificativa, /^3 de 3 outros lançamentos até esse mês com o mesmo fornecedor/)
  const levels = stopped?.evidencia.niveis.map(({ por }: { por: string }) => por)
  t.ok(levels.indexOf('conta contábil') > levels.indexOf('empresa do fornecedor'), levels.join(', '))
})

t.test('an entry never learns from later ones, nor from pending ones', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(
    sql,
    ...Array.from({ length: 10 }, () => ({
      fornecedor: 'Tardio',
      categoria: 'Futura',
      data_lancamento: month(5),
    })),
    ...Array.from({ length: 10 }, () => ({
      fornecedor: 'Tardio',
      categoria: 'A classificar',
      data_lancamento: month(1),
    })),
  )
  const [before, after] = await bookEntries(
    sql,
    { ...pending, fornecedor: 'Tardio', data_lancamento: month(4, 28) },
    { ...pending, fornecedor: 'Tardio', data_lancamento: month(6, 1) },
  )
  const by = new Map((await findings(sql)).map((a) => [a.registro_id, a]))
  t.same(by.get(before as string)?.valores_propostos, {})
  t.same(by.get(after as string)?.valores_propostos, { categoria: 'Futura' })
  t.ok(![...by.values()].some((a) => String(a.evidencia.sugestao).startsWith('A class')))
})

t.test("what was decided in the entry's own month counts at once", async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const fresh = {
    fornecedor: 'Recém-chegado',
    fornecedor_id: '77888999000100',
    data_lancamento: month(12, 5),
  }
  await bookEntries(sql, ...year(), ...Array.from({ length: 20 }, () => ({ ...fresh, categoria: 'Aluguel' })))
  const [asked] = await bookEntries(sql, { ...pending, ...fresh, data_lancamento: month(12, 2) })
  const finding = (await findings(sql)).find((a) => a.registro_id === asked)
  t.match(finding, { valores_propostos: { categoria: 'Aluguel' } })
  t.match(finding?.justificativa, /^20 de 20 outros lançamentos até esse mês/)
})

t.test('a small past promises less than a large one', async (t) => {
  const answers = async (each: number) => {
    const { sql } = await testDatabase(t)
    await makeLedger(sql)
    await bookEntries(sql, ...year(each), known)
    const [finding] = await findings(sql)
    const [{ casos } = { casos: 0 }] = await sql<{ casos: number }[]>`
      select coalesce(sum(casos), 0)::int as casos from regra_pendente_verificacao.estatistica_calibracao where grupo = 2`
    return { confidence: Number(finding?.confianca), casos }
  }
  const small = await answers(20)
  const large = await answers(200)
  t.ok(small.confidence <= Math.max(0.9, small.casos / (small.casos + 5)), JSON.stringify(small))
  t.ok(small.confidence < large.confidence, JSON.stringify(small))
  t.ok(large.confidence > 0.95, JSON.stringify(large))
})

t.test('our own corrections teach nothing until a person confirms them', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const ids = await bookEntries(
    sql,
    ...Array.from({ length: 5 }, () => ({
      fornecedor: 'Circular',
      categoria: 'Nossa',
      data_lancamento: month(1),
    })),
  )
  const [asked] = await bookEntries(sql, { ...pending, fornecedor: 'Circular', data_lancamento: month(3) })
  await sql.unsafe(`
    insert into audit.sessoes_processamento (modo, incremental, regras, solicitada_por) values ('auto', true, '{pendente_verificacao}', 'x');
    insert into audit.operacoes (tipo, ator, motivo) values ('aprovacao', 'ana', 'certo');
    insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id,
      valores_originais, valores_propostos, confianca, evidencia, justificativa, valor_em_risco, status, detectada_em,
      ultima_deteccao, identidade, impressao)
    select s.id, s.id, 'pendente_verificacao', 'x', 'dw.lancamentos', l.id::text, '{"categoria": "Pendente"}', '{"categoria": "Nossa"}',
      1, '{}', 'x', 1, 'corrigida', now(), now(), sha256(l.id::text::bytea), ''
    from audit.sessoes_processamento s, dw.lancamentos l where l.fornecedor = 'Circular' and l.categoria = 'Nossa'`)
  t.same((await findings(sql))[0]?.valores_propostos, {})
  await sql`insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo)
    select o.id, d.id, 'aprovacao', 'ana', 'certo' from audit.operacoes o, audit.divergencias_processadas d`
  await sql`insert into audit.alteracoes (operacao_id, divergencia_id, antes, depois)
    select o.id, d.id, '{"categoria": "Pendente"}', '{"categoria": "Nossa"}' from audit.operacoes o, audit.divergencias_processadas d`
  const [finding] = await findings(sql)
  t.match(finding, { registro_id: asked, valores_propostos: { categoria: 'Nossa' } })
  t.equal(finding?.evidencia.niveis[0].lancamentos, ids.length)
})

t.test("each of our changes is read once, however old the planner's statistics", async (t) => {
  const corrected = 400
  const correct = (sql: postgres.Sql, time: number) =>
    sql.unsafe(`
      insert into audit.operacoes (tipo, ator, motivo) values ('aprovacao', 'ana', 'certo');
      insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id,
        valores_originais, valores_propostos, confianca, evidencia, justificativa, valor_em_risco, status, detectada_em,
        ultima_deteccao, identidade, impressao)
      select s.id, s.id, 'pendente_verificacao', 'x', 'dw.lancamentos', l.id::text, '{"categoria": "Pendente"}', '{"categoria": "Nossa"}',
        1, '{}', 'x', 1, 'corrigida', now(), now(), sha256((l.id::text || ' ${time}')::bytea), ''
      from audit.sessoes_processamento s, (select id from dw.lancamentos order by id limit ${corrected}) l;
      insert into audit.alteracoes (operacao_id, divergencia_id, antes, depois)
      select (select max(id) from audit.operacoes), d.id, '{"categoria": "Pendente"}', '{"categoria": "Nossa"}'
      from audit.divergencias_processadas d order by d.id desc limit ${corrected}`)
  const analyse = (sql: postgres.Sql) =>
    sql.unsafe('vacuum (analyze) audit.alteracoes, audit.divergencias_processadas')
  const histories: [string, (sql: postgres.Sql) => Promise<unknown>][] = [
    [
      'from before them',
      async (sql) => {
        await correct(sql, 1)
        await sql.unsafe('analyze audit.alteracoes, audit.divergencias_processadas')
        await sql`select regra_pendente_verificacao.preparar(null)`
        await correct(sql, 2)
      },
    ],
    [
      'from while they were made, when nothing was to be seen',
      async (sql) => {
        await sql`select regra_pendente_verificacao.preparar(null)`
        await sql.begin(async (tx) => {
          await correct(tx as unknown as postgres.Sql, 1)
          await analyse(sql)
        })
        const [saidOnes] =
          await sql`select reltuples::int as n from pg_class where oid = 'audit.alteracoes'::regclass`
        t.equal(saidOnes?.['n'], 0)
      },
    ],
  ]
  for (const [when, history] of histories) {
    const { sql } = await testDatabase(t)
    await makeLedger(sql)
    await bookEntries(sql, ...year())
    await sql`insert into audit.sessoes_processamento (modo, incremental, regras, solicitada_por) values ('auto', true, '{pendente_verificacao}', 'x')`
    await history(sql)
    const looked = await sql.begin(async (tx) => {
      await tx`select regra_pendente_verificacao.preparar(null)`
      const [readOnes] = await tx<{ n: number }[]>`
          select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as n from pg_stat_xact_user_tables
          where relid in ('audit.divergencias_processadas'::regclass, 'audit.alteracoes'::regclass)`
      return readOnes?.n ?? 0
    })
    t.ok(looked >= corrected && looked < 20 * corrected, `${when}: ${looked} rows were read for ${corrected}`)
  }
})

t.test('the planner knows how many names a count found, even after an earlier count', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const names = 300
  await bookEntries(
    sql,
    ...Array.from({ length: names }, (_, i) => ({
      ...known,
      categoria: 'Uma',
      fornecedor: `Fornecedor ${i}`,
    })),
  )
  await t.rejects(
    sql.begin(async (tx) => {
      await tx`select regra_pendente_verificacao.conhecer_grafias(null, null)`
      throw new Error('interrupted')
    }),
    { message: 'interrupted' },
  )
  // the pages exist but are empty: with those statistics every name would be compared with every text
  await sql.unsafe('vacuum (truncate false, analyze) regra_pendente_verificacao.estatistica_nome')
  const saidTexts = async () =>
    (
      await sql`select reltuples::int as n from pg_class where oid = 'regra_pendente_verificacao.estatistica_nome'::regclass`
    )[0]?.['n']
  t.equal(await saidTexts(), 0)
  await sql`select regra_pendente_verificacao.preparar(null)`
  t.equal(await saidTexts(), names)
})

t.test('history is recounted while somebody reads the old counts, and nobody waits', async (t) => {
  const { sql, url } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...year())
  await sql`select regra_pendente_verificacao.preparar(null)`
  const counted = () =>
    sql`select count(*)::int as linhas, sum(linhas)::int as lancamentos from regra_pendente_verificacao.estatistica_contagem`
  const earlier = await counted()
  const key = () =>
    sql`select pg_get_constraintdef(oid) as chave from pg_constraint where conrelid = 'regra_pendente_verificacao.estatistica_contagem'::regclass and contype = 'p'`
  const was = await key()
  t.equal(was.length, 1)
  const reader = connect(url, { max: 1 })
  t.teardown(() => reader.end())
  await reader.begin(async (readingNow) => {
    await readingNow`select count(*) from regra_pendente_verificacao.estatistica_contagem`
    await setSetting(sql, 'pendente.meses_historico', 24)
    await sql.begin(async (tx) => {
      await tx`set local statement_timeout = '60s'`
      await tx`select regra_pendente_verificacao.preparar(null)`
    })
  })
  t.same(await counted(), earlier)
  t.same(await key(), was)
  // and with nobody there
  await setSetting(sql, 'pendente.meses_historico', 36)
  await sql`select regra_pendente_verificacao.preparar(null)`
  t.same(await counted(), earlier)
  t.same(await key(), was, 'the key is in use again')
})

t.test('the score is fitted to its end: no other weights explain the past better', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  // steady suppliers, some of whose entries went elsewhere; in each month some that come two or three times, and some once
  const regular = year(120).map((e, i) => ({
    ...e,
    categoria: i % 7 ? (e.categoria ?? null) : `Categoria ${1 + (i % 5)}`,
  }))
  const rare = year(60).map((e, i) => {
    const who = i % 3 ? `Raro ${i % 60} ${Math.floor(i / 180)}` : `Único ${i}`
    return {
      ...e,
      fornecedor_id: null,
      fornecedor: who.replace(/\d/g, (d) => 'abcdefghij'.charAt(Number(d))),
    }
  })
  await bookEntries(sql, ...regular, ...rare)
  await sql`select regra_pendente_verificacao.preparar(null)`
  // the sample as it was asked when the weights were fitted
  const places = await sql<{ grupo: number; casos: number; fora: number }[]>`
    with q as materialized (
      select p.*, k.base, k.recente
      from regra_pendente_verificacao.perguntar_retroteste(regra_pendente_verificacao.meses_retroteste(), 6000, false) p
      join regra_pendente_verificacao.estatistica_nota k on k.grupo = p.grupo
    ), c as materialized (
      -- the categories of each question, and one more that stands for all others
      select q.grupo, q.id, q.com_conta, x.n = q.certa as certa, array[x.b, coalesce(x.r, 0)] as x,
        exp(q.base * x.b + q.recente * coalesce(x.r, 0)) as e
      from q cross join lateral unnest(q.bases, q.recentes) with ordinality x (b, r, n)
    ), erro as (
      select c.grupo, c.x, c.certa::int - c.e / sum(c.e) over (partition by c.id, c.com_conta) as erro from c
    ), inclinacao as (
      select e.grupo, i, sum(e.erro * e.x[i]) as soma from erro e cross join generate_series(1, 2) i group by e.grupo, i
    )
    -- at the optimum the slope of the likelihood equals that of the prior: 15 for each weight's distance from the modest one
    select i.grupo, (select count(*)::int from q where q.grupo = i.grupo) as casos,
      max(abs(i.soma - 15 * case i.i when 1 then k.base - 0.22 else k.recente end))::float8 as fora
    from inclinacao i join regra_pendente_verificacao.estatistica_nota k on k.grupo = i.grupo
    group by i.grupo order by i.grupo`
  t.ok(places.length > 2, `${places.length} groups`)
  for (const { grupo, fora } of places) t.ok(fora < 0.05, `group ${grupo} is out of balance by ${fora}`)
})

t.test('the labels that mean pending are a setting; case and accents do not matter', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const [a, b] = await bookEntries(
    sql,
    { ...pending, categoria: 'á Definir ' },
    { ...pending, categoria: 'A DEFINIR' },
    { ...pending, categoria: 'Pendente' },
  )
  await setSetting(sql, 'pendente.rotulos', ['A definir'])
  t.same(
    (await findings(sql)).map((x) => x.registro_id),
    [a, b].sort(),
  )
})

t.test('invisible blanks in a label or a category change nothing', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await setSetting(sql, 'pendente.rotulos', ['A classificar\u00a0'])
  await setSetting(sql, 'pendente.vazias', false)
  await bookEntries(sql, ...year(), ...year(5).map((e) => ({ ...e, categoria: '\u00a0\t' })))
  const written = [
    'A CLASSIFICAR\u00a0',
    'A classificar\t',
    'À Classificar\r\n',
    '\ufeffa classificar',
    '\u2007A CLASSIFICAR\u202f ',
    'A\u00a0classificar',
    '\u200bA classificar\u2003\u3000',
  ]
  const pendingOnes = await bookEntries(
    sql,
    ...written.map((category) => ({ ...known, categoria: category })),
  )
  const all = await findings(sql)
  t.same(
    all.map((a) => a.registro_id),
    pendingOnes.sort(),
  )
  for (const finding of all)
    t.same(finding.valores_propostos, { categoria: 'Categoria 2' }, finding.evidencia.rotulo)
  const [empty] = await sql`
    select count(*)::int as n from regra_pendente_verificacao.estatistica_contagem c join regra_pendente_verificacao.estatistica_categoria k on k.id = c.categoria
    where audit_interno.dobrar_categoria(k.categoria) in ('', 'a classificar')`
  t.equal(empty?.['n'], 0, 'nothing is learned from them')
})

t.test('statistics follow loads, changes and settings, recounting only their months', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...year(10).map((e) => ({ ...e, carregado_em: `${e.data_lancamento}T12:00:00Z` })))
  await sql`select regra_pendente_verificacao.preparar(null)`
  const counting = () =>
    sql`select mes, nivel, chave, categoria, linhas from regra_pendente_verificacao.estatistica_contagem order by 1, 2, 3, 4`
  const months = () => sql`select mes, linhas from regra_pendente_verificacao.estatistica_mes order by mes`
  const before = await months()
  await bookEntries(sql, {
    fornecedor: 'Chegou',
    categoria: 'Nova',
    data_lancamento: month(2),
    carregado_em: '2025-01-02T00:00:00Z',
  })
  await sql`update dw.lancamentos set categoria = 'Pendente', carregado_em = '2025-01-02T00:00:00Z' where id =
    (select min(id) from dw.lancamentos where data_lancamento >= ${month(7)} and data_lancamento < ${month(8)})`
  await sql`select regra_pendente_verificacao.preparar(null)`
  const after = await months()
  t.same(
    after
      .filter((m, i) => m['linhas'] !== before[i]?.['linhas'])
      .map((m, i) => [m['mes'] % 12, Number(m['linhas']), i]),
    [
      [2, 11, 0],
      [7, 9, 1],
    ],
  )
  const kept = await counting()
  await sql`select regra_pendente_verificacao.contar_meses(null)`
  t.same(await counting(), kept, 'kept up month by month is the same as counted at once')
  await setSetting(sql, 'pendente.rotulos', ['Categoria 1'])
  await sql`select regra_pendente_verificacao.preparar(null)`
  const [rest] = await sql`select count(*)::int as n from regra_pendente_verificacao.estatistica_contagem c
    join regra_pendente_verificacao.estatistica_categoria k on k.id = c.categoria where k.categoria = 'Categoria 1'`
  t.equal(rest?.['n'], 0, 'other labels, and everything is counted again')
})

t.test('incremental counts equal a full count, whatever happened to the rows', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  const ids = await bookEntries(
    sql,
    ...year(10).map((e) => ({ ...e, carregado_em: `${e.data_lancamento}T12:00:00Z` })),
  )
  const counting = () =>
    sql`select mes, nivel, chave, categoria, linhas from regra_pendente_verificacao.estatistica_contagem order by 1, 2, 3, 4`
  const check = async (why: string) => {
    await sql`select regra_pendente_verificacao.preparar(null)`
    const kept = await counting()
    await sql`select regra_pendente_verificacao.contar_meses(null)`
    t.same(kept, await counting(), why)
  }
  await sql`select regra_pendente_verificacao.preparar(null)`
  const day = { data_lancamento: month(11, 20), carregado_em: '2025-01-01T00:00:00Z' }
  const [a, b] = await bookEntries(
    sql,
    { ...day, fornecedor: 'Veio' },
    { ...day, fornecedor: 'Veio', categoria: 'Pendente' },
  )
  await check('a day came')
  await check('nothing came: nothing is counted twice')
  await bookEntries(sql, { ...day, carregado_em: '2024-12-31T20:00:00Z', fornecedor: 'Atrasado' })
  await check('a load that committed after a later one')
  await sql`update dw.lancamentos set categoria = 'Outra', carregado_em = '2025-01-01T01:00:00Z' where id in (${a as string}, ${b as string})`
  await check('rows changed shortly after they came')
  await sql`delete from dw.lancamentos where id = ${a as string}`
  await check('a row gone shortly after it came')
  await sql`update dw.lancamentos set data_lancamento = ${month(10)}, carregado_em = '2025-01-01T02:00:00Z' where id = ${b as string}`
  await check('a row moved to another month')
  await sql`update dw.lancamentos set categoria = 'Outra', carregado_em = '2025-01-02T00:00:00Z' where id = ${ids[0] as string}`
  await check('an old row changed')
  await bookEntries(sql, {
    data_lancamento: month(3),
    carregado_em: '2025-01-03T00:00:00Z',
    fornecedor: 'Veio',
    categoria: 'Outra',
  })
  await check('a day came that belongs to an old month')
})

t.test('the cases in the evidence are those behind the confidence', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(
    sql,
    ...year(120).map((e, i) => (i % 7 === 0 ? { ...e, categoria: `Categoria ${1 + (i % 5)}` } : e)),
  )
  await bookEntries(sql, known, { ...known, fornecedor_id: null, fornecedor: 'Nunca Visto' })
  const found = await findings(sql)
  t.equal(found.length, 2)
  const [sure, unsure] = found.sort((a, b) => Number(b.confianca) - Number(a.confianca))
  const { casos, acertos } = sure?.evidencia.calibracao ?? {}
  t.ok(
    Math.abs(acertos / casos - Number(sure?.confianca)) < 0.04,
    `${acertos} of ${casos} beside ${sure?.confianca}`,
  )
  t.ok(
    sure?.justificativa.includes(
      `De ${casos} sugestões passadas com confiança parecida, ${acertos} estavam certas.`,
    ),
  )
  t.notOk(unsure?.evidencia.calibracao, 'no past case of an unknown supplier: none is counted')
  t.ok(Number(unsure?.confianca) < 0.9, 'and the confidence is modest')
})

t.test('one supplier under many names, a thin one, none at all', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(
    sql,
    ...year(),
    ...['AÇO & CIA. LTDA', 'Aco e Cia', 'aço & cia ltda - me', 'ACO  &  CIA'].map((supplier) => ({
      fornecedor: supplier,
      categoria: 'Metais',
      data_lancamento: month(10),
    })),
    { fornecedor: 'Só Uma Vez', categoria: 'Metais', data_lancamento: month(10) },
    // the same label in another spelling is pending too, and teaches nothing
    ...Array.from({ length: 20 }, () => ({
      fornecedor: 'Parado',
      categoria: ' PENDÊNTE ',
      data_lancamento: month(9),
    })),
  )
  const [spelling, fine, nullOne, empty, stoppedOne] = await bookEntries(
    sql,
    { ...pending, fornecedor: 'Aço & Cia S.A.', descricao: null },
    { ...pending, fornecedor: 'Só Uma Vez', descricao: null },
    { ...pending, fornecedor: null, descricao: null, centro_custo: null },
    { ...pending, fornecedor: ' ', descricao: '  ', centro_custo: ' ' },
    { ...pending, categoria: 'PENDENTE', fornecedor: 'Parado', descricao: '', centro_custo: 'Centro 1' },
  )
  const by = new Map((await findings(sql)).map((a) => [a.registro_id, a]))
  const confidence = (id: string | undefined) => Number(by.get(id as string)?.confianca)
  t.equal(
    by.get(spelling as string)?.evidencia.sugestao,
    'Metais',
    'accents, punctuation and legal form do not matter',
  )
  t.ok(confidence(fine) < 0.9, `one entry, and no past case to show what one is worth: ${confidence(fine)}`)
  t.ok(confidence(nullOne) < 0.5 && confidence(empty) < 0.5, 'nothing is known about them but what is usual')
  t.equal(confidence(nullOne), confidence(empty), 'blank is the same as nothing')
  t.ok(confidence(stoppedOne) < 0.5, 'twenty pending entries are not a history')
  t.notOk([...by.values()].some((a) => /pend/i.test(String(a.valores_propostos['categoria'] ?? ''))))
})

t.test('the window restricts what is flagged, not what is learned', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  await bookEntries(sql, ...year())
  const [a, b] = await bookEntries(
    sql,
    { ...known, data_lancamento: month(12, 1), carregado_em: '2025-02-02T00:00:00Z' },
    { ...known, data_lancamento: month(12, 5), carregado_em: '2025-02-06T00:00:00Z' },
  )
  const keys = async (window_: Window) => {
    const found = await findings(sql, window_)
    t.ok(found.every((x) => x.valores_propostos['categoria'] === 'Categoria 2'))
    return found.map((x) => x.registro_id)
  }
  t.same(await keys({ inicio: month(12, 1), fim: month(12, 1) }), [a])
  t.same(await keys({ inicio: month(12, 2), fim: month(12, 5) }), [b])
  t.same(await keys({ desde: '2025-02-06T00:00:00Z', ate: '2025-02-07T00:00:00Z' }), [b])
  t.same(await keys({ ate: '2025-02-06T00:00:00Z', inicio: month(12, 1) }), [a])
  t.same(await keys({ chaves: [b as string] }), [b])
  t.same(await keys({ chaves: [] }), [])
})

t.test('odd rows cause no error, as history or as entries to judge', async (t) => {
  for (const key of ['uuid', 'text'] as const) {
    const { sql } = await testDatabase(t)
    await makeLedger(sql, key)
    await bookEntries(
      sql,
      ...strangeOnes.map((e, i) => ({ ...e, id: `00000000-0000-0000-0000-0000000000${10 + i}` })),
    )
    await bookEntries(
      sql,
      ...strangeOnes.map((e, i) => ({
        ...e,
        id: `00000000-0000-0000-0000-0000000000${30 + i}`,
        categoria: 'pendente',
      })),
    )
    const all = await findings(sql)
    const emptyOnes = strangeOnes.filter((e) => 'categoria' in e).length
    t.equal(all.length, strangeOnes.length + emptyOnes, 'blank ones are pending too')
    t.ok(all.every((a) => Number(a.confianca) >= 0 && Number(a.confianca) <= 1))
  }
})

t.test('suggestions are right as often as they claim, on a generated ledger', async (t) => {
  const { sql } = await testDatabase(t)
  await makeLedger(sql)
  // forty suppliers; supplier i books its usual category in 60 to 100 of 100 entries, whatever the text says
  await sql.unsafe(`
    insert into dw.lancamentos (id, data_lancamento, carregado_em, centro_custo, categoria, fornecedor, descricao, valor)
    select i, d, d + interval '1 day', 'C' || i % 4,
      'Cat ' || case when h % 1000 < 600 + 10 * (f % 40 + 1) then f % 8 else (f + 1 + h / 1000 % 7) % 8 end,
      'Fornecedor n' || chr(97 + f % 20) || chr(97 + f / 20), 'serviço', 100 + i % 50
    from (
      select i, date '2023-01-01' + (i / 20)::int as d, (i * 7919 % 40)::int as f,
        (hashtextextended(i::text, 3) & 1048575)::bigint as h
      from generate_series(0, 14599) i) x`)
  await sql.unsafe(`
    create table public.verdade as select id::text, categoria from dw.lancamentos where data_lancamento >= '2024-11-01';
    update dw.lancamentos set categoria = 'Pendente' where data_lancamento >= '2024-11-01'`)
  await sql`select regra_pendente_verificacao.preparar(null)`
  const bands = await sql<{ faixa: number; casos: number; certas: number; ditas: number }[]>`
    select least(9, floor(a.confianca * 10))::int as faixa, count(*)::int as casos,
      avg((a.valores_propostos ->> 'categoria' is not distinct from v.categoria)::int)::float8 as certas, avg(a.confianca)::float8 as ditas
    from regra_pendente_verificacao.detectar(null) a join public.verdade v on v.id = a.registro_id
    group by 1 order by 1`
  const cases = bands.reduce((sum, b) => sum + b.casos, 0)
  const error = bands.reduce((sum, b) => sum + (b.casos / cases) * Math.abs(b.certas - b.ditas), 0)
  t.ok(cases > 1000)
  t.ok(error < 0.05, `expected calibration error ${error.toFixed(3)} ${JSON.stringify(bands)}`)
  const [said] = await sql`
    select count(*)::int as findings, count(*) filter (where a.confianca > s.confianca::numeric)::int as rounded_up
    from regra_pendente_verificacao.detectar(null) a
    join (select unnest(ids) as id, confianca from regra_pendente_verificacao.sugerir_pendencias(null, null, null, null)) s on s.id = a.registro_id`
  t.ok(Number(said?.['findings']) > 1000)
  t.equal(
    said?.['rounded_up'],
    0,
    'cut, not rounded: no confidence reaches a threshold that its inference does not',
  )
})
