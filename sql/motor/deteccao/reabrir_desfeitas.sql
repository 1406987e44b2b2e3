-- Looks for corrections that were undone from outside, and has the rule look at their rows even outside the window, so that they are
-- findings of this session: a load need not change the load time. Also takes those that an earlier session opened again and nobody has
-- corrected since. Part of the detection: called once for each rule, by detectar_regra and juntar_regra.
create or replace function audit_interno.reabrir_desfeitas(sessao_id bigint, regra audit.regras, operacao_id bigint, hash_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_chaves text[];
begin
  if exists (select from audit.divergencias_processadas d where d.regra = reabrir_desfeitas.regra.nome and d.status = 'corrigida') then
    perform audit_interno.conferir_corrigidas(sessao_id, regra, operacao_id);
  end if;
  if not exists (select from audit.correcoes_desfeitas) then
    return;
  end if;
  select array_agg(distinct c.registro_id) into v_chaves
  from (
    select d.registro_id, d.entrada
    from audit.correcoes_desfeitas u join audit.divergencias_processadas d on d.id = u.divergencia_id
    where u.operacao_id = reabrir_desfeitas.operacao_id and u.situacao <> 'ausente'
    union
    select d.registro_id, d.entrada
    from audit.divergencias_processadas d
    where d.regra = reabrir_desfeitas.regra.nome and d.tabela = reabrir_desfeitas.regra.tabela and d.status = 'aberta'
      and d.sessao_ultima_id <> reabrir_desfeitas.sessao_id and d.vezes_desfeita > 0
      and d.vezes_desfeita < (audit_interno.configuracao('sessao.desfeitas_maximo') #>> '{}')::bigint
  ) as c
  where not exists ( -- what an exception suppresses was counted where the window was read
    select from audit.excecoes e
    where e.regra = reabrir_desfeitas.regra.nome and e.tabela = reabrir_desfeitas.regra.tabela and e.registro_id = c.registro_id
      and e.entrada = c.entrada and e.revogada_em is null and e.expira_em > clock_timestamp());
  if v_chaves is null then
    return;
  end if;
  v_chaves := audit_interno.chaves_legiveis(audit_interno.relacao(regra.tabela), regra.coluna_chave, v_chaves);
  perform audit_interno.levantar_achados(regra, row(null, null, null, null, v_chaves)::audit.janela);
  -- HAZARD: looked up by key, one by one. The statistics know nothing of this session yet, so a join would be planned for a single row.
  delete from pg_temp.conferente_achado b
  where reabrir_desfeitas.sessao_id = (
    select d.sessao_ultima_id from audit.divergencias_processadas d
    where d.registro_id = b.registro_id and d.identidade = b.identidade);
  perform audit_interno.registrar_achados(sessao_id, regra, operacao_id, hash_regra, false);
end
$$;
comment on function audit_interno.reabrir_desfeitas(bigint, audit.regras, bigint, text) is
  'Finds again, in this session, what was corrected and has since been undone from outside.';
