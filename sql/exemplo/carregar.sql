-- Puts entries made by exemplo.lancamentos_plantados into the fact table, and their truth and fingerprints aside. concat() makes a query
-- that is not a constant: plpgsql_check would look for the tables of constant ones, which exist only once exemplo.criar_armazem has run.
create or replace function exemplo.carregar(inicio date, de date, ate date, recente_desde date, primeiro_id bigint, linhas int,
  semente bigint, semente_empresas bigint, universo int, seriado boolean)
returns void
language plpgsql
volatile
set search_path = ''
set work_mem = '128MB'
set client_min_messages = warning
as $$
begin
  drop table if exists pg_temp.exemplo_rascunho;
  execute concat($q$create temp table exemplo_rascunho on commit drop as
    select * from exemplo.lancamentos_plantados($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)$q$)
    using carregar.inicio, carregar.de, carregar.ate, carregar.recente_desde, carregar.primeiro_id, carregar.linhas,
      carregar.semente, carregar.semente_empresas, carregar.universo, carregar.seriado;

  execute concat($q$insert into dw.fato_lancamentos (id, data_lancamento, carregado_em, data_documento, filial, centro_custo, conta_contabil,
      categoria, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, valor_desconto)
    select id, data_lancamento, carregado_em, data_documento, filial, centro_custo, conta_contabil,
      categoria, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, valor_desconto
    from pg_temp.exemplo_rascunho$q$);

  -- An entry with a planted error is no longer an honest oddity: only its errors are recorded.
  execute concat($q$insert into exemplo.verdade (registro_id, tipo, coluna, valor_certo, valor_plantado, duplicata_de, conta_certa, conta_plantada)
    select r.id, r.tipo, r.coluna, r.valor_certo, r.valor_plantado, r.duplicata_de,
      r.conta_certa, case when r.conta_certa is not null then r.conta_contabil end
    from pg_temp.exemplo_rascunho r
    where r.tipo is not null
    union all
    select r.id, 'honesta:' || h.especie, c.coluna, c.valor, c.valor, null, null, null
    from pg_temp.exemplo_rascunho r
    cross join lateral unnest(r.honesta) h (especie)
    cross join lateral (
      select case when h.especie in ('recorrente', 'parcela', 'nota_credito', 'retencao', 'arredondamento')
        then 'valor' else 'categoria' end as coluna
    ) x
    cross join lateral (select x.coluna, case x.coluna when 'valor' then r.valor::text else r.categoria end as valor) c
    where r.tipo is null$q$);

  execute concat($q$insert into exemplo.original (registro_id, impressao)
    select id, exemplo.impressao(filial, centro_custo, conta_contabil, categoria, fornecedor_id, fornecedor, documento, descricao,
      valor, valor_documento, valor_desconto)
    from pg_temp.exemplo_rascunho$q$);
  drop table pg_temp.exemplo_rascunho;

  perform pg_catalog.setval(pg_catalog.to_regclass('dw.fato_lancamentos_id_seq'), carregar.primeiro_id + carregar.linhas - 1);
end
$$;

comment on function exemplo.carregar(date, date, date, date, bigint, int, bigint, bigint, int, boolean) is
  'Example warehouse: makes and stores the entries of a period with their truth. Called by criar_armazem and carregar_dia.';

revoke execute on function exemplo.carregar(date, date, date, date, bigint, int, bigint, bigint, int, boolean) from public;
