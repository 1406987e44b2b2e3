-- A person says whether one correction in the sample was right. Changes nothing in the warehouse, and counts as an answer on its rule.
-- Nobody answers where they had a hand in it: who ran the session, asked for it, granted the rule its auto or proposed a value for the row.
create or replace function audit.certificar(id bigint, certa boolean, motivo text)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_ator text := audit_interno.ator();
  v_motivo text := audit_interno.exigir_motivo(certificar.motivo);
  v_item record;
  v_divergencia audit.divergencias_processadas;
  v_tipo text := case when certificar.certa then 'certificacao_certa' else 'certificacao_errada' end;
  v_operacao bigint;
begin
  if certificar.certa is null then
    raise exception using errcode = 'NC001', message = 'falta dizer se a correção está certa ou errada';
  end if;
  select * into v_divergencia from audit.divergencias_processadas d where d.id = certificar.id for update;
  if not found then
    raise exception using errcode = 'NC004', message = format('divergência desconhecida: %s', coalesce(certificar.id::text, 'nula'));
  end if;
  select a.operacao_id, a.ordem, o.ator, s.solicitada_por, r.concedida_por into v_item
  from audit.amostra((
    select (max(x.iniciada_em) at time zone audit.fuso())::date
    from audit.alteracoes y join audit.operacoes x on x.id = y.operacao_id and x.tipo = 'correcao'
    where y.divergencia_id = v_divergencia.id)) a
  join audit.operacoes o on o.id = a.operacao_id
  join audit.sessoes_processamento s on s.id = a.sessao_id
  join audit.regras r on r.nome = a.regra
  where a.divergencia_id = v_divergencia.id;
  if not found then
    raise exception using errcode = 'NC005', message = format('a divergência %s não está na amostra', v_divergencia.id),
      hint = 'Veja audit.amostra() ou conferente certificar.';
  end if;
  if exists (
    select from (
      select unnest(array[v_item.ator, v_item.solicitada_por, v_item.concedida_por])
      union
      select c.ator from audit.decisoes c
      where c.divergencia_id = v_divergencia.id and audit_interno.responde(c.tipo) and c.operacao_id < v_item.operacao_id
    ) as x (nome)
    where audit_interno.mesma_pessoa(x.nome, v_ator)
  ) then
    raise exception using errcode = 'NC007', message = format('a correção da divergência %s precisa ser conferida por outra pessoa', v_divergencia.id),
      detail = 'Não pode conferi-la quem rodou ou pediu a sessão, concedeu a correção automática ou já decidiu esta divergência.', hint = 'Nada foi feito.';
  end if;
  v_operacao := audit_interno.abrir_operacao('certificacao', regra => v_divergencia.regra, motivo => v_motivo,
    detalhes => jsonb_build_object('correcao', v_item.operacao_id, 'ordem', v_item.ordem, 'certa', certificar.certa));
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo, confianca)
  values (v_operacao, v_divergencia.id, v_tipo, v_ator, v_motivo, v_divergencia.confianca);
  perform audit_interno.contar_decisoes(array[v_divergencia.id], certificar.certa);
  perform audit_interno.fechar_operacao(v_operacao, 1);
  perform audit_interno.criar_deixadas();
  return query select * from audit_interno.resultados_decisao(array[v_divergencia.id], v_operacao, case
    when certificar.certa then 'conferida: certa'
    else format('conferida: errada; para desfazê-la: conferente reverter --divergencia %s --porque erradas --motivo …', v_divergencia.id) end);
end
$$;
comment on function audit.certificar(bigint, boolean, text) is
  'Records whether a correction in the sample (audit.amostra) was right: certa true or false, with a reason. It counts as an answer on its rule; a later answer on the same correction replaces an earlier one. Returns the finding. Errors: NC001 neither, NC004 unknown id, NC005 not in the sample, NC006 reason missing, NC007 needs another person: you ran or requested the session, granted the rule its auto, or decided the finding before.';
grant execute on function audit.certificar(bigint, boolean, text) to conferente_revisor;
