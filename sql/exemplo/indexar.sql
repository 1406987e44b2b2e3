-- Keys, foreign keys and indexes of the filled fact and of the truth, then statistics. After the rows, because building
-- them at once costs a fraction of keeping them up to date during the load.
create or replace function exemplo.indexar()
returns void
language plpgsql
volatile
set search_path = ''
set maintenance_work_mem = '128MB'
as $$
begin
  alter table dw.fato_lancamentos add primary key (id, data_lancamento);
  -- By the contract's key alone: the primary key serves "id = …" too, but this index is a third smaller.
  create index fato_lancamentos_id on dw.fato_lancamentos (id);
  create index fato_lancamentos_data_lancamento on dw.fato_lancamentos (data_lancamento);
  create index fato_lancamentos_carregado_em on dw.fato_lancamentos (carregado_em);
  create index fato_lancamentos_fornecedor_id on dw.fato_lancamentos (fornecedor_id);
  create index fato_lancamentos_documento on dw.fato_lancamentos (documento);
  alter table dw.fato_lancamentos
    add foreign key (filial) references dw.dim_filial,
    add foreign key (centro_custo) references dw.dim_centro_custo,
    add foreign key (conta_contabil) references dw.dim_conta_contabil,
    add foreign key (categoria) references dw.dim_categoria,
    add foreign key (fornecedor_id) references dw.dim_fornecedor;
  alter table exemplo.original add primary key (registro_id);
  create index verdade_registro_id on exemplo.verdade (registro_id);
  analyze dw.dim_filial, dw.dim_centro_custo, dw.dim_conta_contabil, dw.dim_categoria, dw.dim_fornecedor, dw.dim_concessionaria,
    dw.fato_lancamentos, exemplo.verdade, exemplo.original;
end
$$;

comment on function exemplo.indexar() is 'Example warehouse: keys, foreign keys, indexes and statistics, after the rows are in.';

revoke execute on function exemplo.indexar() from public;
