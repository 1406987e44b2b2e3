-- Takes back one's own act, in one transaction: its corrections are rolled back, and its findings wait again. It counts for and against
-- nobody. Findings to which something happened later are reported and left.
create or replace function audit.desfazer(operacao bigint, motivo text)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(desfazer.motivo);
  v_fuso text := audit.fuso();
  v_de audit.operacoes;
  v_ids bigint[];
  v_operacao bigint;
begin
  select * into v_de from audit.operacoes o where o.id = desfazer.operacao;
  if not found then
    raise exception using errcode = 'NC004', message = format('operação desconhecida: %s', coalesce(desfazer.operacao::text, 'nula')),
      hint = 'Veja audit.vw_operacoes_resumo.';
  end if;
  if v_de.tipo not in ('aprovacao', 'rejeicao', 'correcao_manual', 'confirmacao', 'adiamento', 'encaminhamento', 'comentario') then
    raise exception using errcode = 'NC005', message = format('uma operação do tipo %s não pode ser desfeita', v_de.tipo),
      detail = 'Só se desfazem atos próprios: aprovacao, rejeicao, correcao_manual, confirmacao, adiamento, encaminhamento, comentario.',
      hint = 'Para desfazer correções de outras pessoas: audit.reverter_operacao. Para uma exceção: audit.revogar_excecao.';
  end if;
  if not audit_interno.mesma_pessoa(v_de.ator, v_ator) then
    raise exception using errcode = 'NC007', message = format('a operação %s é de %s', v_de.id, v_de.ator),
      detail = 'Cada pessoa só desfaz os próprios atos.', hint = 'Nada foi feito. Para desfazer correções de outras pessoas: audit.reverter_operacao.';
  end if;
  if v_de.tipo in ('adiamento', 'encaminhamento', 'comentario') then
    return query select * from audit_interno.retirar_notas(v_de, v_motivo);
    return;
  end if;
  v_ids := array(select distinct c.divergencia_id from audit.decisoes c where c.operacao_id = v_de.id order by 1);
  perform from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id for update;

  perform audit_interno.criar_deixadas();
  insert into pg_temp.conferente_deixada (divergencia_id, codigo, explicacao)
  select d.id, 'NC005', case
      when c.id is not null then format('%s por %s%s', c.tipo, c.ator, to_char(c.decidida_em at time zone v_fuso, '" em "DD/MM/YYYY" às "HH24:MI'))
      else format('já está %s%s', d.status, coalesce(': ' || d.motivo, '')) end
  from audit.divergencias_processadas d
  left join lateral (
    select x.* from audit.decisoes x where x.divergencia_id = d.id and x.operacao_id <> v_de.id and audit_interno.responde(x.tipo)
      and x.id > (select max(y.id) from audit.decisoes y where y.divergencia_id = d.id and y.operacao_id = v_de.id)
    order by x.id desc limit 1
  ) as c on true
  where d.id = any (v_ids) and (
    c.id is not null
    or d.status <> all (case v_de.tipo
      when 'aprovacao' then array['corrigida', 'aguardando_segunda_aprovacao', 'falha']
      when 'rejeicao' then array['rejeitada'] when 'confirmacao' then array['resolvida']
      else array['aguardando_segunda_aprovacao'] end)
    -- a session has corrected it since
    or d.status = 'corrigida' and v_de.id <> (select max(a.operacao_id) from audit.alteracoes a where a.divergencia_id = d.id));
  insert into pg_temp.conferente_deixada (divergencia_id, codigo, explicacao)
  select d.id, 'NC043', 'a correção está no arquivo: não se desfaz mais aqui'
  from audit.divergencias_processadas d
  where d.id = any (v_ids) and d.status = 'corrigida' and not exists (select from audit.alteracoes a where a.divergencia_id = d.id)
    and not exists (select from pg_temp.conferente_deixada x where x.divergencia_id = d.id);
  perform audit_interno.recusar_deixadas(v_ids, 'desfazer');
  v_ids := array(select i from unnest(v_ids) as i where not exists (select from pg_temp.conferente_deixada x where x.divergencia_id = i));

  if exists (select from audit.divergencias_processadas d where d.id = any (v_ids) and d.status = 'corrigida') then
    perform audit_interno.criar_reversao();
    insert into pg_temp.conferente_reversao (operacao_id, divergencia_id)
    select v_de.id, d.id from audit.divergencias_processadas d where d.id = any (v_ids) and d.status = 'corrigida';
    insert into pg_temp.conferente_deixada (divergencia_id, codigo, explicacao)
    select l.divergencia_id, case l.resultado when 'fechada' then 'NC022' else 'NC005' end, case l.resultado
      when 'fechada' then 'o período está fechado: lance o ajuste no período aberto, ou peça a um administrador que o reabra' when 'ausente' then 'o registro não existe mais' when 'recusada' then 'o data warehouse recusou'
      else format('o registro mudou depois e não foi tocado: antes %s; depois %s; agora %s', l.antes, l.depois, coalesce(l.agora::text, 'nada')) end
    from audit_interno.reverter_lote(v_motivo) l where l.resultado not in ('revertida', 'ja_revertida');
    perform audit_interno.recusar_deixadas(v_ids, 'desfazer');
    v_ids := array(select i from unnest(v_ids) as i where not exists (select from pg_temp.conferente_deixada x where x.divergencia_id = i));
  end if;

  v_operacao := audit_interno.abrir_operacao('desfazimento', motivo => v_motivo, detalhes => jsonb_build_object('desfeita', v_de.id));
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca)
  select v_operacao, d.id, 'desfazimento', v_ator, v_motivo, d.confianca
  from audit.divergencias_processadas d where d.id = any (v_ids) order by d.id;
  update audit.divergencias_processadas d
  set status = 'aberta', motivo = v_motivo, decidida_em = clock_timestamp(), decidida_por = v_ator
  where d.id = any (v_ids);
  perform audit_interno.contar_decisoes(v_ids, null);
  perform audit_interno.devolver_automatica(v_de.id);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_ids));
  return query select * from audit_interno.resultados_decisao(
    array(select distinct c.divergencia_id from audit.decisoes c where c.operacao_id = v_de.id), v_operacao);
end
$$;
comment on function audit.desfazer(bigint, text) is
  'Undoes one''s own act, by the number of its operation: an approval (even a first one), a rejection, a confirmation, typed values, a postponement, a forwarding, a comment. What it corrected is rolled back exactly, and the findings are open again, or as they were before they were postponed or forwarded. The act no longer counts for or against a rule, and if the rule lost auto through it, auto comes back. Returns each finding: feita, or deixada with the reason (something happened to it later, or its row changed). Errors: NC004 unknown operation, NC005 not such an act, or nothing of it can still be undone, NC006 reason missing, NC007 somebody else''s act, NC022 in a closed period.';
grant execute on function audit.desfazer(bigint, text) to conferente_revisor;
