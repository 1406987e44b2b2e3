// What the warehouse makes of a correction, tried by the diagnosis: written, read again, undone.
import t from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { testDatabase, untilLocked } from '../helper/database.ts'
import { book, makeWarehouse, photograph, refusalOf, type WarehouseShape } from '../helper/warehouse.ts'

async function scene(t: Parameters<typeof testDatabase>[0], shape: WarehouseShape = 'estrela') {
  const base = await testDatabase(t)
  await makeWarehouse(base.sql, shape)
  const complete = {
    fornecedor_id: '11222333000181',
    conta_contabil: '3.1',
    documento: 'NF 1',
    valor_documento: '90.00',
    valor_desconto: '0.00',
  }
  await book(
    base.sql,
    { id: '1', ...complete, categoria: 'Frete' },
    { id: '2', ...complete, categoria: 'Energia', valor: '7.00', documento: 'NF 2' },
    { id: '3', categoria: 'Frete' },
  )
  return { ...base, adelia: base.connectAs('adelia') }
}

/** The body of the star's trigger on update; the view shows the categories as they are called in `mostra`. */
async function addTrigger(sql: Sql, body: string, showIt = 'c.nome') {
  await sql.unsafe(`create or replace view dw.lancamentos as select f.nk as id, f.dia as data_lancamento, f.carga as carregado_em, f.filial,
      f.cc as centro_custo, f.conta as conta_contabil, ${showIt} as categoria, s.codigo as fornecedor_id,
      s.nome as fornecedor, f.nota as documento, f.historico as descricao, f.vl as valor,
      f.vl_nota as valor_documento, f.vl_glosa as valor_desconto
    from estrela.fato f left join estrela.dim_categoria c on c.sk = f.sk_categoria
      left join estrela.dim_fornecedor s on s.sk = f.sk_fornecedor;
    create or replace function estrela.gravar() returns trigger language plpgsql security definer as $$ begin ${body} end $$`)
}

const RIGHT = `
  insert into estrela.dim_fornecedor (codigo, nome) values (new.fornecedor_id, new.fornecedor) on conflict do nothing;
  update estrela.fato set cc = new.centro_custo, conta = new.conta_contabil, nota = new.documento, historico = new.descricao,
    vl = new.valor, vl_nota = new.valor_documento, vl_glosa = new.valor_desconto,
    sk_categoria = (select sk from estrela.dim_categoria where nome = new.categoria),
    sk_fornecedor = (select sk from estrela.dim_fornecedor where nome = new.fornecedor and codigo is not distinct from new.fornecedor_id)
  where nk = old.id;
  return new;`

/** Tries, and makes sure that nothing remains: not in the warehouse, not in the trail. */
async function tryOut(
  t: Parameters<typeof testDatabase>[0] & { same: (a: unknown, b: unknown, m: string) => unknown },
  sql: Sql,
  adelia: Sql,
) {
  const everything = async () => [
    await photograph(sql),
    await sql`select f::text, ctid::text from estrela.fato f order by nk`,
    await sql`select * from estrela.dim_categoria order by sk`,
    await sql`select count(*) from audit.operacoes`,
    await sql`select * from audit_interno.portas_abertas`,
  ]
  const before = await everything()
  const rows = await adelia`select * from audit.experimentar_escrita()`
  t.same(await everything(), before, 'nothing remains')
  const locks =
    await sql`select from pg_locks l join pg_class c on c.oid = l.relation where c.relname = 'fato'`
  t.same([...locks], [], 'no lock is held')
  return new Map(rows.map((l) => [(l['item'] as string).replace('experimentar dw.lancamentos.', ''), l]))
}

t.test('a correct trigger passes in every column', async (t) => {
  const { sql, adelia } = await scene(t)
  await book(sql, {
    id: '4',
    centro_custo: 'Loja',
    conta_contabil: '3.2',
    fornecedor: 'Outro',
    fornecedor_id: '2',
    descricao: 'x',
    valor_documento: '8',
    valor_desconto: '1',
  })
  await addTrigger(sql, RIGHT)
  const per = await tryOut(t, sql, adelia)
  t.same(
    [...per.values()].filter((l) => l['situacao'] !== 'ok'),
    [],
  )
  t.same(
    [...per].map(([column, l]) => `${column}: ${l['detalhe']}`),
    [
      'categoria',
      'centro_custo',
      'conta_contabil',
      'descricao',
      'documento',
      'fornecedor',
      'fornecedor_id',
      'valor',
      'valor_desconto',
      'valor_documento',
    ].map((c) => `${c}: gravada como pedido`),
  )
})

t.test('a look-up by another spelling into a nullable key loses the category, and is reported', async (t) => {
  const { sql, adelia } = await scene(t)
  await addTrigger(sql, RIGHT, 'upper(c.nome)')
  const per = await tryOut(t, sql, adelia)
  t.match(per.get('categoria'), {
    situacao: 'erro',
    detalhe: /^pedido "[A-Z]+", ficou null/,
    sugestao: /gatilho/,
  })
  t.match(
    per.get('valor'),
    { situacao: 'erro', detalhe: /mudou junto: categoria de "[A-Z]+" para null/ },
    'whatever is written',
  )
})

t.test('a column that a trigger skips is reported, as an error where rules propose it', async (t) => {
  const { sql, adelia } = await scene(t)
  await addTrigger(
    sql,
    `update estrela.fato set vl_nota = new.valor_documento where nk = old.id; return new;`,
  )
  const per = await tryOut(t, sql, adelia)
  t.match(per.get('valor'), { situacao: 'erro', detalhe: /^pedido 7\.00, ficou 100\.00: não é gravada/ })
  t.match(per.get('categoria'), { situacao: 'erro', detalhe: /não é gravada/ })
  t.match(per.get('documento'), { situacao: 'aviso', detalhe: /não é gravada/ })
})

t.test('columns that change as well are reported, except registered ones', async (t) => {
  const { sql, adelia } = await scene(t)
  await addTrigger(sql, RIGHT.replace('set cc', `set filial = 'X', carga = now(), cc`))
  const per = await tryOut(t, sql, adelia)
  t.match(per.get('valor'), { situacao: 'erro', detalhe: /mudou junto: filial de "Matriz" para "X"$/ })
})

t.test('triggers that refuse, return nothing or change another row', async (t) => {
  const { sql, adelia } = await scene(t)
  await addTrigger(
    sql,
    `if new.valor <> old.valor then raise exception 'não pode' using errcode = 'NC999'; end if; ${RIGHT}`,
  )
  let per = await tryOut(t, sql, adelia)
  t.match(per.get('valor'), { situacao: 'erro', detalhe: /^pedido 7\.00, recusado \(NC999\): não pode/ })
  t.match(per.get('categoria'), { situacao: 'ok' })
  await addTrigger(
    sql,
    `if (new.documento, new.valor) is distinct from (old.documento, old.valor) then raise exception 'só a categoria'; end if; ${RIGHT}`,
  )
  per = await tryOut(t, sql, adelia)
  const mayStay = /Se ninguém deve corrigi-la, está bem assim/
  t.match(per.get('documento'), { situacao: 'aviso', sugestao: mayStay }, 'no rule proposes it by itself')
  t.notMatch(per.get('valor'), { sugestao: mayStay })
  await addTrigger(sql, RIGHT.replace('return new', 'return null'))
  per = await tryOut(t, sql, adelia)
  t.match(per.get('categoria'), { situacao: 'erro', detalhe: /diz que mudou 0 registros/ })
  await addTrigger(sql, `delete from estrela.fato where nk = old.id; return new;`)
  per = await tryOut(t, sql, adelia)
  t.match(per.get('categoria'), { situacao: 'erro', detalhe: /sumiu/ })
})

t.test('a trigger that also writes to other rows is reported', async (t) => {
  const { sql, adelia } = await scene(t)
  await addTrigger(sql, RIGHT.replace('where nk = old.id', ''))
  let per = await tryOut(t, sql, adelia)
  t.match(per.get('valor'), {
    situacao: 'erro',
    detalhe: /^pedido 7\.00, ficou 7\.00; mudou outros registros$/,
  })
  await addTrigger(
    sql,
    `update estrela.dim_categoria c set nome = new.categoria || ' ' from estrela.fato f
    where f.nk = old.id and c.sk = f.sk_categoria and new.categoria <> old.categoria; ${RIGHT}`,
  )
  per = await tryOut(t, sql, adelia)
  t.match(
    per.get('categoria'),
    { situacao: 'erro', detalhe: /mudou outros registros/ },
    'a label that other rows have',
  )
  t.match(per.get('valor'), { situacao: 'ok' })
})

t.test('a trigger that leaves something behind is refused, as in a correction', async (t) => {
  const { sql, adelia } = await scene(t)
  await addTrigger(sql, `perform set_config('work_mem', '64kB', false); ${RIGHT}`)
  const per = await tryOut(t, sql, adelia)
  t.match(per.get('valor'), { situacao: 'erro', detalhe: /recusado \(NC012\)/ })
})

t.test('a policy that hides rows from the writer is found without a trigger', async (t) => {
  const { sql, adelia } = await scene(t, 'tabela')
  await sql.unsafe(`alter table dw.lancamentos enable row level security;
    create policy le on dw.lancamentos for select to conferente_regra using (true);
    create policy escreve on dw.lancamentos to conferente_escrita using (false)`)
  const rows = await adelia`select * from audit.experimentar_escrita()`
  t.match(
    rows.find((l) => l['item'] === 'experimentar dw.lancamentos.valor'),
    { situacao: 'erro', detalhe: /conferente_escrita não vê/, sugestao: /política/ },
  )
  await sql.unsafe(`alter policy escreve on dw.lancamentos using (true)`)
  t.same(
    (await adelia`select * from audit.experimentar_escrita()`).filter((l) => l['situacao'] === 'erro'),
    [],
  )
})

t.test('a trigger runs without our rights, and cannot act in our name', async (t) => {
  const { sql, adelia } = await scene(t)
  await sql`alter function estrela.gravar() security invoker`
  await sql.unsafe(`create or replace function estrela.gravar() returns trigger language plpgsql as $$
    begin raise exception '% %', current_user, has_schema_privilege('audit_interno', 'create'); end $$`)
  const per = await tryOut(t, sql, adelia)
  t.match(per.get('categoria'), { detalhe: /conferente_escrita f/ })
})

t.test('an ordinary table needs no trial, and a column with only one value gets none', async (t) => {
  const { adelia } = await scene(t, 'tabela')
  t.match(await adelia`select * from audit.experimentar_escrita()`, [
    { situacao: 'ok', detalhe: /nenhum gatilho/ },
  ])
  const { sql, adelia: other } = await scene(t)
  await addTrigger(sql, RIGHT)
  await sql`update estrela.fato set vl_glosa = null`
  const per = await tryOut(t, sql, other)
  t.match(per.get('valor_documento'), { situacao: 'aviso', detalhe: /um só valor/ })
  t.match(per.get('valor_desconto'), { situacao: 'ok', detalhe: /nenhum valor/ })
  await sql`delete from estrela.fato`
  t.match(await other`select * from audit.experimentar_escrita()`, [
    { situacao: 'aviso', detalhe: /nenhuma linha/ },
  ])
})

t.test('the trial does not wait long for a locked row; on a read-only server nothing is tried', async (t) => {
  const { sql, adelia } = await scene(t)
  await addTrigger(sql, RIGHT)
  let letGo = () => {}
  const loose = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let held = () => {}
  const heldLock = new Promise<void>((resolve) => {
    held = resolve
  })
  const other = sql.begin(async (tx) => {
    await tx`update estrela.fato set vl = 5`
    held()
    await loose
  })
  await heldLock
  const rows = adelia`select * from audit.experimentar_escrita()`
  void rows.catch(() => {})
  await untilLocked(sql)
  t.match((await rows)[0], { situacao: 'aviso', detalhe: /outra transação/ })
  letGo()
  await other
  const [reading] = await adelia.begin('read only', (tx) => tx`select * from audit.experimentar_escrita()`)
  t.match(reading, { situacao: 'aviso', detalhe: /só se lê/ })
})

t.test('readers do not run the trial; the diagnosis says what is missing', async (t) => {
  const { sql, adelia, connectAs } = await scene(t)
  t.equal(await refusalOf(connectAs('leo')`select * from audit.experimentar_escrita()`), '42501')
  t.equal(await refusalOf(connectAs('ana')`select * from audit.experimentar_escrita()`), '42501')
  await sql`revoke update on dw.lancamentos from conferente_escrita`
  t.same([...(await adelia`select * from audit.experimentar_escrita()`)], [])
  t.same([...(await adelia`select * from audit.experimentar_escrita('nada.disso')`)], [])
})
