-- The entries in question and the keys they are compared by. Either the pending entries of a window, each allowed to see
-- the months before its own; or (retroteste) decided entries of the given blocks of months, a sample at most, each allowed
-- to see the months before its block. Reads dw.lancamentos; changes nothing. Called by audit_interno.pontuar_pendencias
-- and by the fitting of the weights.
create or replace function audit_interno.chaves_pendencia(janela audit.janela, blocos int4range[], amostra int)
returns table (id text, corte int, certa int, nivel smallint, chave bigint, termo text)
language plpgsql stable rows 200000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_inicio date;
begin
  if blocos is null then
    return query
    select e.id, e.corte, null::int, f.nivel, f.chave, f.termo
    from (
      select
        l.id::text as id,
        coalesce(audit_interno.mes_indice(l.data_lancamento), -1) as corte,
        audit_interno.raiz_fornecedor(l.fornecedor_id) as raiz,
        audit_interno.nome_canonico(l.fornecedor) as nome,
        nullif(btrim(l.fornecedor_id), '') as codigo,
        nullif(btrim(l.centro_custo), '') as centro,
        nullif(btrim(l.conta_contabil), '') as conta,
        l.valor,
        nullif(audit_interno.palavras_texto(l.descricao), '') as texto,
        audit_interno.palavras_texto(coalesce(l.fornecedor, '') || ' ' || coalesce(l.descricao, '')) as palavras
      from dw.lancamentos l
      where audit_interno.dobrar(btrim(l.categoria)) = any (v_pendentes)
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      offset 0
    ) e
    cross join lateral audit_interno.caracteristicas(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor, e.texto, e.palavras) f;
    return;
  end if;

  select make_date(min(lower(b)) / 12, min(lower(b)) % 12 + 1, 1) into v_inicio from unnest(blocos) b;
  return query
  -- an entry with an account is asked twice, with it and without: pending entries often have none yet
  select case when v.com_conta or e.conta is null then e.id else e.id || ' sem conta' end,
    e.corte, e.certa, f.nivel, f.chave, f.termo
  from (
    select
      l.id::text as id,
      lower(b.bloco) as corte,
      c.id as certa,
      audit_interno.raiz_fornecedor(l.fornecedor_id) as raiz,
      audit_interno.nome_canonico(l.fornecedor) as nome,
      nullif(btrim(l.fornecedor_id), '') as codigo,
      nullif(btrim(l.centro_custo), '') as centro,
      nullif(btrim(l.conta_contabil), '') as conta,
      l.valor,
      nullif(audit_interno.palavras_texto(l.descricao), '') as texto,
      audit_interno.palavras_texto(coalesce(l.fornecedor, '') || ' ' || coalesce(l.descricao, '')) as palavras
    from dw.lancamentos l
    join unnest(blocos) b (bloco) on audit_interno.mes_indice(l.data_lancamento) <@ b.bloco
    join audit_interno.estatistica_categoria c on c.categoria = l.categoria
    where l.data_lancamento >= v_inicio
      and audit_interno.dobrar(btrim(l.categoria)) <> all (v_pendentes)
      and not exists (
        select from audit.divergencias_processadas d
        where d.tabela = 'dw.lancamentos' and d.registro_id = l.id::text and d.status = 'corrigida'
          and d.valores_propostos ? 'categoria'
          and not exists (select from audit.decisoes p where p.divergencia_id = d.id)
      )
    -- the same sample whenever the ledger is the same
    order by hashtextextended(l.id::text, 1)
    limit amostra
  ) e
  join (values (true), (false)) v (com_conta) on v.com_conta or e.conta is not null
  cross join lateral audit_interno.caracteristicas(
    e.raiz, e.nome, e.codigo, e.centro, case when v.com_conta then e.conta end, e.valor, e.texto, e.palavras) f;
end
$$;

comment on function audit_interno.chaves_pendencia(audit.janela, int4range[], int) is
  'Entries in question (pending ones, or a back-test sample) with the keys they are compared by and the first month they may not see.';
revoke execute on function audit_interno.chaves_pendencia(audit.janela, int4range[], int) from public;
