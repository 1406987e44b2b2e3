// A warehouse that we have never seen: the view proposed for it is run as it is, diagnosed, and used for corrections.
import t from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'
import { one, sqlstate } from '../helper/scenario.ts'

const ENGLISH = `
  create schema finance;
  create table finance.fact_entries (id bigint primary key, booked_on date not null, loaded_at timestamptz not null, branch text,
    cost_centre text, account text, category text, supplier_code text, supplier_name text, invoice text, memo text,
    amount numeric(18,2), invoice_amount numeric(18,2), discount numeric(18,2));
  insert into finance.fact_entries select n, '2026-10-05', '2026-10-06Z', 'SP', 'CC1', '4.1', case when n = 1 then 'PENDENTE' else 'Frete' end,
    '11222333000181', 'Transportes Sul', 'NF ' || n, 'frete', 10, 10, null from generate_series(1, 60) n;`
const STAR = `
  create schema "Financeiro";
  create table "Financeiro".dim_categoria (sk bigint primary key, nome varchar(80) not null unique);
  create table "Financeiro".dim_fornecedores (sk_fornecedor bigint primary key, cnpj varchar(20), razao_social text, cidade text);
  create table "Financeiro".dim_conta (id int primary key, codigo varchar(20) not null unique, descricao text);
  create table "Financeiro".dim_tempo (sk_data int primary key, data date not null, ano int);
  create table "Financeiro"."fato Despesa" (
    nk_lancamento uuid primary key default gen_random_uuid(), sk_data int references "Financeiro".dim_tempo, dt_carga timestamp not null,
    sk_categoria bigint references "Financeiro".dim_categoria, sk_fornecedor bigint references "Financeiro".dim_fornecedores,
    conta_id int references "Financeiro".dim_conta, cd_filial int, centro_custo text, nr_nota text, ds_historico text,
    vl_lancamento numeric(15,2), vl_nota numeric(15,2), vl_glosa numeric(15,2));
  insert into "Financeiro".dim_categoria values (1, 'Frete'), (2, 'A CLASSIFICAR');
  insert into "Financeiro".dim_fornecedores values (7, '11222333000181', 'Transportes Sul', 'Curitiba');
  insert into "Financeiro".dim_conta values (3, '4.1.02', 'Fretes');
  insert into "Financeiro".dim_tempo values (20261005, '2026-10-05', 2026);
  insert into "Financeiro"."fato Despesa" (sk_data, dt_carga, sk_categoria, sk_fornecedor, conta_id, cd_filial, centro_custo, nr_nota, ds_historico, vl_lancamento, vl_nota)
    select 20261005, '2026-10-06', 1, 7, 3, 10, 'CC1', 'NF ' || n, 'frete', 10, 10 from generate_series(1, 40) n;`

async function mapColumns(sql: Sql, table: string) {
  const rows = await sql`select coluna, expressao from audit.mapear_colunas(${table})`
  return Object.fromEntries(rows.map((row) => [row['coluna'], row['expressao']]))
}
const proposal = async (sql: Sql, table: string) =>
  one(await sql`select audit.propor_visao(${table}) as texto`)['texto'] as string
/** What the diagnosis still complains about. */
const errors = async (sql: Sql) => [
  ...(await sql`select item, detalhe, sugestao from audit.diagnosticar_contrato() where situacao = 'erro'`),
]

t.test(
  'a table with English names: every column is found, and a plain view is written through',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await sql.unsafe(ENGLISH)
    t.same(await mapColumns(connectAs('leo'), 'finance.fact_entries'), {
      id: 'f.id',
      data_lancamento: 'f.booked_on',
      carregado_em: 'f.loaded_at',
      filial: 'f.branch',
      centro_custo: 'f.cost_centre',
      conta_contabil: 'f.account',
      categoria: 'f.category',
      fornecedor_id: 'f.supplier_code',
      fornecedor: 'f.supplier_name',
      documento: 'f.invoice',
      descricao: 'f.memo',
      valor: 'f.amount',
      valor_documento: 'f.invoice_amount',
      valor_desconto: 'f.discount',
    })
    const text = await proposal(connectAs('leo'), 'finance.fact_entries')
    t.notMatch(text, /trigger|join/, 'nothing that it does not need')
    await sql.unsafe(text)
    t.same(await errors(connectAs('leo')), [])
    const olivia = connectAs('olivia')
    t.same(
      (await olivia`select item, situacao, detalhe from audit.experimentar_escrita() where situacao = 'erro'`)
        .length,
      0,
    )
  },
)

t.test(
  'a star schema: labels come from the dimensions, and the trigger writes exactly what was asked, or refuses',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await sql.unsafe(STAR)
    const fact = '"Financeiro"."fato Despesa"'
    t.same(await mapColumns(connectAs('leo'), fact), {
      id: 'f.nk_lancamento',
      data_lancamento: 'd1.data',
      carregado_em: "f.dt_carga at time zone 'America/Sao_Paulo'",
      filial: 'f.cd_filial::text',
      centro_custo: 'f.centro_custo',
      conta_contabil: 'd4.codigo',
      categoria: 'd2.nome',
      fornecedor_id: 'd3.cnpj',
      fornecedor: 'd3.razao_social',
      documento: 'f.nr_nota',
      descricao: 'f.ds_historico',
      valor: 'f.vl_lancamento',
      valor_documento: 'f.vl_nota',
      valor_desconto: 'f.vl_glosa',
    })
    await sql.unsafe(await proposal(connectAs('leo'), fact))
    t.same(await errors(connectAs('leo')), [])
    const [row] =
      await sql`select id, categoria, conta_contabil, fornecedor, data_lancamento::text as dia from dw.lancamentos limit 1`
    t.match(row, {
      categoria: 'Frete',
      conta_contabil: '4.1.02',
      fornecedor: 'Transportes Sul',
      dia: '2026-10-05',
    })
    await sql`update dw.lancamentos set categoria = 'A CLASSIFICAR', valor = 12.34 where id = ${row?.['id']}`
    t.match(
      one(
        await sql`select sk_categoria::int, vl_lancamento::text from "Financeiro"."fato Despesa" where nk_lancamento = ${row?.['id']}`,
      ),
      {
        sk_categoria: 2,
        vl_lancamento: '12.34',
      },
    )
    t.equal(
      await sqlstate(sql`update dw.lancamentos set categoria = 'Nunca vista' where id = ${row?.['id']}`),
      'P0002',
      'a label that does not exist',
    )
    t.equal(
      await sqlstate(sql`update dw.lancamentos set filial = 'x' where id = ${row?.['id']}`),
      'P0001',
      'a column that it does not write',
    )
    t.same(
      (await connectAs('olivia')`select item from audit.experimentar_escrita() where situacao = 'erro'`)
        .length,
      0,
    )
  },
)

t.test('another star schema: abbreviations, and dimensions with prefixed column names', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await sql.unsafe(`
    create schema contab;
    create table contab.d_empresa (id_empresa int primary key, cod_filial text not null, razao text);
    create table contab.d_classe (id_classe int primary key, nome_classe text not null unique);
    create table contab.d_parceiro (id_parceiro int primary key, cnpj text, nome_parceiro text);
    create table contab.f_razao (seq_lancto bigint primary key, dt_lancto date not null, ts_carga timestamptz,
      id_empresa int not null references contab.d_empresa, id_classe int not null references contab.d_classe,
      id_parceiro int references contab.d_parceiro, cc text, num_nf text, historico text, vl_lancto numeric(15,2), vl_nf numeric(15,2))`)
  const found = await mapColumns(connectAs('leo'), 'contab.f_razao')
  const dimension = (name: string) => new RegExp(`^d\\d\\.${name}$`)
  t.match(found, {
    id: 'f.seq_lancto',
    data_lancamento: 'f.dt_lancto',
    carregado_em: 'f.ts_carga',
    filial: dimension('cod_filial'),
    categoria: dimension('nome_classe'),
    fornecedor_id: dimension('cnpj'),
    fornecedor: dimension('nome_parceiro'),
    valor: 'f.vl_lancto',
    valor_documento: 'f.vl_nf',
  })
  await sql.unsafe(await proposal(connectAs('leo'), 'contab.f_razao'))
  t.same(await errors(connectAs('leo')), [])
})

t.test('the diagnosis reports a missing relation first, and refuses what is not a table', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await sql.unsafe(
    `create schema erp; create table erp.gastos (linha serial, dia timestamp, "Valor Total" float8, amount float8, natureza citext_ish, nada bytea)`.replace(
      'citext_ish',
      'text',
    ),
  )
  const text = await proposal(connectAs('leo'), 'erp.gastos')
  t.match(text, /-- id: escolha uma coluna única/)
  t.match(text, /-- carregado_em: não encontrada: rode por data de lançamento/)
  t.match(text, /-- data_lancamento: é timestamp without time zone: o índice da coluna não serve à expressão/)
  t.match(text, /-- valor: é double precision, e não numeric/)
  t.match(text, /f\.dia::date as data_lancamento/)
  t.match(text, /f\.natureza as categoria/)
  t.match(text, /null::text as documento/)
  await sql.unsafe(text)
  for (const theName of ['erp.nada', 'gastos', '', 'erp.gastos; drop table erp.gastos']) {
    t.equal(await sqlstate(connectAs('leo')`select audit.propor_visao(${theName})`), 'NC004', theName)
  }
  t.same(
    (await connectAs('leo')`select coluna from audit.mapear_colunas('erp.gastos') where falta`).map(
      (row) => row['coluna'],
    ),
    ['id'],
  )
  t.match(await proposal(connectAs('leo'), 'erp.gastos'), /-- dw\.lancamentos já existe/)
  t.equal(await sqlstate(connectAs('leo')`select audit.propor_visao('erp.gastos', 'lancamentos')`), 'NC001')
})

// The two that most Brazilian companies run, as their tables are copied into a warehouse.
const PROTHEUS = `
  create schema protheus;
  create table protheus.se2010 (e2_filial char(2) not null, e2_prefixo char(3), e2_num char(9), e2_parcela char(2), e2_naturez char(10),
    e2_fornece char(6), e2_loja char(2), e2_nomfor char(20), e2_emissao char(8), e2_vencto char(8), e2_valor float8, e2_hist char(40),
    e2_ccd char(9), e2_contad char(20), d_e_l_e_t_ char(1) not null default ' ', r_e_c_n_o_ bigint primary key, s_t_a_m_p_ timestamp);
  insert into protheus.se2010 select '01', '1', lpad(n::text, 9, '0'), '', 'FRETE', 'F00001', '01', 'TRANSPORTES SUL',
    case n when 3 then '' else '20261005' end, '20261105', 10.1, 'FRETE', '101', '310101', case n when 2 then '*' else ' ' end, n, '2026-10-06'
    from generate_series(1, 40) n;`
const SAP = `
  create schema sap;
  create table sap.bseg (mandt char(3), bukrs char(4), belnr char(10), gjahr char(4), buzei char(3), shkzg char(1), dmbtr numeric(23,2),
    wrbtr numeric(23,2), sgtxt varchar(50), kostl char(10), hkont char(10), lifnr char(10), h_budat char(8), matkl varchar(9), primary key (mandt, bukrs, belnr, gjahr, buzei));
  insert into sap.bseg select '100', '1000', lpad(n::text, 10, '0'), '2026', '001', 'S', 10, 0, 'NF ' || n, 'CC01', '0000310101', '0000000007',
    case n when 3 then '00000000' else '20261005' end, 'FRETE' from generate_series(1, 40) n;`

t.test(
  'Protheus: names behind a prefix, days that are texts, amounts that are floats, rows marked as deleted',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await sql.unsafe(PROTHEUS)
    t.match(await mapColumns(connectAs('leo'), 'protheus.se2010'), {
      id: 'f.r_e_c_n_o_',
      carregado_em: "f.s_t_a_m_p_ at time zone 'America/Sao_Paulo'",
      filial: 'f.e2_filial',
      centro_custo: 'f.e2_ccd',
      conta_contabil: 'f.e2_contad',
      categoria: 'f.e2_naturez',
      fornecedor_id: 'f.e2_fornece',
      fornecedor: 'f.e2_nomfor',
      documento: 'f.e2_num',
      descricao: 'f.e2_hist',
      valor: 'f.e2_valor::numeric(18,2)',
    })
    const text = await proposal(connectAs('leo'), 'protheus.se2010')
    t.match(text, /-- data_lancamento: é character\(8\): lida como AAAAMMDD/)
    t.match(text, /-- linhas apagadas \(d_e_l_e_t_\) ficam fora/)
    t.match(text, /-- create index concurrently on protheus\.se2010 \(dw\.dia_escrito\(e2_emissao\)\);/)
    await sql.unsafe(text)
    t.same(await errors(connectAs('leo')), [])
    t.same(
      await sql`select count(*)::int as linhas, count(data_lancamento)::int as com_dia, min(data_lancamento)::text as dia from dw.lancamentos`,
      [{ linhas: 39, com_dia: 38, dia: '2026-10-05' }],
      'without the deleted one; a blank date is null',
    )
    t.same(
      await sql`select texto, dw.dia_escrito(texto)::text as dia
        from unnest(array['20260231', '20261131', '20230229', '00000000', '20240229', '2026-12-31', '20260101']) as texto`.values(),
      [
        ['20260231', null],
        ['20261131', null],
        ['20230229', null],
        ['00000000', null],
        ['20240229', '2024-02-29'],
        ['2026-12-31', '2026-12-31'],
        ['20260101', '2026-01-01'],
      ],
      'a day that the month does not have is none',
    )
    await sql.unsafe(
      text.match(/^-- create index concurrently on protheus.*dia_escrito.*$/m)?.[0].slice(3) ?? '',
    )
    t.same(
      await connectAs(
        'leo',
      )`select item, detalhe from audit.diagnosticar_contrato() where item ~ '^data_lancamento' and situacao <> 'ok'`,
      [{ item: 'data_lancamento preenchida', detalhe: '1 nulas' }],
      'the proposed index is used; the blank date is reported',
    )
    t.same(
      await connectAs(
        'olivia',
      )`select item, detalhe from audit.experimentar_escrita() where situacao <> 'ok' and detalhe !~ '^não experimentada'`,
      [],
    )
  },
)

t.test('SAP: a key of several columns, and amounts whose sign is elsewhere', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await sql.unsafe(SAP)
  t.match(await mapColumns(connectAs('leo'), 'sap.bseg'), {
    id: "(f.mandt || '-' || f.bukrs || '-' || f.belnr || '-' || f.gjahr || '-' || f.buzei)",
    filial: 'f.bukrs',
    centro_custo: 'f.kostl',
    conta_contabil: 'f.hkont',
    fornecedor_id: 'f.lifnr',
    documento: 'f.belnr',
    descricao: 'f.sgtxt',
    valor: 'f.dmbtr',
  })
  const text = await proposal(connectAs('leo'), 'sap.bseg')
  t.match(text, /-- id: chave de 5 colunas/)
  t.match(text, /-- valor: shkzg parece dizer débito ou crédito/)
  await sql.unsafe(text.replace('null::text as categoria', 'f.matkl as categoria'))
  await sql.unsafe(text.match(/^-- create unique index concurrently.*$/m)?.[0].slice(3) ?? '')
  t.same(await errors(connectAs('leo')), [])
  t.same(
    await connectAs(
      'olivia',
    )`select item from audit.experimentar_escrita() where situacao <> 'ok' and detalhe !~ '^não experimentada'`,
    [{ item: 'experimentar dw.lancamentos.documento' }],
    'which is part of the key',
  )
  t.same(await sql`select id from dw.lancamentos order by 1 limit 1`, [
    { id: '100-1000-0000000001-2026-001' },
  ])
})

t.test('cents become reais, and are written back as cents', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await sql.unsafe(`create schema loja;
    create table loja.despesa (id uuid primary key default gen_random_uuid(), dia int not null, categoria text, "valorCentavos" bigint,
      excluido boolean, excluido_em timestamptz);
    insert into loja.despesa (dia, categoria, "valorCentavos", excluido) select 20261005, 'Frete', 1234, n = 2 from generate_series(1, 3) n`)
  await sql.unsafe(await proposal(connectAs('leo'), 'loja.despesa'))
  t.same(await sql`select data_lancamento::text as dia, valor::text from dw.lancamentos`, [
    { dia: '2026-10-05', valor: '12.34' },
    { dia: '2026-10-05', valor: '12.34' },
  ])
  await sql`update dw.lancamentos set valor = 56.78`
  t.same(
    await sql`select "valorCentavos"::int as centavos, count(*)::int as linhas from loja.despesa group by 1 order by 1`,
    [
      { centavos: 1234, linhas: 1 },
      { centavos: 5678, linhas: 2 },
    ],
  )
})

t.test('a prefix that most columns share says nothing; one that a few share is theirs', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await sql.unsafe(`create schema outra;
    create table outra.lancamentos (lan_id int primary key, lan_data date, lan_valor numeric(12,2), lan_categoria text, lan_historico text,
      dt_carga timestamptz);
    create table outra.modelada (nk_lancamento int primary key, dt_contabil date, dt_carga timestamptz, vl_total numeric(12,2), vl_nota numeric(12,2),
      ds_categoria text)`)
  t.match(await mapColumns(connectAs('leo'), 'outra.lancamentos'), {
    id: 'f.lan_id',
    data_lancamento: 'f.lan_data',
    carregado_em: 'f.dt_carga',
    valor: 'f.lan_valor',
    categoria: 'f.lan_categoria',
    descricao: 'f.lan_historico',
  })
  t.match(await mapColumns(connectAs('leo'), 'outra.modelada'), {
    data_lancamento: 'f.dt_contabil',
    valor: 'f.vl_total',
    valor_documento: 'f.vl_nota',
    categoria: 'f.ds_categoria',
  })
})

t.test(
  'column headings of a spreadsheet: blanks, full stops, Nº and a currency in parentheses',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await sql.unsafe(`create schema "Fin 2026";
    create table "Fin 2026"."Lançamentos" ("Nº Lançto" bigint primary key, "Dt. Lançamento" date, "Vl. Total (R$)" numeric(15,2),
      "Vl. NF (R$)" numeric(15,2), "Nº NF" text, "Centro de Custo" text, "Categoria" text, "Data Carga" timestamptz)`)
    t.match(await mapColumns(connectAs('leo'), '"Fin 2026"."Lançamentos"'), {
      id: 'f."Nº Lançto"',
      data_lancamento: 'f."Dt. Lançamento"',
      valor: 'f."Vl. Total (R$)"',
      valor_documento: 'f."Vl. NF (R$)"',
      documento: 'f."Nº NF"',
      centro_custo: 'f."Centro de Custo"',
      carregado_em: 'f."Data Carga"',
    })
  },
)

// Documents in two tables, partitioned by year; every key begins with the client, as SAP's do.
const TWO_TABLES = `
  create schema erp;
  create table erp.vendor (client char(3), vendor_no varchar(10), vendor_name varchar(80) not null, tax_id varchar(14), primary key (client, vendor_no));
  create table erp.spend_cat (client char(3), cat_id int, cat_name varchar(60) not null, primary key (client, cat_id), unique (client, cat_name));
  create table erp.doc_head (client char(3), company varchar(4), fiscal_year int, doc_no varchar(10), posting_date varchar(8) not null,
    entry_ts varchar(14) not null, ref_doc varchar(16), header_text varchar(30), primary key (client, company, fiscal_year, doc_no)) partition by list (fiscal_year);
  create table erp.doc_head_2026 partition of erp.doc_head for values in (2026);
  create table erp.doc_item (client char(3), company varchar(4), fiscal_year int, doc_no varchar(10), line_no int, plant varchar(4),
    cost_ctr varchar(10), gl_acct varchar(10), cat_id int, vendor_no varchar(10), item_text varchar(50), amt_lc numeric(15,2) not null,
    amt_doc numeric(15,2), disc_amt numeric(15,2), dc_ind char(1),
    primary key (client, company, fiscal_year, doc_no, line_no), foreign key (client, company, fiscal_year, doc_no) references erp.doc_head,
    foreign key (client, vendor_no) references erp.vendor, foreign key (client, cat_id) references erp.spend_cat) partition by list (fiscal_year);
  create table erp.doc_item_2026 partition of erp.doc_item for values in (2026);
  insert into erp.vendor values ('100', 'V1', 'Posto Sol', '11222333000181'), ('200', 'V1', 'Outra', null);
  insert into erp.spend_cat values ('100', 1, 'Fuel'), ('100', 2, 'Freight'), ('200', 3, 'Fuel'), ('200', 4, 'Freight');
  insert into erp.doc_head select '100', '1000', 2026, 'D' || n, '20261005', '20261006031500', 'NF' || n from generate_series(1, 40) n;
  insert into erp.doc_item select '100', '1000', 2026, 'D' || n, 1, 'SP01', 'CC1', '4101', 1, 'V1', 'abastecimento', case n when 3 then -10 else 10 end,
    case n when 3 then -10 else 10 end, 0, case n when 3 then 'H' else 'S' end from generate_series(1, 40) n;`

t.test(
  'documents of two tables: keys of several columns join them, and a label is looked up for the same client',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await sql.unsafe(TWO_TABLES)
    const dimension = (name: string) => new RegExp(`d\\d\\.${name}`)
    t.match(await mapColumns(connectAs('leo'), 'erp.doc_item'), {
      data_lancamento: dimension('posting_date'),
      carregado_em: dimension('entry_ts'),
      filial: 'f.plant',
      centro_custo: 'f.cost_ctr',
      conta_contabil: 'f.gl_acct',
      categoria: dimension('cat_name'),
      fornecedor_id: dimension('tax_id'),
      fornecedor: dimension('vendor_name'),
      documento: dimension('ref_doc'),
      descricao: 'f.item_text',
      valor: 'f.amt_lc',
      valor_documento: 'f.amt_doc',
      valor_desconto: 'f.disc_amt',
    })
    const text = await proposal(connectAs('leo'), 'erp.doc_item')
    t.equal(text.match(/^(left )?join /gm)?.length, 3, 'each table once, and no partition of one')
    t.match(text, /-- valor: dc_ind parece dizer débito ou crédito/)
    await sql.unsafe(text)
    for (const [remark] of text.matchAll(/^-- create .*index.*$/gm)) await sql.unsafe(remark.slice(3))
    t.same(await errors(connectAs('leo')), [])
    t.same(
      await connectAs(
        'leo',
      )`select item, detalhe from audit.diagnosticar_contrato() where item ~ '^índice em (id|data|carregado)' and situacao <> 'ok'`,
      [],
    )
    t.same(
      await connectAs(
        'olivia',
      )`select item, detalhe from audit.experimentar_escrita() where situacao = 'erro'`,
      [],
    )
    t.same(
      await sql`select distinct data_lancamento::text as dia, (carregado_em at time zone 'America/Sao_Paulo')::text as carga from dw.lancamentos`,
      [{ dia: '2026-10-05', carga: '2026-10-06 00:00:00' }],
    )
    await sql`update dw.lancamentos set categoria = 'Freight', valor = -12.34 where id = '100-1000-2026-D3-1'`
    t.match(one(await sql`select cat_id, amt_lc from erp.doc_item where doc_no = 'D3'`), {
      cat_id: 2,
      amt_lc: '-12.34',
    })
    t.equal(
      (await sql`select from erp.doc_item where cat_id <> 1`).length,
      1,
      'the other lines are as they were',
    )
  },
)

t.test('a column of the header is shown and not written: it belongs to other lines too', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await sql.unsafe(`create schema loja;
    create table loja.pedido (id int primary key, dia date not null, carregado_em timestamptz, categoria text, valor_total numeric(12,2));
    create table loja.linha (pedido_id int not null references loja.pedido, nr int, produto text, historico text, primary key (pedido_id, nr));
    insert into loja.pedido select n, '2026-10-05', now(), case n when 1 then 'Frete' else 'Outros' end, n from generate_series(1, 3) n;
    insert into loja.linha select n, 1, 'p', 'h' from generate_series(1, 3) n`)
  const text = await proposal(connectAs('leo'), 'loja.linha')
  t.match(
    text,
    /-- categoria: vem de loja\.pedido, que outras linhas também usam: por esta visão não se corrige/,
  )
  await sql.unsafe(text)
  t.not(await sqlstate(sql`update dw.lancamentos set categoria = 'Frete' where id = '2-1'`), null)
  t.same(
    await sql`select pedido_id::int as p from loja.linha order by 1`,
    [{ p: 1 }, { p: 2 }, { p: 3 }],
    'no line moved to another order',
  )
})

t.test(
  'a supplier code that refers to a table is found, where that table has none that is surer',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await sql.unsafe(`create schema loja;
    create table loja.vendor (vendor_no text primary key, name text);
    create table loja.gasto (id int primary key, dia date, vendor_no text references loja.vendor, valor numeric(12,2), categoria text)`)
    t.match(await mapColumns(connectAs('leo'), 'loja.gasto'), {
      fornecedor_id: 'f.vendor_no',
      fornecedor: 'd1.name',
    })
  },
)

t.test('a star schema in CamelCase, as Kimball names it: a blank or a capital begins a word', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await sql.unsafe(`create schema gold;
    create table gold."DimDate" ("DateKey" int primary key, "FullDate" date not null, "MonthName" text);
    create table gold."DimStore" ("StoreKey" int primary key, "StoreCode" varchar(20) not null, "City" varchar(50));
    create table gold."DimVendor" ("VendorKey" int primary key, "VendorName" varchar(120) not null, "TaxId" char(14));
    create table gold."DimExpenseType" ("ExpenseTypeKey" smallint primary key, "ExpenseTypeName" varchar(80) not null unique, "GLAccount" varchar(20));
    create table gold."FactExpense" ("ExpenseKey" bigint generated always as identity primary key,
      "DateKey" int not null references gold."DimDate", "StoreKey" int not null references gold."DimStore",
      "VendorKey" int references gold."DimVendor", "ExpenseTypeKey" smallint not null references gold."DimExpenseType",
      "CostCenterCode" varchar(10), "InvoiceNumber" varchar(30), "Memo" varchar(400), "Amount" numeric(15,2) not null,
      "InvoiceAmount" numeric(15,2), "ETLInsertedAt" timestamp not null);
    create table gold."Despesas" ("Código" int primary key, "Data Lançamento" date, "DtCarga" timestamptz, "CodFilial" text, "CentroCusto" text,
      "Conta Contábil" text, "Categoria" text, "CNPJFornecedor" text, "Nome Fornecedor" text, "NrNF" text, "Histórico" text, "VlLancamento" numeric(18,2),
      "Valor Nota" numeric(18,2), "Vl. Desconto" numeric(18,2))`)
  const fact = 'gold."FactExpense"'
  t.same(await mapColumns(connectAs('leo'), fact), {
    id: 'f."ExpenseKey"',
    data_lancamento: 'd1."FullDate"',
    carregado_em: `f."ETLInsertedAt" at time zone 'America/Sao_Paulo'`,
    filial: 'd2."StoreCode"',
    centro_custo: 'f."CostCenterCode"',
    conta_contabil: 'null::text',
    categoria: 'd4."ExpenseTypeName"',
    fornecedor_id: 'd3."TaxId"',
    fornecedor: 'd3."VendorName"',
    documento: 'f."InvoiceNumber"',
    descricao: 'f."Memo"',
    valor: 'f."Amount"',
    valor_documento: 'f."InvoiceAmount"',
    valor_desconto: 'null::numeric(18,2)',
  })
  const text = await proposal(connectAs('leo'), fact)
  t.match(
    text,
    /-- conta_contabil: d4\."GLAccount" muda com a categoria: fica nula; .*pendente\.move_conta false/,
  )
  await sql.unsafe(text)
  await sql.unsafe(`insert into gold."DimDate" values (20261005, '2026-10-05'); insert into gold."DimStore" values (1, 'L1');
    insert into gold."DimExpenseType" values (1, 'Aluguel', '6.1'), (2, 'Frete', '6.2');
    insert into gold."FactExpense" ("DateKey", "StoreKey", "ExpenseTypeKey", "Amount", "ETLInsertedAt") select 20261005, 1, 1 + n % 2, n, now() from generate_series(1, 40) n`)
  t.same(await errors(connectAs('leo')), [])
  t.same(
    await connectAs('olivia')`select item, detalhe from audit.experimentar_escrita() where situacao = 'erro'`,
    [],
    'the category can be corrected',
  )
  t.same(await mapColumns(connectAs('leo'), 'gold."Despesas"'), {
    id: 'f."Código"',
    data_lancamento: 'f."Data Lançamento"',
    carregado_em: 'f."DtCarga"',
    filial: 'f."CodFilial"',
    centro_custo: 'f."CentroCusto"',
    conta_contabil: 'f."Conta Contábil"',
    categoria: 'f."Categoria"',
    fornecedor_id: 'f."CNPJFornecedor"',
    fornecedor: 'f."Nome Fornecedor"',
    documento: 'f."NrNF"',
    descricao: 'f."Histórico"',
    valor: 'f."VlLancamento"',
    valor_documento: 'f."Valor Nota"',
    valor_desconto: 'f."Vl. Desconto"',
  })
})

t.test('a name whose capitals the shell or psql would lose is found as it is written there', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await sql.unsafe(
    `create schema gold; create table gold."FactExpense" (id int primary key); create table gold."Fact X" (id int primary key)`,
  )
  for (const [given, right] of [
    ['gold.FactExpense', 'gold."FactExpense"'],
    ['GOLD.factexpense', 'gold."FactExpense"'],
    ['gold."fact x"', 'gold."Fact X"'],
  ] as const)
    await t.rejects(
      connectAs('leo')`select audit.propor_visao(${given})`,
      { code: 'NC004', hint: new RegExp(right) },
      given,
    )
})
