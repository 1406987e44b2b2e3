-- Bringing a correction back into force needs what making it needed. For what pg_temp.conferente_reversao would bring back, that is a
-- reviewer at least. What exceeds the amount for two people, or was entered by hand, is only proposed and waits for the second person: it
-- moves to pg_temp.conferente_deixada. Called by audit.reverter_operacao.
create or replace function audit_interno.exigir_revisores(motivo text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ator text := audit_interno.ator();
  v_dupla numeric := audit_interno.valor_dupla(v_ator);
  v_de_volta bigint[];
  v_propor bigint[];
  v_operacao bigint;
begin
  perform from audit.divergencias_processadas d
  where d.id in (select r.divergencia_id from pg_temp.conferente_reversao r) order by d.id for update;
  select array_agg(d.id order by d.id), array_agg(d.id order by d.id) filter (
      where d.valores_digitados is not null or coalesce(d.valor_decisao >= v_dupla, true))
  into v_de_volta, v_propor
  from pg_temp.conferente_reversao r
  join audit.alteracoes a on a.divergencia_id = r.divergencia_id and a.operacao_id = r.operacao_id and a.reverte_operacao_id is not null
  join audit.divergencias_processadas d on d.id = r.divergencia_id and d.status = 'revertida';
  if v_de_volta is null then
    return;
  end if;
  if not audit_interno.tem_papel('conferente_revisor') then
    raise exception using errcode = '42501', message = 'só um revisor pode pôr uma correção em vigor de novo',
      detail = 'A operação é uma reversão: revertê-la grava as correções de novo.',
      hint = 'Nada foi feito. Peça a quem tem o papel conferente_revisor.';
  end if;
  if v_propor is null then
    return;
  end if;
  v_operacao := audit_interno.abrir_operacao('aprovacao', motivo => exigir_revisores.motivo);
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, valores, confianca)
  select v_operacao, d.id, 'aprovacao', v_ator, exigir_revisores.motivo, d.valores_digitados, d.confianca
  from audit.divergencias_processadas d where d.id = any (v_propor) order by d.id;
  update audit.divergencias_processadas d
  set status = 'aguardando_segunda_aprovacao', proposta_por = v_ator, motivo = exigir_revisores.motivo, decidida_em = null, decidida_por = null
  where d.id = any (v_propor);
  perform audit_interno.fechar_operacao(v_operacao, cardinality(v_propor));
  insert into pg_temp.conferente_deixada (divergencia_id, codigo, explicacao)
  select i, 'aguarda', 'outra pessoa ainda precisa aprovar a volta da correção' from unnest(v_propor) as i;
  delete from pg_temp.conferente_reversao r where r.divergencia_id = any (v_propor);
end
$$;
comment on function audit_interno.exigir_revisores(text) is
  'Checks who asks for a rollback that would bring corrections back: 42501 unless a reviewer; large and typed corrections become proposals.';
