/**
 * A small warehouse and one tiny rule, `errada`: a category that begins with dw.ajuste.prefixo should be CERTA. The row itself
 * gives the rule's confidence; descricao "aponta" makes it only flag, "teimosa" makes it flag again whatever is done.
 */
export const SCENARIO = `
  begin;
  create schema if not exists dw;
  create table dw.lancamentos (
    id bigint primary key, data_lancamento date, carregado_em timestamptz, filial text, centro_custo text, conta_contabil text,
    categoria text check (categoria <> 'PROIBIDA'), fornecedor_id text, fornecedor text, documento text, descricao text,
    valor numeric(18,2), valor_documento numeric(18,2), valor_desconto numeric(18,2), confianca numeric);
  create table dw.ajuste (prefixo text not null, quebrada boolean not null default false);
  insert into dw.ajuste values ('ERR');
  -- the ledger knows what the rule proposes: entries in no window, without a date
  insert into dw.lancamentos (id, categoria) values (-1001, 'CERTA'), (-1002, 'OUTRA');
  create function dw.errada(janela audit.janela) returns setof audit.achado language plpgsql stable
  set search_path = pg_catalog, pg_temp as $f$
  begin
    if (select quebrada from dw.ajuste) then raise exception 'a regra quebrou'; end if;
    return query select 'dw.lancamentos', l.id::text,
      case when l.descricao = 'aponta' then '{}' when l.categoria = 'CERTA' then '{"categoria": "OUTRA"}' else '{"categoria": "CERTA"}' end::jsonb,
      l.confianca, jsonb_build_object('tipo', 'errada'), 'a categoria está errada', l.valor
    from dw.lancamentos l
    where (l.categoria like (select prefixo || '%' from dw.ajuste) or l.descricao = 'teimosa' and l.categoria = 'CERTA')
      and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
      and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
      and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
      and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
      and (janela.chaves is null or l.id = any (janela.chaves::bigint[]));
  end $f$;
  grant usage on schema dw to conferente_regra, conferente_escrita;
  grant select on dw.lancamentos to conferente_regra, conferente_escrita; grant update on dw.lancamentos to conferente_escrita;
  grant select on dw.ajuste to conferente_regra, conferente_escrita;
  commit; -- on Citus no role reads on a node what another wrote in the same transaction
  select audit.registrar_regra('errada', 'Categoria errada.', 'dw.errada', 'dw.lancamentos', 'id',
    array['categoria', 'descricao'], 'data_lancamento', 'carregado_em', 'valor', 0.9, 0.95,
    concessao_correcoes => 1000000, concessao_valor => 1e12)`
