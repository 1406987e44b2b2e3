-- The entries in question and the keys they are compared by. Either the pending entries of a window, each allowed to see
-- the months before its own; or (retroteste) a sample of decided entries of the given months, each allowed to see the months before some wait. Reads dw.lancamentos; changes nothing. Called by audit_interno.pontuar_pendencias
-- and by the fitting of the weights.
create or replace function audit_interno.chaves_pendencia(janela audit.janela, retroteste int4range, amostra int)
returns table (id text, corte int, lacuna smallint, certa int, nivel smallint, chave bigint, termo text)
language plpgsql stable rows 200000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_inicio date := make_date(lower(retroteste) / 12, lower(retroteste) % 12 + 1, 1);
  v_fim date := make_date(upper(retroteste) / 12, upper(retroteste) % 12 + 1, 1);
begin
  if retroteste is null then
    return query
    select e.id, e.corte, c.lacuna, null::int, f.nivel, f.chave, f.termo
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
        audit_interno.palavras_texto(l.descricao) as texto
      from dw.lancamentos l
      where audit_interno.dobrar(btrim(l.categoria)) = any (v_pendentes)
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      offset 0
    ) e
    join (
      select m.mes, audit_interno.grupo_lacuna(m.mes - 1 - audit_interno.ultimo_mes_conhecido(m.mes)) as lacuna
      from (
        select distinct coalesce(audit_interno.mes_indice(l.data_lancamento), -1) as mes
        from dw.lancamentos l
        where audit_interno.dobrar(btrim(l.categoria)) = any (v_pendentes)
          and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
          and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
          and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
          and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
          and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      ) m
      offset 0
    ) c on c.mes = e.corte
    cross join lateral audit_interno.caracteristicas(e.raiz, e.nome, e.codigo, e.centro, e.conta, e.valor,
      nullif(e.texto, ''), concat_ws(' ', e.nome, e.texto)) f;
    return;
  end if;

  return query
  -- an entry with an account is asked twice, with it and without: pending entries often have none yet
  select case when v.com_conta or e.conta is null then e.id else e.id || ' sem conta' end,
    c.corte, audit_interno.grupo_lacuna(e.mes - 1 - c.conhecido), e.certa, f.nivel, f.chave, f.termo
  from (
    select
      l.id::text as id,
      audit_interno.mes_indice(l.data_lancamento) as mes,
      c.id as certa,
      audit_interno.raiz_fornecedor(l.fornecedor_id) as raiz,
      audit_interno.nome_canonico(l.fornecedor) as nome,
      nullif(btrim(l.fornecedor_id), '') as codigo,
      nullif(btrim(l.centro_custo), '') as centro,
      nullif(btrim(l.conta_contabil), '') as conta,
      l.valor,
      audit_interno.palavras_texto(l.descricao) as texto
    from dw.lancamentos l
    join audit_interno.estatistica_categoria c on c.categoria = l.categoria
    where l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
      and audit_interno.dobrar(btrim(l.categoria)) <> all (v_pendentes)
      and not exists (
        select from audit.divergencias_processadas d
        where d.tabela = 'dw.lancamentos' and d.registro_id = l.id::text and d.status = 'corrigida'
          and d.valores_propostos ? 'categoria'
          and not exists (select from audit.decisoes p
            where p.divergencia_id = d.id and p.tipo in ('aprovacao', 'segunda_aprovacao', 'correcao_manual'))
      )
    -- the same sample whenever the ledger is the same
    order by hashtextextended(l.id::text, 1)
    limit amostra
  ) e
  -- each is asked as if it had waited for some months: most for few, some for many
  join (
    select p.mes, g.sorte, p.corte, audit_interno.ultimo_mes_conhecido(p.corte) as conhecido
    from generate_series(lower(retroteste), upper(retroteste) - 1) m (mes)
    cross join unnest('{0,0,0,0,0,1,1,1,2,2,3,4,5,6,8,11}'::int[]) with ordinality g (espera, sorte)
    cross join lateral (select m.mes, greatest(m.mes - g.espera, lower(retroteste)) as corte) p
    offset 0
  ) c on c.mes = e.mes and c.sorte = 1 + (hashtextextended(e.id, 2) & 15)
  join (values (true), (false)) v (com_conta) on v.com_conta or e.conta is not null
  cross join lateral audit_interno.caracteristicas(
    e.raiz, e.nome, e.codigo, e.centro, case when v.com_conta then e.conta end, e.valor,
      nullif(e.texto, ''), concat_ws(' ', e.nome, e.texto)) f;
end
$$;

comment on function audit_interno.chaves_pendencia(audit.janela, int4range, int) is
  'Entries in question (pending ones, or a back-test sample) with the keys they are compared by and the first month they may not see.';
revoke execute on function audit_interno.chaves_pendencia(audit.janela, int4range, int) from public;
