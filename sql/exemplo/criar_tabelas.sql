-- The empty star schema of the example, the tables of the truth, and the adapter view dw.lancamentos that lays the
-- warehouse contract over the fact. The fact carries codes and the supplier's name as written, so the view needs no
-- join and stays auto-updatable: a batch of corrections is one plain update, not a trigger call for each row.
-- Keys and indexes of the fact come after its rows, in exemplo.indexar.
create or replace function exemplo.criar_tabelas(ate date)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_particoes text;
begin
  if pg_catalog.to_regnamespace('dw') is null then
    create schema dw;
    comment on schema dw is 'Example warehouse of a car maker''s finance. [exemplo]';
  end if;

  create table dw.dim_filial (
    codigo text primary key, nome text not null, tipo text not null, cidade text not null, uf text not null, cnpj text not null unique);
  comment on table dw.dim_filial is 'Branches and plants. [exemplo]';

  create table dw.dim_centro_custo (codigo text primary key, nome text not null, diretoria text not null);
  comment on table dw.dim_centro_custo is 'Cost centres. [exemplo]';

  create table dw.dim_conta_contabil (codigo text primary key, nome text not null, grupo text not null);
  comment on table dw.dim_conta_contabil is 'Chart of accounts. [exemplo]';

  create table dw.dim_categoria (nome text primary key, grupo text not null, pendente boolean not null default false);
  comment on table dw.dim_categoria is 'Categories; pendente marks the labels that mean "not yet classified". [exemplo]';

  create table dw.dim_fornecedor (
    cnpj text primary key, raiz text not null, filial text not null, razao_social text not null, ramo text not null,
    check (cnpj = raiz || filial || pg_catalog.right(cnpj, 2)));
  comment on table dw.dim_fornecedor is 'Suppliers, one row for each CNPJ: raiz is the company, filial its branch. [exemplo]';
  create index on dw.dim_fornecedor (raiz);

  create table dw.dim_concessionaria (
    cnpj text primary key references dw.dim_fornecedor, codigo text not null unique, nome text not null);
  comment on table dw.dim_concessionaria is 'Dealers: the suppliers that claim trade-marketing money. [exemplo]';

  create table dw.fato_lancamentos (
    id bigint not null, data_lancamento date not null, carregado_em timestamptz not null, data_documento date,
    filial text, centro_custo text, conta_contabil text, categoria text, fornecedor_id text, fornecedor text, documento text,
    descricao text, valor numeric(18,2), valor_documento numeric(18,2), valor_desconto numeric(18,2)
  ) partition by range (data_lancamento);
  comment on table dw.fato_lancamentos is
    'Booked entries, a partition a month. id is unique by construction; across partitions PostgreSQL can enforce it only together with data_lancamento. [exemplo]';

  create sequence dw.fato_lancamentos_id_seq owned by dw.fato_lancamentos.id;
  comment on sequence dw.fato_lancamentos_id_seq is 'Keys of entries loaded after the first filling. [exemplo]';
  alter table dw.fato_lancamentos alter column id set default nextval('dw.fato_lancamentos_id_seq'::regclass);

  -- fillfactor 85: corrected rows stay on their page, which halves the cost of a correction.
  select string_agg(format(
      'create table dw.%1$I partition of dw.fato_lancamentos for values from (%2$L) to (%3$L) with (fillfactor = 85);
       comment on table dw.%1$I is %4$L;',
      'fato_lancamentos_' || to_char(m.mes, 'YYYY_MM'), to_char(m.mes, 'YYYY-MM-DD'), to_char(m.mes + interval '1 month', 'YYYY-MM-DD'),
      'Entries of one month. [exemplo]'), ' ' order by m.mes)
  into v_particoes
  from (
    select date_trunc('month', criar_tabelas.ate::timestamp) - i * interval '1 month' as mes from generate_series(0, 11) i
  ) m;
  execute v_particoes;
  create table dw.fato_lancamentos_outras partition of dw.fato_lancamentos default with (fillfactor = 85);
  comment on table dw.fato_lancamentos_outras is 'Entries dated outside the twelve months. [exemplo]';

  create view dw.lancamentos as
    select id, data_lancamento, carregado_em, filial, centro_custo, conta_contabil, categoria, fornecedor_id, fornecedor, documento,
      descricao, valor, valor_documento, valor_desconto
    from dw.fato_lancamentos;
  comment on view dw.lancamentos is 'The warehouse contract over dw.fato_lancamentos; auto-updatable. [exemplo]';

  -- The engine reads and corrects as roles of its own, under any login that made the demonstration.
  if exists (select from pg_catalog.pg_roles r where r.rolname = 'conferente_dono') then
    grant usage on schema dw to conferente_regra, conferente_escrita;
    grant select on dw.lancamentos to conferente_regra, conferente_escrita; grant update on dw.lancamentos to conferente_escrita;
  end if;

  create table exemplo.geracao (linhas int not null, semente bigint not null, ate date not null);
  comment on table exemplo.geracao is 'The arguments with which the example warehouse was made: one row.';
  create table exemplo.verdade (
    registro_id bigint not null, tipo text not null, coluna text not null, valor_certo text not null, valor_plantado text not null,
    duplicata_de bigint, conta_certa text, conta_plantada text);
  comment on table exemplo.verdade is
    'Truth of the example: planted errors (tipo: the rule that is to find it, and the kind) and honest oddities (tipo honesta:kind). duplicata_de: the entry that this one copies; its right amount counts as 0.00. conta_certa, conta_plantada: the account, if the error changed it too; otherwise null.';
  create table exemplo.original (registro_id bigint not null, impressao bigint not null);
  comment on table exemplo.original is 'Fingerprint of each entry as first loaded, by which exemplo.danos finds harm.';
end
$$;

comment on function exemplo.criar_tabelas(date) is
  'Example warehouse: creates the empty star schema with partitions for the twelve months that end with the month of ate.';

revoke execute on function exemplo.criar_tabelas(date) from public;
