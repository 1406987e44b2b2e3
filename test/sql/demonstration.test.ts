import t from 'tap'
import { testDatabase } from '../helper/database.ts'

const CONTRACT = [
  ['id', 'bigint'],
  ['data_lancamento', 'date'],
  ['carregado_em', 'timestamp with time zone'],
  ['filial', 'text'],
  ['centro_custo', 'text'],
  ['conta_contabil', 'text'],
  ['categoria', 'text'],
  ['fornecedor_id', 'text'],
  ['fornecedor', 'text'],
  ['documento', 'text'],
  ['descricao', 'text'],
  ['valor', 'numeric(18,2)'],
  ['valor_documento', 'numeric(18,2)'],
  ['valor_desconto', 'numeric(18,2)'],
]

/** Check digits as a Brazilian would compute them by hand: modulo 11, right to left, weights 2 to 9. */
function validCnpj(cnpj: string): boolean {
  const digit = (base: string) => {
    const sum = [...base].reverse().reduce((total, c, i) => total + Number(c) * (2 + (i % 8)), 0)
    return String(sum % 11 < 2 ? 0 : 11 - (sum % 11))
  }
  const first = digit(cnpj.slice(0, 12))
  return /^\d{14}$/.test(cnpj) && cnpj.endsWith(first + digit(cnpj.slice(0, 12) + first))
}

t.test('the example warehouse', async (t) => {
  const { sql } = await testDatabase(t)
  const hash = async () => {
    const [line] = await sql<{ hash: string }[]>`
      select sum(hash_record_extended(f, 1)::numeric)::text || '/' || (select sum(hash_record_extended(v, 1)::numeric) from exemplo.verdade v)
        || '/' || (select sum(hash_record_extended(d, 1)::numeric) from dw.dim_fornecedor d) as hash
      from dw.fato_lancamentos f`
    return line?.hash
  }
  const list = async (query: string) => (await sql.unsafe(query)).map((line) => Object.values(line))
  const number = async (query: string) => Number((await list(query))[0]?.[0])

  await t.test('is the same for the same arguments under any settings', async (t) => {
    await sql`select exemplo.criar_armazem(2000, 7, '2026-10-31')`
    const first = await hash()
    await sql.begin(async (other) => {
      await other.unsafe(`set local timezone = 'Asia/Tokyo'; set local datestyle = 'SQL, MDY'; set local extra_float_digits = 0;
        set local enable_hashjoin = off; set local work_mem = '64kB'`)
      await other`select exemplo.criar_armazem(2000, 7, '2026-10-31')`
    })
    t.equal(await hash(), first)
    // Written down once on PostgreSQL 15 (C.UTF-8) and 18 (ICU pt-BR): another server must give the same.
    t.equal(first, '369823076639520465635/-58151114874759563256/35575655846223257554')
    await sql`select exemplo.criar_armazem(2000, 8, '2026-10-31')`
    t.not(await hash(), first, 'another seed gives another warehouse')
  })

  await sql`select exemplo.criar_armazem(20000)`

  await t.test('fits the contract', async (t) => {
    t.strictSame(
      await list(`select attname, format_type(atttypid, atttypmod) from pg_attribute
        where attrelid = 'dw.lancamentos'::regclass and attnum > 0 order by attnum`),
      CONTRACT,
    )
    t.equal(await number('select count(*) from dw.lancamentos'), 20000)
    t.equal(await number('select count(distinct id) from dw.lancamentos'), 20000)
    t.equal(
      await number(`select pg_relation_is_updatable('dw.lancamentos', false)`),
      28,
      'insert, update, delete',
    )
  })

  await t.test('has twelve months, each in its partition', async (t) => {
    const partitions =
      await list(`select tableoid::regclass::text, count(distinct date_trunc('month', data_lancamento))::int
      from dw.fato_lancamentos group by 1 order by 1`)
    t.equal(partitions.length, 12)
    t.strictSame(partitions[0], ['dw.fato_lancamentos_2025_11', 1])
    t.strictSame(partitions[11], ['dw.fato_lancamentos_2026_10', 1])
    t.equal(
      await number(`select (min(n) > 1000 and max(n) < 2500)::int from
      (select count(*) n from dw.lancamentos group by date_trunc('month', data_lancamento)) m`),
      1,
    )
    await sql.begin(async (tx) => {
      await tx`insert into dw.lancamentos (id, data_lancamento, carregado_em) values (900001, '0219-03-01', now()), (900002, '2202-03-01', now())`
      t.equal(
        (await tx`select from dw.fato_lancamentos_outras`).length,
        2,
        'distant dates have a partition too',
      )
      await tx`delete from dw.lancamentos where id > 900000`
    })
  })

  await t.test('is loaded at night, after the booking', async (t) => {
    t.equal(
      await number(`select count(*) from dw.lancamentos
        where carregado_em < (data_lancamento + time '21:30') at time zone 'America/Sao_Paulo'
          or extract(hour from carregado_em at time zone 'America/Sao_Paulo') between 6 and 20`),
      0,
    )
  })

  await t.test(
    'has realistic suppliers: valid, with branches and many spellings, one large, a long tail',
    async (t) => {
      const suppliers = await sql<{ cnpj: string; raiz: string }[]>`
      select cnpj, raiz from dw.dim_fornecedor union all select cnpj, left(cnpj, 8) from dw.dim_filial`
      t.strictSame(
        suppliers.filter((f) => !validCnpj(f.cnpj)),
        [],
      )
      t.ok(new Set(suppliers.map((f) => f.raiz)).size < suppliers.length * 0.7, 'companies have branches')
      const [largest] = await sql<{ parte: number; grafias: number }[]>`
      select count(*)::int * 100.0::float8 / 20000 as parte, count(distinct fornecedor)::int as grafias
      from dw.lancamentos group by left(fornecedor_id, 8) order by count(*) filter (where fornecedor_id is not null) desc limit 1`
      t.ok(largest && largest.parte > 8 && largest.parte < 12, `the largest has ${largest?.parte} %`)
      t.ok(largest && largest.grafias >= 6, 'spellings')
      t.ok(
        (await number(`select count(*) from (select from dw.lancamentos where fornecedor_id is not null
        group by left(fornecedor_id, 8) having count(*) <= 3) f`)) > 200,
        'suppliers with few entries',
      )
      const nulls = await number('select count(*) from dw.lancamentos where fornecedor_id is null')
      t.ok(nulls > 50 && nulls < 160, `${nulls} without supplier`)
      t.ok(
        (await number(`select count(*) from dw.lancamentos where descricao = ''`)) > 100,
        'empty descriptions',
      )
    },
  )

  await t.test('holds every kind of error, in the promised share', async (t) => {
    const counting = Object.fromEntries(
      await list('select tipo, count(*)::int from exemplo.verdade group by tipo'),
    ) as Record<string, number>
    const between = (type: string, from: number, until: number) => {
      const n = counting[type] ?? 0
      t.ok(n >= from && n <= until, `${type}: ${n}`)
    }
    between('trade_marketing', 80, 170)
    between('pendente_verificacao', 330, 500)
    for (const kind of [
      'sinal',
      'fator',
      'digitos',
      'desconto_ignorado',
      'desconto_dobrado',
      'cambio',
      'outro',
    ])
      between(`validacao_valores:${kind}`, 1, 50)
    between('validacao_valores:duplicada_exata', 4, 30)
    between('validacao_valores:duplicada_proxima', 4, 30)
    for (const kind of [
      'mudou_categoria',
      'duas_categorias',
      'nota_credito',
      'retencao',
      'frete_de_campanha',
      'texto_copiado',
      'recorrente',
      'parcela',
      'arredondamento',
    ])
      between(`honesta:${kind}`, 3, 1500)
    t.equal(
      await number(
        `select count(*) from (select from exemplo.verdade where tipo not like 'honesta:%' group by registro_id having count(*) > 1) r`,
      ),
      0,
      'one error for each entry',
    )
    const recent =
      await number(`select 100 * count(*) filter (where data_lancamento >= '2026-09-01') / count(*)
      from exemplo.verdade v join dw.lancamentos l on l.id = v.registro_id where v.tipo = 'pendente_verificacao'`)
    t.ok(recent > 50, `${recent} % of the pending entries are of the last two months`)
  })

  await t.test('tells the truth about its errors', async (t) => {
    t.equal(
      await number(`select count(*) from exemplo.verdade v left join dw.lancamentos l on l.id = v.registro_id
        where case v.coluna when 'valor' then l.valor = v.valor_plantado::numeric else l.categoria = v.valor_plantado end is not true
          or (v.tipo like 'honesta:%') <> (v.valor_certo = v.valor_plantado)`),
      0,
      'what was planted is in the warehouse; errors are wrong and oddities right',
    )
    t.equal(
      await number(`select count(*) from exemplo.verdade v join dw.lancamentos l on l.id = v.registro_id
        where v.tipo like 'validacao_valores:%' and v.duplicata_de is null
          and (l.valor_documento - coalesce(l.valor_desconto, 0) is distinct from v.valor_certo::numeric
            or abs(l.valor - v.valor_certo::numeric) < 1)`),
      0,
      'the document shows the right amount',
    )
    t.equal(
      await number(`select count(*) from dw.lancamentos l left join exemplo.verdade v on v.registro_id = l.id and v.tipo like 'validacao_valores:%'
        where v.registro_id is null and abs(l.valor - (l.valor_documento - coalesce(l.valor_desconto, 0))) > 0.04`),
      0,
      'all other amounts agree with their document within four cents',
    )
    t.equal(
      await number(`select count(*) from exemplo.verdade v
        join dw.lancamentos l on l.id = v.registro_id left join dw.lancamentos p on p.id = v.duplicata_de
        where v.tipo like 'validacao_valores:duplicada%'
          and row(p.valor, p.documento, left(p.fornecedor_id, 8)) is distinct from row(l.valor, l.documento, left(l.fornecedor_id, 8))
          and p.fornecedor_id is not null and l.fornecedor_id is not null`),
      0,
      'a copy really is one',
    )
    t.equal(
      await number(`select count(*) from dw.lancamentos l left join exemplo.verdade v on v.registro_id = l.id
        where v.registro_id is null and (l.categoria in ('PENDENTE DE VERIFICAÇÃO', 'A CLASSIFICAR') or l.valor < 0)`),
      0,
    )
  })

  await t.test('has patterns that match only marketing and known traps', async (t) => {
    t.ok((await number('select count(*) from exemplo.padroes()')) >= 15)
    const strange = await list(`
      with padrao as (
        select p.campo, p.acao, case p.tipo when 'contem' then replace(e.texto, '.', '\\.') when 'palavra' then '\\m' || e.texto || '\\M' else e.texto end as regex
        from exemplo.padroes() p cross join lateral (select lower(exemplo.maiusculas(p.padrao)) as texto) e
      ), campo as (
        select l.id, l.categoria, c.campo, lower(exemplo.maiusculas(c.texto)) as texto from dw.lancamentos l
        cross join lateral (values ('descricao', l.descricao), ('fornecedor', l.fornecedor), ('conta_contabil', l.conta_contabil)) c (campo, texto)
      )
      select c.id, c.categoria from campo c
      join padrao p on p.campo = c.campo and c.texto ~ p.regex
      where c.categoria <> 'Trade Marketing' and not exists (select from exemplo.verdade v where v.registro_id = c.id and v.coluna = 'categoria'
        and (v.tipo not like 'honesta:%' or v.tipo in ('honesta:frete_de_campanha', 'honesta:texto_copiado')))
      group by c.id, c.categoria having bool_and(p.acao = 'incluir')`)
    t.strictSame(strange, [])
  })

  await t.test('is corrected through the view, and the score shows help and harm', async (t) => {
    const [before] = await sql<
      { danos: number; plantados: number }[]
    >`select danos::int, plantados::int from exemplo.placar() where regra = '(total)'`
    t.strictSame(before?.danos, 0)
    await sql
      .begin(async (tx) => {
        const corrected = await tx`update dw.lancamentos l
        set categoria = case v.coluna when 'categoria' then v.valor_certo else l.categoria end,
          valor = case v.coluna when 'valor' then v.valor_certo::numeric else l.valor end,
          conta_contabil = coalesce(v.conta_certa, l.conta_contabil)
        from exemplo.verdade v where v.registro_id = l.id and v.tipo not like 'honesta:%'`
        t.equal(corrected.count, before?.plantados)
        t.strictSame(
          await tx`select * from exemplo.danos()`.then((r) => r.length),
          0,
          'correcting to the truth does no harm',
        )
        const rightOnes = await tx<{ id: number }[]>`select l.id::int from dw.lancamentos l
        where not exists (select from exemplo.verdade v where v.registro_id = l.id) order by l.id limit 3`
        const [a, b, c] = rightOnes.map((line) => line.id)
        await tx`update dw.lancamentos set categoria = 'Seguros' where id = ${a ?? 0}`
        await tx`update dw.lancamentos set descricao = 'outra' where id = ${b ?? 0}`
        await tx`delete from dw.lancamentos where id = ${c ?? 0}`
        await tx`update dw.lancamentos set valor = 1.23 where id = (select min(registro_id) from exemplo.verdade where tipo = 'validacao_valores:sinal')`
        t.strictSame(
          (await tx<{ motivo: string }[]>`select motivo from exemplo.danos() order by motivo`).map(
            (r) => r.motivo,
          ),
          ['ausente', 'certo_alterado', 'certo_alterado', 'errado_trocado'],
        )
        throw new Error('undo')
      })
      .catch((error: Error) => {
        if (error.message !== 'undo') throw error
      })
    await t.rejects(sql`update dw.lancamentos set categoria = 'Não existe' where id = 1`, { code: '23503' })
  })

  await t.test('can be loaded with one more day', async (t) => {
    const first = await number(`select exemplo.carregar_dia(500, '2026-11-03')`)
    t.equal(first, 20001)
    t.equal(await number(`select count(*) from dw.lancamentos where data_lancamento = '2026-11-03'`), 500)
    t.ok(
      (await number(
        `select count(*) from exemplo.verdade where registro_id > 20000 and tipo not like 'honesta:%'`,
      )) > 20,
    )
    t.equal(await number('select count(*) from exemplo.danos()'), 0)
    await t.rejects(sql`select exemplo.carregar_dia(0, '2026-11-03')`, { code: 'NC902' })
  })

  await t.test('never touches another warehouse', async (t) => {
    await sql`create table dw.razao (i int)`
    await t.rejects(sql`select exemplo.criar_armazem(100)`, { code: 'NC901', detail: 'dw.razao' })
    await t.rejects(sql`select exemplo.remover_armazem()`, { code: 'NC901' })
    await sql`drop table dw.razao`
    await t.rejects(sql`select exemplo.criar_armazem(0)`, { code: 'NC902' })
    await sql`select exemplo.remover_armazem()`
    t.strictSame(await list(`select nspname from pg_namespace where nspname = 'dw'`), [])
    t.equal(
      await number(`select count(*) from pg_class where relnamespace = 'exemplo'::regnamespace`),
      0,
      'no table left',
    )
    await t.rejects(sql`select exemplo.placar()`, { code: 'NC903' })
    await t.rejects(sql`select exemplo.carregar_dia(10, '2026-11-03')`, { code: 'NC903' })
  })
})
