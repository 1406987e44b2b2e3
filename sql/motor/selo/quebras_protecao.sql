-- Are the triggers that refuse change, and the one that seals, there as recusar_mudanca.sql, selar_operacao.sql and
-- transicao_permitida.sql made them, and do they fire? Changes nothing. Called by verificar_integridade.
create or replace function audit_interno.quebras_protecao()
returns setof audit_interno.quebra
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select s.situacao, null::bigint, null::bigint, format('gatilho %s de audit.%s', e.gatilho, e.tabela), format('%s, ligado', e.funcao),
    case s.situacao
      when 'protecao_ausente' then 'nenhum gatilho'
      when 'protecao_alterada' then pg_get_triggerdef(g.oid)
      else format('tgenabled %s, session_replication_role %s', g.tgenabled, current_setting('session_replication_role')) end
  from (
    -- tgtype: 1 for each row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate
    select t.tabela, 'proteger' as gatilho, 'audit_interno.recusar_mudanca()' as funcao, 1 + 2 + 8 + 16 as tipo, 0 as colunas, false as quando
    from unnest(array['operacoes', 'deteccoes', 'alteracoes', 'correcoes_desfeitas', 'decisoes', 'excecoes', 'pessoas', 'identidades', 'convites', 'tokens',
      'revogacoes', 'codigos_regra']) as t (tabela)
    union all
    select t.tabela, 'proteger_truncate', 'audit_interno.recusar_mudanca()', 2 + 32, 0, false
    from unnest(array['operacoes', 'deteccoes', 'alteracoes', 'correcoes_desfeitas', 'decisoes', 'excecoes', 'pessoas', 'identidades', 'convites', 'tokens',
      'revogacoes', 'codigos_regra',
      'divergencias_processadas']) as t (tabela)
    union all
    values ('divergencias_processadas', 'proteger', 'audit_interno.recusar_mudanca()', 1 + 2 + 8, 0, false),
      ('divergencias_processadas', 'proteger_identidade', 'audit_interno.recusar_mudanca()', 1 + 2 + 16, 10, false),
      ('divergencias_processadas', 'proteger_transicao', 'audit_interno.recusar_transicao()', 1 + 2 + 16, 1, true),
      ('divergencias_processadas', 'exigir_outra_pessoa', 'audit_interno.exigir_outra_pessoa()', 1 + 2 + 16, 1, true),
      ('operacoes', 'selar', 'audit_interno.selar_operacao()', 1 + 4 + 16, 0, false)
  ) as e
  left join pg_trigger g on g.tgrelid = to_regclass('audit.' || e.tabela) and g.tgname = e.gatilho and not g.tgisinternal
  cross join lateral (select case
    when g.oid is null then 'protecao_ausente'
    when g.tgfoid is distinct from to_regprocedure(e.funcao) or g.tgtype <> e.tipo or cardinality(g.tgattr::int2[]) <> e.colunas
      or (g.tgqual is not null) <> e.quando then 'protecao_alterada'
    when g.tgenabled in ('D', 'R') or g.tgenabled = 'O' and current_setting('session_replication_role') = 'replica'
      then 'protecao_desligada'
  end as situacao) as s
  where s.situacao is not null
$$;
comment on function audit_interno.quebras_protecao() is 'protecao_ausente, protecao_alterada, protecao_desligada.';
