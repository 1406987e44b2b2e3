-- Closes findings that this session did not find again: fixed elsewhere, moved, gone. Runs the rule over the rows of the open findings, so
-- that one outside the window closes only if it really no longer holds.
create or replace function audit_interno.fechar_ausentes(sessao_id bigint, regra audit.regras, operacao_id bigint, hash_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_chaves text[];
  v_obsoletas bigint;
  v_resolvidas bigint;
begin
  drop table if exists pg_temp.conferente_ausente;
  create temp table conferente_ausente on commit drop as
  select d.id, d.registro_id, d.identidade, d.impressao, d.entrada, false as existe, false as mudou, false as outra
  from audit.divergencias_processadas d
  where d.regra = fechar_ausentes.regra.nome and d.sessao_ultima_id <> fechar_ausentes.sessao_id
    and audit.aguarda_pessoa(d.status);
  select array_agg(distinct a.registro_id) into v_chaves from pg_temp.conferente_ausente a;
  if v_chaves is null then
    return;
  end if;

  v_chaves := audit_interno.chaves_legiveis(audit_interno.relacao(fechar_ausentes.regra.tabela), fechar_ausentes.regra.coluna_chave, v_chaves);
  perform audit_interno.levantar_achados(fechar_ausentes.regra, row(null, null, null, null, v_chaves)::audit.janela, true);
  -- unchanged: stays open and uncounted, because it lies outside the window
  delete from pg_temp.conferente_ausente a using pg_temp.conferente_achado b where b.identidade = a.identidade;
  update pg_temp.conferente_ausente a
  set existe = b.existe, mudou = b.impressao is distinct from a.impressao, outra = b.entrada is distinct from a.entrada
  from (
    select distinct on (x.registro_id) x.registro_id, x.existe, x.impressao, x.entrada from pg_temp.conferente_achado x order by x.registro_id
  ) as b
  where b.registro_id = a.registro_id;
  update pg_temp.conferente_ausente a set outra = false
  from audit_interno.entradas_nossas(fechar_ausentes.regra, array(select x.id from pg_temp.conferente_ausente x where x.outra)) e
  where a.id = e.divergencia_id and exists (
    select from pg_temp.conferente_achado b where b.registro_id = a.registro_id and b.entrada = e.entrada);
  delete from pg_temp.conferente_achado b where not b.achado;
  -- HAZARD: looked up by key, one by one. The statistics know nothing of this session yet, so a join would be planned for a single row.
  delete from pg_temp.conferente_achado b
  where (
    select d.sessao_ultima_id = fechar_ausentes.sessao_id or audit.aguarda_pessoa(d.status)
    from audit.divergencias_processadas d
    where d.registro_id = b.registro_id and d.identidade = b.identidade);
  perform audit_interno.registrar_achados(fechar_ausentes.sessao_id, fechar_ausentes.regra, fechar_ausentes.operacao_id,
    fechar_ausentes.hash_regra, false);

  with livre as (
    select d.id from audit.divergencias_processadas d
    where d.id in (select a.id from pg_temp.conferente_ausente a) and audit.aguarda_pessoa(d.status)
    order by d.id
    for no key update skip locked -- a finding that a reviewer is deciding right now is the reviewer's; waiting for it could be a deadlock
  ), fechada as (
    update audit.divergencias_processadas d
    set status = case when a.existe and a.mudou and not a.outra and not o.outra then 'resolvida' else 'obsoleta' end,
      motivo = case
        when not a.existe then 'o registro não existe mais'
        when a.outra then 'a chave é agora de outro lançamento'
        when o.outra then 'outra divergência da mesma regra tomou o lugar desta'
        when a.mudou then 'o registro foi corrigido fora do sistema'
        else 'a regra já não aponta este registro' end,
      decidida_em = clock_timestamp(), decidida_por = 'conferente', proposta_por = null, valores_digitados = null
    from pg_temp.conferente_ausente a
    cross join lateral (
      select exists (
        select from audit.divergencias_processadas n
        where n.tabela = fechar_ausentes.regra.tabela and n.registro_id = a.registro_id and n.regra = fechar_ausentes.regra.nome
          and n.sessao_ultima_id = fechar_ausentes.sessao_id and n.id <> a.id) as outra
    ) as o
    where d.id = a.id and d.id in (select l.id from livre l)
    returning d.status
  )
  select count(*) filter (where f.status = 'obsoleta'), count(*) filter (where f.status = 'resolvida')
  into v_obsoletas, v_resolvidas
  from fechada f;

  update audit.execucoes_regra e
  set obsoletas = e.obsoletas + v_obsoletas, resolvidas = e.resolvidas + v_resolvidas
  where e.sessao_id = fechar_ausentes.sessao_id and e.regra = fechar_ausentes.regra.nome;
end
$$;
comment on function audit_interno.fechar_ausentes(bigint, audit.regras, bigint, text) is
  'Closes open findings of the rule that no longer hold: resolvida or obsoleta.';
