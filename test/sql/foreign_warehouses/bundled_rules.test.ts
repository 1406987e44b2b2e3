// The bundled rules on warehouses that are not ours and have a year of history. With the ledger's own labels and a pattern, they
// find what is wrong there, and after each act every row of the base tables is what the audit says, to the byte.
import t, { type Test } from 'tap'
import type { Row, Sql } from '../../../src/db/connection.ts'
import { testDatabase } from '../../helper/database.ts'
import { drawn } from '../../helper/thorough.ts'
import { approveAll, findingsIn, rollBack, runSession } from '../../helper/warehouse.ts'
import { type Kind, untrue, type Variant, warehouse } from '../../helper/warehouses.ts'

const RULES = ['pendente_verificacao', 'trade_marketing', 'validacao_valores']

/** Each warehouse's names for its five usual categories (marketing first) and for parked entries. */
const LABELS: Record<Kind, string[]> = {
  estrela: ['Marketing e Trade', 'RH', 'TI', 'Frete', 'Energia', 'A definir'],
  razao: ['Marketing e Trade', 'Recursos Humanos', 'TI', 'Frete', 'Energia', 'A definir'],
  debito_credito: ['MARKETING E TRADE', 'RH', 'TI', 'FRETE', 'ENERGIA', 'PENDENTE'],
}

/**
 * 1,300 entries of twenty suppliers, each of one category; among the last 200 some are parked, some marketing stands under another
 * category, and some amounts are not what their document says.
 */
const history = (kind: Kind) => `
  with entrada as (
    select n, (date '2025-02-01' + least((n - 1) / 100, 11) * interval '1 month')::date + n % 25 as dia, n % 20 as s, n > 1100 as nova,
      (array['verba cooperada da rede', 'consultoria de pessoal', 'suporte de sistema', 'frete rodoviário', 'energia elétrica'])[1 + n % 5] as texto,
      100 + n % 7 * 50 + n * 0.01 as nota
    from generate_series(1001, 2300) g cross join lateral (select g - 1000 as n) m
  ), lancamento as (
    select e.*, '2026-02-01 12:00+00'::timestamptz as carga, (30000000 + s)::text || '000100' as codigo, 'Fornecedor ' || chr(65 + s) as nome,
      (array[${LABELS[kind].map((label) => `'${label}'`).join()}])[
        case when nova and n % 7 = 3 then 6 when nova and n % 15 = 0 then 4 else 1 + n % 5 end] as categoria,
      case when nova and n % 11 = 5 then -nota when nova and n % 11 = 6 then nota * 10 when nova and n % 11 = 7 then nota + 0.5 else nota end as valor
    from entrada e
  )`

const FILL: Record<Kind, string> = {
  estrela: `insert into {s}.dim_categoria values (6, 'Energia');
    insert into {s}.dim_fornecedor select 100 + s, (30000000 + s)::text || '000100', 'Fornecedor ' || chr(65 + s) from generate_series(0, 19) s;
    ${history('estrela')} insert into {s}.fato select 7000000000001000 + n, dia, carga, 'SP', 1 + s % 2, '4.1.' || n % 5,
      (select sk from {s}.dim_categoria c where c.nome = categoria), 100 + s, 'H-' || n, texto, valor, nota, 0 from lancamento`,
  razao: `create table {s}.l_outros partition of {s}.lancamentos default;
    ${history('razao')} insert into {s}.lancamentos (id, data_lancamento, carregado_em, filial, centro_custo, conta_contabil, categoria,
        fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, valor_desconto, lote)
      select '2025/' || n, dia, carga, 'SP', 'Loja', '4.1.' || n % 5, categoria, codigo, nome, 'H-' || n, texto, valor, nota, 0, 'L0' from lancamento`,
  debito_credito: `${history('debito_credito')} insert into {s}.movimento select
      ('00000000-0000-4000-9000-' || to_char(n, 'FM000000000000'))::uuid, dia, carga, 'SP', 'Loja', '4.1.' || n % 5, categoria, codigo, nome,
      'H-' || n, texto, case when valor >= 0 then valor end, case when valor < 0 then -valor end, nota, 0 from lancamento`,
}

async function scene(t: Test, kind: Kind, variant: Variant) {
  const b = await testDatabase(t)
  const [olivia, ana, bruno, adelia] = [
    b.connectAs('olivia'),
    b.connectAs('ana'),
    b.connectAs('bruno'),
    b.connectAs('adelia'),
  ]
  const dw = await warehouse(b.sql, { kind, variant, nullable: variant !== 'nao_nulo' })
  await dw.edit(FILL[kind])
  const settings = {
    'trade_marketing.categoria': dw.right,
    'pendente.rotulos': [dw.wrong],
    'regras.decisoes_minimas': 3,
    'limites.fracao': 1,
    'aprovacao.valor_dupla': 300,
  }
  for (const [key, value] of Object.entries(settings))
    await adelia`select audit.alterar_configuracao(${key}, ${b.sql.json(value)}, 'nosso plano de contas')`
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'verba cooperada', 'incluir', 'frase das notas da rede', conferido => true)`
  const threshold = (name: string, limiar: number) =>
    adelia`select audit.alterar_regra(${name}, ${b.sql.json({ limiar })}, 'para experimentar')`
  return { ...b, olivia, ana, bruno, dw, threshold }
}

/** Open findings of each rule that propose something, a few of each, and no two on one entry. */
async function some(sql: Sql, perRule: number): Promise<Row[]> {
  const open = (await findingsIn(sql, 'aberta')).filter((d) => Object.keys(d['valores_propostos']).length > 0)
  const alone = open.filter((d) => open.filter((o) => o['registro_id'] === d['registro_id']).length === 1)
  return RULES.flatMap((rule) => alone.filter((d) => d['regra'] === rule).slice(0, perRule))
}

const ids = (rows: readonly Row[]) => rows.map((d) => d['id'])

/** Of the trigger variants (every_write.test.ts tries all), those that touch the columns that these rules correct. */
const TRIED: Record<Kind, Variant[]> = {
  estrela: ['certo', 'nulo', 'nao_nulo', 'arredonda', 'mente', 'so_ida'],
  razao: ['certo', 'carga', 'caixa', 'adiado'],
  debito_credito: ['certo', 'so_debito', 'corta'],
}

const KINDS = Object.keys(TRIED) as Kind[]
for (const { kind, variant } of drawn(
  KINDS.flatMap((kind) => TRIED[kind].map((variant) => ({ kind, variant }))),
  2,
)) {
  t.test(`${kind}, ${variant}`, async (t) => {
    const { sql, dw, olivia, ana, bruno, threshold } = await scene(t, kind, variant)
    const exact = async (what: string) =>
      t.same(await dw.differences(), [], `${what}: every row is as the audit says`)
    const right = variant === 'certo' || variant === 'carga' // this warehouse does what it is asked
    const corrected = async (what: string, rows: readonly Row[]) => {
      t.ok(rows.length > 0, `${what}: there are some`)
      const now = (await findingsIn(sql)).filter((d) => ids(rows).includes(d['id']))
      if (right)
        t.same([...new Set(now.map((d) => d['status']))], ['corrigida'], `${what}: all are corrected`)
    }
    await exact('at first')

    // by day: findings are approved, typed over, approved by two
    for (const rule of RULES) await threshold(rule, 0.99)
    const first = await runSession(olivia, 'manual')
    t.match(first, { status: 'concluida', corrigidas: 0n }, first['mensagem'])
    await exact('found')
    for (const rule of RULES)
      t.ok(
        (await findingsIn(sql)).filter((d) => d['regra'] === rule).length >= 5,
        `${rule} finds what is wrong in this ledger`,
      )
    const [approved, typed] = [await some(sql, 5), await some(sql, 7)]
    await approveAll(ana, ...ids(approved))
    const waiting = await findingsIn(sql, 'aguardando_segunda_aprovacao')
    await exact('approved')
    t.ok(waiting.length > 0, 'some need two people')
    await approveAll(bruno, ...ids(waiting))
    await exact('approved by two')
    await corrected('approved', approved)
    const toType = typed.filter((d) => !ids(approved).includes(d['id']))
    for (const d of toType)
      await ana`select audit.corrigir_manualmente(${d['id']},
          ${sql.json(d['regra'] === 'validacao_valores' ? { valor: '-88.25' } : { categoria: dw.other })}, 'olhei a nota')`
    await exact('typed')
    await approveAll(bruno, ...ids(toType))
    await corrected('typed', toType)
    await exact('typed, approved')

    // by night: people's answers have proven the pattern
    for (const rule of RULES) await threshold(rule, 0.3)
    const auto = await runSession(olivia, 'auto')
    await exact('auto')
    if (right) {
      t.match(auto, { status: 'concluida', falhas: 0n }, auto['mensagem'])
      const by =
        await sql`select d.regra, count(*) from audit.alteracoes a join audit.operacoes o on o.id = a.operacao_id
          join audit.divergencias_processadas d on d.id = a.divergencia_id where o.sessao_id = ${auto['id']} group by 1`
      t.same(by.map((row) => row['regra']).sort(), RULES, 'each of the three corrects by itself')
    }

    // back: items, the session, and forth again
    const results: Row[] = []
    const back = async (what: string, rows: readonly Row[]) => {
      t.same(await untrue(sql, rows), [], `${what}: the rollback reports the truth`)
      results.push(...rows)
      await exact(what)
    }
    const given = (await findingsIn(sql, 'corrigida')).filter((d) => ids(approved).includes(d['id']))
    if (given.length > 0) await back('items', await rollBack(ana, ...ids(given)))
    if (auto['corrigidas'] > 0n) {
      await back(
        'session',
        await olivia`select * from audit.reverter_sessao(${auto['id']}, 'era outra nota')`,
      )
      const [reversal] = await sql`select max(id) as id from audit.operacoes where tipo = 'reversao'`
      await ana`select * from audit.reverter_operacao(${reversal?.['id']}, 'estava certo')`
      await exact('rollback of the rollback')
    }
    if (right) t.same([...new Set(results.map((r) => r['resultado']))], ['revertida'], 'all were rolled back')

    await runSession(olivia, 'auto')
    await exact('another session')
    t.match(await sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
  })
}
