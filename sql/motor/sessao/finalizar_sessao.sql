-- Ends a session and says honestly how: anything short of what was asked for is concluida_com_falhas or falhou.
create or replace function audit_interno.finalizar_sessao(sessao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sessao audit.sessoes_processamento;
  v_mensagem text;
  v_aviso text;
  v_falharam bigint;
  v_total bigint;
begin
  perform audit_interno.conferir_paradas(sessao_id);
  perform audit_interno.contar_fechadas(sessao_id);
  perform audit_interno.totalizar_sessao(sessao_id);
  select * into strict v_sessao from audit.sessoes_processamento s where s.id = finalizar_sessao.sessao_id;
  select count(*) filter (where e.status in ('falhou', 'pulada')), count(*) into v_falharam, v_total
  from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.status <> 'inativa';
  v_mensagem := nullif(concat_ws('; ',
    (select string_agg(format('a regra %s %s: %s', e.regra, case e.status when 'pulada' then 'foi pulada' else 'falhou' end,
      coalesce(e.erro_mensagem, e.motivo)), '; ' order by e.regra)
     from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.status in ('falhou', 'pulada')),
    case when v_sessao.linhas_examinadas = 0 then case when v_falharam < v_total then 'nenhuma linha lida na janela' end
      else (
        select format(case count(*) when 1 then 'a regra %s não leu nenhuma linha' else 'as regras %s não leram nenhuma linha' end,
          string_agg(e.regra, ', ' order by e.regra))
        from audit.execucoes_regra e
        where e.sessao_id = v_sessao.id and e.status = 'concluida' and e.linhas_examinadas = 0
        having count(*) > 0) end,
    'limite atingido: ' || v_sessao.limite_atingido,
    audit_interno.frase_atrasadas(v_sessao.id),
    audit_interno.frase_desfeitas(v_sessao.id),
    (select string_agg(format(case when e.corrigidas > 0 then 'a regra %s parou de corrigir: %s' else 'a regra %s só detectou: %s' end, e.regra, e.motivo), '; ' order by e.regra)
     from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.motivo like 'perdeu a correção automática%'),
    case when v_sessao.falhas > 0 then format('%s correções recusadas ou desfeitas', v_sessao.falhas) end), '');
  select string_agg(format('a regra %s só detectou: %s', r.nome, r.automatica_perdida), '; ' order by r.nome) into v_aviso
  from audit.regras r where r.nome = any (v_sessao.regras) and v_sessao.modo = 'auto' and r.automatica_perdida is not null
    and not exists (select from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.regra = r.nome and e.motivo like 'perdeu a correção automática%');
  v_aviso := nullif(concat_ws('; ', v_aviso, (
    select format('%s deixadas para uma pessoa: valor que o data warehouse não conhece', sum(e.deixadas))
    from audit.execucoes_regra e where e.sessao_id = v_sessao.id having sum(e.deixadas) > 0)), '');
  v_aviso := nullif(concat_ws('; ', v_aviso, (
    select format('%s em período fechado (%s), deixadas como estão', sum(e.fechadas), audit_interno.reais(sum(e.valor_fechado)))
    from audit.execucoes_regra e where e.sessao_id = v_sessao.id having sum(e.fechadas) > 0)), '');
  v_aviso := nullif(concat_ws('; ', v_aviso,
    case when v_sessao.desfeitas = 0 and v_sessao.refeitas > 0 then format('%s correções que uma carga havia desfeito foram refeitas', v_sessao.refeitas) end, (
    select string_agg(format('a regra %s: %s', e.regra, e.conferencia), '; ' order by e.regra)
    from audit.execucoes_regra e where e.sessao_id = v_sessao.id and e.conferencia is not null)), '');
  v_aviso := nullif(concat_ws('; ', v_aviso, nullif(audit_interno.notas_por_ler(v_sessao.id), 0) || ' arquivos de notas recusados'), '');
  update audit.sessoes_processamento s
  set status = case when v_falharam = v_total then 'falhou' when v_mensagem is not null then 'concluida_com_falhas' else 'concluida' end,
    mensagem = nullif(concat_ws('; ', v_mensagem, v_aviso), ''), fim_processamento = clock_timestamp(), etapa = 'fim'
  where s.id = v_sessao.id;
  if v_sessao.limite_atingido is not null then
    perform audit_interno.notificar('limite', v_sessao.id);
  end if;
  if v_falharam > 0 then
    perform audit_interno.notificar('falha', v_sessao.id);
  end if;
end
$$;
comment on function audit_interno.finalizar_sessao(bigint) is 'Sets the final status and message of a session.';
