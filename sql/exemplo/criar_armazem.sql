-- Makes the example warehouse, replacing the one before. The same arguments give the same bytes, on PostgreSQL 15 to 18, under every locale.
-- Called by the owner of a demonstration's database; never by the product on a customer's data (see exemplo.conferir_esquema).
-- concat() makes a query that is not a constant: plpgsql_check would look for the tables of constant ones, which exist only
-- once exemplo.criar_armazem has run.
create or replace function exemplo.criar_armazem(linhas int default 500000, semente bigint default 42, ate date default '2026-10-31')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_inicio date := (date_trunc('month', criar_armazem.ate::timestamp) - interval '11 months')::date;
  v_recente date := (date_trunc('month', criar_armazem.ate::timestamp) - interval '1 month')::date;
begin
  if criar_armazem.linhas is null or criar_armazem.linhas not between 100 and 100000000
    or criar_armazem.semente is null
    or criar_armazem.ate is null or criar_armazem.ate not between date '1990-01-01' and date '2100-12-31' then
    raise exception using
      errcode = 'NC902',
      message = 'argumentos inválidos para a demonstração',
      detail = format('linhas=%s, semente=%s, ate=%s', criar_armazem.linhas, criar_armazem.semente, criar_armazem.ate),
      hint = 'linhas: de 100 a 100000000; semente: qualquer inteiro; ate: de 1990-01-01 a 2100-12-31.';
  end if;

  perform exemplo.remover_armazem();
  perform exemplo.criar_tabelas(criar_armazem.ate);
  execute concat($q$insert into exemplo.geracao (linhas, semente, ate) values ($1, $2, $3)$q$)
    using criar_armazem.linhas, criar_armazem.semente, criar_armazem.ate;

  execute concat($q$insert into dw.dim_filial select codigo, nome, tipo, cidade, uf, cnpj from exemplo.filiais()$q$);
  execute concat($q$insert into dw.dim_centro_custo select codigo, nome, diretoria from exemplo.centros_custo()$q$);
  execute concat($q$insert into dw.dim_conta_contabil select codigo, nome, grupo from exemplo.contas()$q$);
  execute concat($q$insert into dw.dim_categoria (nome, grupo, pendente) select nome, grupo, false from exemplo.categorias()
    union all values ('PENDENTE DE VERIFICAÇÃO', 'Pendente', true), ('A CLASSIFICAR', 'Pendente', true)$q$);
  execute concat($q$insert into dw.dim_fornecedor (cnpj, raiz, filial, razao_social, ramo)
    select c.cnpj, substr(c.cnpj, 1, 8), substr(c.cnpj, 9, 4), e.grafias[1], e.ramo
    from exemplo.empresas($1, $2) e cross join lateral unnest(e.cnpjs) c (cnpj)$q$)
    using criar_armazem.semente, criar_armazem.linhas;
  execute concat($q$insert into dw.dim_concessionaria (cnpj, codigo, nome)
    select e.cnpjs[1], 'CONC' || lpad(e.posto::text, 3, '0'), e.nome
    from exemplo.empresas($1, $2) e where e.ramo = 'concessionaria'$q$)
    using criar_armazem.semente, criar_armazem.linhas;

  perform exemplo.carregar(v_inicio, v_inicio, criar_armazem.ate, v_recente, 1, criar_armazem.linhas,
    criar_armazem.semente, criar_armazem.semente, criar_armazem.linhas, true);
  perform exemplo.indexar();
end
$$;

comment on function exemplo.criar_armazem(int, bigint, date) is
  'Makes the example warehouse in schema dw, replacing the one it made before: linhas entries (100 to 100,000,000) in the twelve months that end with the month of ate, reproducible from semente; the truth is kept in exemplo.verdade. Errors: NC901 when dw holds anything else, NC902 when an argument is out of range.';

revoke execute on function exemplo.criar_armazem(int, bigint, date) from public;
